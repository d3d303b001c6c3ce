// The sliding window of zlib's encoder: recent bytes and the hash chains that find matches in them
// (deflate.c: INSERT_STRING, longest_match). Positions count from `bytes[0]`; the buffer is moved
// down regularly, so memory is bounded for messages of any length.

import { MAX_MATCH, MIN_MATCH } from './tables.js';

/** The encoder needs this many bytes ahead before it decides (deflate.h, MIN_LOOKAHEAD). */
export const MIN_LOOKAHEAD = MAX_MATCH + MIN_MATCH + 1;

/** Result of `Window.longestMatch` if a match may continue past the known bytes. */
export const UNDECIDED = -1;

/** Largest number in `Window.back`. */
const MAX_BACK = 2 ** 16 - 1;

export class Window {
  readonly size: number;
  /** Largest match distance in bytes. */
  readonly maxDistance: number;
  bytes: Uint8Array;
  /** Number of known bytes. */
  end = 0;
  /** Start of zlib's window; no match may start at or before it. A multiple of `size`. */
  base = 0;
  /** Start of the last match found by `longestMatch`. */
  matchStart = 0;

  /** Position of the last string with each hash; −1 if there is none. */
  readonly head: Int32Array;
  /**
   * `back[p & (size − 1)]`: the distance from p to the string with the same hash inserted before it.
   * Distances are out of reach from 65535 on.
   */
  readonly back: Uint16Array;
  readonly #hashShift: number;
  readonly #hashMask: number;
  /** Pairs (position, overwritten `back`) while insertions are logged. */
  #log = new Int32Array(0);
  #logged = -1;

  constructor(windowBits: number, memLevel: number) {
    this.size = 1 << windowBits;
    this.maxDistance = this.size - MIN_LOOKAHEAD;
    this.bytes = new Uint8Array(this.size);
    const hashBits = memLevel + 7;
    this.#hashMask = (1 << hashBits) - 1;
    this.#hashShift = Math.floor((hashBits + MIN_MATCH - 1) / MIN_MATCH);
    this.head = new Int32Array(1 << hashBits).fill(-1);
    this.back = new Uint16Array(this.size);
  }

  copyFrom(other: Window): void {
    if (this.bytes.length < other.end) this.bytes = new Uint8Array(other.bytes.length);
    this.bytes.set(other.bytes.subarray(0, other.end));
    this.end = other.end;
    this.base = other.base;
    this.head.set(other.head);
    this.back.set(other.back);
  }

  hash(a: number, b: number, c: number): number {
    const shift = this.#hashShift;
    return ((a << (2 * shift)) ^ (b << shift) ^ c) & this.#hashMask;
  }

  /** The hash of the three bytes at `position`. */
  hashAt(position: number): number {
    const { bytes } = this;
    return this.hash(bytes[position]!, bytes[position + 1]!, bytes[position + 2]!);
  }

  /** Inserts the string at `position` at the head of its chain; returns the previous head. */
  insert(position: number): number {
    const slot = position & (this.size - 1);
    const hash = this.hashAt(position);
    const before = this.head[hash]!;
    if (this.#logged >= 0) this.#record(position, this.back[slot]!);
    this.back[slot] = Math.min(position - before, MAX_BACK);
    this.head[hash] = position;
    return before;
  }

  /** Starts logging insertions, until `rollback`. */
  mark(): void {
    this.#logged = 0;
  }

  /** Undoes everything since `mark`; `end` is the number of bytes known at that time. */
  rollback(end: number): void {
    for (let i = this.#logged - 2; i >= 0; i -= 2) {
      const position = this.#log[i]!;
      const slot = position & (this.size - 1);
      this.head[this.hashAt(position)] = position - this.back[slot]!;
      this.back[slot] = this.#log[i + 1]!;
    }
    this.#logged = -1;
    this.end = end;
  }

  #record(position: number, before: number): void {
    if (this.#logged === this.#log.length) {
      const grown = new Int32Array(Math.max(1024, 2 * this.#log.length));
      grown.set(this.#log);
      this.#log = grown;
    }
    this.#log[this.#logged++] = position;
    this.#log[this.#logged++] = before;
  }

  /**
   * Makes room for `count` more bytes. Returns the offset by which all positions moved down;
   * nothing moves between `mark` and `rollback`.
   */
  reserve(count: number): number {
    if (this.end + count <= this.bytes.length) return 0;
    const room = 4 * this.size;
    const shift = this.#logged < 0 && this.end + count > room ? this.base : 0;
    if (shift > 0) this.#moveDown(shift);
    if (this.end + count > this.bytes.length) {
      let length = this.bytes.length;
      while (length < this.end + count) length *= 2;
      const grown = new Uint8Array(length);
      grown.set(this.bytes.subarray(0, this.end));
      this.bytes = grown;
    }
    return shift;
  }

  #moveDown(shift: number): void {
    this.bytes.copyWithin(0, shift, this.end);
    this.end -= shift;
    this.base -= shift;
    for (let i = 0; i < this.head.length; i++) {
      this.head[i] = Math.max(-1, this.head[i]! - shift);
    }
  }

  /**
   * True if a match for `position` may start at `start`: in the window and within the maximum
   * distance.
   */
  reaches(position: number, start: number): boolean {
    return start > this.base && position - start <= this.maxDistance;
  }

  /**
   * The longest match for `position` that is longer than `best`, along the chain from `start`,
   * which must satisfy `reaches` (zlib's longest_match); `best` itself if there is none.
   *
   * @param ahead number of bytes known at and after `position`, at least 3.
   * @param final whether the input ends with them; if not, and a match runs up to the end,
   *   `UNDECIDED`: the next byte may change what the encoder does here.
   */
  longestMatch(
    position: number,
    ahead: number,
    start: number,
    best: number,
    chain: number,
    nice: number,
    final: boolean,
  ): number {
    const { bytes, back } = this;
    const mask = this.size - 1;
    const limit = Math.max(position - this.maxDistance, this.base);
    const longest = Math.min(ahead, MAX_MATCH);
    const open = !final && ahead < MAX_MATCH;
    if (best >= ahead && final) return ahead;
    if (nice > ahead && final) nice = ahead;
    const first = bytes[position]!;
    const second = bytes[position + 1]!;
    // The last two bytes of a match longer than `best`; −1 if there can be none.
    let last = best < ahead ? bytes[position + best]! : -1;
    let lastButOne = bytes[position + best - 1]!;
    let match = start;
    do {
      if (bytes[match + best] !== last && last >= 0) continue;
      if (bytes[match + best - 1] !== lastButOne && last >= 0) continue;
      if (bytes[match] !== first || bytes[match + 1] !== second) continue;
      let length = 2;
      while (length < longest && bytes[match + length] === bytes[position + length]) length++;
      if (open && length === ahead) return UNDECIDED;
      if (length > best) {
        this.matchStart = match;
        best = length;
        if (length >= nice) break;
        last = best < ahead ? bytes[position + best]! : -1;
        lastButOne = bytes[position + best - 1]!;
      }
    } while ((match -= back[match & mask]!) > limit && --chain !== 0);
    return best;
  }
}
