// The tokens of a language model as byte strings: of byte-level BPE (GPT-2's alphabet, in which
// every byte is a printable character) and of SentencePiece's (▁ for a space, <0xNN> for a byte).
// Special tokens stand for no bytes and are left out.

import { Utf8Guard } from '../../sampling/utf8-guard.js';

/** Parts of a tokenizer that define a vocabulary. */
export interface VocabularyParts {
  /** Tokens as the tokenizer writes them, and their ids. */
  readonly tokens: ReadonlyMap<string, number>;
  readonly alphabet: 'byte-level' | 'sentencepiece';
  /** Ids of the tokens that stand for no bytes. */
  readonly special: ReadonlySet<number>;
  /** Ids of the tokens that are written in plain text, without the alphabet. */
  readonly added: ReadonlySet<number>;
  /** The ids of a text; decoding them may give another text. */
  encode(text: string): readonly number[];
}

/** Ranks, [low, high) in byte order. */
export interface RankRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Tokens by rank: their place in the order of their bytes, so that those with a prefix in common
 * stand together and a token comes before all that go on from it.
 */
export class Vocabulary {
  readonly size: number;
  /** Tokens, those among them that stand for no bytes. */
  readonly known: number;
  /** By rank, the token's number in the model. */
  readonly ids: Int32Array;
  /**
   * By the model's number, the class of a token: tokens with the same first two bytes, or of the same
   * single byte. Those that stand for no bytes are of one more class.
   */
  readonly classes: Int32Array;
  /** By class, the rank of its first token; one more entry for the end. */
  readonly classStarts: Int32Array;
  /** Whether a space begins a token wherever it follows a printable ASCII character. */
  readonly spacesBegin: boolean;
  readonly #bytes: Uint8Array;
  /** By rank, the offset of its first byte; one more entry for the end. */
  readonly #starts: Int32Array;
  readonly #rankOf = new Map<number, number>();
  readonly #encode: (text: string) => readonly number[];
  /** By character, whether the tokenizer gives it back. */
  readonly #surviving = new Map<string, boolean>();

  constructor({ tokens, alphabet, special, added, encode }: VocabularyParts) {
    const entries: { id: number; bytes: string }[] = [];
    for (const [token, id] of tokens) {
      if (special.has(id)) continue;
      const bytes = bytesOfToken(token, added.has(id) ? undefined : alphabet);
      if (bytes !== '') entries.push({ id, bytes });
    }
    entries.sort((a, b) => (a.bytes === b.bytes ? a.id - b.id : a.bytes < b.bytes ? -1 : 1));
    this.size = entries.length;
    this.known = tokens.size;
    this.ids = Int32Array.from(entries, ({ id }) => id);
    this.#starts = new Int32Array(entries.length + 1);
    this.#bytes = new Uint8Array(entries.reduce((sum, { bytes }) => sum + bytes.length, 0));
    let at = 0;
    entries.forEach(({ id, bytes }, rank) => {
      for (let i = 0; i < bytes.length; i++) this.#bytes[at++] = bytes.charCodeAt(i);
      this.#starts[rank + 1] = at;
      this.#rankOf.set(id, rank);
    });
    const lastId = this.ids.reduce((a, b) => Math.max(a, b), -1);
    const starts: number[] = [];
    for (let rank = 0; rank < this.size; rank++) {
      if (rank === 0 || this.#pairAt(rank) !== this.#pairAt(rank - 1)) starts.push(rank);
    }
    this.classStarts = Int32Array.from([...starts, this.size]);
    this.classes = new Int32Array(lastId + 1).fill(starts.length);
    for (const [kind, start] of starts.entries()) {
      const end = this.classStarts[kind + 1]!;
      for (let rank = start; rank < end; rank++) this.classes[this.ids[rank]!] = kind;
    }
    this.#encode = encode;
    this.spacesBegin = !this.#hasInnerSpace();
  }

  /** The first two bytes of a token as one number. */
  #pairAt(rank: number): number {
    return 257 * this.byteAt(rank, 0) + (this.lengthAt(rank) > 1 ? this.byteAt(rank, 1) + 1 : 0);
  }

  #hasInnerSpace(): boolean {
    for (let rank = 0; rank < this.size; rank++) {
      for (let at = this.#starts[rank]! + 1; at < this.#starts[rank + 1]!; at++) {
        const before = this.#bytes[at - 1]!;
        if (this.#bytes[at] === 0x20 && before > 0x20 && before < 0x7f) return true;
      }
    }
    return false;
  }

  /** The bytes of a token; not to be written to. */
  bytesAt(rank: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[rank], this.#starts[rank + 1]);
  }

  lengthAt(rank: number): number {
    return this.#starts[rank + 1]! - this.#starts[rank]!;
  }

  /** The byte at a place of a token that is long enough. */
  byteAt(rank: number, place: number): number {
    return this.#bytes[this.#starts[rank]! + place]!;
  }

  /** Of a range of tokens that have their first `depth` bytes in common, those with `byte` next. */
  narrow({ low, high }: RankRange, depth: number, byte: number): RankRange {
    return {
      low: this.#bound(low, high, depth, byte),
      high: this.#bound(low, high, depth, byte + 1),
    };
  }

  /** Of a range of tokens that have their first `depth` bytes in common, the end of those with `byte` next. */
  endOf({ low, high }: RankRange, depth: number, byte: number): number {
    return this.#bound(low, high, depth, byte + 1);
  }

