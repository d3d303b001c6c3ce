// Running means of observations in each of several classes, with less weight on older observations.

/** When the count of a class reaches this, its count and sum are halved. */
const MAX_COUNT = 256;

export class RecentMeans {
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  /** Every class starts as if `mean` had been observed `count` times. */
  constructor(classes: number, mean: number, count: number) {
    this.#sums = new Float64Array(classes).fill(mean * count);
    this.#counts = new Float64Array(classes).fill(count);
  }

  fork(): RecentMeans {
    const copy = new RecentMeans(this.#sums.length, 0, 0);
    copy.#sums.set(this.#sums);
    copy.#counts.set(this.#counts);
    return copy;
  }

  /** The mean of class `c`. */
  of(c: number): number {
    return this.#sums[c]! / this.#counts[c]!;
  }

  observe(c: number, value: number): void {
    this.#sums[c]! += value;
    if (++this.#counts[c]! < MAX_COUNT) return;
    this.#sums[c]! /= 2;
    this.#counts[c]! /= 2;
  }
}
