// Limits copying: no run of more than `maxBytes` bytes of a continuation may occur earlier in the
// context or in the continuation itself. A copy may overlap its source.

import { expectInteger } from '../expect.js';
import { Followers } from './followers.js';

/** Excludes next bytes that would complete a long copy; follows one continuation byte by byte. */
export class CopyGuard {
  /** The longest copy that is allowed, in bytes. */
  readonly maxBytes: number;
  /** What follows strings of the given bytes, shared with forks … */
  readonly #given: Followers;
  /** … and of the last given ones and the continuation, without what is pushed to a trial. */
  readonly #own: Followers;
  /** The last `maxBytes` bytes, given or drawn, followed by those pushed to a trial. */
  readonly #recent: number[];
  /** Bytes of the continuation, and how many of its last ones each ended a copy of `#half` bytes. */
  #drawn: number;
  #copied: number;
  readonly #isTrial: boolean;

  private constructor(maxBytes: number, { given, own, recent, drawn, copied, isTrial }: Past) {
    this.maxBytes = maxBytes;
    this.#given = given;
    this.#own = own;
    this.#recent = recent;
    this.#drawn = drawn;
    this.#copied = copied;
    this.#isTrial = isTrial;
  }

  /**
   * A guard of a continuation that has not begun. Time and memory are linear in the given bytes, most
   * of them spent when half of `maxBytes` have been drawn.
   *
   * @param maxBytes the longest copy that is allowed, from 1.
   * @param given what comes before the continuation, in order.
   * @throws TypeError or RangeError for `maxBytes` out of range.
   */
  static of(maxBytes: number, given: readonly Uint8Array[]): CopyGuard {
    expectInteger('maxBytes', maxBytes, { min: 1 });
    const followers = new Followers(given);
    const last = followers.last(maxBytes);
    return new CopyGuard(maxBytes, {
      given: followers,
      own: new Followers([last]),
      recent: [...last],
      drawn: 0,
      copied: 0,
      isTrial: false,
    });
  }

  /** An independent copy. */
  fork(): CopyGuard {
    return new CopyGuard(this.maxBytes, { ...this.#past(), own: this.#own.fork() });
  }

  /** A cheap copy for trying out bytes; valid until a byte is pushed to the original. */
  trial(): CopyGuard {
    return new CopyGuard(this.maxBytes, { ...this.#past(), isTrial: true });
  }

  #past(): Past {
    return {
      given: this.#given,
      own: this.#own,
      recent: this.#recent.slice(),
      drawn: this.#drawn,
      copied: this.#copied,
      isTrial: this.#isTrial,
    };
  }

  /** Sets the bits of every byte that would make a copy too long to +Infinity. */
  restrict(bits: Float64Array): void {
    const { maxBytes } = this;
    if (this.#drawn < maxBytes) return;
    const recent = this.#recent;
    if (this.#copied > maxBytes - this.#half) {
      this.#forEachAfter(maxBytes, (byte) => {
        bits[byte] = Infinity;
      });
    }
    for (let at = maxBytes; at < recent.length; at++) {
      if (this.#isRepeated(at)) bits[recent[at]!] = Infinity;
    }
  }

  /** True if the current copy has at least half of the allowed length. */
  get wantsHop(): boolean {
    return !this.#isTrial && this.#copied > 0;
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
    if (least >= this.#half || !this.wantsHop) return false;
    const isOther = new Uint8Array(256);
    this.#forEachAfter(least, (byte) => {
      isOther[byte] = 1;
    });
    this.#forEachAfter(this.#half, (byte) => {
      isOther[byte] = 0;
    });
    if (!isOther.some((is, byte) => is === 1 && bits[byte]! < Infinity)) return false;
    for (let b = 0; b < 256; b++) if (!isOther[b]) bits[b] = Infinity;
    return true;
  }

  /** The length, in bytes, from which a copy is worth leaving. */
  get #half(): number {
    return Math.max(1, this.maxBytes >> 1);
  }

  /** Visits the bytes that follow the last `order` bytes anywhere, some of them twice. */
  #forEachAfter(order: number, visit: (byte: number) => void): void {
    for (const text of this.#texts) text.forEach(this.#recent, order, visit);
  }

  get #texts(): readonly Followers[] {
    return [this.#given, this.#own];
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
    this.#recent.push(byte);
    this.#drawn++;
    if (!this.#isTrial) {
      if (this.#recent.length > this.maxBytes) this.#recent.shift();
      this.#own.append(byte);
    }
    const half = this.#half;
    const isCopy = this.#drawn >= half && this.#texts.some((text) => text.has(this.#recent, half));
    this.#copied = isCopy ? this.#copied + 1 : 0;
  }
}

interface Past {
  readonly given: Followers;
  readonly own: Followers;
  readonly recent: number[];
  readonly drawn: number;
  readonly copied: number;
  readonly isTrial: boolean;
}
