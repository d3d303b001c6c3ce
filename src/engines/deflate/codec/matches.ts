// Finds all matches in a stretch of a message: for each position the nearest match of each length.
// zlib looks for one good match; a shortest path needs the others too.

import { MAX_MATCH, MIN_MATCH } from './tables.js';

const WINDOW = 32768;
const HASH_BITS = 15;

/**
 * The matches of position i are those from `starts[i]` to `starts[i + 1]`, in increasing length and
 * distance.
 */
export interface Matches {
  readonly starts: Uint32Array;
  readonly lengths: Uint16Array;
  readonly distances: Uint16Array;
}

export class MatchFinder {
  readonly #data: Uint8Array;
  readonly #chain: number;
  readonly #head = new Int32Array(1 << HASH_BITS).fill(-1);
  readonly #before = new Int32Array(WINDOW);

  /** @param chain limit on the earlier positions with the same hash to try, for each position. */
  constructor(data: Uint8Array, chain: number) {
    this.#data = data;
    this.#chain = chain;
  }

  /**
   * The matches that start in `[from, to)` and end by `to`; stretches must be requested in order.
   */
  find(from: number, to: number): Matches {
    const starts = new Uint32Array(to - from + 1);
    let lengths = new Uint16Array(4 * (to - from) + MAX_MATCH);
    let distances = new Uint16Array(lengths.length);
    let count = 0;
    for (let at = from; at < to; at++) {
      starts[at - from] = count;
      if (count + MAX_MATCH > lengths.length) {
        lengths = grown(lengths);
        distances = grown(distances);
      }
      count = this.#findAt(at, Math.min(MAX_MATCH, to - at), lengths, distances, count);
    }
    starts[to - from] = count;
    return { starts, lengths, distances };
  }

  /** Undoes the latest `find`, for the same `[from, to)`, before its bytes are changed. */
  forget(from: number, to: number): void {
    for (let at = Math.min(to, this.#data.length - MIN_MATCH + 1) - 1; at >= from; at--) {
      this.#head[hashOf(this.#data, at)] = this.#before[at & (WINDOW - 1)]!;
    }
  }

  #findAt(
    at: number,
    most: number,
    lengths: Uint16Array,
    distances: Uint16Array,
    count: number,
  ): number {
    const data = this.#data;
    if (at + MIN_MATCH > data.length) return count;
    const hash = hashOf(data, at);
    let match = this.#head[hash]!;
    this.#head[hash] = at;
    this.#before[at & (WINDOW - 1)] = match;
    let best = MIN_MATCH - 1;
    for (let left = this.#chain; match >= 0 && at - match <= WINDOW && left > 0; left--) {
      if (best >= most) break;
      if (data[match + best] === data[at + best] && data[match] === data[at]) {
        let length = 1;
        while (length < most && data[match + length] === data[at + length]) length++;
        if (length > best) {
          best = length;
          lengths[count] = length;
          distances[count++] = at - match - 1;
        }
      }
      const next = this.#before[match & (WINDOW - 1)]!;
      if (next >= match) break; // a position outside the window
      match = next;
    }
    return count;
  }
}

function hashOf(data: Uint8Array, at: number): number {
  const string = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16);
  return Math.imul(string, 0x9e3779b1) >>> (32 - HASH_BITS);
}

function grown(array: Uint16Array): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(2 * array.length);
  larger.set(array);
  return larger;
}