  /** The first byte value that no token begins with; undefined if every byte can be written. */
  missingByte(): number | undefined {
    const all = { low: 0, high: this.size };
    for (let byte = 0; byte < 256; byte++) {
      const { low, high } = this.narrow(all, 0, byte);
      if (low === high || this.lengthAt(low) > 1) return byte;
    }
    return undefined;
  }

  /**
   * Ranks of tokens that make up exactly these bytes: the tokenizer's own, and the longest that
   * fit for characters that it would not give back, and where the bytes are no UTF-8.
   */
  segment(data: Uint8Array): number[] {
    const ranks: number[] = [];
    for (const { start, end, text } of stretches(data)) {
      for (const rank of this.#segmentStretch(data.subarray(start, end), text)) ranks.push(rank);
    }
    return ranks;
  }

  #segmentStretch(bytes: Uint8Array, text: string | undefined): readonly number[] {
    if (text === undefined) return this.#longest(bytes);
    const own = this.#own(text, bytes);
    if (own) return own;
    const ranks: number[] = [];
    for (const piece of this.#pieces(text)) {
      const part = new TextEncoder().encode(piece);
      for (const rank of this.#own(piece, part) ?? this.#longest(part)) ranks.push(rank);
    }
    return ranks;
  }

  /** The tokenizer's own ranks of a text; undefined if they do not give it back. */
  #own(text: string, bytes: Uint8Array): readonly number[] | undefined {
    const ranks = this.#encode(text).map((id) => this.#rankOf.get(id));
    return this.#spells(ranks, bytes) ? ranks : undefined;
  }

  /** A text cut before and after each character that the tokenizer does not give back. */
  *#pieces(text: string): Generator<string> {
    let piece = '';
    for (const character of text) {
      if (this.#survives(character)) {
        piece += character;
        continue;
      }
      if (piece) yield piece;
      yield character;
      piece = '';
    }
    if (piece) yield piece;
  }

  #survives(character: string): boolean {
    let survives = this.#surviving.get(character);
    if (survives === undefined) {
      survives = this.#own(character, new TextEncoder().encode(character)) !== undefined;
      this.#surviving.set(character, survives);
    }
    return survives;
  }

  #spells(ranks: readonly (number | undefined)[], data: Uint8Array): ranks is readonly number[] {
    let at = 0;
    for (const rank of ranks) {
      if (rank === undefined) return false;
      const length = this.lengthAt(rank);
      for (let i = 0; i < length; i++) if (data[at + i] !== this.byteAt(rank, i)) return false;
      at += length;
    }
    return at === data.length;
  }

  #longest(data: Uint8Array): number[] {
    const ranks: number[] = [];
    for (let at = 0; at < data.length; ) {
      let range: RankRange = { low: 0, high: this.size };
      let found = 0;
      for (let depth = 0; at + depth < data.length; depth++) {
        range = this.narrow(range, depth, data[at + depth]!);
        if (range.low === range.high) break;
        if (this.lengthAt(range.low) === depth + 1) found = range.low;
      }
      ranks.push(found);
      at += this.lengthAt(found);
    }
    return ranks;
  }

  /** The first rank in [low, high) whose byte at `depth` is `byte` or more; a token's end is less. */
  #bound(low: number, high: number, depth: number, byte: number): number {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >> 1;
      const less = this.lengthAt(middle) <= depth || this.byteAt(middle, depth) < byte;
      if (less) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** The bytes that GPT-2's alphabet writes as themselves; the others are the characters from 256. */
const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);

/** By character code, the byte that it stands for in a token of byte-level BPE; −1 for none. */
const BYTE_OF: Int16Array = (() => {
  const table = new Int16Array(512).fill(-1);
  let next = 256;
  for (let byte = 0; byte < 256; byte++) table[isPrintable(byte) ? byte : next++] = byte;
  return table;
})();

/** The bytes of a token as characters 0 to 255, which sort as bytes do and compare fast. */
function bytesOfToken(token: string, alphabet: VocabularyParts['alphabet'] | undefined): string {
  if (alphabet === 'sentencepiece') {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token)?.[1];
    if (byte !== undefined) return String.fromCharCode(Number.parseInt(byte, 16));
    return utf8(token.replaceAll('▁', ' '));
  }
  if (alphabet === undefined) return utf8(token);
  let bytes = '';
  for (let i = 0; i < token.length; i++) {
    const byte = BYTE_OF[token.charCodeAt(i)] ?? -1;
    if (byte < 0) return utf8(token);
    bytes += String.fromCharCode(byte);
  }
  return bytes;
}

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

interface Stretch {
  readonly start: number;
  readonly end: number;
  /** Undefined where the bytes are no UTF-8. */
  readonly text: string | undefined;
}

/** Data as longest stretches that are UTF-8 and stretches that are not, by turns. */
function* stretches(data: Uint8Array): Generator<Stretch> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let start = 0; start < data.length; ) {
    let end = start;
    for (let n = characterAt(data, end); n > 0; n = characterAt(data, end)) end += n;
    if (end > start) yield { start, end, text: decoder.decode(data.subarray(start, end)) };
    start = end;
    while (end < data.length && characterAt(data, end) === 0) end++;
    if (end > start) yield { start, end, text: undefined };
    start = end;
  }
}

/** Bytes of the character that begins here; 0 if none does. */
function characterAt(data: Uint8Array, at: number): number {
  const first = data[at];
  if (first === undefined) return 0;
  if (first < 0x80) return 1;
  const guard = new Utf8Guard();
  for (let i = at; i < data.length && guard.allows(data[i]!, 4); i++) {
    guard.push(data[i]!);
    if (guard.needs === 0) return i + 1 - at;
  }
  return 0;
}
