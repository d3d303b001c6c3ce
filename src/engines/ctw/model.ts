// Context tree weighting for bytes (Willems, Shtarkov & Tjalkens 1995). Each node of a byte's bit
// tree has a context tree over the D previous bytes, and weights all prunings of that tree, with
// the Krichevsky–Trofimov estimator in each leaf. In ratio form: β = P_KT ÷ Π P_w of the children.

import { foldHash } from '../../bits/hash.js';
import { Lines } from '../../bits/lines.js';
import type { BitCoder, Predictor } from '../../types.js';

/** Cells of an entry: zeros, ones, β, and the check value. */
const WIDTH = 4;
const BETA_MOST = 1e30;

/**
 * CTW of order `depth` bytes over bitwise-decomposed bytes.
 *
 * Its redundancy is bounded for every message (Willems et al. 1995, theorem 2, with contexts of
 * bytes). Take any tree S of contexts no deeper than D, and any probability for each bit-tree node
 * v in each leaf s. The message costs at most its cost under these probabilities plus, summed over
 * all v,
 *
 *   Σ (½ log2 n(v, s) + 1) over the leaves s in which v was visited, n(v, s) times
 *   + 1 bit for each node of S above depth D, leaf or not, in which v was visited.
 *
 * By concavity the first sum is at most |S_v| γ(T_v / |S_v|), where v was visited T_v times in
 * |S_v| leaves; the second is Γ_D, less the nodes never visited. The paper's 2 bits for the arithmetic
 * coder are not included. S may differ for each v. Bytes before the first are 0. The bound holds
 * until an entry of the table of 2^memoryLog entries is replaced by another context, and up to the
 * rounding of 32-bit weights, less than 1e-6 bits a decision.
 */
export class CtwModel implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  readonly #depth: number;
  readonly #mask: number;
  readonly #table: Lines<Float32Array<ArrayBuffer>>;
  readonly #recent: Uint8Array;
  readonly #hashes: Uint32Array;
  readonly #checks: Uint32Array;
  /**
   * For each of a byte's 8 bits: the node whose probability was computed last, 0 for none, and its
   * P_w(1) by depth.
   */
  readonly #asked = new Uint8Array(8);
  readonly #weighted: Float64Array;

  private constructor(depth: number, mask: number, table: Lines<Float32Array<ArrayBuffer>>) {
    this.#depth = depth;
    this.#mask = mask;
    this.#table = table;
    this.#recent = new Uint8Array(depth);
    this.#hashes = new Uint32Array(depth + 1);
    this.#checks = new Uint32Array(depth + 1);
    this.#weighted = new Float64Array(8 * (depth + 2));
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

  code(coder: BitCoder, symbol: number): number {
    let node = 1;
    for (let i = 7; i >= 0; i--) {
      node = 2 * node + coder.code((symbol >> i) & 1, this.#probability(node));
    }
    return node - 256;
  }

  /**
   * Learns a byte. The probabilities of all 8 bits are computed before the first bit is learnt,
   * also if they were requested before.
   */
  update(symbol: number): void {
    for (let i = 8; i > 0; i--) this.#probability((256 | symbol) >> i);
    for (let i = 7; i >= 0; i--) this.#train((256 | symbol) >> (i + 1), (symbol >> i) & 1);
    this.#asked.fill(0);
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

  /**
   * The check value of a context, an integer from 1 to 2^24 − 1, which a 32-bit float can
   * represent.
   */
  #check(node: number, d: number): number {
    return (foldHash(this.#checks[d]!, node) >>> 8) | 1;
  }

  #line(node: number, d: number): number {
    return foldHash(this.#hashes[d]!, node + 256 * d) & this.#mask;
  }

  /**
   * P_w(1) at the root of a node's context tree, computed from the leaf up: β weights KT against
   * the child.
   */
  #probability(node: number): number {
    const depth = this.#depth;
    const step = 31 - Math.clz32(node);
    const weighted = this.#weighted;
    const root = step * (depth + 2);
    if (this.#asked[step] === node) return weighted[root]!;
    this.#asked[step] = node;
    const table = this.#table;
    let p = 0.5;
    weighted[root + depth + 1] = p;
    for (let d = depth; d >= 0; d--) {
      table.read(this.#line(node, d));
      const { array, offset } = table;
      if (array[offset + 3] === this.#check(node, d)) {
        const ones = array[offset + 1]!;
        const kt = (ones + 0.5) / (array[offset]! + ones + 1);
        const beta = array[offset + 2]!;
        p = d === depth ? kt : (beta * kt + p) / (beta + 1);
      } else if (d < depth) {
        p = (0.5 + p) / 2;
      }
      weighted[root + d] = p;
    }
    return p;
  }

  #train(node: number, bit: number): void {
    const table = this.#table;
    const root = (31 - Math.clz32(node)) * (this.#depth + 2);
    for (let d = this.#depth; d >= 0; d--) {
      table.write(this.#line(node, d));
      const { array, offset } = table;
      const check = this.#check(node, d);
      if (array[offset + 3] !== check) {
        // Replaces the context that had this entry: from here on the bound no longer holds.
        array[offset] = 0;
        array[offset + 1] = 0;
        array[offset + 2] = 1;
        array[offset + 3] = check;
      }
      const kt = (array[offset + bit]! + 0.5) / (array[offset]! + array[offset + 1]! + 1);
      const ones = this.#weighted[root + d + 1]!;
      const child = bit ? ones : 1 - ones;
      const beta = (array[offset + 2]! * kt) / child;
      array[offset + 2] = Math.max(1 / BETA_MOST, Math.min(BETA_MOST, beta));
      array[offset + bit]! += 1;
    }
  }
}
