// Distributions of the next byte made of those of several models. One of bytes is one of eight bits,
// highest first, each given those before it: a place in the tree of bits is a node, 1 at the root,
// 2n + bit below n, 256 + b at byte b. Samples of 16 bits are symbols of 16 in the same way.

/** Nodes of a tree of bits, with byte b at 256 + b. */
export const NODES = 512;

/** How several distributions become one, and what is learnt about them on the way. */
export interface Mixture {
  /** Weights of the models, as they stand in the middle of a byte. */
  readonly weights: Float64Array;
  /** Whether the bits of the byte that came are enough, or each distribution is needed whole. */
  readonly byPath: boolean;
  /** `out[b]` = −log2 P of each byte, where `trees[i]` is the distribution of model i. */
  spread(trees: readonly Float64Array[], out: Float64Array): void;
  /**
   * P(1) of bit `depth` at `node`; only of one that goes by path.
   *
   * @param path of each bit of a symbol, up to this one, what the models give to a 1: that of
   *   model i to bit d at place d · models + i.
   */
  probability(path: Float64Array, depth: number, node: number): number;
  /** Learns a symbol, and what the models said along its bits. */
  learn(path: Float64Array, symbol: number): void;
  /** Goes on by a symbol without learning it. */
  pass(symbol: number): void;
  /**
   * The part of each model in what the byte was given, 0 to 1, in all 1.
   *
   * @param bits of the byte by each model alone.
   */
  shares(bits: Float64Array, out: Float64Array): void;
  /** A copy that can go its own way. */
  fork(): Mixture;
}

/**
 * Makes a tree of Δ bits: `tree[node]` = the mass of all bytes below, up to a factor. Where nothing
 * is possible, the distribution becomes uniform.
 */
export function growTree(bits: Float64Array, tree: Float64Array): void {
  let least = Infinity;
  for (let b = 0; b < 256; b++) if (bits[b]! < least) least = bits[b]!;
  if (least === Infinity) tree.fill(1, 256);
  else for (let b = 0; b < 256; b++) tree[256 + b] = 2 ** (least - bits[b]!);
  sumUp(tree);
}

/** Fills the nodes above the bytes. */
export function sumUp(tree: Float64Array): void {
  for (let node = 255; node > 0; node--) tree[node] = tree[2 * node]! + tree[2 * node + 1]!;
}

/** P(1) at a node; where nothing is possible, a half. */
export function bitAt(tree: Float64Array, node: number): number {
  const mass = tree[node]!;
  return mass > 0 ? tree[2 * node + 1]! / mass : 0.5;
}

/** −log2 P of a symbol by each of some models, from what they say along its bits. */
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

/** `out[b]` from the bits of a mixture that goes by path, all 255 nodes of the tree. */
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
