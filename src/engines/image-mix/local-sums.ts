// Sums over the pixels around one, those above on both sides and those to the left, each weighing
// less the further away it is. The weight decay^(|Δx| + |Δy|) makes them recursive: a pixel costs
// the same however many others count.

export class LocalSums {
  readonly #width: number;
  readonly #size: number;
  readonly #decay: number;
  /** Of each column the sums over all rows above; shared with forks, hence never written to. */
  #above: Float64Array;
  /** The terms of this row so far, and their sums as seen from the next pixel. */
  readonly #row: Float64Array;
  readonly #left: Float64Array;
  #x = 0;

  /**
   * @param size terms of a pixel.
   * @param decay in (0, 1): the weight of a neighbour.
   */
  constructor(width: number, size: number, decay: number) {
    this.#width = width;
    this.#size = size;
    this.#decay = decay;
    this.#above = new Float64Array(width * size);
    this.#row = new Float64Array(width * size);
    this.#left = new Float64Array(size);
  }

  fork(): LocalSums {
    const copy = new LocalSums(this.#width, this.#size, this.#decay);
    copy.#above = this.#above;
    copy.#row.set(this.#row);
    copy.#left.set(this.#left);
    copy.#x = this.#x;
    return copy;
  }

  /** The sums around the next pixel. */
  read(out: Float64Array): void {
    const from = this.#x * this.#size;
    for (let i = 0; i < this.#size; i++) out[i] = this.#above[from + i]! + this.#left[i]!;
  }

  /** Adds the terms of the next pixel, and goes on behind it. */
  push(terms: Float64Array): void {
    const left = this.#left;
    const from = this.#x * this.#size;
    for (let i = 0; i < this.#size; i++) {
      const term = terms[i]!;
      this.#row[from + i] = term;
      left[i] = this.#decay * (left[i]! + term);
    }
    if (++this.#x === this.#width) this.#endRow();
  }

  #endRow(): void {
    const size = this.#size;
    const decay = this.#decay;
    const row = this.#row;
    const above = new Float64Array(row.length);
    const side = this.#left.fill(0);
    for (let at = 0; at < row.length; at += size) {
      for (let i = 0; i < size; i++) {
        side[i] = decay * side[i]! + row[at + i]!;
        above[at + i] = decay * (this.#above[at + i]! + side[i]!);
      }
    }
    side.fill(0);
    for (let at = row.length - size; at >= 0; at -= size) {
      for (let i = 0; i < size; i++) {
        above[at + i]! += decay * side[i]!;
        side[i] = decay * (side[i]! + row[at + i]!);
      }
    }
    side.fill(0);
    this.#above = above;
    this.#x = 0;
  }
}
