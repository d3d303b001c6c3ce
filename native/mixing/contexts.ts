// The contexts of the next byte, as one 32-bit hash each, recomputed after each byte, and the state
// from which they are computed (Mahoney: lpaq1 and paq8l, from descriptions).

import { CONTEXTS } from './layout';

/** The state outside the image: 32-bit cells, and for each byte value the last two that followed it. */
export const past = memory.data(128 + 512, 16);
const followers = past + 128;
/** Address of the image. */
export let image: usize = 0;
export function placeImage(at: usize): void {
  image = at;
}

/** Hashes of the contexts, u32, and where that of order 5 is. */
export const hashes = memory.data(4 * CONTEXTS, 16);
export const order5 = hashes + 4 * 4;

export const LAST4: usize = 0;
export const LAST8: usize = 4;
export const WORD: usize = 8;
export const WORD1: usize = 12;
export const WORD2: usize = 16;
export const COLUMN: usize = 20;
export const LINE: usize = 24;
export const HEADER: usize = 28;
export const HEADER1: usize = 32;
export const HEADER2: usize = 36;
export const POSITION: usize = 40;
/** Number of letters in the current word. */
export const WORD_LENGTH: usize = 44;
/** Classes of the last bytes, 3 bits each; see {@link kindOf}. */
export const KINDS: usize = 48;
export const ABOVE: usize = 52;
/** Start positions of the current line and of the line before. */
export const LINE_AT: usize = 56;
export const LINE_BEFORE: usize = 60;
/** Match model: length of the match, position of its next byte, and that byte after a leading 1. */
export const MATCH_LENGTH: usize = 64;
export const MATCH_AT: usize = 68;
export const EXPECTED: usize = 72;

// @ts-ignore: decorator
@inline
export function get(cell: usize): u32 {
  return load<u32>(past + cell);
}

// @ts-ignore: decorator
@inline
export function set(cell: usize, value: u32): void {
  store<u32>(past + cell, value);
}

/** Folds a number into a hash; every bit of both reaches the high bits. */
// @ts-ignore: decorator
@inline
export function fold(hash: u32, value: u32): u32 {
  let h = (hash + 0x7ed55d16) * 0x2c1b3c6d ^ (value + 0x165667b1) * 0x297a2d39;
  h ^= h >>> 15;
  h *= 0x85ebca6b;
  return h ^ (h >>> 13);
}

/** Class of a byte: letter case, non-ASCII, digit, space, newline or punctuation. */
function kindOf(byte: u32): u32 {
  if (byte >= 97 && byte <= 122) return 1;
  if (byte >= 65 && byte <= 90) return 2;
  if (byte >= 128) return 3;
  if (byte >= 48 && byte <= 57) return 4;
  if (byte === 32) return 5;
  if (byte === 10) return 6;
  return byte < 65 ? 7 : 0;
}

/** Updates the state with a byte. */
export function pushPast(byte: u32): void {
  const last4 = get(LAST4);
  const last = last4 & 255;
  const f = followers + (<usize>last << 1);
  store<u16>(f, (<u32>load<u16>(f) << 8) | byte);
  const position = get(POSITION);
  if (byte === 10) {
    if (get(COLUMN) === 0) {
      set(HEADER2, get(HEADER1));
      set(HEADER1, get(HEADER));
      set(HEADER, 0);
    } else if (get(HEADER) === 0) {
      set(HEADER, get(LINE));
    }
    set(LINE, 0);
    set(COLUMN, 0);
    set(LINE_BEFORE, get(LINE_AT));
    set(LINE_AT, position);
  } else {
    set(LINE, (get(LINE) + byte + 1) * 0x2f0b4c47);
    set(COLUMN, get(COLUMN) + 1);
  }
  set(LAST8, (get(LAST8) << 8) | (last4 >>> 24));
  set(LAST4, (last4 << 8) | byte);
  set(KINDS, (get(KINDS) << 3) | kindOf(byte));
  const letter = byte >= 65 && byte <= 90 ? byte + 32 : byte;
  if ((letter >= 97 && letter <= 122) || letter >= 128) {
    set(WORD, (get(WORD) + letter + 1) * 0x2f0b4c47);
    set(WORD_LENGTH, get(WORD_LENGTH) + 1);
  } else if (get(WORD) !== 0) {
    set(WORD2, get(WORD1));
    set(WORD1, get(WORD));
    set(WORD, 0);
    set(WORD_LENGTH, 0);
  }
  set(POSITION, position + 1);
}

let n: usize = 0;
// @ts-ignore: decorator
@inline
function put(hash: u32): void {
  store<u32>(hashes + n, hash);
  n += 4;
}

// @ts-ignore: decorator
@inline
function hashOrder5(last4: u32, fifth: u32): u32 {
  return fold(fold(4, last4), fifth);
}

/** The hash of order 5 after one more byte. */
// @ts-ignore: decorator
@inline
export function order5After(byte: u32): u32 {
  const last4 = get(LAST4);
  return hashOrder5((last4 << 8) | byte, last4 >>> 24);
}

/** Computes the hashes of all contexts from the state. */
export function hashContexts(): void {
  hashPast();
  hashMatch();
}

/** Computes the hashes of all contexts but the last. */
export function hashPast(): void {
  const last4 = get(LAST4);
  const last8 = get(LAST8);
  const word = get(WORD);
  const word1 = get(WORD1);
  const word2 = get(WORD2);
  const last = last4 & 255;
  const kinds = get(KINDS);
  n = 0;
  put(0);
  put(fold(1, last));
  put(fold(2, last4 & 0xffffff));
  put(fold(3, last4));
  put(hashOrder5(last4, last8 & 0xff));
  put(fold(fold(5, last4), last8));
  const current = fold(fold(6, word), last);
  put(current);
  put(fold(fold(7, current), word1));
  put(fold(fold(8, current), word2));
  put(fold(9, word));
  put(
    get(HEADER) === 0
      ? fold(fold(10, get(HEADER2)), get(LINE))
      : fold(fold(11, get(HEADER)), word),
  );
  put(fold(fold(12, get(COLUMN)), last));
  put(fold(fold(13, get(ABOVE)), last4 & 0xffff));
  put(fold(fold(14, <u32>load<u16>(followers + (<usize>last << 1))), last));
  put(fold(15, kinds & 0xffffff));
  put(fold(fold(16, kinds & 0x7fff), last));
  put(fold(fold(17, kinds & 0x3fffffff), last4 & 0xffff));
}

/** Computes the hash of the last context: the byte that the match model expects. */
export function hashMatch(): void {
  const length = min<u32>(get(MATCH_LENGTH), 15);
  store<u32>(hashes + 4 * (CONTEXTS - 1), fold(fold(18, get(EXPECTED)), length));
}
