// Limits copying: no run of more than `maxBytes` bytes of a continuation may occur earlier in the
// context or in the continuation itself. A copy may overlap its source.

import { expectInteger } from '../expect.js';
import { SuffixAutomaton, SuffixCursor } from './suffix-automaton.js';

/** Excludes next bytes that would complete a long copy; follows one continuation byte by byte. */
export class CopyGuard {
  /** The longest copy that is allowed, in bytes. */
  readonly maxBytes: number;
  /** The automaton of all earlier bytes, without those pushed to a trial. */
  readonly #automaton: SuffixAutomaton;
  /** The position of the last bytes of the continuation, at most `maxBytes`, in the automaton. */
  readonly #cursor: SuffixCursor;
  /** The last `maxBytes` bytes, given or drawn, followed by those pushed to a trial. */
  readonly #recent: number[];
  /** Bytes of the continuation. */
  #drawn: number;
  readonly #isTrial: boolean;
  /** What `#others` found last, after how many bytes, and for what. */
  readonly #othersThere = new Uint8Array(256);
  #othersAfter = -1;
  #othersLeast = 0;

  private constructor(
    automaton: SuffixAutomaton,
    cursor: SuffixCursor,
    { maxBytes, recent, drawn, isTrial }: Past,
  ) {
    this.maxBytes = maxBytes;
    this.#automaton = automaton;
    this.#cursor = cursor;
    this.#recent = recent;
    this.#drawn = drawn;
    this.#isTrial = isTrial;
  }

  /**
   * A guard of a continuation that has not begun. Takes time and memory linear in what is given.
   *
   * @param maxBytes the longest copy that is allowed, from 1.
   * @param given what comes before the continuation, in order.
   * @throws TypeError or RangeError for `maxBytes` out of range.
   */
  static of(maxBytes: number, given: readonly Uint8Array[]): CopyGuard {
    expectInteger('maxBytes', maxBytes, { min: 1 });
    const automaton = new SuffixAutomaton(given);
    const recent: number[] = [];
    for (const part of given) {
      recent.push(...part.subarray(Math.max(0, part.length - maxBytes)));
      recent.splice(0, recent.length - maxBytes);
    }
    const past = { maxBytes, recent, drawn: 0, isTrial: false };
    return new CopyGuard(automaton, new SuffixCursor(automaton), past);
  }

  /** An independent copy, automaton included. */
  fork(): CopyGuard {
    const automaton = this.#automaton.fork();
    return new CopyGuard(automaton, this.#cursor.fork(automaton), this.#past(this.#isTrial));
  }

  /** A cheap copy for trying out bytes; valid until a byte is pushed to the original. */
  trial(): CopyGuard {
    return new CopyGuard(this.#automaton, this.#cursor.fork(), this.#past(true));
  }

  #past(isTrial: boolean): Past {
    const { maxBytes } = this;
    return { maxBytes, recent: this.#recent.slice(), drawn: this.#drawn, isTrial };
  }

  /** Sets the bits of every byte that would make a copy too long to +Infinity. */
  restrict(bits: Float64Array): void {
    const { maxBytes } = this;
    if (this.#drawn < maxBytes) return;
    if (this.#cursor.length === maxBytes) {
      this.#automaton.forEachNext(this.#cursor.state, (byte) => {
        bits[byte] = Infinity;
      });
    }
    const recent = this.#recent;
    for (let at = maxBytes; at < recent.length; at++) {
      if (this.#isRepeated(at)) bits[recent[at]!] = Infinity;
    }
  }

  /** True if the current copy has at least half of the allowed length. */
  get wantsHop(): boolean {
    return this.#cursor.length >= this.maxBytes >> 1 && !this.#isTrial;
  }

  /**
   * Leaves a copy of half of `maxBytes` or more, if another source, which has not said so many of
   * the last bytes, goes on with a byte that is possible: all others no longer are. Running into
   * `maxBytes` would leave only bytes that no source goes on with.
   *
   * @param least how many of the last bytes another source has to say, from 1.
   * @returns whether it does.
   */
  hop(bits: Float64Array, least: number): boolean {
    if (!this.wantsHop) return false;
    const others = this.#others(least);
    let left = 0;
    for (let b = 0; b < 256; b++) if (bits[b]! < Infinity && others[b]) left++;
    if (left === 0) return false;
    for (let b = 0; b < 256; b++) if (!others[b]) bits[b] = Infinity;
    return true;
  }

  /** 256 flags: the bytes that only shorter copies, of at least `least` bytes, go on with. */
  #others(least: number): Uint8Array {
    if (this.#othersAfter === this.#drawn && this.#othersLeast === least) return this.#othersThere;
    this.#othersAfter = this.#drawn;
    this.#othersLeast = least;
    const automaton = this.#automaton;
    const others = this.#othersThere.fill(0);
    const most = this.maxBytes >> 1;
    const seen = new Uint8Array(256);
    let { state, length } = this.#cursor;
    while (length >= least) {
      const isLong = length >= most;
      automaton.forEachNext(state, (byte) => {
        if (seen[byte]) return;
        seen[byte] = 1;
        others[byte] = isLong ? 0 : 1;
      });
      state = automaton.link(state);
      length = automaton.longest(state);
    }
    return others;
  }

  /** Whether the last `maxBytes` bytes stand before `at`, too. */
  #isRepeated(at: number): boolean {
    const recent = this.#recent;
    for (let back = 1; back <= this.maxBytes; back++) {
      if (recent[at - back] !== recent[recent.length - back]) return false;
    }
    return true;
  }

  /** Appends a byte of the continuation. */
  push(byte: number): void {
    this.#cursor.advance(byte);
    this.#cursor.shorten(this.maxBytes);
    this.#recent.push(byte);
    this.#drawn++;
    if (this.#isTrial) return;
    if (this.#recent.length > this.maxBytes) this.#recent.shift();
    this.#automaton.append(byte);
    this.#cursor.settle();
  }
}

interface Past {
  readonly maxBytes: number;
  readonly recent: number[];
  readonly drawn: number;
  readonly isTrial: boolean;
}
