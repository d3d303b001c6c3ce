// Counts of each byte at the far distances, 1,025 and more, so that they need not be walked: bytes
// are counted by the slot of their distance, and appending a byte moves only the positions that
// enter the next slot. Frequent pairs of bytes are counted the same way, from their first query on;
// rare pairs are walked. Within a slot all distances have their mean weight: for matches that have
// predicted one byte at most, the last four bits of a far distance matter little.

import { slotOf, slotStart } from '../codec/models.js';
import { PairRows, Rows } from './rows.js';

/** The counted bytes, stored in their window. */
export interface CountedBytes {
  /** Number of bytes so far: the position of the next one. */
  readonly length: number;
  byteAt(position: number): number;
  byteBefore(position: number): number;
  newestPair(first: number, second: number): number;
  earlierPair(position: number): number;
}

/** First slot of the far distances. */
export const FIRST_FAR_SLOT = 20;
/** Distances up to here are near and are weighted individually. */
export const NEAR = slotStart(FIRST_FAR_SLOT) - 1;
/** Counts are kept for pairs that occur at this many far distances. */
const FREQUENT_PAIR = 32;

export class FarCounts {
  readonly #dictionary: number;
  /** The smallest distance of each far slot within the dictionary. */
  readonly #starts: readonly number[];
  readonly #bytes: Rows;
  readonly #pairs: PairRows;
  readonly #scratch: Float64Array;

  constructor(dictionary: number, parent?: FarCounts) {
    this.#dictionary = dictionary;
    this.#starts = parent ? parent.#starts : farStarts(dictionary);
    this.#bytes = parent ? parent.#bytes.fork() : new Rows();
    this.#pairs = parent ? parent.#pairs.fork() : new PairRows();
    this.#scratch = this.#newRow();
  }

  fork(): FarCounts {
    return new FarCounts(this.#dictionary, this);
  }

  /** Number of far slots in reach of a position. */
  slotsWithin(reach: number): number {
    return reach > NEAR ? slotOf(reach) - FIRST_FAR_SLOT + 1 : 0;
  }

  /** Must be called after the window grew by one byte. */
  moveOn(window: CountedBytes): void {
    const starts = this.#starts;
    const { length } = window;
    for (let slot = 0; slot < starts.length; slot++) {
      const position = length - starts[slot]!;
      if (position < 0) return;
      this.#move(window, position, slot - 1, slot);
    }
    const gone = length - this.#dictionary - 1;
    if (gone >= 0 && starts.length > 0) this.#move(window, gone, starts.length - 1, -1);
  }

  /** Must be called after the window grew by many bytes. */
  recount(window: CountedBytes): void {
    this.#bytes.clear();
    this.#pairs.clear();
    const { length } = window;
    for (let p = Math.max(0, length - this.#dictionary); p < length - NEAR; p++) {
      move(this.#ownByte(window.byteAt(p)), -1, farSlot(length - p));
    }
  }

  /** Adds to each byte in `out` the weights of all far distances to it, `weights` by far slot. */
  addBytes(weights: Float64Array, slots: number, out: Float64Array): void {
    for (let b = 0; b < 256; b++) {
      const row = this.#bytes.get(b);
      if (row) out[b]! += dot(row, weights, slots);
    }
  }

  /** The same for all far distances to a byte that follows `first`. */
  addPairs(
    window: CountedBytes,
    first: number,
    weights: Float64Array,
    slots: number,
    out: Float64Array,
  ): void {
    for (let b = 0; b < 256; b++) {
      const row = this.#pairs.get((first << 8) | b) ?? this.#countPair(window, first, b);
      if (row) out[b]! += dot(row, weights, slots);
    }
  }

  /** Undefined if the pair does not occur. Valid until the next call if the pair is rare. */
  #countPair(window: CountedBytes, first: number, second: number): Float64Array | undefined {
    const newest = window.newestPair(first, second);
    if (newest < 0) return undefined;
    const row = this.#scratch.fill(0);
    for (let p = newest; p >= 0; p = window.earlierPair(p)) {
      const distance = window.length - p;
      if (distance > this.#dictionary) break;
      if (distance > NEAR) move(row, -1, farSlot(distance));
    }
    if (row[row.length - 1]! >= FREQUENT_PAIR) this.#pairs.put((first << 8) | second, row.slice());
    return row;
  }

  /**
   * Moves the byte at a position, and the pair it ends, between slots; an index below 0 is none.
   */
  #move(window: CountedBytes, position: number, from: number, to: number): void {
    const byte = window.byteAt(position);
    move(this.#ownByte(byte), from, to);
    const pair = this.#pairs.own((window.byteBefore(position) << 8) | byte);
    if (pair && position > 0) move(pair, from, to);
  }

  #ownByte(byte: number): Float64Array {
    return this.#bytes.own(byte) ?? this.#bytes.put(byte, this.#newRow());
  }

  /** Counts by far slot, and their sum. */
  #newRow(): Float64Array {
    return new Float64Array(this.#starts.length + 1);
  }
}

function move(row: Float64Array, from: number, to: number): void {
  const sum = row.length - 1;
  if (from >= 0) row[from]!--;
  else row[sum]!++;
  if (to >= 0) row[to]!++;
  else row[sum]!--;
}

function farSlot(distance: number): number {
  return slotOf(distance) - FIRST_FAR_SLOT;
}

function farStarts(dictionary: number): number[] {
  const starts = [];
  for (let slot = FIRST_FAR_SLOT; slotStart(slot) <= dictionary; slot++) {
    starts.push(slotStart(slot));
  }
  return starts;
}

function dot(counts: Float64Array, weights: Float64Array, slots: number): number {
  let sum = 0;
  for (let i = 0; i < slots; i++) sum += counts[i]! * weights[i]!;
  return sum;
}
