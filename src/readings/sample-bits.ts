// Samples as chains of bits, highest first, the lowest sample all zeros: what a model of samples
// gives to each is the share of the upper half in what is left of the range.

import type { SampleModel } from '../types.js';

/** No bit is less likely. */
const LEAST = 2 ** -40;
/** Where so little of a distribution is left, differences are rounding, and all is alike. */
const LEAST_MASS = 2 ** -36;

/** One model on its way through the bits of the next sample. */
export class SampleBits {
  readonly #model: SampleModel;
  /** The lowest sample that is left, and how many are. */
  #from = 0;
  #count = 0;
  /** P below the lowest, below the upper half, and below what comes after the highest. */
  #low = 0;
  #middle = 0;
  #high = 1;

  constructor(model: SampleModel) {
    this.#model = model;
  }

  /** Goes back to where all samples of so many bits are left. */
  restart(bitsPerSample: number): void {
    this.#from = -(2 ** (bitsPerSample - 1));
    this.#count = 2 ** bitsPerSample;
    this.#low = 0;
    this.#high = 1;
  }

  /** P(1) of the next bit; asked once before each `take`. */
  p1(): number {
    this.#count /= 2;
    this.#middle = this.#model.below(this.#from + this.#count);
    const all = this.#high - this.#low;
    if (all < LEAST_MASS) return 0.5;
    return Math.max(LEAST, Math.min(1 - LEAST, (this.#high - this.#middle) / all));
  }

  take(bit: number): void {
    if (bit) {
      this.#from += this.#count;
      this.#low = this.#middle;
    } else this.#high = this.#middle;
  }
}
