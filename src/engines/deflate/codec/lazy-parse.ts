// Levels 4–9 (deflate.c: deflate_slow): a match is delayed by one position, in case a longer one
// starts there. Every string is hashed as soon as its three bytes are known, independently of the
// parse, so the hash chains depend on the data alone: the string before q in its chain is always
// `q - back[q]`.

import { Parse } from './parse.js';
import { MIN_MATCH } from './tables.js';
import { searchLastThree, searchOpenEnd, type Tail } from './tail.js';
import { UNDECIDED, type Window } from './window.js';

/** A match of three bytes from farther away is not worthwhile (deflate.c). */
const TOO_FAR = 4096;

// The slots of `pending`: length and start of the match found at the position before, and whether
// the byte before is still to be written as a literal.
const LENGTH = 0;
const START = 1;
const AVAILABLE = 2;

const NO_MATCH = MIN_MATCH - 1;

export class LazyParse extends Parse {
  protected readonly pending = Int32Array.of(NO_MATCH, 0, 0);

  protected movePending(shift: number): void {
    this.pending[START]! -= shift;
  }

  protected hashNew(from: number): void {
    const { window } = this;
    const to = window.end - MIN_MATCH;
    for (let p = Math.max(0, from - MIN_MATCH + 1); p <= to; p++) window.insert(p);
  }

  protected advance(final: boolean): number {
    const { window, pending, effort, block, maxSymbols } = this;
    const { bytes, end } = window;
    for (;;) {
      const q = this.position;
      const ahead = end - q;
      if (!final && this.slideUndecided()) return 0;
      const windowBase = window.base;
      window.base = this.baseAt(q, windowBase, end);
      if (ahead === 0) return 0;
      const before = pending[LENGTH]!;
      let length = NO_MATCH;
      let start = pending[START]!;
      if (before < effort.maxLazy) {
        if (ahead >= MIN_MATCH) length = this.#search(window, q, ahead, before, final);
        else if (!final) length = UNDECIDED;
        if (length === UNDECIDED) {
          window.base = windowBase;
          return 0;
        }
        if (length > before) start = window.matchStart;
        if (length === MIN_MATCH && q - start > TOO_FAR) length = NO_MATCH;
      }
      if (before >= MIN_MATCH && length <= before) {
        const next = q - 1 + before;
        this.position = next;
        const distance = q - 1 - pending[START]!;
        pending[LENGTH] = NO_MATCH;
        pending[AVAILABLE] = 0;
        block.addMatch(before, distance);
        if (block.symbols === maxSymbols) return next;
        continue;
      }
      this.position = q + 1;
      pending[LENGTH] = length;
      pending[START] = start;
      const isAvailable = pending[AVAILABLE] === 1;
      pending[AVAILABLE] = 1;
      if (!isAvailable) continue;
      block.addLiteral(bytes[q - 1]!);
      if (block.symbols === maxSymbols) return q;
    }
  }

  /** The last literal ends the message; zlib does not check whether it fills the block. */
  protected endPending(): void {
    const { window, pending } = this;
    if (pending[AVAILABLE] === 1) this.block.addLiteral(window.bytes[window.end - 1]!);
    pending[AVAILABLE] = 0;
  }

  /** The best match at `q` longer than the one `before`, as zlib's longest_match reports it. */
  #search(window: Window, q: number, ahead: number, before: number, final: boolean): number {
    const { effort } = this;
    const first = q - window.back[q & (window.size - 1)]!;
    if (!window.reaches(q, first)) return NO_MATCH;
    const chain = effort.maxChain >> (before >= effort.goodLength ? 2 : 0);
    return window.longestMatch(q, ahead, first, before, chain, effort.niceLength, final);
  }

  walkTail(tail: Tail): void {
    tail.reset();
    const { window, pending, effort } = this;
    const { bytes, end } = window;
    let q = this.position;
    let before = pending[LENGTH]!;
    let beforeStart = pending[START]!;
    let available = pending[AVAILABLE] === 1;
    let base = window.base;
    for (;;) {
      base = this.baseAt(q, base, end + 1);
      const known = end - q; // bytes at q besides the next byte, which is not yet known
      if (known < 0) break;
      let length = NO_MATCH;
      let start = beforeStart;
      const literal = available ? bytes[q - 1]! : -1;
      if (before < effort.maxLazy && before <= known) {
        if (known >= MIN_MATCH) {
          length = this.#searchTail(tail, q, known, before, base, literal);
          if (length > before) start = window.matchStart;
          if (length === MIN_MATCH && q - start > TOO_FAR) length = NO_MATCH;
        } else if (known === MIN_MATCH - 1) {
          this.#searchLastThree(tail, q, base, literal);
        }
      }
      if (before >= MIN_MATCH && length <= before) {
        tail.addMatch(before, q - 1 - beforeStart);
        q += before - 1;
        before = NO_MATCH;
        available = false;
        continue;
      }
      if (available) tail.addLiteral(literal);
      available = true;
      before = length;
      beforeStart = start;
      q++;
    }
    tail.base = base;
  }

  /**
   * `longestMatch` for an unknown last byte: the best match without it, and the bytes that extend a
   * match.
   */
  #searchTail(
    tail: Tail,
    q: number,
    known: number,
    before: number,
    base: number,
    literal: number,
  ): number {
    const { window, effort } = this;
    const first = q - window.back[q & (window.size - 1)]!;
    if (first <= base || q - first > window.maxDistance) return NO_MATCH;
    const chain = effort.maxChain >> (before >= effort.goodLength ? 2 : 0);
    return searchOpenEnd(
      window,
      tail,
      q,
      known,
      first,
      before,
      chain,
      effort.niceLength,
      base,
      literal,
    );
  }

  /** If the next byte completes a string of three, its hash chain differs for each byte. */
  #searchLastThree(tail: Tail, q: number, base: number, literal: number): void {
    searchLastThree(this.window, tail, q, base, TOO_FAR, this.effort.maxChain, literal);
  }
}
