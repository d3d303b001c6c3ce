// The memory of one model: text from the bottom up, units from the top down, until they meet.
// Freed blocks go to lists by size, as in Shkarin's PPMd; nothing is ever moved.

import { FIRST_WORD, OFFSET_BITS, OFFSET_MASK, PAGE_BYTES, PAGE_WORDS, Pages } from './pages.js';

const USABLE_WORDS = PAGE_WORDS - FIRST_WORD;
/** Bytes of text on a page, as a power of 2. */
const TEXT_SHIFT = 11;
/** Words in a unit: two states. */
const UNIT_WORDS = 4;
/** Block sizes in units: steps of 1, 2, 3, 4 and so on, to the 128 units of 256 states. */
const CLASS_UNITS = Uint8Array.from({ length: 38 }, (_, i) =>
  i < 4 ? i + 1 : i < 8 ? 2 * i - 2 : i < 12 ? 3 * i - 9 : 4 * i - 20,
);
/** By units wanted: the smallest class that holds them. */
const CLASS_OF_UNITS = Uint8Array.from({ length: 129 }, (_, units) =>
  CLASS_UNITS.findIndex((size) => size >= units),
);
/** Pages that one step may take at most: a context and a list of states for each order, text. */
const RESERVED_PAGES = 40;

export class Arena {
  readonly pages: Pages;
  /** The number of bytes of text. */
  textLength = 0;
  readonly #pageCount: number;
  readonly #textPage: number;
  #textPagesEnd: number;
  /** The lowest page that units have. */
  #unitPage: number;
  /** Where the next words on it come from, and how many are left. */
  #next = 0;
  #left = 0;

  /**
   * Takes at most `memoryBytes`. The first `tablePages` pages are the caller's, all zeros but for
   * the heads of the free lists, which take the first words of page 0 (from `FIRST_WORD`).
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

  /** Bytes of the pages in use; those shared with forks count in each. */
  get usedBytes(): number {
    return (this.#textPagesEnd + this.#pageCount - this.#unitPage) * PAGE_BYTES;
  }

  /** Whether another step might not find the memory it needs. */
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

  /** The address of `words` new words, all on one page. */
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

  /** Room for `count` states of two words each; every `statesFit` of them need not move to grow. */
  takeStates(count: number): number {
    const kind = CLASS_OF_UNITS[(count + 1) >> 1]!;
    const head = this.pages.page(0)[FIRST_WORD + kind]!;
    if (head === 0) return this.take(UNIT_WORDS * CLASS_UNITS[kind]!);
    this.pages.own(0)[FIRST_WORD + kind] = this.pages.page(head)[head & OFFSET_MASK]!;
    return head;
  }

  /** How many states fit where `count` of them are. */
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
