// zlib's Huffman trees (trees.c: build_tree, gen_bitlen, gen_codes), including ties. Which of two
// equally frequent symbols gets the longer code depends on the order in which zlib's binary heap
// returns them, so the heap is reproduced exactly.

/** Most symbols of any tree here (literal/length codes), plus its inner nodes. */
const MAX_NODES = 2 * 286 + 1;
const MAX_BITS = 15;

// A node of the heap is one integer, frequency · 2^15 + depth · 2^10 + id, so that zlib's `smaller`
// (by frequency, then depth, ties to the left) is `a <= (b | ID_MASK)`. Frequencies stay ≤ 2^15 (a
// block has fewer symbols than that), so the root fits 31 bits, and a tree of this total weight has
// depth at most 22 (Fibonacci), which fits the 5 bits of depth.
const FREQUENCY_SHIFT = 15;
const DEPTH_SHIFT = 10;
const ID_MASK = 1023;
const DEPTH_UNIT = 1 << DEPTH_SHIFT;
const DEPTH_MASK = 31 << DEPTH_SHIFT;

/** The parent of two nodes: the sum of their frequencies, one level above the deeper one. */
function mergeNodes(a: number, b: number, id: number): number {
  const depthA = a & DEPTH_MASK;
  const depthB = b & DEPTH_MASK;
  const frequency = (a >>> FREQUENCY_SHIFT) + (b >>> FREQUENCY_SHIFT);
  return (frequency << FREQUENCY_SHIFT) + Math.max(depthA, depthB) + DEPTH_UNIT + id;
}

/** Moves `node` down from position `k` of a heap of `size` nodes (1-based; zlib's pqdownheap). */
function siftDown(heap: Int32Array, size: number, k: number, node: number): void {
  let child = k << 1;
  while (child <= size) {
    let least = heap[child]!;
    if (child < size) {
      const right = heap[child + 1]!;
      if (right <= (least | ID_MASK)) {
        least = right;
        child++;
      }
    }
    if (node <= (least | ID_MASK)) break;
    heap[k] = least;
    k = child;
    child <<= 1;
  }
  heap[k] = node;
}

/** Builds trees in its own scratch memory; not re-entrant. */
export class HuffmanBuilder {
  /** Code length in bits of each symbol of the last tree, 0 for unused; valid up to `maxCode`. */
  readonly lengths = new Uint8Array(MAX_NODES);
  /** Largest symbol with a code in the last tree. */
  maxCode = -1;

  readonly #heap = new Int32Array(MAX_NODES + 1);
  readonly #parent = new Int32Array(MAX_NODES);
  readonly #depth = new Int32Array(MAX_NODES);
  /** Nodes in the order in which the heap returned them. */
  readonly #popped = new Int32Array(2 * MAX_NODES);
  readonly #lengthCount = new Int32Array(MAX_BITS + 2);
  /** What the last tree was built from, and its bits. */
  readonly #frequencies = new Int32Array(MAX_NODES);
  #symbols = 0;
  #maxBits = 0;
  #bits = 0;

  /**
   * Builds the tree of `frequencies[0, symbols)` with code words of at most `maxBits` bits and
   * returns Σ frequency · length in bits. Like zlib, gives at least two symbols a code.
   */
  build(frequencies: Int32Array, symbols: number, maxBits: number): number {
    if (this.#note(frequencies, symbols, maxBits)) {
      this.#bits = this.#build(frequencies, symbols, maxBits);
    }
    return this.#bits;
  }

