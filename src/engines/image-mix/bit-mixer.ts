// Laws of a value, given as cumulative sums, mixed bit by bit: each says how likely the next bit is
// to be 1, and a logistic mix of that is learnt (Mahoney 2005). Learning waits for the end of the
// value, so that all 256 are priced under the same weights.

import { STRETCH_LIMIT, squash, stretch } from '../../bits/logistic.js';

/** Bits of a value. */
const DEPTH = 8;
const RATE = 0.007;
/** At first the laws' weights sum to this. */
const FIRST_SUM = 1.05;
/** What the mix sees beside the laws. */
const CONSTANT = 0.3;
/** No bit is less likely than this. */
const LEAST = 1 / 65536;

export class BitMixer {
  readonly #laws: number;
  readonly #contexts: readonly number[];
  readonly #weights: readonly Float64Array[];
  readonly #selected: Int32Array;

  // The path to the latest value, as training needs it.
  readonly #inputs: Float64Array;
  readonly #dots: Float64Array;

  /**
   * @param laws how many are mixed.
   * @param contexts how many contexts each set of weights is selected by; sets are averaged.
   */
  constructor(laws: number, contexts: readonly number[], from?: BitMixer) {
    this.#laws = laws;
    this.#contexts = contexts;
    const width = laws + 1;
    this.#weights = contexts.map((count, s) => {
      if (from) return from.#weights[s]!.slice();
      const weights = new Float64Array(count * DEPTH * width).fill(FIRST_SUM / laws);
      for (let i = laws; i < weights.length; i += width) weights[i] = 0;
      return weights;
    });
    this.#selected = new Int32Array(contexts.length);
    this.#inputs = new Float64Array(DEPTH * width);
    this.#dots = new Float64Array(DEPTH * contexts.length);
  }

  fork(): BitMixer {
    return new BitMixer(this.#laws, this.#contexts, this);
  }

  /** The context of a set for the next value. */
  select(set: number, context: number): void {
    this.#selected[set] = context;
  }

  /**
   * P(1) of bit `depth`, 0 the highest, of a value that is known to be `low` or more and less than
   * `low + 2^(8 − depth)`.
   *
   * @param sums of each law, at place law · 257 + v, what it gives to values less than v.
   */
  probability(sums: Float64Array, depth: number, low: number): number {
    const half = 128 >> depth;
    const laws = this.#laws;
    const width = laws + 1;
    const inputs = this.#inputs;
    const x = depth * width;
    for (let i = 0, at = low; i < laws; i++, at += 257) {
      const middle = sums[at + half]!;
      const top = sums[at + 2 * half]!;
      inputs[x + i] = stretch((top - middle) / (top - sums[at]!));
    }
    inputs[x + laws] = CONSTANT;
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
    return Math.max(LEAST, Math.min(1 - LEAST, p));
  }

  /** Learns a value, the path to which was the latest that `probability` was asked along. */
  update(value: number): void {
    const width = this.#laws + 1;
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
