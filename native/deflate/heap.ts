// Code lengths that depend on how zlib's heap orders nodes of equal frequency and depth. The heap is
// run once for the block, and `turns` records when each symbol's frequency first matters by one.
// With one more of a symbol, the merges are repeated only from that time on.

import { FREQUENCY_SHIFT, HEAP_END, ID_MASK, mergeNodes, ONE, orderHeap, siftDown } from './huffman';
import { copyBlocks, get, set } from './memory';
import { contested, contestedFrequency, lateNodeLength } from './shape';

const LATE: i32 = i32.MAX_VALUE;
const FIRST_NODE: i32 = 512;
const NEVER: i32 = 0x7fff;
const AT_ONCE: i32 = -1;
const STRIDE: i32 = 288;

/** Frequencies of the used symbols. */
export const frequencies = memory.data(4 * 288);
/** Code lengths, one byte each: of used symbols by index, of inner nodes by id. */
export const lengths = memory.data(1024);
const heaps = memory.data(4 * 288 * 288);
/** The heap before it is ordered. */
const unordered = memory.data(4 * 600);
const popped = memory.data(4 * 2 * 288);
const poppedAgain = memory.data(4 * 2 * 288);
const mergedBy = memory.data(4 * 1024);
const turns = memory.data(4 * 1024);
const nodeFrequency = memory.data(4 * 288);
const heap = memory.data(4 * 600);

let used: i32 = 0;

// @ts-ignore: decorator
@inline
function note(node: i32, time: i32): void {
  if (get(turns, node & ID_MASK) === NEVER) set(turns, node & ID_MASK, time);
}

/** Like `siftDown`; also notes nodes that would be ordered differently with one more occurrence. */
function siftAndNote(size: i32, k: i32, node: i32, time: i32): void {
  let child = k << 1;
  while (child <= size) {
    let least = get(heap, child);
    if (child < size) {
      const right = get(heap, child + 1);
      if (right <= (least | ID_MASK)) {
        if (right + ONE > (least | ID_MASK)) note(right, time);
        least = right;
        child++;
      } else if (right <= ((least + ONE) | ID_MASK)) note(least, time);
    }
    if (node <= (least | ID_MASK)) {
      if (node + ONE > (least | ID_MASK)) note(node, time);
      break;
    }
    if (node <= ((least + ONE) | ID_MASK)) note(least, time);
    set(heap, k, least);
    k = child;
    child <<= 1;
  }
  set(heap, k, node);
}

/** Runs the heap on the frequencies of `symbols` used symbols and records its merges. */
export function watchHeap(symbols: i32): void {
  used = symbols;
  for (let i = 0; i < used; i++) {
    set(unordered, i + 1, (get(frequencies, i) << FREQUENCY_SHIFT) | i);
    set(turns, i, NEVER);
  }
  let size = used;
  memory.copy(heap, unordered, (<usize>(size + 1)) << 2);
  for (let k = size >> 1; k >= 1; k--) siftAndNote(size, k, get(heap, k), AT_ONCE);
  for (let t = 0; t < used - 1; t++) {
    memory.copy(heaps + ((<usize>(t * STRIDE)) << 2), heap, (<usize>(size + 1)) << 2);
    const a = get(heap, 1);
    const moved = get(heap, size);
    size--;
    siftAndNote(size, 1, moved, t);
    const b = get(heap, 1);
    set(popped, 2 * t, a & ID_MASK);
    set(popped, 2 * t + 1, b & ID_MASK);
    set(mergedBy, a & ID_MASK, t);
    set(mergedBy, b & ID_MASK, t);
    const node = mergeNodes(a, b, FIRST_NODE + t);
    set(nodeFrequency, t, node >>> FREQUENCY_SHIFT);
    set(turns, FIRST_NODE + t, NEVER);
    siftAndNote(size, 1, node, t);
  }
}

/**
 * Copies `size` nodes, or up to three more, with one more of the node `raised`; those from `late` on
 * become `LATE`.
 */
function copyNodes(target: usize, source: usize, size: i32, raised: i32, late: i32): void {
  for (let i = 0; i < size; i += 4) {
    const at = (<usize>i) << 2;
    const node = v128.load(source + at);
    const isRaised = i32x4.eq(v128.and(node, i32x4.splat(ID_MASK)), i32x4.splat(raised));
    const value = i32x4.add(node, v128.and(isRaised, i32x4.splat(ONE)));
    const isLate = i32x4.ge_s(value, i32x4.splat(late));
    v128.store(target + at, v128.bitselect(i32x4.splat(LATE), value, isLate));
  }
}

/** Sets the lengths that depend on the heap order, with one more of the symbol at index `place`. */
export function setLengths(place: i32): void {
  let turn = get(turns, place);
  for (let merge = get(mergedBy, place); merge < contested; ) {
    if (get(nodeFrequency, merge) > contestedFrequency) break;
    const node = FIRST_NODE + merge;
    turn = min(turn, get(turns, node));
    merge = get(mergedBy, node);
  }
  if (turn >= contested) {
    assign(popped, contested);
    return;
  }
  const late = (contestedFrequency + 1) << FREQUENCY_SHIFT;
  let size = used;
  if (turn === AT_ONCE) {
    copyNodes(heap + 4, unordered + 4, size, place, late);
    orderHeap(heap, size);
    turn = 0;
  } else {
    let node = place;
    while (get(mergedBy, node) < turn) node = FIRST_NODE + get(mergedBy, node);
    size -= turn;
    copyNodes(heap + 4, heaps + ((<usize>(turn * STRIDE)) << 2) + 4, size, node, late);
    set(heap, size + 1, HEAP_END);
  }
  runAgain(turn, size, late);
  assign(poppedAgain, turn);
}

/** Like `setLengths`, with a new symbol of frequency 1 and id `used` before index `place`. */
export function setLengthsWithNew(place: i32): void {
  if (contested === 0) return;
  const late = (contestedFrequency + 1) << FREQUENCY_SHIFT;
  const size = used + 1;
  const after = (<usize>place) << 2;
  copyNodes(heap + 4, unordered + 4, place, used, late);
  set(heap, place + 1, ONE | used);
  copyNodes(heap + 8 + after, unordered + 4 + after, used - place, used, late);
  orderHeap(heap, size);
  runAgain(0, size, late);
  assign(poppedAgain, 0);
}

function runAgain(from: i32, size: i32, late: i32): void {
  for (let t = from; t < contested; t++) {
    const a = get(heap, 1);
    const moved = get(heap, size);
    set(heap, size, HEAP_END);
    size--;
    siftDown(heap, size, 1, moved);
    const b = get(heap, 1);
    set(poppedAgain, 2 * t, a & ID_MASK);
    set(poppedAgain, 2 * t + 1, b & ID_MASK);
    const node = mergeNodes(a, b, FIRST_NODE + t);
    siftDown(heap, size, 1, node >= late ? LATE : node);
  }
}

/** Assigns lengths from the root down, with the merges from `from` on taken from `source`. */
function assign(source: usize, from: i32): void {
  copyBlocks(lengths + FIRST_NODE, lateNodeLength, contested);
  for (let t = contested - 1; t >= 0; t--) {
    const ids = t >= from ? source : popped;
    const length = load<u8>(lengths + FIRST_NODE + t) + 1;
    store<u8>(lengths + get(ids, 2 * t), length);
    store<u8>(lengths + get(ids, 2 * t + 1), length);
  }
}
