// Mixes several distributions of an 8-bit value, given as cumulative sums, bit by bit: each implies a
// probability that the next bit is 1, and a logistic mixture of these is trained online (Mahoney
// 2005). Weights change only at the end of a value, so all 256 values are priced under the same ones.

import { STRETCH_LIMIT, squash, stretch } from '../../bits/logistic.js';

/** Number of bits of a value. */
const DEPTH = 8;
/** Learning rate of the weights. */
const RATE = 0.007;
/** Sum of the initial weights of the distributions. */
const INITIAL_SUM = 1.05;
/** Constant input of the mixer, beside the distributions. */
const BIAS_INPUT = 0.3;
/** Lower limit of the probability of a bit. */
const MIN_PROBABILITY = 1 / 65536;

export class BitMixer {
  readonly #distributions: number;
  readonly #contexts: readonly number[];
  readonly #weights: readonly Float64Array[];
  readonly #selected: Int32Array;

  // Inputs and weighted sums of each bit on the path that `probability` computed last.
  readonly #inputs: Float64Array;
  readonly #dots: Float64Array;

  /**
   * @param distributions number of distributions to mix.
   * @param contexts number of contexts of each set of weights; the outputs of the sets are averaged.
   */
  constructor(distributions: number, contexts: readonly number[], from?: BitMixer) {
    this.#distributions = distributions;
    this.#contexts = contexts;
    const width = distributions + 1;
    this.#weights = contexts.map((count, s) => {
      if (from) return from.#weights[s]!.slice();
      const weights = new Float64Array(count * DEPTH * width).fill(INITIAL_SUM / distributions);
      for (let i = distributions; i < weights.length; i += width) weights[i] = 0;
      return weights;
    });
    this.#selected = new Int32Array(contexts.length);
    this.#inputs = new Float64Array(DEPTH * width);
    this.#dots = new Float64Array(DEPTH * contexts.length);
  }

  fork(): BitMixer {
    return new BitMixer(this.#distributions, this.#contexts, this);
  }

  /** Sets the context of a weight set for the next value. */
  select(set: number, context: number): void {
    this.#selected[set] = context;
  }

  /**
   * P(1) of bit `depth`, 0 being the highest, given that the value is at least `low` and less than
   * `low + 2^(8 − depth)`.
   *
   * @param sums `sums[257 · i + v]` is the mass that distribution i gives to values less than v.
   */
  probability(sums: Float64Array, depth: number, low: number): number {
    const half = 128 >> depth;
    const distributions = this.#distributions;
    const width = distributions + 1;
    const inputs = this.#inputs;
    const x = depth * width;
    for (let i = 0, at = low; i < distributions; i++, at += 257) {
      const middle = sums[at + half]!;
      const top = sums[at + 2 * half]!;
      inputs[x + i] = stretch((top - middle) / (top - sums[at]!));
    }
    inputs[x + distributions] = BIAS_INPUT;
    let mean = 0;
    for (let s = 0; s < this.#contexts.length; s++) {
      const weights = this.#weights[s]!;
      const from = (this.#selected[s]! * DEPTH + depth) * width;
      let dot = 0;
      for (let i = 0; i < width; i++) dot += weights[from + i]! * inputs[x + i]!;
      this.#dots[s * DEPTH + depth] = dot;
      mean += dot / this.#contexts.length;
    }
    const limit = STRETCH_LIMIT - 0.001;
    const p = squash(Math.max(-limit, Math.min(limit, mean)));
    return Math.max(MIN_PROBABILITY, Math.min(1 - MIN_PROBABILITY, p));
  }

  /** Learns a value. The last calls of `probability` must have been along its path. */
  update(value: number): void {
    const width = this.#distributions + 1;
    for (let s = 0; s < this.#contexts.length; s++) {
      const weights = this.#weights[s]!;
      for (let depth = 0; depth < DEPTH; depth++) {
        const bit = (value >> (7 - depth)) & 1;
        const step = RATE * (bit - squash(this.#dots[s * DEPTH + depth]!));
        const from = (this.#selected[s]! * DEPTH + depth) * width;
        for (let i = 0; i < width; i++)
          weights[from + i]! += step * this.#inputs[depth * width + i]!;
      }
    }
  }
}
