// Which bytes have followed each string of a fixed length in a growing text. The strings are kept in
// hash tables as positions in the text, 8 to 16 bytes for each distinct string.

import { foldHash } from '../bits/hash.js';
import { LimitedBuffer } from '../bits/limited-buffer.js';

/** The bytes that follow strings in a text, which can grow. The strings have at least one byte. */
export class Followers {
  readonly #text = new LimitedBuffer(Infinity);
  readonly #tables = new Map<number, Table>();

  constructor(parts: readonly Uint8Array[]) {
    for (const part of parts) this.#text.append(part);
  }

  /** The last bytes of the text, at most `length`. */
  last(length: number): Uint8Array {
    const { bytes, length: end } = this.#text;
    return bytes.slice(Math.max(0, end - length), end);
  }

  /** A copy that grows by itself. */
  fork(): Followers {
    return new Followers([this.#text.finish()]);
  }

  append(byte: number): void {
    this.#text.append(Uint8Array.of(byte));
  }

  /**
   * Visits the distinct bytes that follow the last `order` bytes of `recent`. The first call for an
   * order takes time linear in the text.
   */
  forEach(recent: ArrayLike<number>, order: number, visit: (byte: number) => void): void {
    this.#table(order).forEach(recent, visit);
  }

  /** Whether anything follows the last `order` bytes of `recent`. */
  has(recent: ArrayLike<number>, order: number): boolean {
    return this.#table(order).has(recent);
  }

  #table(order: number): Table {
    let table = this.#tables.get(order);
    if (!table) {
      table = new Table(this.#text, order);
      this.#tables.set(order, table);
    }
    return table;
  }
}

const MULTIPLIER = 0x2f0b4c47;
const LEAST_CAPACITY = 64;
const NONE = -1;

/** The followers of all strings of one length; reads the text as far as it has grown when asked. */
class Table {
  readonly #text: LimitedBuffer;
  readonly #order: number;
  /** MULTIPLIER to the power of `order`. */
  readonly #power: number;
  /** The text before this position has been read; hash of the `order` bytes before it. */
  #read = 0;
  #hash = 0;

  /** By hash of a string: the position after its first occurrence, 0 if free; its other followers. */
  #after: Int32Array;
  #others: Int32Array;
  #strings = 0;
  /** Lists of other followers. */
  #bytes: number[] = [];
  #next: number[] = [];

  constructor(text: LimitedBuffer, order: number) {
    this.#text = text;
    this.#order = order;
    let power = 1;
    for (let i = 0; i < order; i++) power = Math.imul(power, MULTIPLIER);
    this.#power = power;
    const capacity = Math.max(LEAST_CAPACITY, 2 ** Math.ceil(Math.log2(text.length + 1)));
    this.#after = new Int32Array(capacity);
    this.#others = new Int32Array(capacity);
  }

  forEach(recent: ArrayLike<number>, visit: (byte: number) => void): void {
    this.#readOn();
    const slot = this.#slotOf(hashOf(recent, recent.length, this.#order), recent, recent.length);
    const first = this.#after[slot]!;
    if (first === 0) return;
    visit(this.#text.bytes[first]!);
    for (let i = this.#others[slot]!; i >= 0; i = this.#next[i]!) visit(this.#bytes[i]!);
  }

  has(recent: ArrayLike<number>): boolean {
    this.#readOn();
    const hash = hashOf(recent, recent.length, this.#order);
    return this.#after[this.#slotOf(hash, recent, recent.length)] !== 0;
  }

  /** Reads the text to its end. */
  #readOn(): void {
    const order = this.#order;
    const power = this.#power;
    const { bytes, length } = this.#text;
    let at = this.#read;
    let hash = this.#hash;
    for (; at < length; at++) {
      if (at >= order) this.#add(hash, at);
      const leaving = at < order ? 0 : bytes[at - order]! + 1;
      hash = (Math.imul(hash, MULTIPLIER) + bytes[at]! + 1 - Math.imul(leaving, power)) | 0;
    }
    this.#read = at;
    this.#hash = hash;
  }

  /** Adds the byte at a position as a follower of the bytes before it. */
  #add(hash: number, at: number): void {
    const { bytes } = this.#text;
    const slot = this.#slotOf(hash, bytes, at);
    const first = this.#after[slot]!;
    if (first === 0) {
      this.#after[slot] = at;
      this.#others[slot] = NONE;
      if (4 * ++this.#strings > 3 * this.#after.length) this.#widen();
      return;
    }
    const byte = bytes[at]!;
    if (bytes[first] === byte) return;
    let last = NONE;
    for (let i = this.#others[slot]!; i >= 0; i = this.#next[i]!) {
      if (this.#bytes[i] === byte) return;
      last = i;
    }
    const added = this.#bytes.push(byte) - 1;
    this.#next.push(NONE);
    if (last === NONE) this.#others[slot] = added;
    else this.#next[last] = added;
  }

  /** The slot of the string that ends before position `end` of `source`, or the free slot for it. */
  #slotOf(hash: number, source: ArrayLike<number>, end: number): number {
    const after = this.#after;
    const mask = after.length - 1;
    for (let slot = foldHash(hash, 0) & mask; ; slot = (slot + 1) & mask) {
      const known = after[slot]!;
      if (known === 0 || this.#isEqual(known, source, end)) return slot;
    }
  }

  #isEqual(known: number, source: ArrayLike<number>, end: number): boolean {
    const { bytes } = this.#text;
    for (let back = 1; back <= this.#order; back++) {
      if (bytes[known - back] !== source[end - back]) return false;
    }
    return true;
  }

  #widen(): void {
    const [after, others] = [this.#after, this.#others];
    this.#after = new Int32Array(2 * after.length);
    this.#others = new Int32Array(2 * after.length);
    const { bytes } = this.#text;
    for (const [old, known] of after.entries()) {
      if (known === 0) continue;
      const slot = this.#slotOf(hashOf(bytes, known, this.#order), bytes, known);
      this.#after[slot] = known;
      this.#others[slot] = others[old]!;
    }
  }
}

/** The hash of the `order` bytes before a position. */
function hashOf(bytes: ArrayLike<number>, end: number, order: number): number {
  let hash = 0;
  for (let at = end - order; at < end; at++)
    hash = (Math.imul(hash, MULTIPLIER) + bytes[at]! + 1) | 0;
  return hash;
}
