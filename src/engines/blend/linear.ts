// The linear mixture: P = Σ wᵢ Pᵢ, where the weights are the posterior of the models. Its code length
// of any message exceeds that of the best of K models by at most log2 K bits, as P(x) ≥ Pᵢ(x)/K. If
// a share α of the weights is redistributed equally after each byte, it also follows changes of the
// best model, and the bound grows by log2 (1/(1 − α + α/K)) bits per byte (Herbster & Warmuth 1998).

import { bitsAlong, type Mixture } from './mixture.js';

export class LinearMixture implements Mixture {
  readonly byPath = true;
  readonly weights: Float64Array;
  readonly #share: number;
  readonly #bits: Float64Array;

  /** @param share share of the weights that is redistributed equally after each byte, 0 to 1. */
  constructor(models: number, share: number) {
    this.weights = new Float64Array(models).fill(1 / models);
    this.#share = share;
    this.#bits = new Float64Array(models);
  }

  fork(): Mixture {
    const fork = new LinearMixture(this.weights.length, this.#share);
    fork.weights.set(this.weights);
    return fork;
  }

  spread(trees: readonly Float64Array[], out: Float64Array): void {
    for (let b = 0; b < 256; b++) {
      let p = 0;
      for (let i = 0; i < trees.length; i++) {
        p += (this.weights[i]! * trees[i]![256 + b]!) / trees[i]![1]!;
      }
      out[b] = -Math.log2(p);
    }
  }

  probability(path: Float64Array, depth: number, node: number): number {
    const models = this.weights.length;
    let ones = 0;
    let all = 0;
    for (let i = 0; i < models; i++) {
      let mass = this.weights[i]!;
      for (let d = 0; d < depth; d++) {
        const p1 = path[d * models + i]!;
        mass *= (node >> (depth - 1 - d)) & 1 ? p1 : 1 - p1;
      }
      ones += mass * path[depth * models + i]!;
      all += mass;
    }
    return all > 0 ? ones / all : 0.5;
  }

  learn(path: Float64Array, byte: number): void {
    const { weights } = this;
    bitsAlong(path, byte, this.#bits);
    this.shares(this.#bits, weights);
    for (let i = 0; i < weights.length; i++) {
      weights[i] = (1 - this.#share) * weights[i]! + this.#share / weights.length;
    }
  }

  pass(): void {}

  /** The posterior. If all models give the byte probability 0, the weights stay unchanged. */
  shares(bits: Float64Array, out: Float64Array): void {
    let least = Infinity;
    for (let i = 0; i < bits.length; i++) {
      if (this.weights[i]! > 0 && bits[i]! < least) least = bits[i]!;
    }
    if (least === Infinity) {
      out.set(this.weights);
      return;
    }
    let sum = 0;
    for (let i = 0; i < bits.length; i++) {
      out[i] = this.weights[i]! * 2 ** (least - bits[i]!);
      sum += out[i]!;
    }
    for (let i = 0; i < bits.length; i++) out[i]! /= sum;
  }
}
