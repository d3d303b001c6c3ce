// Builds Huffman codes as zlib does, with its tie-breaking and its limit on code lengths. The
// algorithm is explained in src/engines/deflate/codec/huffman.ts, which computes the same.

import { add, get, set } from './memory';

export const FREQUENCY_SHIFT: i32 = 15;
export const ID_MASK: i32 = 1023;
export const ONE: i32 = 1 << FREQUENCY_SHIFT;
const DEPTH_SHIFT: i32 = 10;
const DEPTH_MASK: i32 = 31 << DEPTH_SHIFT;
const DEPTH_UNIT: i32 = 1 << DEPTH_SHIFT;

const NODES: i32 = 576;
const heap = memory.data(4 * NODES);
const parent = memory.data(4 * NODES);
const depth = memory.data(4 * NODES);
const popped = memory.data(8 * NODES);
const lengthCount = memory.data(4 * 18);

/** Largest symbol with a code in the tree built last. */
export let maxCode: i32 = -1;

// @ts-ignore: decorator
@inline
export function mergeNodes(a: i32, b: i32, id: i32): i32 {
  const deeper = max(a & DEPTH_MASK, b & DEPTH_MASK);
  return (((a >>> FREQUENCY_SHIFT) + (b >>> FREQUENCY_SHIFT)) << FREQUENCY_SHIFT) + deeper + DEPTH_UNIT + id;
}

/** What must stand behind the last node of a heap: it is never less than another. */
export const HEAP_END: i32 = i32.MAX_VALUE;

/** Puts a node where the heap order allows it, from `k` on down. */
// @ts-ignore: decorator
@inline
export function siftDown(heap: usize, size: i32, k: i32, node: i32): void {
  let child = k << 1;
  while (child <= size) {
    let least = get(heap, child);
    const right = get(heap, child + 1);
    if (right <= (least | ID_MASK)) {
      least = right;
      child++;
    }
    if (node <= (least | ID_MASK)) break;
    set(heap, k, least);
    k = child;
    child <<= 1;
  }
  set(heap, k, node);
}

/** Orders a heap of `size` nodes. */
// @ts-ignore: decorator
@inline
export function orderHeap(heap: usize, size: i32): void {
  set(heap, size + 1, HEAP_END);
  for (let k = size >> 1; k >= 1; k--) siftDown(heap, size, k, get(heap, k));
}

/** Fills `lengths` up to `maxCode` and returns Σ frequency · length, in bits. */
export function build(frequencies: usize, symbols: i32, maxBits: i32, lengths: usize): i32 {
  let size = 0;
  let last = -1;
  for (let symbol = 0; symbol < symbols; symbol++) {
    const frequency = get(frequencies, symbol);
    if (frequency !== 0) {
      set(heap, ++size, (frequency << FREQUENCY_SHIFT) | symbol);
      last = symbol;
    }
  }
  const forced = size < 2;
  while (size < 2) {
    const symbol = last < 2 ? ++last : 0;
    set(heap, ++size, ONE | symbol);
  }
  maxCode = last;
  if (forced) {
    const a = get(heap, 1) & ID_MASK;
    const b = get(heap, 2) & ID_MASK;
    memory.fill(lengths, 0, (<usize>(last + 1)) << 2);
    set(lengths, a, 1);
    set(lengths, b, 1);
    return get(frequencies, a) + get(frequencies, b);
  }
  orderHeap(heap, size);
  let node = symbols;
  let pops = 0;
  let bits = 0;
  let root = 0;
  for (;;) {
    const a = get(heap, 1);
    const moved = get(heap, size);
    set(heap, size, HEAP_END);
    size--;
    siftDown(heap, size, 1, moved);
    const b = get(heap, 1);
    set(popped, pops++, a & ID_MASK);
    set(popped, pops++, b & ID_MASK);
    set(parent, a & ID_MASK, node);
    set(parent, b & ID_MASK, node);
    root = mergeNodes(a, b, node++);
    bits += root >>> FREQUENCY_SHIFT;
    if (size < 2) break;
    siftDown(heap, size, 1, root);
  }
  if ((root & DEPTH_MASK) >> DEPTH_SHIFT > maxBits) {
    return limit(frequencies, node - 1, pops, maxBits, lengths);
  }
  set(depth, node - 1, 0);
  for (let i = node - 2; i >= symbols; i--) set(depth, i, get(depth, get(parent, i)) + 1);
  for (let symbol = 0; symbol <= last; symbol++) {
    const used = get(frequencies, symbol) !== 0;
    set(lengths, symbol, used ? get(depth, get(parent, symbol)) + 1 : 0);
  }
  return bits;
}

/** Limits the code lengths to `maxBits` as zlib's gen_bitlen does. */
function limit(frequencies: usize, root: i32, pops: i32, maxBits: i32, lengths: usize): i32 {
  memory.fill(lengthCount, 0, 4 * 18);
  set(depth, root, 0);
  let overflow = 0;
  for (let i = pops - 1; i >= 0; i--) {
    const node = get(popped, i);
    let bits = get(depth, get(parent, node)) + 1;
    if (bits > maxBits) {
      bits = maxBits;
      overflow++;
    }
    set(depth, node, bits);
    if (node <= maxCode) add(lengthCount, bits, 1);
  }
  do {
    let bits = maxBits - 1;
    while (get(lengthCount, bits) === 0) bits--;
    add(lengthCount, bits, -1);
    add(lengthCount, bits + 1, 2);
    add(lengthCount, maxBits, -1);
    overflow -= 2;
  } while (overflow > 0);
  let next = 0;
  for (let bits = maxBits; bits !== 0; bits--) {
    for (let left = get(lengthCount, bits); left > 0; ) {
      const node = get(popped, next++);
      if (node > maxCode) continue;
      set(depth, node, bits);
      left--;
    }
  }
  let total = 0;
  for (let symbol = 0; symbol <= maxCode; symbol++) {
    const frequency = get(frequencies, symbol);
    const bits = frequency === 0 ? 0 : get(depth, symbol);
    set(lengths, symbol, bits);
    total += frequency * bits;
  }
  return total;
}
