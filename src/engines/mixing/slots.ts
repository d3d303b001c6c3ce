// The bit histories of all contexts, hashed: a slot of 16 bytes per context and half byte, a check
// byte and 15 histories by node of the half byte's tree (Mahoney, lpaq1). Four slots make a bucket
// of 64 bytes; when none is free the one with the shortest history goes. The bytes seen so far
// and the table of the match model lie behind the slots, so that one fork shares them all.

import { Lines } from '../../bits/lines.js';
import type { BitHistories } from './bit-history.js';

const BUCKET = 64;
const SLOT = 16;

export class Slots {
  readonly #lines: Lines<Uint8Array<ArrayBuffer>>;
  readonly #bucketMask: number;
  readonly #historyMask: number;
  readonly #matchMask: number;
  /** The slot last looked up: its 16 bytes are `array` from `offset`. */
  array: Uint8Array;
  offset = 0;
  static readonly #EMPTY = new Uint8Array(SLOT);

  private constructor(lines: Lines<Uint8Array<ArrayBuffer>>, memoryLog: number) {
    this.#lines = lines;
    this.array = lines.array;
    this.#bucketMask = 2 ** (memoryLog - 6) - 1;
    this.#historyMask = 2 ** (memoryLog - 4) - 1;
    this.#matchMask = 2 ** (memoryLog - 6) - 1;
  }

  /** 2^memoryLog bytes of slots and an eighth as much beside. */
  static create(memoryLog: number): Slots {
    const size = 2 ** memoryLog + 2 ** (memoryLog - 3);
    return new Slots(Lines.zeros(new Uint8Array(), size / BUCKET, BUCKET), memoryLog);
  }

  fork(): Slots {
    return new Slots(this.#lines.fork(), Math.log2(this.#bucketMask + 1) + 6);
  }

  /** Finds a context's slot, or an empty one that nobody may write to. */
  read(hash: number): void {
    const lines = this.#lines;
    lines.read((hash >>> 8) & this.#bucketMask);
    const { array, offset } = lines;
    const check = hash & 0xff;
    for (let at = offset; at < offset + BUCKET; at += SLOT) {
      if (array[at] === check) {
        this.array = array;
        this.offset = at;
        return;
      }
    }
    this.array = Slots.#EMPTY;
    this.offset = 0;
  }

  /** Finds a context's slot to write to, and makes one where there is none. */
  claim(hash: number, { total }: BitHistories): void {
    const lines = this.#lines;
    lines.write((hash >>> 8) & this.#bucketMask);
    const { array, offset } = lines;
    const check = hash & 0xff;
    let worst = offset;
    let least = 256;
    for (let at = offset; at < offset + BUCKET; at += SLOT) {
      if (array[at] === check) {
        worst = -1;
        this.offset = at;
        break;
      }
      const length = total[array[at + 1]!]!;
      if (length < least) {
        least = length;
        worst = at;
      }
    }
    this.array = array;
    if (worst < 0) return;
    this.offset = worst;
    array.fill(0, worst, worst + SLOT);
    array[worst] = check;
  }

  /** The byte at a position of the context; only the last 2^(memoryLog − 4) are kept. */
  byteAt(position: number): number {
    const at = position & this.#historyMask;
    this.#lines.read(this.#bucketMask + 1 + (at >>> 6));
    return this.#lines.array[this.#lines.offset + (at & 63)]!;
  }

  setByte(position: number, byte: number): void {
    const at = position & this.#historyMask;
    this.#lines.write(this.#bucketMask + 1 + (at >>> 6));
    this.#lines.array[this.#lines.offset + (at & 63)] = byte;
  }

  /** How far back {@link Slots.byteAt} reaches, in bytes. */
  get reach(): number {
    return this.#historyMask + 1;
  }

  /** Position that was last {@link Slots.exchangeMatch}ed for this hash, 0 for none. */
  exchangeMatch(hash: number, position: number): number {
    const at = (hash >>> 8) & this.#matchMask;
    const first = this.#bucketMask + 1 + ((this.#historyMask + 1) >>> 6);
    this.#lines.write(first + (at >>> 4));
    const { array, offset } = this.#lines;
    const p = offset + 4 * (at & 15);
    const old = array[p]! | (array[p + 1]! << 8) | (array[p + 2]! << 16) | (array[p + 3]! << 24);
    array[p] = position;
    array[p + 1] = position >>> 8;
    array[p + 2] = position >>> 16;
    array[p + 3] = position >>> 24;
    return old;
  }
}
