// What the next byte is looked up by: one 32-bit hash per context, renewed at each byte. Orders 0
// to 6 and 8, words, sparse contexts that skip the last byte, the place in the line and the
// paragraph, and what came after this byte before (Mahoney, lpaq1 and paq8l).

import { foldHash } from '../../bits/hash.js';

/** Contexts in the order of their hashes. */
export const CONTEXT_COUNT = 20;
/** The first contexts are orders 0, 1, 2 … up to this. */
export const HIGHEST_ORDER = 6;

const NEWLINE = 10;

/** The recent past of a text in a few numbers: 32-bit integers, and a table of 512 bytes. */
export class Past {
  /** The last four bytes, and the four before them; the latest lowest. */
  last4 = 0;
  last8 = 0;
  /** Hashes of the letters since the last other byte, and of the words before. */
  word = 0;
  word1 = 0;
  word2 = 0;

  /** Bytes since the last newline, and the first two of them. */
  column = 0;
  lineStart = 0;
  /** Hashes of the line so far, and of the first lines of this paragraph (0 inside that line) … */
  line = 0;
  header = 0;
  /** … and of the two paragraphs before. */
  header1 = 0;
  header2 = 0;
  /** For each byte, the two that came after it when it was last seen; the latest lowest. */
  #followers = new Uint16Array(256);

  copy(): Past {
    const copy = Object.assign(new Past(), this);
    copy.#followers = this.#followers.slice();
    return copy;
  }

  push(byte: number): void {
    const followed = this.last4 & 0xff;
    this.#followers[followed] = (this.#followers[followed]! << 8) | byte;
    if (byte === NEWLINE) {
      if (this.column === 0) {
        this.header2 = this.header1;
        this.header1 = this.header;
        this.header = 0;
      } else if (this.header === 0) {
        this.header = this.line;
      }
      this.line = 0;
      this.column = 0;
      this.lineStart = 0;
    } else {
      this.line = Math.imul(this.line + byte + 1, 0x2f0b4c47);
      if (++this.column <= 2) this.lineStart = (this.lineStart << 8) | byte;
    }
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
    const last = last4 & 0xff;
    out[0] = 0;
    out[1] = foldHash(1, last);
    out[2] = foldHash(2, last4 & 0xffff);
    out[3] = foldHash(3, last4 & 0xffffff);
    out[4] = foldHash(4, last4);
    out[5] = foldHash(foldHash(5, last4), last8 & 0xff);
    out[6] = foldHash(foldHash(6, last4), last8 & 0xffff);
    out[7] = foldHash(foldHash(7, last4), last8);
    out[8] = foldHash(foldHash(8, word), last);
    out[9] = foldHash(foldHash(foldHash(9, word), word1), last);
    out[10] = foldHash(10, last4 & 0xffff00);
    out[11] = foldHash(foldHash(11, last4 & 0xff0000), word);
    out[12] = foldHash(foldHash(foldHash(foldHash(12, word), word1), this.word2), last);
    out[13] = foldHash(foldHash(13, this.column), last);
    out[14] = foldHash(foldHash(14, this.lineStart), word);
    out[15] = foldHash(foldHash(15, this.#followers[last]!), last);
    out[16] = foldHash(16, last4 & 0xf8f8f8f8);
    out[17] = foldHash(foldHash(17, this.column), word);
    out[18] = foldHash(foldHash(18, word), this.word2);
    out[19] =
      this.header === 0
        ? foldHash(foldHash(19, this.header2), this.line)
        : foldHash(foldHash(20, this.header), word);
  }
}
