// Means of what was observed in each of several classes, the older the less it counts.

/** The counts of a class that reach this are halved, and its sum with them. */
const REMEMBERED = 256;

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

  of(c: number): number {
    return this.#sums[c]! / this.#counts[c]!;
  }

  observe(c: number, value: number): void {
    this.#sums[c]! += value;
    if (++this.#counts[c]! < REMEMBERED) return;
    this.#sums[c]! /= 2;
    this.#counts[c]! /= 2;
  }
}
