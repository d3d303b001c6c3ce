// The interface of mixtures, which combine the predictions of several models into one distribution,
// and the bit trees that they use. A byte is coded as eight bits, highest first, each conditional on
// those before it. The nodes of its bit tree are numbered from the root 1; the children of n are 2n
// and 2n + 1, and byte b is leaf 256 + b. Samples of 16 bits are symbols of 16 bits in the same way.

import { exp2Minus } from '../../bits/exp2.js';

/** Size of the bit tree of a byte; index 0 is unused. */
export const NODES = 512;

/** A rule that combines several distributions into one, with weights that it may learn. */
export interface Mixture {
  /** Current weights of the models, valid until a symbol is learnt. */
  readonly weights: Float64Array;
  /** True if learning and coding need only the predictions along the bits of the actual symbol. */
  readonly byPath: boolean;
  /** `out[b]` = −log2 P of each byte b, where `trees[i]` is the bit tree of model i. */
  spread(trees: readonly Float64Array[], out: Float64Array): void;
  /**
   * P(1) of bit `depth` at `node`. Requires `byPath`.
   *
   * @param path `path[d · models + i]` is P(1) of bit d by model i, for the bits of a symbol up to
   *   this one.
   */
  probability(path: Float64Array, depth: number, node: number): number;
  /** Learns a symbol, given the predictions of the models along all its bits. */
  learn(path: Float64Array, symbol: number): void;
  /** Moves past a symbol without learning it. */
  pass(symbol: number): void;
  /**
   * `out[i]` = share of model i in the probability of a byte; the shares sum to 1.
   *
   * @param bits −log2 P of the byte by each model alone.
   */
  shares(bits: Float64Array, out: Float64Array): void;
  /** Returns an independent copy. */
  fork(): Mixture;
}

/**
 * Builds a bit tree from Δ bits: `tree[node]` is proportional to the mass of all bytes below the node.
 * If no byte is possible, the distribution is uniform.
 */
export function growTree(bits: Float64Array, tree: Float64Array): void {
  let least = Infinity;
  for (let b = 0; b < 256; b++) if (bits[b]! < least) least = bits[b]!;
  if (least === Infinity) tree.fill(1, 256);
  else for (let b = 0; b < 256; b++) tree[256 + b] = exp2Minus(bits[b]! - least);
  sumUp(tree);
}

/** Fills the inner nodes with the sums of the leaves below them. */
export function sumUp(tree: Float64Array): void {
  for (let node = 255; node > 0; node--) tree[node] = tree[2 * node]! + tree[2 * node + 1]!;
}

/** P(1) at a node, or 0.5 if the mass of the node is 0. */
export function bitAt(tree: Float64Array, node: number): number {
  const mass = tree[node]!;
  return mass > 0 ? tree[2 * node + 1]! / mass : 0.5;
}

/** `out[i]` = −log2 P of a symbol by model i, from the predictions along its bits. */
export function bitsAlong(path: Float64Array, symbol: number, out: Float64Array): void {
  const models = out.length;
  const depths = path.length / models;
  for (let i = 0; i < models; i++) {
    let p = 1;
    for (let depth = 0; depth < depths; depth++) {
      const p1 = path[depth * models + i]!;
      p *= (symbol >> (depths - 1 - depth)) & 1 ? p1 : 1 - p1;
    }
    out[i] = -Math.log2(p);
  }
}

/** Implements `Mixture.spread` for a mixture by path: evaluates all 255 inner nodes of the tree. */
export function spreadByPath(
  mixture: Mixture,
  trees: readonly Float64Array[],
  out: Float64Array,
): void {
  const models = trees.length;
  const path = new Float64Array(8 * models);
  const costs = new Float64Array(NODES);
  for (let node = 1; node < 256; node++) {
    const depth = 31 - Math.clz32(node);
    for (let i = 0; i < models; i++) path[depth * models + i] = bitAt(trees[i]!, node);
    const p = mixture.probability(path, depth, node);
    costs[2 * node] = costs[node]! - Math.log2(1 - p);
    costs[2 * node + 1] = costs[node]! - Math.log2(p);
  }
  out.set(costs.subarray(256));
}
