// Counts of bytes by the slot of their distance. All are in one array, which is fast to sum over and
// to copy for a fork.

const BYTES = 256;
/** Rows that are summed over together, so that not every addition waits for the last. */
const TOGETHER = 2;

export class CountTable {
  /** True if several forks use it, so that it must be copied before it changes. */
  shared = false;
  /** Length of a row: the byte, and its count in each slot. */
  readonly #width: number;
  /** By byte: where its row starts, or 0; then the rows, and zeros. */
  #table: Int32Array;
  #end: number;

  constructor(slots: number, table = new Int32Array(BYTES + TOGETHER * (1 + slots)), end = BYTES) {
    this.#width = 1 + slots;
    this.#table = table;
    this.#end = end;
  }

  copy(): CountTable {
    return new CountTable(this.#width - 1, this.#table.slice(), this.#end);
  }

  /** Moves one of the bytes between slots; a slot below 0 is none. */
  move(byte: number, from: number, to: number): void {
    const row = this.#table[byte]! || this.#addRow(byte);
    if (from >= 0) this.#table[row + 1 + from]!--;
    if (to >= 0) this.#table[row + 1 + to]!++;
  }

  /** Adds to `out`, by byte, its counts in the first slots, each times the weight of the slot. */
  addTo(out: Float64Array, weights: Float64Array, slots: number): void {
    const table = this.#table;
    const width = this.#width;
    const end = this.#end;
    for (let row = BYTES; row < end; row += TOGETHER * width) {
      let a = 0;
      let b = 0;
      for (let slot = 0, at = row + 1; slot < slots; slot++, at++) {
        const weight = weights[slot]!;
        a += table[at]! * weight;
        b += table[at + width]! * weight;
      }
      out[table[row]!]! += a;
      out[table[row + width]!]! += b;
    }
  }

  #addRow(byte: number): number {
    const row = this.#end;
    this.#end += this.#width;
    if (this.#end > this.#table.length) {
      const wider = new Int32Array(2 * this.#table.length - BYTES);
      wider.set(this.#table);
      this.#table = wider;
    }
    this.#table[byte] = row;
    this.#table[row] = byte;
    return row;
  }
}
