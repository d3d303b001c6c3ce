// How often each byte stands at the far distances, of 1,025 and more, so that nobody has to walk them.
// All distances of a slot that agree in their last four bits weigh the same, and those four bits
// follow from the position, which does not change: so bytes are counted by slot and position & 15,
// and when a byte is appended only the positions that enter the next slot move. The same for pairs
// of bytes that are frequent, from when they are first asked for; rare pairs are walked. Counts are
// whole numbers, kept as floating-point ones because they are multiplied far more often than changed.

import { slotOf, slotStart } from '../codec/models.js';
import { PairRows, Rows } from './rows.js';

/** The bytes that are counted, as their window has them. */
export interface CountedBytes {
  /** How many there have been, the position of the next. */
  readonly length: number;
  byteAt(position: number): number;
  byteBefore(position: number): number;
  newestPair(first: number, second: number): number;
  earlierPair(position: number): number;
}

/** Slots from here on are far. A nearer one is walked in less time than its counts take. */
export const FIRST_FAR_SLOT = 20;
/** Distances up to here are near. */
export const NEAR = slotStart(FIRST_FAR_SLOT) - 1;
/** Pairs that stand at so many far distances have their counts kept. */
const FREQUENT_PAIR = 64;
/** Classes of distances in a slot, by their last four bits. */
const ALIGNED = 16;

export class FarCounts {
  readonly #dictionary: number;
  /** The least distance of each far slot within the dictionary. */
  readonly #starts: readonly number[];
  readonly #bytes: Rows;
  readonly #pairs: PairRows;

  constructor(dictionary: number, parent?: FarCounts) {
    this.#dictionary = dictionary;
    this.#starts = parent ? parent.#starts : farStarts(dictionary);
    this.#bytes = parent ? parent.#bytes.fork() : new Rows();
    this.#pairs = parent ? parent.#pairs.fork() : new PairRows();
  }

  fork(): FarCounts {
    return new FarCounts(this.#dictionary, this);
  }

  /** Far slots in reach of a position. */
  slotsWithin(reach: number): number {
    return reach > NEAR ? slotOf(reach) - FIRST_FAR_SLOT + 1 : 0;
  }

  /** To be told when the window has got one byte longer. */
  moveOn(window: CountedBytes): void {
    const starts = this.#starts;
    const { length } = window;
    for (let slot = 0; slot < starts.length; slot++) {
      const position = length - starts[slot]!;
      if (position < 0) return;
      const at = slot * ALIGNED + (position & (ALIGNED - 1));
      this.#move(window, position, at - ALIGNED, at);
    }
    const gone = length - this.#dictionary - 1;
    if (gone < 0 || starts.length === 0) return;
    this.#move(window, gone, (starts.length - 1) * ALIGNED + (gone & (ALIGNED - 1)), -1);
  }

  /** To be told when the window has got many bytes longer. */
  recount(window: CountedBytes): void {
    this.#bytes.clear();
    this.#pairs.clear();
    const { length } = window;
    for (let p = Math.max(0, length - this.#dictionary); p < length - NEAR; p++) {
      moveOne(this.#ownByte(window.byteAt(p)), -1, farIndex(length - p, p));
    }
  }

  /** Sum of the weights of all far distances that lead to `byte`; weights as `farIndex` has them. */
  byteMass(byte: number, weights: Float64Array, used: number): number {
    const row = this.#bytes.get(byte);
    return row ? dot(row, weights, used) : 0;
  }

  /** The same for all far distances that lead to the second byte of a pair. */
  pairMass(
    window: CountedBytes,
    first: number,
    second: number,
    weights: Float64Array,
    used: number,
  ): number {
    const pair = (first << 8) | second;
    const kept = this.#pairs.get(pair);
    if (kept && kept[kept.length - 1]! >= FREQUENT_PAIR) return dot(kept, weights, used);
    let mass = 0;
    let count = 0;
    for (let p = window.newestPair(first, second); p >= 0; p = window.earlierPair(p)) {
      const distance = window.length - p;
      if (distance > this.#dictionary) break;
      if (distance <= NEAR) continue;
      mass += weights[farIndex(distance, p)]!;
      count++;
    }
    if (count < FREQUENT_PAIR) return mass;
    return dot(this.#countPair(window, pair), weights, used);
  }

  #countPair(window: CountedBytes, pair: number): Float64Array {
    const row = this.#newRow();
    let p = window.newestPair(pair >> 8, pair & 255);
    for (; p >= 0; p = window.earlierPair(p)) {
      const distance = window.length - p;
      if (distance > this.#dictionary) break;
      if (distance > NEAR) moveOne(row, -1, farIndex(distance, p));
    }
    this.#pairs.put(pair, row);
    return row;
  }

  /** Moves the byte at a position, and the pair that it ends; an index below 0 is nowhere. */
  #move(window: CountedBytes, position: number, from: number, to: number): void {
    const byte = window.byteAt(position);
    moveOne(this.#ownByte(byte), from, to);
    const pair = this.#pairs.own((window.byteBefore(position) << 8) | byte);
    if (pair && position > 0) moveOne(pair, from, to);
  }

  #ownByte(byte: number): Float64Array {
    return this.#bytes.own(byte) ?? this.#bytes.put(byte, this.#newRow());
  }

  /** Counts as `farIndex` has them, and their sum. */
  #newRow(): Float64Array {
    return new Float64Array(this.#starts.length * ALIGNED + 1);
  }
}

function moveOne(row: Float64Array, from: number, to: number): void {
  const sum = row.length - 1;
  if (from >= 0) row[from]!--;
  else row[sum]!++;
  if (to >= 0) row[to]!++;
  else row[sum]!--;
}

/** Where counts and weights have the position of a far distance: by far slot, then position & 15. */
function farIndex(distance: number, position: number): number {
  return (slotOf(distance) - FIRST_FAR_SLOT) * ALIGNED + (position & (ALIGNED - 1));
}

function farStarts(dictionary: number): number[] {
  const starts = [];
  for (let slot = FIRST_FAR_SLOT; slotStart(slot) <= dictionary; slot++) {
    starts.push(slotStart(slot));
  }
  return starts;
}

/** `used` is a multiple of 16. Four sums at once, as one would wait for each addition. */
function dot(counts: Float64Array, weights: Float64Array, used: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < used; i += 4) {
    a += counts[i]! * weights[i]!;
    b += counts[i + 1]! * weights[i + 1]!;
    c += counts[i + 2]! * weights[i + 2]!;
    d += counts[i + 3]! * weights[i + 3]!;
  }
  return a + b + c + d;
}
