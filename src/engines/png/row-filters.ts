// The position of the next byte in a picture, and the prediction of each filter for it: shared by
// the `decode` reading and the encoder's twin.

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

/** The row being filled and the one above it, both with zeros on the left. */
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
   * @param fixed the filter of all rows; default: for each row the one with the least sum.
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

  /** The complete row above. */
  get above(): Uint8Array {
    return this.#above.subarray(this.#step);
  }

  /** The filter of the row if it ended here; the lowest type if several have the least sum. */
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

  /** Appends a byte. Check `filled === size` first: after a full row `nextRow` must be called. */
  push(byte: number): void {
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      this.#sums[f]! += magnitude((byte - this.predictions[f]!) & 255);
    }
    this.#row[this.#step + this.#filled++] = byte;
    if (this.#filled < this.size) this.#predict();
  }

  /** Makes the full row the one above, and starts an empty one. */
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
