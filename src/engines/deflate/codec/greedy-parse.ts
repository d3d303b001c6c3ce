// Levels 1–3 (deflate.c: deflate_fast): it takes the first good match. The strings inside a match
// are hashed only if it is short, so the hash chains depend on the parse.

import { Parse } from './parse.js';
import { MIN_MATCH } from './tables.js';
import { searchLastThree, searchOpenEnd, type Tail } from './tail.js';
import { UNDECIDED } from './window.js';

const NO_MATCH = MIN_MATCH - 1;

export class GreedyParse extends Parse {
  protected readonly pending = new Int32Array(0);

  protected movePending(): void {}

  protected hashNew(): void {}

  protected endPending(): void {}

  protected advance(final: boolean): number {
    const { window, effort, block } = this;
    const { bytes, end } = window;
    for (;;) {
      const q = this.position;
      const ahead = end - q;
      if (!final && (ahead < MIN_MATCH || this.slideUndecided())) return 0;
      const base = this.baseAt(q, window.base, end);
      const windowBase = window.base;
      window.base = base;
      if (ahead === 0) return 0;
      let length = NO_MATCH;
      if (ahead >= MIN_MATCH) {
        const first = window.head[window.hashAt(q)]!;
        if (window.reaches(q, first)) {
          const { maxChain, niceLength } = effort;
          length = window.longestMatch(q, ahead, first, NO_MATCH, maxChain, niceLength, final);
          const unhashed = length <= effort.maxLazy && ahead - length < MIN_MATCH;
          if (length === UNDECIDED || (!final && length >= MIN_MATCH && unhashed)) {
            window.base = windowBase;
            return 0;
          }
        }
        window.insert(q);
      }
      if (length >= MIN_MATCH) {
        this.position = q + length;
        this.#hashInside(q, length, end);
        block.addMatch(length, q - window.matchStart);
      } else {
        this.position = q + 1;
        block.addLiteral(bytes[q]!);
      }
      if (block.symbols === this.maxSymbols) return this.position;
    }
  }

  /** Hashes the strings that start inside a match at `q`, if zlib does. */
  #hashInside(q: number, length: number, end: number): void {
    if (length > this.effort.maxLazy || end - q - length < MIN_MATCH) return;
    for (let p = q + 1; p < q + length; p++) this.window.insert(p);
  }

  walkTail(tail: Tail): void {
    tail.reset();
    const { window, effort } = this;
    const { bytes, end } = window;
    this.tryOut(() => {
      let q = this.position;
      let base = window.base;
      for (;;) {
        base = this.baseAt(q, base, end + 1);
        const known = end - q; // bytes at q besides the next byte, which is not yet known
        if (known <= 0) break;
        let length = NO_MATCH;
        if (known >= MIN_MATCH) {
          const first = window.insert(q);
          if (first > base && q - first <= window.maxDistance) {
            const { maxChain, niceLength } = effort;
            length = searchOpenEnd(
              window,
              tail,
              q,
              known,
              first,
              NO_MATCH,
              maxChain,
              niceLength,
              base,
            );
          }
        } else if (known === MIN_MATCH - 1) {
          searchLastThree(window, tail, q, base, window.size, effort.maxChain);
        }
        if (length >= MIN_MATCH) {
          tail.addMatch(length, q - window.matchStart);
          this.#hashInside(q, length, end + 1);
          q += length;
        } else {
          tail.addLiteral(bytes[q]!);
          q++;
        }
      }
      // For a message that ends one position later the window may already have slid there.
      tail.base = this.baseAt(end + 1, base, end + 1);
    });
  }
}
