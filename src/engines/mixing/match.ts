// The match model: the longest recent context that is the same as now, and the byte that came after
// it then (Mahoney, lpaq1).

import { foldHash } from '../../bits/hash.js';
import type { Slots } from './slots.js';

/** Shortest match that is followed, in bytes, and the longest that is told apart. */
export const MATCH_LEAST = 5;
export const MATCH_MOST = 32;

export class Match {
  /** How many bytes have matched so far; 0 for no match. */
  length = 0;
  /** The byte that the match predicts, with a 1 in front; 0 for none. */
  expected = 0;
  /** Where the match goes on. */
  #at = 0;

  copy(): Match {
    const copy = new Match();
    copy.length = this.length;
    copy.expected = this.expected;
    copy.#at = this.#at;
    return copy;
  }

  /**
   * Goes on behind a byte that has been appended to `slots`; `position` counts the bytes there.
   * `hash` is that of the last {@link MATCH_LEAST} bytes.
   */
  advance(slots: Slots, byte: number, position: number, hash: number): void {
    if (this.length > 0 && (this.expected & 0xff) === byte) {
      this.length = Math.min(this.length + 1, 65535);
      this.#at++;
    } else {
      this.length = 0;
    }
    const found = slots.exchangeMatch(foldHash(99, hash), position);
    if (this.length === 0 && found > 0 && position - found < slots.reach) {
      let length = 0;
      while (
        length < MATCH_MOST &&
        length < found &&
        slots.byteAt(found - 1 - length) === slots.byteAt(position - 1 - length)
      ) {
        length++;
      }
      if (length >= MATCH_LEAST) {
        this.length = length;
        this.#at = found;
      }
    }
    this.expected = this.length > 0 ? 256 | slots.byteAt(this.#at) : 0;
  }
}
