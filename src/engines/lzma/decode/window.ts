// The bytes that a match may copy from, with every place linked to the one before it where the same
// two bytes ended (for `decode`). Kept in pages, so that a fork shares all but the last one and what
// has left the dictionary is let go. Positions count from the first byte.

import { FarCounts } from './far.js';
import { Rows } from './rows.js';

const PAGE_BITS = 12;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;
/** Pages behind the dictionary that are kept, as the forward pass goes back a few hundred bytes. */
const SPARE_PAGES = 2;

/** Pairs that have occurred so often get a row of counts; rarer ones are walked. */
const FREQUENT_PAIR = 128;
const MOST_RANK = 255;

export class DecodeWindow {
  /** The farthest distance of a match, in bytes. */
  readonly dictionary: number;
  /** How many bytes there have been, the position of the next. */
  length = 0;
  readonly far: FarCounts;
  readonly #bytes: Uint8Array[] = [];
  /** For each position: 1 + the one before it that ends the same pair; 0 for none. */
  readonly #earlier: Int32Array[] = [];
  /** For each position: how many before it end the same pair, or 255 if they are more. */
  readonly #ranks: Uint8Array[] = [];
  #lastPageShared = false;
  /** 1 + position of the latest second byte of each pair: a row for each first byte. */
  readonly #newest: Rows<Int32Array>;

  constructor(dictionary: number, parent?: DecodeWindow) {
    this.dictionary = dictionary;
    this.far = parent ? parent.far.fork() : new FarCounts(dictionary);
    this.#newest = parent ? parent.#newest.fork() : new Rows();
    if (!parent) return;
    this.length = parent.length;
    this.#bytes = parent.#bytes.slice();
    this.#earlier = parent.#earlier.slice();
    this.#ranks = parent.#ranks.slice();
    this.#lastPageShared = true;
    parent.#lastPageShared = true;
  }

  fork(): DecodeWindow {
    return new DecodeWindow(this.dictionary, this);
  }

  append(byte: number): void {
    const position = this.length;
    if ((position & PAGE_MASK) === 0) this.#addPage();
    else if (this.#lastPageShared) this.#copyLastPage();
    this.#bytes[position >> PAGE_BITS]![position & PAGE_MASK] = byte;
    this.length = position + 1;
    this.far.moveOn(this);
    if (position > 0) this.#linkPair(position);
  }

  /** The byte at a position. */
  byteAt(position: number): number {
    return this.#bytes[position >> PAGE_BITS]![position & PAGE_MASK]!;
  }

  /** The byte before a position; 0 before the first, as literals have it. */
  byteBefore(position: number): number {
    return position > 0 ? this.byteAt(position - 1) : 0;
  }

  /** The farthest that a match which starts at `position` can copy from. */
  reach(position: number): number {
    return Math.min(position, this.dictionary);
  }

  /** The position before `position` that ends the same pair of bytes; −1 for none. */
  earlierPair(position: number): number {
    return this.#earlier[position >> PAGE_BITS]![position & PAGE_MASK]! - 1;
  }

  /** The last position that ends this pair of bytes; −1 for none. */
  newestPair(first: number, second: number): number {
    const row = this.#newest.get(first);
    return row ? row[second]! - 1 : -1;
  }

  /** How many of the bytes before `end` also stand `distance` further back, up to `limit`. */
  countRun(end: number, distance: number, limit: number): number {
    const most = Math.min(limit, end - distance);
    let run = 0;
    while (run < most && this.byteAt(end - 1 - run) === this.byteAt(end - 1 - run - distance))
      run++;
    return run;
  }

  #linkPair(position: number): void {
    const first = this.byteAt(position - 1);
    const second = this.byteAt(position);
    if (!this.#newest.get(first)) this.#newest.put(first, new Int32Array(256));
    const newest = this.#newest.own(first)!;
    const before = newest[second]! - 1;
    newest[second] = position + 1;
    if (before < 0) return;
    this.#earlier[position >> PAGE_BITS]![position & PAGE_MASK] = before + 1;
    if (position - before > this.dictionary) return;
    const rank = Math.min(this.#ranks[before >> PAGE_BITS]![before & PAGE_MASK]! + 1, MOST_RANK);
    this.#ranks[position >> PAGE_BITS]![position & PAGE_MASK] = rank;
    if (rank >= FREQUENT_PAIR) this.far.countPair(this, (first << 8) | second);
  }

  #addPage(): void {
    this.#bytes.push(new Uint8Array(PAGE_SIZE));
    this.#earlier.push(new Int32Array(PAGE_SIZE));
    this.#ranks.push(new Uint8Array(PAGE_SIZE));
    this.#lastPageShared = false;
    const gone = ((this.length - this.dictionary) >> PAGE_BITS) - SPARE_PAGES;
    if (gone < 0) return;
    this.#bytes[gone] = new Uint8Array(0);
    this.#earlier[gone] = new Int32Array(0);
    this.#ranks[gone] = new Uint8Array(0);
  }

  #copyLastPage(): void {
    const last = this.#bytes.length - 1;
    this.#bytes[last] = this.#bytes[last]!.slice();
    this.#earlier[last] = this.#earlier[last]!.slice();
    this.#ranks[last] = this.#ranks[last]!.slice();
    this.#lastPageShared = false;
  }
}
