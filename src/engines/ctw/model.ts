// Context tree weighting for bytes (Willems, Shtarkov & Tjalkens 1995): each node of a byte's bit
// tree weighs, over the tree of the D bytes before it, all prunings of that tree, with the
// Krichevsky–Trofimov estimator in each leaf. In ratio form: β = P_KT ÷ Π P_w of the children.

import { foldHash } from '../../bits/hash.js';
import { Lines } from '../../bits/lines.js';
import type { Predictor } from '../../types.js';

/** Cells of an entry: zeros, ones, β, and the check. */
const WIDTH = 4;
const BETA_MOST = 1e30;

/**
 * CTW of order `depth` bytes over bitwise-decomposed bytes.
 *
 * Its redundancy is bounded (Willems et al. 1995, theorem 2, for 256-ary contexts): if the bits of
 * a node of the bit tree come from a tree source whose leaves are no deeper than D, they cost at
 * most the source's ideal code length + Σ_leaves (½ log2 n_leaf + 1) + one bit for every node of
 * the source's tree that was seen above depth D. This holds until the table of 2^memoryLog entries
 * has to forget a context for another.
 */
export class CtwModel implements Predictor {
  readonly alphabetSize = 256;
  readonly #depth: number;
  readonly #mask: number;
  readonly #table: Lines<Float32Array<ArrayBuffer>>;
  readonly #recent: Uint8Array;
  readonly #hashes: Uint32Array;
  readonly #checks: Uint32Array;
  /** P_w(1) of the node last asked about, from depth D up to 0. */
  readonly #weighted: Float64Array;

  private constructor(depth: number, mask: number, table: Lines<Float32Array<ArrayBuffer>>) {
    this.#depth = depth;
    this.#mask = mask;
    this.#table = table;
    this.#recent = new Uint8Array(depth);
    this.#hashes = new Uint32Array(depth + 1);
    this.#checks = new Uint32Array(depth + 1);
    this.#weighted = new Float64Array(depth + 2);
    this.#hash();
  }

  static create(depth: number, memoryLog: number): CtwModel {
    const entries = 2 ** memoryLog;
    return new CtwModel(depth, entries - 1, new Lines(new Float32Array(entries * WIDTH), WIDTH));
  }

  fork(): CtwModel {
    const fork = new CtwModel(this.#depth, this.#mask, this.#table.fork());
    fork.#recent.set(this.#recent);
    fork.#hash();
    return fork;
  }

  /** `out[b]` = −log2 P(b) of each next byte. */
  predict(out: Float64Array): void {
    const costs = new Float64Array(512);
    for (let node = 1; node < 256; node++) {
      const p = this.#probability(node);
      costs[2 * node] = costs[node]! - Math.log2(1 - p);
      costs[2 * node + 1] = costs[node]! - Math.log2(p);
    }
    for (let b = 0; b < 256; b++) out[b] = costs[256 + b]!;
  }

  /** −log2 P of one next byte. */
  surprisal(symbol: number): number {
    let bits = 0;
    for (let i = 7; i >= 0; i--) {
      const p = this.#probability((256 | symbol) >> (i + 1));
      bits -= Math.log2((symbol >> i) & 1 ? p : 1 - p);
    }
    return bits;
  }

  update(symbol: number): void {
    for (let i = 7; i >= 0; i--) this.#train((256 | symbol) >> (i + 1), (symbol >> i) & 1);
    if (this.#depth === 0) return;
    this.#recent.copyWithin(1, 0);
    this.#recent[0] = symbol;
    this.#hash();
  }

  #hash(): void {
    let hash = 0;
    let check = 0x1234567;
    for (let d = 0; d <= this.#depth; d++) {
      this.#hashes[d] = hash;
      this.#checks[d] = check;
      hash = foldHash(hash, this.#recent[d]! + 1);
      check = foldHash(check, this.#recent[d]! + 77);
    }
  }

  /** The check of a context, from 1 to 2^24 − 1: a whole number that a 32-bit float holds. */
  #check(node: number, d: number): number {
    return (foldHash(this.#checks[d]!, node) >>> 8) | 1;
  }

  #line(node: number, d: number): number {
    return foldHash(this.#hashes[d]!, node + 256 * d) & this.#mask;
  }

  /** P_w(1) at the root of a node's context tree: from the leaf up, β weighs KT and child. */
  #probability(node: number): number {
    let child = 0.5;
    for (let d = this.#depth; d >= 0; d--) {
      this.#weighted[d + 1] = child;
      const { array, offset } = this.#find(node, d);
      const zeros = offset < 0 ? 0 : array[offset]!;
      const ones = offset < 0 ? 0 : array[offset + 1]!;
      const kt = (ones + 0.5) / (zeros + ones + 1);
      const beta = offset < 0 ? 1 : array[offset + 2]!;
      child = d === this.#depth ? kt : (beta * kt + child) / (beta + 1);
    }
    return child;
  }

  #find(node: number, d: number): { array: Float32Array; offset: number } {
    const table = this.#table;
    table.read(this.#line(node, d));
    const held = table.array[table.offset + 3] === this.#check(node, d);
    return { array: table.array, offset: held ? table.offset : -1 };
  }

  #train(node: number, bit: number): void {
    this.#probability(node);
    const table = this.#table;
    for (let d = this.#depth; d >= 0; d--) {
      table.write(this.#line(node, d));
      const { array, offset } = table;
      const check = this.#check(node, d);
      if (array[offset + 3] !== check) {
        // Whatever context had this entry before is forgotten: from here the bound no longer holds.
        array[offset] = 0;
        array[offset + 1] = 0;
        array[offset + 2] = 1;
        array[offset + 3] = check;
      }
      const kt = (array[offset + bit]! + 0.5) / (array[offset]! + array[offset + 1]! + 1);
      const child = bit ? this.#weighted[d + 1]! : 1 - this.#weighted[d + 1]!;
      const beta = (array[offset + 2]! * kt) / child;
      array[offset + 2] = Math.max(1 / BETA_MOST, Math.min(BETA_MOST, beta));
      array[offset + bit]! += 1;
    }
  }
}
