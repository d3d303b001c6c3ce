// What zlib's heap decides when one count of a block grows by one: who among equally frequent
// symbols gets the longer code. The heap is run once for the counts as they are, with every
// comparison that one more would turn; for one more of a symbol it is run again only from the
// first such comparison on, and only as far as its layout matters (tree-shape.ts).

import { FREQUENCY_SHIFT, ID_MASK, mergeNodes, siftDown } from '../codec/huffman.js';
import type { TreeShape } from './tree-shape.js';

/** Stands in the heap for every node that is popped too late to matter. */
const LATE = 0x7fffffff;
/** A node of frequency 1, without its id. */
const ONE = 1 << FREQUENCY_SHIFT;
/** Ids of inner nodes begin here; leaves are known by their place among the used symbols. */
const FIRST_NODE = 512;
/** Later than any merge. */
const NEVER = 0x7fff;
/** Before the first merge, while the heap is put in order. */
const AT_ONCE = -1;

export class HeapWatch {
  readonly #leaves: number;
  #used = 0;
  #frequencies: Int32Array;
  /** The heap before each merge, one after another, each in a row of `#leaves + 1`. */
  readonly #heaps: Int32Array;
  /** Ids in the order in which they are popped, two for each merge. */
  readonly #popped: Int32Array;
  /** By id: the merge that pops it, and the first in which one more would turn a comparison. */
  readonly #mergedBy = new Int32Array(2 * FIRST_NODE);
  readonly #turns = new Int32Array(2 * FIRST_NODE);
  readonly #nodeFrequency: Int32Array;
  // The same for a heap that is run again.
  readonly #heap: Int32Array;
  readonly #poppedAgain: Int32Array;
  readonly #nodeLength: Uint8Array;

  constructor(leaves: number) {
    this.#leaves = leaves;
    this.#frequencies = new Int32Array(0);
    this.#heaps = new Int32Array((leaves + 1) * leaves);
    this.#popped = new Int32Array(2 * leaves);
    this.#nodeFrequency = new Int32Array(leaves);
    this.#heap = new Int32Array(leaves + 1);
    this.#poppedAgain = new Int32Array(2 * leaves);
    this.#nodeLength = new Uint8Array(leaves);
  }

  /** Runs the heap of `frequencies[0, used)`, which are all positive. */
  run(frequencies: Int32Array, used: number): void {
    this.#frequencies = frequencies;
    this.#used = used;
    const heap = this.#heap;
    const heaps = this.#heaps;
    const popped = this.#popped;
    const mergedBy = this.#mergedBy;
    const turns = this.#turns;
    const stride = this.#leaves + 1;
    for (let i = 0; i < used; i++) {
      heap[i + 1] = (frequencies[i]! << FREQUENCY_SHIFT) | i;
      turns[i] = NEVER;
    }
    let size = used;
    for (let k = size >> 1; k >= 1; k--) siftAndNote(heap, size, k, heap[k]!, turns, AT_ONCE);
    for (let t = 0; t < used - 1; t++) {
      const row = t * stride;
      for (let k = 1; k <= size; k++) heaps[row + k] = heap[k]!;
      const a = heap[1]!;
      siftAndNote(heap, size - 1, 1, heap[size]!, turns, t);
      size--;
      const b = heap[1]!;
      popped[2 * t] = a & ID_MASK;
      popped[2 * t + 1] = b & ID_MASK;
      mergedBy[a & ID_MASK] = t;
      mergedBy[b & ID_MASK] = t;
      const id = FIRST_NODE + t;
      const node = mergeNodes(a, b, id);
      this.#nodeFrequency[t] = node >>> FREQUENCY_SHIFT;
      turns[id] = NEVER;
      siftAndNote(heap, size, 1, node, turns, t);
    }
  }

