// The bytes that a match may copy from, with the weights of the distances to them (for `decode`).
// Two sums over all distances are updated incrementally instead of walking the window: a step moves
// every byte one further away, but only those that enter the next distance code change weight, at
// most 30. Weights are multiples of 2^-52 with sums below 2, so there is no rounding error.

import { DISTANCE_CODES, distanceBase, distanceCode } from '../codec/tables.js';
import { MIN_LOOKAHEAD } from '../codec/window.js';

/** Farther than any distance. */
const FAR = 0xffff;

export class DecodeWindow {
  /** The last bytes; the byte at position p is `bytes[p & mask]`. */
  readonly bytes: Uint8Array;
  readonly mask: number;
  readonly maxDistance: number;
  /** Number of bytes so far: the position of the next one. */
  length = 0;
  /** Total weight of the distances in reach from `length`. */
  reach = 0;
  /** Weight of the distances to each byte value. */
  readonly byteWeight = new Float64Array(256);
  /** Weight of the distances to the second byte of each pair, indexed first << 8 | second. */
  readonly pairWeight = new Float64Array(1 << 16);
  /** 1 + position of the latest second byte of each pair; 0 for none. */
  readonly #newestPair = new Int32Array(1 << 16);
  /**
   * For each position, the number of bytes back to the latest and to the fourth latest one before
   * it that ends the same pair; `FAR` if that is out of reach or there is none.
   */
  readonly backOne: Uint16Array;
  readonly backFour: Uint16Array;

  /** @param windowBits log2 of the window size in bytes, 9–15. */
  constructor(windowBits: number) {
    const size = 1 << windowBits;
    this.bytes = new Uint8Array(size);
    this.mask = size - 1;
    this.maxDistance = size - MIN_LOOKAHEAD;
    this.backOne = new Uint16Array(size);
    this.backFour = new Uint16Array(size);
  }

  copyFrom(other: DecodeWindow): void {
    this.bytes.set(other.bytes);
    this.length = other.length;
    this.reach = other.reach;
    this.byteWeight.set(other.byteWeight);
    this.pairWeight.set(other.pairWeight);
    this.#newestPair.set(other.#newestPair);
    this.backOne.set(other.backOne);
    this.backFour.set(other.backFour);
  }

  /** @param weights weight of a single distance of each code, as used for the existing sums. */
  append(byte: number, weights: Float64Array): void {
    const position = this.length;
    const length = position + 1;
    const { bytes, mask, maxDistance } = this;
    bytes[position & mask] = byte;
    if (position > 0) this.#linkPair(position);
    const furthest = Math.min(length, maxDistance);
    const nearest = distanceBase;
    let before = 0;
    for (let code = 0; code < DISTANCE_CODES && nearest[code]! <= furthest; code++) {
      this.#addWeight(length - nearest[code]!, weights[code]! - before);
      before = weights[code]!;
    }
    const gone = length - maxDistance - 1;
    if (gone >= 0) this.#addWeight(gone, -weights[distanceCode[maxDistance]!]!);
    else this.reach += weights[distanceCode[length]!]!;
    this.length = length;
  }

  /**
   * Restarts at position `length` in the state that `append` of all earlier bytes would give: all
   * sums are exact, so they do not depend on the order of addition.
   *
   * @param recent the bytes before `length`: all of them, or as many as the window holds.
   */
  fill(recent: Uint8Array, length: number, weights: Float64Array): void {
    const first = length - recent.length;
    const { bytes, mask } = this;
    this.#newestPair.fill(0);
    this.byteWeight.fill(0);
    this.pairWeight.fill(0);
    this.reach = 0;
    for (let i = 0; i < recent.length; i++) {
      bytes[(first + i) & mask] = recent[i]!;
      if (i > 0) this.#linkPair(first + i);
    }
    this.length = length;
    this.reweigh(weights);
  }

  /** Changes the weights: `changes[code]` is added to every single distance of a code. */
  reweigh(changes: Float64Array): void {
    const { length } = this;
    const furthest = Math.min(length, this.maxDistance);
    for (let code = 0, distance = 1; distance <= furthest; code++) {
      const change = changes[code]!;
      const end = code + 1 < DISTANCE_CODES ? distanceBase[code + 1]! : 32769;
      const limit = Math.min(end, furthest + 1);
      this.reach += change * (limit - distance);
      if (change !== 0) this.#addWeights(length - limit + 1, length - distance + 1, change);
      distance = limit;
    }
  }

  /** The byte at `distance` before the next one. */
  byteAt(distance: number): number {
    return this.bytes[(this.length - distance) & this.mask]!;
  }

  /** A copy of the bytes from a position on, at most as many as the window holds. */
  recent(start: number): Uint8Array {
    const copy = new Uint8Array(this.length - start);
    for (let i = 0; i < copy.length; i++) copy[i] = this.bytes[(start + i) & this.mask]!;
    return copy;
  }

  /** The number of last bytes that also occur `distance` further back, up to `limit`. */
  countRun(distance: number, limit: number): number {
    const { bytes, mask, length } = this;
    const most = Math.min(limit, length - distance);
    let run = 0;
    while (run < most) {
      const p = length - 1 - run;
      if (bytes[p & mask] !== bytes[(p - distance) & mask]) break;
      run++;
    }
    return run;
  }

  #linkPair(position: number): void {
    const { bytes, mask } = this;
    const pair = (bytes[(position - 1) & mask]! << 8) | bytes[position & mask]!;
    const backOne = this.backOne;
    const newest = this.#newestPair[pair]! - 1;
    this.#newestPair[pair] = position + 1;
    let back = newest < 0 ? FAR : Math.min(position - newest, FAR);
    backOne[position & mask] = back;
    for (let k = 1; k < 4 && back <= this.maxDistance; k++) {
      back += backOne[(position - back) & mask]!;
    }
    this.backFour[position & mask] = Math.min(back, FAR);
  }

  /** Adds to the weight of the bytes at positions [from, to). */
  #addWeights(from: number, to: number, weight: number): void {
    const { bytes, byteWeight, pairWeight } = this;
    const mask = this.mask | 0;
    let before = bytes[(from - 1) & mask]!;
    if (from === 0) {
      before = bytes[0]!;
      byteWeight[before]! += weight;
      from = 1;
    }
    let position = from | 0;
    // Two at a time, V8 checks and loads the arrays half as often.
    for (; position + 1 < to; position += 2) {
      const byte = bytes[position & mask]!;
      const after = bytes[(position + 1) & mask]!;
      byteWeight[byte]! += weight;
      byteWeight[after]! += weight;
      pairWeight[(before << 8) | byte]! += weight;
      pairWeight[(byte << 8) | after]! += weight;
      before = after;
    }
    if (position < to) this.#addWeight(position, weight);
  }

  #addWeight(position: number, weight: number): void {
    const { bytes, mask } = this;
    const byte = bytes[position & mask]!;
    this.byteWeight[byte]! += weight;
    if (position > 0) this.pairWeight[(bytes[(position - 1) & mask]! << 8) | byte]! += weight;
  }
}
