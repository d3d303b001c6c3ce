// Weighted sums over the known pixels around the next one: all those above, and those to its left.
// The weight decay^(|Δx| + |Δy|) allows recursive computation, so the cost per pixel does not depend
// on the number of pixels in the sum.

/** Sums of `size` terms per pixel. */
export class LocalSums {
  readonly #width: number;
  readonly #size: number;
  readonly #decay: number;
  /** Sums over all rows above, for each column. Shared with forks, hence never modified. */
  #above: Float64Array;
  /** The terms of the current row so far, and their sums around the next pixel. */
  readonly #row: Float64Array;
  readonly #left: Float64Array;
  #x = 0;

  /**
   * @param width width of the picture in pixels.
   * @param size number of terms per pixel.
   * @param decay factor on the weight per pixel of distance, in (0, 1).
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

  /** Writes the sums around the next pixel to `out`. */
  read(out: Float64Array): void {
    const from = this.#x * this.#size;
    for (let i = 0; i < this.#size; i++) out[i] = this.#above[from + i]! + this.#left[i]!;
  }

  /** Adds the terms of the next pixel and moves past it. */
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
