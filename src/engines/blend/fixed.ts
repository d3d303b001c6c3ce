// Bits added up with fixed weights: P(c) ∝ 2^−Σ wᵢ Δᵢ(c), normalised over the bytes. A negative
// weight takes a model's opinion away: what it, too, would have said becomes less likely.

import { growTree, type Mixture, sumUp } from './mixture.js';

/** What one model can say for or against a byte, in bits; +∞ counts as so much. */
const MOST_BITS = 64;

export class FixedMixture implements Mixture {
  readonly byPath = false;
  readonly weights: Float64Array;
  readonly #sums = new Float64Array(256);
  readonly #tree = new Float64Array(512);

  constructor(weights: readonly number[]) {
    this.weights = Float64Array.from(weights);
  }

  /** Nothing is learnt: it is its own copy. */
  fork(): Mixture {
    return this;
  }

  /** A byte is impossible where every model that counts says so. */
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
        sum += weight * Math.min(MOST_BITS, -Math.log2(p));
      }
      sums[b] = isPossible ? sum : Infinity;
    }
    growTree(sums, this.#tree);
    sumUp(this.#tree);
    const all = this.#tree[1]!;
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(this.#tree[256 + b]! / all);
  }

  probability(): number {
    throw new Error('a mixture of fixed weights does not go bit by bit');
  }

  learn(): void {}

  pass(): void {}

  /** ∝ what each says for the byte, compared with a uniform distribution; where none does, equal. */
  shares(bits: Float64Array, out: Float64Array): void {
    shareOut(bits, this.weights, out);
  }
}

/** Shares ∝ weight · (8 − bits) where that is above 0. */
export function shareOut(bits: Float64Array, weights: Float64Array, out: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < bits.length; i++) {
    out[i] = Math.max(0, weights[i]! * (8 - Math.min(MOST_BITS, bits[i]!)));
    sum += out[i]!;
  }
  for (let i = 0; i < bits.length; i++) out[i] = sum > 0 ? out[i]! / sum : 1 / bits.length;
}
