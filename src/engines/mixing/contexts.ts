// What the next byte is looked up by: one 32-bit hash per context, renewed at each byte. Orders 0
// to 6, words, and sparse contexts that skip the last byte (Mahoney, lpaq1 and paq8l).

import { foldHash } from '../../bits/hash.js';

/** Contexts in the order of their hashes. */
export const CONTEXT_COUNT = 13;
/** The first contexts are orders 0, 1, 2 … up to this. */
export const HIGHEST_ORDER = 6;

/** The recent past of a text in a few numbers. All fields are 32-bit integers. */
export class Past {
  /** The last four bytes, and the four before them; the latest lowest. */
  last4 = 0;
  last8 = 0;
  /** Hashes of the letters since the last other byte, and of the words before. */
  word = 0;
  word1 = 0;
  word2 = 0;

  copy(): Past {
    return Object.assign(new Past(), this);
  }

  push(byte: number): void {
    this.last8 = (this.last8 << 8) | (this.last4 >>> 24);
    this.last4 = (this.last4 << 8) | byte;
    const letter = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    if ((letter >= 97 && letter <= 122) || letter >= 128) {
      this.word = Math.imul(this.word + letter + 1, 0x2f0b4c47);
    } else if (this.word !== 0) {
      this.word2 = this.word1;
      this.word1 = this.word;
      this.word = 0;
    }
  }

  /** Fills `out` with {@link CONTEXT_COUNT} hashes. */
  hash(out: Uint32Array): void {
    const { last4, last8, word, word1 } = this;
    out[0] = 0;
    out[1] = foldHash(1, last4 & 0xff);
    out[2] = foldHash(2, last4 & 0xffff);
    out[3] = foldHash(3, last4 & 0xffffff);
    out[4] = foldHash(4, last4);
    out[5] = foldHash(foldHash(5, last4), last8 & 0xff);
    out[6] = foldHash(foldHash(6, last4), last8 & 0xffff);
    out[7] = foldHash(foldHash(7, last4), last8);
    out[8] = foldHash(foldHash(8, word), last4 & 0xff);
    out[9] = foldHash(foldHash(foldHash(9, word), word1), last4 & 0xff);
    out[10] = foldHash(10, last4 & 0xffff00);
    out[11] = foldHash(foldHash(11, last4 & 0xff0000), word);
    out[12] = foldHash(foldHash(foldHash(foldHash(12, word), word1), this.word2), last4 & 0xff);
  }
}
