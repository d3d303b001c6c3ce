// Counts of each byte at the far distances, 1,025 and more, so that they need not be walked: bytes
// are counted by the slot of their distance, and appending a byte moves only the positions that
// enter the next slot. Pairs of bytes are counted the same way, from the first query of their first
// byte on. Within a slot all distances have their mean weight: for matches that have predicted one
// byte at most, the last four bits of a far distance matter little.

import { slotOf, slotStart } from '../codec/models.js';
import { CountTable } from './count-table.js';

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

export class FarCounts {
  readonly #dictionary: number;
  /** The smallest distance of each far slot within the dictionary. */
  readonly #starts: readonly number[];
  #bytes: CountTable;
  /** By byte: counts of the bytes that follow it, from the first query on. */
  #after: (CountTable | undefined)[];

  constructor(dictionary: number, parent?: FarCounts) {
    this.#dictionary = dictionary;
    this.#starts = parent ? parent.#starts : farStarts(dictionary);
    this.#bytes = parent ? parent.#bytes : this.#newTable();
    this.#after = parent ? parent.#after.slice() : new Array(256).fill(undefined);
  }

  fork(): FarCounts {
    this.#bytes.shared = true;
    for (const table of this.#after) if (table) table.shared = true;
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
    this.#bytes = this.#newTable();
    this.#after.fill(undefined);
    const { length } = window;
    for (let p = Math.max(0, length - this.#dictionary); p < length - NEAR; p++) {
      this.#bytes.move(window.byteAt(p), -1, farSlot(length - p));
    }
  }

  /** Adds to each byte in `out` the weights of all far distances to it, `weights` by far slot. */
  addBytes(weights: Float64Array, slots: number, out: Float64Array): void {
    this.#bytes.addTo(out, weights, slots);
  }

  /** The same for all far distances to a byte that follows `first`. */
  addPairs(
    window: CountedBytes,
    first: number,
    weights: Float64Array,
    slots: number,
    out: Float64Array,
  ): void {
    this.#after[first] ??= this.#countAfter(window, first);
    this.#after[first].addTo(out, weights, slots);
  }

  #countAfter(window: CountedBytes, first: number): CountTable {
    const table = this.#newTable();
    for (let second = 0; second < 256; second++) {
      const newest = window.newestPair(first, second);
      for (let p = newest; p >= 0; p = window.earlierPair(p)) {
        const distance = window.length - p;
        if (distance > this.#dictionary) break;
        if (distance > NEAR) table.move(second, -1, farSlot(distance));
      }
    }
    return table;
  }

  /** Moves the byte at a position between slots; an index below 0 is none. */
  #move(window: CountedBytes, position: number, from: number, to: number): void {
    const byte = window.byteAt(position);
    if (this.#bytes.shared) this.#bytes = this.#bytes.copy();
    this.#bytes.move(byte, from, to);
    if (position === 0) return;
    const first = window.byteBefore(position);
    let after = this.#after[first];
    if (!after) return;
    if (after.shared) this.#after[first] = after = after.copy();
    after.move(byte, from, to);
  }

  #newTable(): CountTable {
    return new CountTable(this.#starts.length);
  }
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
