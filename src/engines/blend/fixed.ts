// The product of distributions with fixed exponents: P(c) ∝ 2^−Σ wᵢ Δᵢ(c), normalised over the bytes.
// A negative weight makes the bytes that a model predicts less likely. Nothing is learnt.

import { growTree, type Mixture, sumUp } from './mixture.js';

/** Limit on the surprisal of a byte by one model, in bits. */
const MAX_BITS = 64;

export class FixedMixture implements Mixture {
  readonly byPath = false;
  readonly weights: Float64Array;
  readonly #sums = new Float64Array(256);
  readonly #tree = new Float64Array(512);

  constructor(weights: readonly number[]) {
    this.weights = Float64Array.from(weights);
  }

  /** Returns the mixture itself, as it has no state that changes. */
  fork(): Mixture {
    return this;
  }

  /** A byte is impossible if all models with nonzero weight give it probability 0. */
  spread(trees: readonly Float64Array[], out: Float64Array): void {
    const sums = this.#sums;
    for (let b = 0; b < 256; b++) {
      let sum = 0;
      let isPossible = false;
      for (let i = 0; i < trees.length; i++) {
        const weight = this.weights[i]!;
        if (weight === 0) continue;
        const p = trees[i]![256 + b]! / trees[i]![1]!;
        if (p > 0) isPossible = true;
        sum += weight * Math.min(MAX_BITS, -Math.log2(p));
      }
      sums[b] = isPossible ? sum : Infinity;
    }
    growTree(sums, this.#tree);
    sumUp(this.#tree);
    const all = this.#tree[1]!;
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(this.#tree[256 + b]! / all);
  }

  probability(): number {
    throw new Error('a mixture with fixed weights does not code bit by bit');
  }

  learn(): void {}

  pass(): void {}

  /** Shares are proportional to the weighted gain over a uniform distribution; see `shareOut`. */
  shares(bits: Float64Array, out: Float64Array): void {
    shareOut(bits, this.weights, out);
  }
}

/** Shares ∝ max(0, weight · (8 − bits)), or equal if all of these are 0. */
export function shareOut(bits: Float64Array, weights: Float64Array, out: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < bits.length; i++) {
    out[i] = Math.max(0, weights[i]! * (8 - Math.min(MAX_BITS, bits[i]!)));
    sum += out[i]!;
  }
  for (let i = 0; i < bits.length; i++) out[i] = sum > 0 ? out[i]! / sum : 1 / bits.length;
}
