// Where in a picture the next byte stands, and what each filter predicts for it: what the decode
// reading and the encoder's twin have in common.

import {
  AVERAGE,
  FILTER_TYPES,
  type FilterType,
  magnitude,
  NONE,
  PAETH,
  paeth,
  SUB,
  UP,
} from './filters.js';

/** The row that is being filled and the one above it, with zeros left of both. */
export class RowCursor {
  /** Bytes of a row. */
  readonly size: number;
  readonly #step: number;
  readonly #fixed: FilterType | undefined;
  #row: Uint8Array;
  #above: Uint8Array;
  /** Bytes of the row so far. */
  #filled = 0;
  /** Σ |residual| of the row so far under each filter (PNG specification §12.7). */
  readonly #sums = new Float64Array(FILTER_TYPES.length);
  /** What each filter predicts for the next byte; a residual is the byte minus it, modulo 256. */
  readonly predictions = new Uint8Array(FILTER_TYPES.length);

  /**
   * @param size bytes of a row.
   * @param step bytes of a whole pixel.
   * @param fixed the filter of all rows; each row's own, the one with the least sum, if left out.
   */
  constructor(size: number, step: number, fixed?: FilterType) {
    this.size = size;
    this.#step = step;
    this.#fixed = fixed;
    this.#row = new Uint8Array(step + size);
    this.#above = new Uint8Array(step + size);
  }

  get filled(): number {
    return this.#filled;
  }

  /** The bytes of the row so far; valid until the next `push`. */
  get row(): Uint8Array {
    return this.#row.subarray(this.#step, this.#step + this.#filled);
  }

  /** The row above, whole. */
  get above(): Uint8Array {
    return this.#above.subarray(this.#step);
  }

  /** The filter of the row if it ended here; of several with the least sum the lowest type. */
  filter(): number {
    if (this.#fixed !== undefined) return this.#fixed;
    let best = 0;
    for (let f = 1; f < FILTER_TYPES.length; f++) {
      if (this.#sums[f]! < this.#sums[best]!) best = f;
    }
    return best;
  }

  /** As `filter`, if `byte` came next. */
  filterWith(byte: number): number {
    if (this.#fixed !== undefined) return this.#fixed;
    let best = 0;
    let least = Infinity;
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      const sum = this.#sums[f]! + magnitude((byte - this.predictions[f]!) & 255);
      if (sum < least) {
        least = sum;
        best = f;
      }
    }
    return best;
  }

  /** Goes on by a byte. Ask `filled === size` first: a full row must be left by `nextRow`. */
  push(byte: number): void {
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      this.#sums[f]! += magnitude((byte - this.predictions[f]!) & 255);
    }
    this.#row[this.#step + this.#filled++] = byte;
    if (this.#filled < this.size) this.#predict();
  }

  /** The full row becomes the one above an empty one. */
  nextRow(): void {
    [this.#row, this.#above] = [this.#above, this.#row];
    this.#filled = 0;
    this.#sums.fill(0);
    this.#predict();
  }

  fork(): RowCursor {
    const copy = new RowCursor(this.size, this.#step, this.#fixed);
    copy.#row.set(this.#row);
    copy.#above.set(this.#above);
    copy.#filled = this.#filled;
    copy.#sums.set(this.#sums);
    copy.predictions.set(this.predictions);
    return copy;
  }

  #predict(): void {
    const at = this.#filled;
    const left = this.#row[at]!;
    const corner = this.#above[at]!;
    const above = this.#above[at + this.#step]!;
    this.predictions[NONE] = 0;
    this.predictions[SUB] = left;
    this.predictions[UP] = above;
    this.predictions[AVERAGE] = (left + above) >> 1;
    this.predictions[PAETH] = paeth(left, above, corner);
  }
}