  /**
   * Notes what a tree is built from; returns whether the last one was built from something else. While
   * a block is priced again and again, every second tree is the last one.
   */
  #note(frequencies: Int32Array, symbols: number, maxBits: number): boolean {
    let isNew = symbols !== this.#symbols || maxBits !== this.#maxBits;
    this.#symbols = symbols;
    this.#maxBits = maxBits;
    const known = this.#frequencies;
    for (let symbol = 0; symbol < symbols; symbol++) {
      if (known[symbol] === frequencies[symbol]) continue;
      known[symbol] = frequencies[symbol]!;
      isNew = true;
    }
    return isNew;
  }

  #build(frequencies: Int32Array, symbols: number, maxBits: number): number {
    const heap = this.#heap;
    let size = 0;
    let maxCode = -1;
    for (let symbol = 0; symbol < symbols; symbol++) {
      const frequency = frequencies[symbol]!;
      if (frequency !== 0) {
        heap[++size] = (frequency << FREQUENCY_SHIFT) | symbol;
        maxCode = symbol;
      }
    }
    let forced = 0;
    while (size < 2) {
      const symbol = maxCode < 2 ? ++maxCode : 0;
      heap[++size] = (1 << FREQUENCY_SHIFT) | symbol;
      forced++;
    }
    this.maxCode = maxCode;
    if (forced > 0) return this.#pair(frequencies, heap[1]! & ID_MASK, heap[2]! & ID_MASK);
    for (let k = size >> 1; k >= 1; k--) siftDown(heap, size, k, heap[k]!);

    const parent = this.#parent;
    const popped = this.#popped;
    let node = symbols;
    let pops = 0;
    let bits = 0;
    let root = 0;
    for (;;) {
      const a = heap[1]!;
      siftDown(heap, size - 1, 1, heap[size]!);
      size--;
      const b = heap[1]!;
      popped[pops++] = a & ID_MASK;
      popped[pops++] = b & ID_MASK;
      parent[a & ID_MASK] = node;
      parent[b & ID_MASK] = node;
      root = mergeNodes(a, b, node++);
      bits += root >>> FREQUENCY_SHIFT;
      if (size < 2) break;
      siftDown(heap, size, 1, root);
    }
    if ((root & DEPTH_MASK) >> DEPTH_SHIFT > maxBits) {
      return this.#limit(frequencies, node - 1, pops, maxBits);
    }
    const depth = this.#depth;
    depth[node - 1] = 0;
    for (let i = node - 2; i >= symbols; i--) depth[i] = depth[parent[i]!]! + 1;
    const lengths = this.lengths;
    for (let symbol = 0; symbol <= maxCode; symbol++) {
      lengths[symbol] = frequencies[symbol] === 0 ? 0 : depth[parent[symbol]!]! + 1;
    }
    return bits;
  }

  /** Fewer than two used symbols: two symbols get one bit each; an unused one costs nothing. */
  #pair(frequencies: Int32Array, a: number, b: number): number {
    this.lengths.fill(0, 0, this.maxCode + 1);
    this.lengths[a] = 1;
    this.lengths[b] = 1;
    return frequencies[a]! + frequencies[b]!;
  }

  /** Shortens a tree deeper than `maxBits` as zlib does (gen_bitlen, "overflow"). */
  #limit(frequencies: Int32Array, root: number, pops: number, maxBits: number): number {
    const { lengths, maxCode } = this;
    const depth = this.#depth;
    const popped = this.#popped;
    const count = this.#lengthCount.fill(0);
    depth[root] = 0;
    let overflow = 0;
    for (let i = pops - 1; i >= 0; i--) {
      const node = popped[i]!;
      let bits = depth[this.#parent[node]!]! + 1;
      if (bits > maxBits) {
        bits = maxBits;
        overflow++;
      }
      depth[node] = bits;
      if (node <= maxCode) count[bits]!++;
    }
    do {
      let bits = maxBits - 1;
      while (count[bits] === 0) bits--;
      count[bits]!--;
      count[bits + 1]! += 2;
      count[maxBits]!--;
      overflow -= 2;
    } while (overflow > 0);
    let next = 0;
    for (let bits = maxBits; bits !== 0; bits--) {
      for (let left = count[bits]!; left > 0; ) {
        const node = popped[next++]!;
        if (node > maxCode) continue;
        depth[node] = bits;
        left--;
      }
    }
    let total = 0;
    for (let symbol = 0; symbol <= maxCode; symbol++) {
      const frequency = frequencies[symbol]!;
      lengths[symbol] = frequency === 0 ? 0 : depth[symbol]!;
      total += frequency * lengths[symbol]!;
    }
    return total;
  }
}

/** Canonical code words (RFC 1951 §3.2.2), bit-reversed as DEFLATE sends them. */
export function codeWords(lengths: Uint8Array, symbols: number): Uint16Array {
  const count = new Uint16Array(MAX_BITS + 1);
  for (let symbol = 0; symbol < symbols; symbol++) count[lengths[symbol]!]!++;
  count[0] = 0;
  const next = new Uint16Array(MAX_BITS + 2);
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    next[bits + 1] = (next[bits]! + count[bits]!) << 1;
  }
  const words = new Uint16Array(symbols);
  for (let symbol = 0; symbol < symbols; symbol++) {
    const bits = lengths[symbol]!;
    if (bits === 0) continue;
    let word = next[bits]!++;
    let reversed = 0;
    for (let i = 0; i < bits; i++, word >>= 1) reversed = (reversed << 1) | (word & 1);
    words[symbol] = reversed;
  }
  return words;
}
