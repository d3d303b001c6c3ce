// Samples as sequences of bits, highest first; the lowest sample is all zeros. A model of samples
// gives each bit the probability of the upper half of the remaining range.

import type { SampleModel } from '../types.js';

/** Lower limit of a bit's probability. */
const MIN_PROBABILITY = 2 ** -40;
/**
 * Below this remaining probability, differences are rounding errors, and all remaining samples have
 * equal probability.
 */
const MIN_MASS = 2 ** -36;

/** Computes the bit probabilities of a model's next sample, from the highest bit to the lowest. */
export class SampleBits {
  readonly #model: SampleModel;
  /** The lowest remaining sample, and the number of remaining ones. */
  #from = 0;
  #count = 0;
  /** P below the lowest sample, below the upper half, and below the end of the range. */
  #low = 0;
  #middle = 0;
  #high = 1;

  constructor(model: SampleModel) {
    this.#model = model;
  }

  /** Restarts with all samples of `bitsPerSample` bits remaining. */
  restart(bitsPerSample: number): void {
    this.#from = -(2 ** (bitsPerSample - 1));
    this.#count = 2 ** bitsPerSample;
    this.#low = 0;
    this.#high = 1;
  }

  /** P(1) of the next bit; must be called once before each `take`. */
  p1(): number {
    this.#count /= 2;
    this.#middle = this.#model.below(this.#from + this.#count);
    const all = this.#high - this.#low;
    if (all < MIN_MASS) return 0.5;
    return Math.max(
      MIN_PROBABILITY,
      Math.min(1 - MIN_PROBABILITY, (this.#high - this.#middle) / all),
    );
  }

  /** Moves past a bit. */
  take(bit: number): void {
    if (bit) {
      this.#from += this.#count;
      this.#low = this.#middle;
    } else this.#high = this.#middle;
  }
}