  /** Sets the lengths that the heap decides, with one more of the symbol at `place`. */
  setLengths(place: number, shape: TreeShape, lengths: Uint8Array): void {
    const { contested, contestedFrequency } = shape;
    // One more of the symbol is one more of every node above it. From the first comparison that
    // this turns, the heap goes another way; nodes popped too late to matter do not count.
    let turn = this.#turns[place]!;
    for (let merge = this.#mergedBy[place]!; merge < contested; ) {
      if (this.#nodeFrequency[merge]! > contestedFrequency) break;
      const node = FIRST_NODE + merge;
      if (this.#turns[node]! < turn) turn = this.#turns[node]!;
      merge = this.#mergedBy[node]!;
    }
    if (turn >= contested) {
      this.#assign(shape, this.#popped, contested, lengths);
      return;
    }
    const heap = this.#heap;
    const late = (contestedFrequency + 1) << FREQUENCY_SHIFT;
    let size = this.#used;
    if (turn === AT_ONCE) {
      this.#fill(size, late);
      heap[place + 1] = raise(heap[place + 1]!, late);
      for (let k = size >> 1; k >= 1; k--) siftDown(heap, size, k, heap[k]!);
    } else {
      let node = place;
      while (this.#mergedBy[node]! < turn) node = FIRST_NODE + this.#mergedBy[node]!;
      size -= turn;
      const row = turn * (this.#leaves + 1);
      const heaps = this.#heaps;
      for (let k = 1; k <= size; k++) {
        const value = heaps[row + k]!;
        if (value >= late) heap[k] = LATE;
        else heap[k] = (value & ID_MASK) === node ? raise(value, late) : value;
      }
    }
    this.#runAgain(Math.max(turn, 0), contested, size, late);
    this.#assign(shape, this.#poppedAgain, Math.max(turn, 0), lengths);
  }

  /** The same with a new symbol of frequency 1 before `place`; its length goes behind all others. */
  setLengthsWithNew(place: number, shape: TreeShape, lengths: Uint8Array): void {
    const { contested, contestedFrequency } = shape;
    if (contested === 0) return;
    const heap = this.#heap;
    const used = this.#used;
    const late = (contestedFrequency + 1) << FREQUENCY_SHIFT;
    this.#fill(used, late);
    heap.copyWithin(place + 2, place + 1, used + 1);
    heap[place + 1] = ONE | used;
    const size = used + 1;
    for (let k = size >> 1; k >= 1; k--) siftDown(heap, size, k, heap[k]!);
    this.#runAgain(0, contested, size, late);
    this.#assign(shape, this.#poppedAgain, 0, lengths);
  }

  #fill(used: number, late: number): void {
    const heap = this.#heap;
    const frequencies = this.#frequencies;
    for (let i = 0; i < used; i++) {
      const value = (frequencies[i]! << FREQUENCY_SHIFT) | i;
      heap[i + 1] = value >= late ? LATE : value;
    }
  }

  #runAgain(from: number, to: number, size: number, late: number): void {
    const heap = this.#heap;
    const popped = this.#poppedAgain;
    for (let t = from; t < to; t++) {
      const a = heap[1]!;
      siftDown(heap, size - 1, 1, heap[size]!);
      size--;
      const b = heap[1]!;
      popped[2 * t] = a & ID_MASK;
      popped[2 * t + 1] = b & ID_MASK;
      const node = mergeNodes(a, b, FIRST_NODE + t);
      siftDown(heap, size, 1, node >= late ? LATE : node);
    }
  }

  /** Lengths from the top down: `popped` from merge `from` on, as in the first run before. */
  #assign(shape: TreeShape, popped: Int32Array, from: number, lengths: Uint8Array): void {
    const { contested, lateNodeLength } = shape;
    const nodeLength = this.#nodeLength;
    for (let t = 0; t < contested; t++) nodeLength[t] = lateNodeLength[t]!;
    for (let t = contested - 1; t >= 0; t--) {
      const source = t >= from ? popped : this.#popped;
      const length = nodeLength[t]! + 1;
      const a = source[2 * t]!;
      if (a < FIRST_NODE) lengths[a] = length;
      else nodeLength[a - FIRST_NODE] = length;
      const b = source[2 * t + 1]!;
      if (b < FIRST_NODE) lengths[b] = length;
      else nodeLength[b - FIRST_NODE] = length;
    }
  }
}

function raise(value: number, late: number): number {
  return value >= late - ONE ? LATE : value + ONE;
}

/**
 * `siftDown`, noting in `turns` the smaller node of every comparison that would come out otherwise
 * if that node were one more frequent (the larger one growing changes nothing).
 */
function siftAndNote(
  heap: Int32Array,
  size: number,
  k: number,
  node: number,
  turns: Int32Array,
  time: number,
): void {
  let child = k << 1;
  while (child <= size) {
    let least = heap[child]!;
    if (child < size) {
      const right = heap[child + 1]!;
      if (right <= (least | ID_MASK)) {
        if (right + ONE > (least | ID_MASK)) note(turns, right, time);
        least = right;
        child++;
      } else if (right <= ((least + ONE) | ID_MASK)) note(turns, least, time);
    }
    if (node <= (least | ID_MASK)) {
      if (node + ONE > (least | ID_MASK)) note(turns, node, time);
      break;
    }
    if (node <= ((least + ONE) | ID_MASK)) note(turns, least, time);
    heap[k] = least;
    k = child;
    child <<= 1;
  }
  heap[k] = node;
}

function note(turns: Int32Array, node: number, time: number): void {
  if (turns[node & ID_MASK] === NEVER) turns[node & ID_MASK] = time;
}
