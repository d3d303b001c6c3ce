// The memory of one model: text grows from the bottom, units from the top, until they meet. Freed
// blocks go to lists by size, as in Shkarin's PPMd; nothing is moved.

import { FIRST_WORD, OFFSET_BITS, OFFSET_MASK, PAGE_BYTES, PAGE_WORDS, Pages } from './pages.js';

const USABLE_WORDS = PAGE_WORDS - FIRST_WORD;
/** log2 of the bytes of text per page. */
const TEXT_SHIFT = 11;
/** Words per unit: two states. */
const UNIT_WORDS = 4;
/** Block sizes in units: steps of 1, 2, 3, 4 and so on, to the 128 units of 256 states. */
const CLASS_UNITS = Uint8Array.from({ length: 38 }, (_, i) =>
  i < 4 ? i + 1 : i < 8 ? 2 * i - 2 : i < 12 ? 3 * i - 9 : 4 * i - 20,
);
/** The smallest class that holds a given number of units. */
const CLASS_OF_UNITS = Uint8Array.from({ length: 129 }, (_, units) =>
  CLASS_UNITS.findIndex((size) => size >= units),
);
/** Most pages that one step may take: a context and a list of states for each order, plus text. */
const RESERVED_PAGES = 40;

export class Arena {
  readonly pages: Pages;
  /** Bytes of text. */
  textLength = 0;
  readonly #pageCount: number;
  readonly #textPage: number;
  #textPagesEnd: number;
  /** The lowest page used for units. */
  #unitPage: number;
  /** Address of the next free words on it, and their number. */
  #next = 0;
  #left = 0;

  /**
   * Takes at most `memoryBytes`. The first `tablePages` pages belong to the caller; they are zero
   * except for the heads of the free lists, in the first words of page 0 (from `FIRST_WORD`).
   */
  constructor(memoryBytes: number, tablePages: number, parent?: Arena) {
    if (parent) {
      this.pages = parent.pages.fork();
      this.textLength = parent.textLength;
      this.#pageCount = parent.#pageCount;
      this.#textPage = parent.#textPage;
      this.#textPagesEnd = parent.#textPagesEnd;
      this.#unitPage = parent.#unitPage;
      this.#next = parent.#next;
      this.#left = parent.#left;
      return;
    }
    const pageCount = Math.floor(memoryBytes / PAGE_BYTES);
    this.pages = new Pages(pageCount);
    for (let i = 0; i < tablePages; i++) this.pages.add(i << OFFSET_BITS);
    this.#textPage = tablePages;
    this.#textPagesEnd = tablePages;
    this.#pageCount = pageCount;
    this.#unitPage = pageCount;
  }

  fork(): Arena {
    return new Arena(0, 0, this);
  }

  /** Bytes of the pages in use; pages shared with forks count in each. */
  get usedBytes(): number {
    return (this.#textPagesEnd + this.#pageCount - this.#unitPage) * PAGE_BYTES;
  }

  /** True if another step might run out of memory. */
  get full(): boolean {
    return this.#unitPage - this.#textPagesEnd < RESERVED_PAGES;
  }

  appendText(byte: number): void {
    const at = this.textLength++;
    const address = this.#textAddress(at);
    if (address >>> OFFSET_BITS >= this.#textPagesEnd) {
      this.#textPagesEnd++;
      this.pages.add(address);
    }
    const page = this.pages.own(address);
    const shift = 8 * (at & 3);
    const word = address & OFFSET_MASK;
    page[word] = (page[word]! & ~(255 << shift)) | (byte << shift);
  }

  textAt(at: number): number {
    const address = this.#textAddress(at);
    return (this.pages.page(address)[address & OFFSET_MASK]! >>> (8 * (at & 3))) & 255;
  }

  /** Allocates `words` words on one page; returns their address. */
  take(words: number): number {
    if (this.#left < words) {
      for (let units = this.#left >> 2; units > 0; units = this.#left >> 2) {
        let kind = CLASS_OF_UNITS[units]!;
        if (CLASS_UNITS[kind]! > units) kind--;
        this.#free(this.#next, kind);
        this.#next += UNIT_WORDS * CLASS_UNITS[kind]!;
        this.#left -= UNIT_WORDS * CLASS_UNITS[kind]!;
      }
      this.#next = (--this.#unitPage << OFFSET_BITS) + FIRST_WORD;
      this.#left = USABLE_WORDS;
      this.pages.add(this.#next);
    }
    const address = this.#next;
    this.#next += words;
    this.#left -= words;
    return address;
  }

  /**
   * Allocates room for `count` states of two words each; up to `statesFit` states fit without
   * moving.
   */
  takeStates(count: number): number {
    const kind = CLASS_OF_UNITS[(count + 1) >> 1]!;
    const head = this.pages.page(0)[FIRST_WORD + kind]!;
    if (head === 0) return this.take(UNIT_WORDS * CLASS_UNITS[kind]!);
    this.pages.own(0)[FIRST_WORD + kind] = this.pages.page(head)[head & OFFSET_MASK]!;
    return head;
  }

  /** The number of states that fit where `count` of them are. */
  statesFit(count: number): number {
    return 2 * CLASS_UNITS[CLASS_OF_UNITS[(count + 1) >> 1]!]!;
  }

  freeStates(address: number, count: number): void {
    this.#free(address, CLASS_OF_UNITS[(count + 1) >> 1]!);
  }

  #free(address: number, kind: number): void {
    const heads = this.pages.own(0);
    this.pages.own(address)[address & OFFSET_MASK] = heads[FIRST_WORD + kind]!;
    heads[FIRST_WORD + kind] = address;
  }

  #textAddress(at: number): number {
    const page = this.#textPage + (at >>> TEXT_SHIFT);
    return (page << OFFSET_BITS) + FIRST_WORD + ((at >>> 2) & (USABLE_WORDS - 1));
  }
}
