// The bytes seen by an encoder, with, for every position, the nearest earlier positions with the
// same 2, 3 or 4 bytes. It depends on the bytes only, not on the parse, so it can be truncated
// exactly. Positions count from the first byte; nothing is dropped.

import { ChainWalks } from './chain-walks.js';

/** In `head` and `previous` positions are counted from 1, and 0 means none. */
const HASH_3_BITS = 14;
const HASH_4_BITS = 17;

/** Takes 13 bytes of memory per byte, plus 0.8 MB, plus the positions of long walks. */
export class History {
  bytes = new Uint8Array(1024);
  /** Number of known bytes. */
  end = 0;
  /** The nearest earlier position with the same two bytes: 1 + position, or 0. */
  previous2 = new Int32Array(1024);
  /** The same for three and four bytes, by hash: compare the bytes, as hashes may collide. */
  previous3 = new Int32Array(1024);
  previous4 = new Int32Array(1024);
  /** The lowest end that it was truncated to: the bytes before have always been the same. */
  #fixed = Infinity;
  readonly #walks2 = new ChainWalks();
  readonly #walks3 = new ChainWalks();
  readonly #head2 = new Int32Array(1 << 16);
  readonly #head3 = new Int32Array(1 << HASH_3_BITS);
  readonly #head4 = new Int32Array(1 << HASH_4_BITS);

  append(more: Uint8Array): void {
    const before = this.end;
    this.#reserve(more.length);
    const { bytes } = this;
    bytes.set(more, before);
    this.end = before + more.length;
    this.#link2(Math.max(0, before - 1));
    this.#link3(Math.max(0, before - 2));
    this.#link4(Math.max(0, before - 3));
  }

  // One loop per function: while it appends many bytes, V8 compiles a loop without what follows it,
  // and a function that goes on would then drop out of compiled code for each single byte.

  #link2(from: number): void {
    const { bytes, end, previous2 } = this;
    for (let p = from; p < end - 1; p++) {
      previous2[p] = replace(this.#head2, (bytes[p]! << 8) | bytes[p + 1]!, p + 1);
    }
  }

  #link3(from: number): void {
    const { bytes, end, previous3 } = this;
    for (let p = from; p < end - 2; p++) {
      const hash = hash3(bytes[p]!, bytes[p + 1]!, bytes[p + 2]!);
      previous3[p] = replace(this.#head3, hash, p + 1);
    }
  }

  #link4(from: number): void {
    const { bytes, end, previous4 } = this;
    for (let p = from; p < end - 3; p++) {
      const hash = hash4(bytes[p]!, bytes[p + 1]!, bytes[p + 2]!, bytes[p + 3]!);
      previous4[p] = replace(this.#head4, hash, p + 1);
    }
  }

  /** Removes all bytes from `end` on, as if they had never been appended. */
  truncate(end: number): void {
    const { bytes, end: before } = this;
    if (end < before) this.#fixed = Math.min(this.#fixed, end);
    for (let p = before - 2; p >= Math.max(0, end - 1); p--) {
      this.#head2[(bytes[p]! << 8) | bytes[p + 1]!] = this.previous2[p]!;
    }
    for (let p = before - 3; p >= Math.max(0, end - 2); p--) {
      this.#head3[hash3(bytes[p]!, bytes[p + 1]!, bytes[p + 2]!)] = this.previous3[p]!;
    }
    for (let p = before - 4; p >= Math.max(0, end - 3); p--) {
      const hash = hash4(bytes[p]!, bytes[p + 1]!, bytes[p + 2]!, bytes[p + 3]!);
      this.#head4[hash] = this.previous4[p]!;
    }
    this.end = end;
  }

  /** An independent copy. */
  clone(): History {
    const copy = new History();
    copy.bytes = this.bytes.slice();
    copy.end = this.end;
    copy.previous2 = this.previous2.slice();
    copy.previous3 = this.previous3.slice();
    copy.previous4 = this.previous4.slice();
    copy.#head2.set(this.#head2);
    copy.#head3.set(this.#head3);
    copy.#head4.set(this.#head4);
    return copy;
  }

  /**
   * Fills `out` with the nearest earlier positions with the same two bytes as a position, nearest
   * first; returns their number.
   */
  walk2(position: number, out: Int32Array): number {
    const { bytes, previous2 } = this;
    const key = (bytes[position]! << 8) | bytes[position + 1]!;
    return this.#walks2.walk(previous2, key, previous2[position]! - 1, this.#fixed - 2, out);
  }

  /** The same for three bytes, by hash. */
  walk3(position: number, out: Int32Array): number {
    const { bytes, previous3 } = this;
    const key = hash3(bytes[position]!, bytes[position + 1]!, bytes[position + 2]!);
    return this.#walks3.walk(previous3, key, previous3[position]! - 1, this.#fixed - 2, out);
  }

  /** 1 + the last position of these two bytes, or 0. */
  last2(a: number, b: number): number {
    return this.#head2[(a << 8) | b]!;
  }

  /** The last position whose three bytes have the same hash. */
  last3(a: number, b: number, c: number): number {
    return this.#head3[hash3(a, b, c)]!;
  }

  last4(a: number, b: number, c: number, d: number): number {
    return this.#head4[hash4(a, b, c, d)]!;
  }

  #reserve(count: number): void {
    const needed = this.end + count;
    if (needed <= this.bytes.length) return;
    const room = Math.max(needed, 2 * this.bytes.length);
    const bytes = new Uint8Array(room);
    bytes.set(this.bytes.subarray(0, this.end));
    this.bytes = bytes;
    this.previous2 = widened(this.previous2, this.end, room);
    this.previous3 = widened(this.previous3, this.end, room);
    this.previous4 = widened(this.previous4, this.end, room);
  }
}

function widened(array: Int32Array, used: number, room: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(room);
  wider.set(array.subarray(0, used));
  return wider;
}

function replace(heads: Int32Array, at: number, position: number): number {
  const before = heads[at]!;
  heads[at] = position;
  return before;
}

/** Fibonacci hashing (Knuth 1998, §6.4). */
const GOLDEN = 0x9e3779b1;

function hash3(a: number, b: number, c: number): number {
  return Math.imul((a << 16) | (b << 8) | c, GOLDEN) >>> (32 - HASH_3_BITS);
}

function hash4(a: number, b: number, c: number, d: number): number {
  return Math.imul((a << 24) | (b << 16) | (c << 8) | d, GOLDEN) >>> (32 - HASH_4_BITS);
}
