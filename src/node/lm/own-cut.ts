// The tokenizer's own cut of a text of which the bytes come one at a time. A text may go on in any
// way, so its final cut is not known; but up to the end of each of its tokens it is the cut of the
// text up to there. This holds for BPE, since no merge crosses the end of a token that remains, and
// for Unigram, since the beginning of a best path is a best path. It can fail with a pre-tokenizer
// that looks further ahead.

import { Utf8Guard } from '../../sampling/utf8-guard.js';
import type { Vocabulary } from './vocabulary.js';

/** Ranks of tokens, last first. */
export interface Path {
  readonly rank: number;
  readonly before: Path | undefined;
}

/** A longer end of the text is cut again only from a later token on. */
const MOST_TAIL = 96;
/** Bytes that stay in the end of the text. */
const LEAST_TAIL = 32;

/** The tokens at the end of a text, from the end of some token of the cut on; `after` returns another. */
export class OwnCut {
  /** The bytes of `ranks`. */
  readonly tail: readonly number[];
  readonly #vocabulary: Vocabulary;
  #ranks: readonly number[] | undefined;

  constructor(vocabulary: Vocabulary, tail: readonly number[] = []) {
    this.#vocabulary = vocabulary;
    this.tail = tail;
  }

  /** The cut after one more byte. */
  after(byte: number): OwnCut {
    const last = this.tail.at(-1);
    const isWordStart = byte === 0x20 && last !== undefined && last > 0x20 && last < 0x7f;
    if (isWordStart && this.#vocabulary.spacesBegin) return new OwnCut(this.#vocabulary, [byte]);
    const tail = this.tail.length < MOST_TAIL ? this.tail : this.#shortened();
    return new OwnCut(this.#vocabulary, [...tail, byte]);
  }

  /** Whether the text ends inside a character, so that the tokenizer cannot cut it yet. */
  get isOpen(): boolean {
    return new Utf8Guard(Uint8Array.from(this.tail.slice(-3))).needs > 0;
  }

  /** Ranks of the last tokens of the text; the first of them begins at a place that is certain. */
  get ranks(): readonly number[] {
    this.#ranks ??= this.#vocabulary.segment(Uint8Array.from(this.tail));
    return this.#ranks;
  }

  /** Whether the cut ends with these tokens. */
  endsWith(path: Path): boolean {
    let token: Path | undefined = path;
    for (let i = this.ranks.length - 1; i >= 0 && token; i--) {
      if (token.rank !== this.ranks[i]) return false;
      token = token.before;
    }
    return true;
  }

  /** The tail from the end of a later token and of a character on. */
  #shortened(): readonly number[] {
    let end = 0;
    let found = 0;
    for (const rank of this.ranks) {
      end += this.#vocabulary.lengthAt(rank);
      if (end > this.tail.length - LEAST_TAIL) break;
      if ((this.tail[end]! & 0xc0) !== 0x80) found = end;
    }
    return this.tail.slice(found || end);
  }
}
