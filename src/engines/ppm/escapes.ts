// Escape probabilities. In a context of one symbol: from how often similar contexts escaped. In a
// context some of whose symbols are excluded: by secondary estimation (SEE). In any other: from its
// own escape count. The classes of contexts are those of PPMd var. H.

import { OFFSET_MASK } from './pages.js';
import {
  BINARY_SCALE,
  binaryAddress,
  INITIAL_ESCAPE_COUNTS,
  PERIOD_BITS,
  SEE_ROW,
  seeAddress,
} from './tables.js';
import {
  COUNT_SHIFT,
  NUMBER_MASK,
  SUFFIX,
  SUM_SHIFT,
  SYMBOL_MASK,
  SYMBOL_SHIFT,
  type Trie,
} from './trie.js';

export class Escapes {
  /** Length of the run of well predicted symbols, from a start below 0. */
  run: number;
  /** 1 if the last symbol was well predicted. */
  lastSuccess = 0;
  lastSymbol = 0;
  readonly #trie: Trie;

  /**
   * Estimators of a trie, whose tables hold the learnt values; `parent` belongs to the trie's
   * parent.
   */
  constructor(trie: Trie, parent?: Escapes) {
    this.#trie = trie;
    this.run = parent ? parent.run : this.initialRun;
    if (parent) {
      this.lastSuccess = parent.lastSuccess;
      this.lastSymbol = parent.lastSymbol;
    }
  }

  get initialRun(): number {
    return -Math.min(this.#trie.order, 12) - 1;
  }

  /** The address of the probability of a lone symbol. */
  #binaryAddress(context: number, head: number): number {
    const { pages } = this.#trie.arena;
    const suffix = pages.page(context)[(context & OFFSET_MASK) + SUFFIX]!;
    const others = pages.page(suffix)[suffix & OFFSET_MASK]! & NUMBER_MASK;
    const width = others === 1 ? 0 : others === 2 ? 2 : others < 12 ? 4 : 6;
    const flags =
      this.lastSuccess +
      width +
      (this.lastSymbol >= 64 ? 8 : 0) +
      ((head & SYMBOL_MASK) >>> SYMBOL_SHIFT >= 64 ? 16 : 0) +
      (this.run < 0 ? 32 : 0);
    return binaryAddress(head >>> COUNT_SHIFT, flags);
  }

  /** The probability of a lone symbol. */
  binary(context: number, head: number): number {
    const address = this.#binaryAddress(context, head);
    return this.#trie.arena.pages.page(address)[address & OFFSET_MASK]! / BINARY_SCALE;
  }

  /** Learns whether the lone symbol of a context occurred, i.e. whether `key` is its own. */
  learnBinary(context: number, head: number, key: number): void {
    const address = this.#binaryAddress(context, head);
    const page = this.#trie.arena.pages.own(address);
    const at = address & OFFSET_MASK;
    const seen = page[at]!;
    const step = (seen + (1 << (PERIOD_BITS - 2))) >> PERIOD_BITS;
    if ((head & SYMBOL_MASK) === key) {
      page[at] = seen + (BINARY_SCALE >> PERIOD_BITS) - step;
      this.lastSuccess = 1;
      this.run++;
      return;
    }
    page[at] = seen - step;
    this.#trie.initialEscape = INITIAL_ESCAPE_COUNTS[page[at]! >> 10]!;
    this.lastSuccess = 0;
  }

  #seeAddress(page: Int32Array, c: number, masked: number): number {
    const number = page[c]! & NUMBER_MASK;
    const free = number - masked;
    const suffix = page[c + SUFFIX]!;
    const others = this.#trie.arena.pages.page(suffix)[suffix & OFFSET_MASK]! & NUMBER_MASK;
    const flags =
      (free < others - number ? 1 : 0) +
      (page[c]! >>> SUM_SHIFT < 11 * number ? 2 : 0) +
      (masked > free ? 4 : 0) +
      (this.lastSymbol >= 64 ? 8 : 0);
    return seeAddress(SEE_ROW[free - 1]!, flags);
  }

  /** The escape count relative to `sum`, the count of the unmasked symbols; 0 at the root. */
  escape(page: Int32Array, c: number, masked: number, sum: number): number {
    const number = page[c]! & NUMBER_MASK;
    if (number === 256) return 0;
    if (masked === 0) return (page[c]! >>> SUM_SHIFT) - sum;
    const address = this.#seeAddress(page, c, masked);
    const see = this.#trie.arena.pages.page(address);
    const at = address & OFFSET_MASK;
    return Math.max(1, see[at]! >> (see[at + 1]! >> 8));
  }

  /** Learns that a context with unmasked counts `sum` escaped, or that it did not (−1). */
  learnEscape(page: Int32Array, c: number, masked: number, sum: number): void {
    const address = this.#seeAddress(page, c, masked);
    const see = this.#trie.arena.pages.own(address);
    const at = address & OFFSET_MASK;
    const shift = see[at + 1]! >> 8;
    const count = see[at + 1]! & 255;
    const escapes = Math.max(1, see[at]! >> shift);
    see[at] = see[at]! - (see[at]! >> shift);
    if (sum >= 0) {
      see[at] = see[at]! + sum + escapes;
    } else if (shift < PERIOD_BITS) {
      if (count > 1) see[at + 1] = (shift << 8) | (count - 1);
      else {
        see[at] = 2 * see[at]!;
        see[at + 1] = ((shift + 1) << 8) | ((3 << shift) & 255);
      }
    }
  }
}
