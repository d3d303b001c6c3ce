// Adaptive tables besides the trie: how often a context with one symbol sees it again, and how
// often a longer context, with some symbols masked, escapes (Shkarin 2002, PPMd var. H).

import { FIRST_WORD, OFFSET_BITS, OFFSET_MASK, type Pages } from './pages.js';

/** Page 0 holds the arena's free lists; escape estimators follow, then binary ones. */
const SEE_PAGE = 1;
const BINARY_PAGE = 3;
export const TABLE_PAGES = 19;

/** Binary probabilities are in units of 2^−14, and move 1/128 of the way each time. */
export const BINARY_SCALE = 1 << 14;
export const PERIOD_BITS = 7;

const INITIAL_ESCAPES = [0x3cdd, 0x1f3f, 0x59bf, 0x48f3, 0x64a1, 0x5abc, 0x6632, 0x6051];

/**
 * Initial escape count of a context that gets its second symbol, by the binary probability in
 * 16ths.
 */
export const INITIAL_ESCAPE_COUNTS = Uint8Array.of(
  ...[25, 14, 9, 7, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2],
);

/** Number of rows of escape estimators, by unmasked symbols, with 16 flag combinations each. */
const SEE_ROWS = 25;

/** Row by number of symbols − 1: 0, 1, 2, then rows for increasingly long ranges. */
export const SEE_ROW = ((): Uint8Array => {
  const rows = new Uint8Array(256);
  let row = 3;
  let left = 1;
  for (let i = 0; i < 256; i++) {
    if (i < 3) {
      rows[i] = i;
      continue;
    }
    rows[i] = row;
    if (--left === 0) left = ++row - 2;
  }
  return rows;
})();

/** The address of the binary probability for a count (1–128) and 6 bits of flags. */
export function binaryAddress(count: number, flags: number): number {
  const index = ((count - 1) << 6) | flags;
  return ((BINARY_PAGE + (index >> 9)) << OFFSET_BITS) + FIRST_WORD + (index & 511);
}

/** The address of two words, sum and (shift, count), of an escape estimator. */
export function seeAddress(row: number, flags: number): number {
  const index = (row << 4) | flags;
  return ((SEE_PAGE + (index >> 8)) << OFFSET_BITS) + FIRST_WORD + 2 * (index & 255);
}

export function fillTables(pages: Pages): void {
  for (let count = 1; count <= 128; count++) {
    for (let flags = 0; flags < 64; flags++) {
      const escapes = Math.floor(INITIAL_ESCAPES[flags & 7]! / (count + 1));
      const address = binaryAddress(count, flags);
      pages.own(address)[address & OFFSET_MASK] = BINARY_SCALE - escapes;
    }
  }
  for (let row = 0; row < SEE_ROWS; row++) {
    for (let flags = 0; flags < 16; flags++) {
      const address = seeAddress(row, flags);
      const page = pages.own(address);
      const word = address & OFFSET_MASK;
      page[word] = (5 * row + 10) << (PERIOD_BITS - 4);
      page[word + 1] = ((PERIOD_BITS - 4) << 8) | 4;
    }
  }
}
