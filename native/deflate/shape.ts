// The shape of a Huffman tree, built from two queues of leaves and inner nodes. It gives the total
// length in bits, and the code lengths up to ties, which heap.ts resolves. The merges that a shape
// shares with the one built before are not repeated.

import { get, set } from './memory';

/** Frequencies of the leaves in ascending order. */
export const sorted = memory.data(4 * 290);
/** Code length of node t, and of the last node equal to it in frequency and height; one byte each. */
const nodeLength = memory.data(288);
export const lateNodeLength = memory.data(288);
/** Code length of the last leaf with the frequency of leaf r; one byte each. */
export const lateLeafLength = memory.data(290);
/** The range of code lengths that ties leave open to node t and to leaf r; one byte each. */
const leastNodeLength = memory.data(288);
const mostNodeLength = memory.data(288);
export const leastLeafLength = memory.data(290);
export const mostLeafLength = memory.data(290);
/** Frequency and height of node t: frequency · 2^5 + height. */
const inner = memory.data(4 * 288);
const HEIGHT_BITS: i32 = 5;
const HEIGHT_MASK: i32 = 31;
const leafParent = memory.data(4 * 288);
const nodeParent = memory.data(4 * 288);
/** State before merge t: leaves and nodes popped, and bits so far. */
const leafAt = memory.data(4 * 288);
const nodeAt = memory.data(4 * 288);
const bitsAt = memory.data(4 * 288);

/** Total length in bits, and longest code length. */
export let bits: i32 = 0;
export let longest: i32 = 0;
/** Number of merges in which ties affect code lengths, and the largest frequency among them. */
export let contested: i32 = 0;
export let contestedFrequency: i32 = 0;

/** Index of the merge that pops leaf r in the shape built last. */
export function mergeOf(r: i32): i32 {
  return get(leafParent, r);
}

/**
 * Builds the shape of `sorted[0, leaves)`. The first `from` merges are taken from the shape built
 * before; they must neither pop nor compare a leaf whose frequency has changed.
 */
export function buildShape(leaves: i32, from: i32): void {
  let leaf = 0;
  let node = 0;
  let sum = 0;
  if (from > 0) {
    leaf = get(leafAt, from);
    node = get(nodeAt, from);
    sum = get(bitsAt, from);
  }
  set(sorted, leaves, i32.MAX_VALUE >> HEIGHT_BITS);
  for (let t = from; t < leaves - 1; t++) {
    set(leafAt, t, leaf);
    set(nodeAt, t, node);
    set(bitsAt, t, sum);
    // The queue of nodes ends here: the sentinel compares greater than any leaf.
    set(inner, t, i32.MAX_VALUE);
    let first = get(sorted, leaf) << HEIGHT_BITS;
    if (first <= get(inner, node)) set(leafParent, leaf++, t);
    else {
      first = get(inner, node);
      set(nodeParent, node++, t);
    }
    let second = get(sorted, leaf) << HEIGHT_BITS;
    if (second <= get(inner, node)) set(leafParent, leaf++, t);
    else {
      second = get(inner, node);
      set(nodeParent, node++, t);
    }
    const f = (first >> HEIGHT_BITS) + (second >> HEIGHT_BITS);
    set(inner, t, (f << HEIGHT_BITS) + max(first & HEIGHT_MASK, second & HEIGHT_MASK) + 1);
    sum += f;
  }
  bits = sum;
  measure(leaves);
}

/** Computes code lengths, `longest`, `contested` and `contestedFrequency`. */
function measure(leaves: i32): void {
  let last = 0;
  let lastFrequency = 0;
  const root = leaves - 2;
  store<u8>(nodeLength + root, 0);
  store<u8>(lateNodeLength + root, 0);
  let above = 0;
  let late = 0;
  for (let t = root - 1; t >= 0; t--) {
    const length = <i32>load<u8>(nodeLength + get(nodeParent, t)) + 1;
    store<u8>(nodeLength + t, length);
    if (get(inner, t) !== get(inner, t + 1)) {
      late = length;
    } else if (length !== above && get(nodeParent, t + 1) > last) {
      last = get(nodeParent, t + 1);
      lastFrequency = get(inner, t) >> HEIGHT_BITS;
    }
    store<u8>(lateNodeLength + t, late);
    above = length;
  }
  for (let r = leaves - 1; r >= 0; r--) {
    const length = <i32>load<u8>(nodeLength + get(leafParent, r)) + 1;
    if (get(sorted, r) !== get(sorted, r + 1)) {
      late = length;
    } else if (length !== above && get(leafParent, r + 1) > last) {
      last = get(leafParent, r + 1);
      lastFrequency = get(sorted, r);
    }
    store<u8>(lateLeafLength + r, late);
    above = length;
  }
  longest = above;
  contested = last;
  contestedFrequency = lastFrequency;
}

/** Computes the range of code lengths of each leaf over all orders of equal nodes. */
export function measureRanges(leaves: i32): void {
  const root = leaves - 2;
  store<u8>(leastNodeLength + root, 0);
  store<u8>(mostNodeLength + root, 0);
  for (let end = root; end > 0; ) {
    let start = end - 1;
    while (start > 0 && get(inner, start - 1) === get(inner, start)) start--;
    spread(nodeParent, start, end, leastNodeLength, mostNodeLength);
    end = start;
  }
  for (let end = leaves; end > 0; ) {
    let start = end - 1;
    while (start > 0 && get(sorted, start - 1) === get(sorted, start)) start--;
    spread(leafParent, start, end, leastLeafLength, mostLeafLength);
    end = start;
  }
}

/** Gives the equal nodes `start` to `end` − 1 the range of what is below any of their parents. */
function spread(parent: usize, start: i32, end: i32, least: usize, most: usize): void {
  let from = <i32>u8.MAX_VALUE;
  let to = 0;
  for (let i = start; i < end; i++) {
    from = min(from, <i32>load<u8>(leastNodeLength + get(parent, i)) + 1);
    to = max(to, <i32>load<u8>(mostNodeLength + get(parent, i)) + 1);
  }
  memory.fill(least + start, <u8>from, end - start);
  memory.fill(most + start, <u8>to, end - start);
}
