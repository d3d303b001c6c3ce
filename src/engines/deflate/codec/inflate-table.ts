// Tables that decode DEFLATE's Huffman codes (RFC 1951 §3.2.2) in one or two look-ups, with zlib's
// rules for which sets of code lengths are valid (inftrees.c).
//
// An entry is payload << 16 | extra bits << 8 | flags | code length. The payload is a literal byte
// or code length symbol, the base of a length or distance, or the start of a second table.

import {
  CODE_LENGTH_CODES,
  DISTANCE_CODES,
  distanceBase,
  distanceExtraBits,
  END_OF_BLOCK,
  fixedLiteralLengths,
  LITERAL_LENGTH_CODES,
  lengthBase,
  lengthExtraBits,
  MAX_CODE_BITS,
} from './tables.js';

export const LITERAL = 0x10;
export const END = 0x20;
/** No code word starts with these bits, or the symbol is not allowed (286, 287; 30, 31). */
export const INVALID = 0x40;
/** A code longer than the root: the code length field holds the second table's index bits. */
export const SECOND = 0x80;

/** Index bits of each first table. */
export const LITERAL_ROOT = 10;
export const DISTANCE_ROOT = 9;
export const CODE_LENGTH_ROOT = 7;

// A second table of 2^d entries holds at least d + 1 codes, so all of them together have at most
// 286 · 2^5 ÷ 6 = 1525 entries for literals and lengths, 30 · 2^6 ÷ 7 = 274 for distances.
export const LITERAL_ENTRIES = (1 << LITERAL_ROOT) + 1526;
export const DISTANCE_ENTRIES = (1 << DISTANCE_ROOT) + 275;
export const CODE_LENGTH_ENTRIES = 1 << CODE_LENGTH_ROOT;

/** What each symbol decodes to: its entry without the code length. */
export const literalSymbols = Int32Array.from({ length: 288 }, (_, symbol) => {
  if (symbol < END_OF_BLOCK) return (symbol << 16) | LITERAL;
  if (symbol === END_OF_BLOCK) return END;
  const code = symbol - END_OF_BLOCK - 1;
  return symbol < LITERAL_LENGTH_CODES
    ? (lengthBase[code]! << 16) | (lengthExtraBits[code]! << 8)
    : INVALID;
});
export const distanceSymbols = Int32Array.from({ length: 32 }, (_, code) =>
  code < DISTANCE_CODES ? (distanceBase[code]! << 16) | (distanceExtraBits[code]! << 8) : INVALID,
);
export const codeLengthSymbols = Int32Array.from(
  { length: CODE_LENGTH_CODES },
  (_, symbol) => (symbol << 16) | LITERAL,
);

/**
 * How a set of code lengths fills the code space. `single` is one code word of one bit, or none:
 * incomplete, but allowed for a distance code by RFC 1951 §3.2.7.
 */
export type CodeSet = 'complete' | 'single' | 'incomplete' | 'over-subscribed';

/**
 * Fills `table` for the canonical code with these lengths in bits (0 for unused symbols, at most
 * 15). Nothing is written unless the set is `complete` or `single`; bits that start no code word
 * decode to `INVALID`.
 *
 * @param rootBits index bits of the first table, which is `table[0 … 2^rootBits)`.
 */
export function buildDecodeTable(
  table: Int32Array,
  rootBits: number,
  lengths: Uint8Array,
  symbols: Int32Array,
): CodeSet {
  const count = new Uint16Array(MAX_CODE_BITS + 1);
  for (let symbol = 0; symbol < lengths.length; symbol++) count[lengths[symbol]!]!++;
  count[0] = 0;
  const set = judge(count);
  if (set === 'over-subscribed' || set === 'incomplete') return set;
  if (set === 'single') table.fill(INVALID | 1, 0, 1 << rootBits);

  const sorted = sortByLength(lengths, count);
  let tableEnd = 1 << rootBits;
  let prefix = -1;
  let second = 0;
  let secondSize = 0;
  // `word` is the code word with its bits reversed, so that its first bit indexes lowest.
  for (let i = 0, word = 0; i < sorted.length; i++) {
    const symbol = sorted[i]!;
    const length = lengths[symbol]!;
    const entry = symbols[symbol]! | length;
    if (length <= rootBits) {
      for (let at = word; at < 1 << rootBits; at += 1 << length) table[at] = entry;
    } else {
      if ((word & ((1 << rootBits) - 1)) !== prefix) {
        prefix = word & ((1 << rootBits) - 1);
        const bits = secondTableBits(count, length, rootBits);
        table[prefix] = (tableEnd << 16) | SECOND | bits;
        second = tableEnd;
        secondSize = 1 << bits;
        tableEnd += secondSize;
      }
      const step = 1 << (length - rootBits);
      for (let at = word >>> rootBits; at < secondSize; at += step) table[second + at] = entry;
    }
    count[length]!--;
    word = nextReversed(word, length);
  }
  return set;
}

/** The fixed codes (RFC 1951 §3.2.6). */
export const fixedLiteralTable = new Int32Array(LITERAL_ENTRIES);
export const fixedDistanceTable = new Int32Array(DISTANCE_ENTRIES);
buildDecodeTable(fixedLiteralTable, LITERAL_ROOT, fixedLiteralLengths, literalSymbols);
buildDecodeTable(fixedDistanceTable, DISTANCE_ROOT, new Uint8Array(32).fill(5), distanceSymbols);

function judge(count: Uint16Array): CodeSet {
  let left = 1;
  let longest = 0;
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    left = left * 2 - count[length]!;
    if (left < 0) return 'over-subscribed';
    if (count[length]! > 0) longest = length;
  }
  if (left === 0) return 'complete';
  return longest <= 1 ? 'single' : 'incomplete';
}

/** The used symbols, shortest code first, then by value: the order of canonical codes. */
function sortByLength(lengths: Uint8Array, count: Uint16Array): Uint16Array {
  const from = new Uint16Array(MAX_CODE_BITS + 2);
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    from[length + 1] = from[length]! + count[length]!;
  }
  const sorted = new Uint16Array(from[MAX_CODE_BITS + 1]!);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length > 0) sorted[from[length]!++] = symbol;
  }
  return sorted;
}

/** Index bits for all codes that share a prefix; `count` holds the codes not yet placed. */
function secondTableBits(count: Uint16Array, length: number, rootBits: number): number {
  let bits = length - rootBits;
  for (let room = 1 << bits; ; bits++, room *= 2) {
    room -= count[rootBits + bits]!;
    if (room <= 0 || rootBits + bits === MAX_CODE_BITS) return bits;
  }
}

/** The code word after `word`, both of `length` bits and reversed; 0 after the last. */
function nextReversed(word: number, length: number): number {
  let bit = 1 << (length - 1);
  while (word & bit) bit >>= 1;
  return bit === 0 ? 0 : (word & (bit - 1)) | bit;
}
