// Finds matches with binary trees, after liblzma's lz_encoder_mf.c (Pavlov, Collin): all positions
// with the same four bytes form a tree ordered by the bytes that follow; each new position becomes
// the root and splits the tree. The nearest positions with the same two and three bytes are
// reported first.

import type { Matches, SearchLimits } from './matches.js';

const MOST_HASH_BITS = 18;
const LEAST_HASH_BITS = 8;
/** Fibonacci hashing (Knuth 1998, §6.4). */
const GOLDEN = 0x9e3779b1;

/** Makes one pass over `data`. In all tables positions are counted from 1, and 0 means none. */
export class BinaryTreeFinder {
  readonly #data: Uint8Array;
  readonly #nice: number;
  readonly #depth: number;
  readonly #dictionary: number;
  /** Positions share memory with those 2^n later, which is beyond the dictionary. */
  readonly #ringMask: number;
  readonly #head2: Int32Array;
  readonly #head3: Int32Array;
  readonly #head4: Int32Array;
  readonly #hashShift: number;
  /** Both children of each position: the subtrees that sort below and above it. */
  readonly #children: Int32Array;
  /** The next position to be searched or skipped. */
  #position = 0;

  constructor(data: Uint8Array, { dictionary, depth, nice }: SearchLimits) {
    this.#data = data;
    this.#nice = nice;
    this.#depth = depth;
    this.#dictionary = dictionary;
    this.#ringMask = 2 ** (32 - Math.clz32(Math.min(dictionary, data.length))) - 1;
    const bits = Math.min(MOST_HASH_BITS, Math.max(LEAST_HASH_BITS, 32 - Math.clz32(data.length)));
    this.#hashShift = 32 - bits;
    this.#head2 = new Int32Array(1 << Math.min(16, bits));
    this.#head3 = new Int32Array(1 << bits);
    this.#head4 = new Int32Array(1 << bits);
    this.#children = new Int32Array(2 * (this.#ringMask + 1));
  }

  /**
   * Fills `matches` for the next position and advances by one. No match is longer than `nice`;
   * nothing is found for the last four bytes of the data.
   */
  search(matches: Matches): void {
    matches.count = 0;
    this.#insert(matches);
  }

  /** Skips `count` positions. */
  skip(count: number): void {
    for (let i = 0; i < count; i++) this.#insert(undefined);
  }

  #insert(matches: Matches | undefined): void {
    const data = this.#data;
    const mask = this.#ringMask;
    const dictionary = this.#dictionary;
    const position = this.#position++;
    const longest = Math.min(this.#nice, data.length - position);
    if (longest < 4) return;
    const pair = data[position]! | (data[position + 1]! << 8);
    const triple = pair | (data[position + 2]! << 16);
    const shift = this.#hashShift;
    const hash3 = Math.imul(triple, GOLDEN) >>> shift;
    const hash4 = Math.imul(triple | (data[position + 3]! << 24), GOLDEN) >>> shift;
    const slot2 = pair & (this.#head2.length - 1);
    const near2 = this.#head2[slot2]! - 1;
    const near3 = this.#head3[hash3]! - 1;
    let other = this.#head4[hash4]! - 1;
    this.#head2[slot2] = position + 1;
    this.#head3[hash3] = position + 1;
    this.#head4[hash4] = position + 1;

    let best = 3;
    if (matches) {
      best = this.#nearest(position, near2, longest, 1, matches);
      if (near3 !== near2)
        best = this.#nearest(position, near3, longest, Math.max(best, 2), matches);
      best = Math.max(best, 3);
    }

    // `smaller` and `larger`: the links to set to the next position that sorts below or above this
    // one.
    const children = this.#children;
    const own = 2 * (position & mask);
    let smaller = own;
    let larger = own + 1;
    let sharedSmaller = 0;
    let sharedLarger = 0;
    for (let tries = this.#depth; ; tries--) {
      const distance = position - other;
      if (other < 0 || tries === 0 || distance > dictionary) {
        children[smaller] = 0;
        children[larger] = 0;
        return;
      }
      const node = 2 * (other & mask);
      let length = sharedSmaller < sharedLarger ? sharedSmaller : sharedLarger;
      while (length < longest && data[other + length] === data[position + length]) length++;
      if (matches && length > best) {
        best = length;
        matches.add(length, distance);
      }
      if (length === longest) {
        // Equal up to the search limit: this position replaces the other.
        children[smaller] = children[node]!;
        children[larger] = children[node + 1]!;
        return;
      }
      if (data[other + length]! < data[position + length]!) {
        children[smaller] = other + 1;
        smaller = node + 1;
        other = children[smaller]! - 1;
        sharedSmaller = length;
      } else {
        children[larger] = other + 1;
        larger = node;
        other = children[larger]! - 1;
        sharedLarger = length;
      }
    }
  }

  /** Adds the match with one position if it is longer than `best`; returns the longer length. */
  #nearest(
    position: number,
    start: number,
    longest: number,
    best: number,
    matches: Matches,
  ): number {
    if (start < 0 || position - start > this.#dictionary) return best;
    const data = this.#data;
    let length = 0;
    while (length < longest && data[start + length] === data[position + length]) length++;
    if (length <= best) return best;
    matches.add(length, position - start);
    return length;
  }
}
