// The encoder's twin: the exact length in bits of the file if the picture ended here. The row in
// progress is kept under all five filters, as the next byte may change which is chosen.

import { EncoderTwin } from '../deflate/twin/encoder-twin.js';
import { FILTER_TYPES, type FilterType } from './filters.js';
import { RowCursor } from './row-filters.js';
import { FILE_OVERHEAD_BYTES, PNG_DEFLATE } from './write.js';

export class PngTwin {
  readonly #channels: number;
  readonly #filter: FilterType | undefined;
  /** All previous rows. */
  #rows = new EncoderTwin(PNG_DEFLATE);
  /** This row so far, after the byte of each filter. */
  #twins: EncoderTwin[] = [];
  #cursor: RowCursor;
  readonly #lengths = FILTER_TYPES.map(() => new Float64Array(256));

  /**
   * @param rowBytes bytes of a row.
   * @param channels bytes of a pixel.
   * @param filter of all rows; default: each row's own.
   */
  constructor(rowBytes: number, channels: number, filter?: FilterType) {
    this.#channels = channels;
    this.#filter = filter;
    this.#cursor = new RowCursor(rowBytes, channels, filter);
    this.#beginRow();
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) this.#pushByte(byte);
  }

  fork(): PngTwin {
    const copy = new PngTwin(this.#cursor.size, this.#channels, this.#filter);
    copy.#rows = this.#rows.fork();
    copy.#twins = this.#twins.map((twin) => twin.fork());
    copy.#cursor = this.#cursor.fork();
    return copy;
  }

  /** Bits of the whole file, without the padding of DEFLATE's last byte. */
  codeLength(): number {
    const cursor = this.#cursor;
    const twin = cursor.filled === 0 ? this.#rows : this.#twins[cursor.filter()]!;
    return 8 * FILE_OVERHEAD_BYTES + twin.codeLength();
  }

  nextCodeLengths(out: Float64Array): void {
    const cursor = this.#cursor;
    const known = new Uint8Array(FILTER_TYPES.length);
    for (let b = 0; b < 256; b++) {
      const f = cursor.filterWith(b);
      const lengths = this.#lengths[f]!;
      if (!known[f]) this.#twins[f]!.nextCodeLengths(lengths);
      known[f] = 1;
      out[b] = 8 * FILE_OVERHEAD_BYTES + lengths[(b - cursor.predictions[f]!) & 255]!;
    }
  }

  candidateCodeLengths(candidates: readonly Uint8Array[]): Float64Array {
    return Float64Array.from(candidates, (candidate) => {
      const fork = this.fork();
      fork.push(candidate);
      return fork.codeLength();
    });
  }

  #pushByte(byte: number): void {
    const cursor = this.#cursor;
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      this.#twins[f]!.push(Uint8Array.of(byte - cursor.predictions[f]!));
    }
    cursor.push(byte);
    if (cursor.filled < cursor.size) return;
    this.#rows = this.#twins[cursor.filter()]!;
    cursor.nextRow();
    this.#beginRow();
  }

  #beginRow(): void {
    this.#twins = FILTER_TYPES.map((type) => {
      const twin = this.#rows.fork();
      twin.push(Uint8Array.of(type));
      return twin;
    });
  }
}
