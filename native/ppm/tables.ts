// Escape probabilities. In a context of one symbol: from how often similar contexts escaped. In a
// context some of whose symbols are excluded: by secondary estimation (SEE). In any other: from its
// own escape count. The classes of contexts and the initial values are those of PPMd var. H
// (Shkarin 2002).

import { addPage, at, model, PAGE_BITS } from './pages';
import { COUNT_SHIFT, NUMBER_MASK, SUFFIX, SUM_SHIFT, SYMBOL_MASK, SYMBOL_SHIFT } from './trie';

/** The first page is not used, so that no address is 0; SEE follows, then binary probabilities. */
const SEE_PAGE: u32 = 1;
const BINARY_PAGE: u32 = 3;
export const TABLE_PAGES: u32 = 19;

/** Binary probabilities are in units of 2^−14, and move 1/128 of the way each time. */
export const BINARY_SCALE = 1 << 14;
export const PERIOD_BITS: u32 = 7;

const INITIAL_ESCAPES: StaticArray<i32> = [
  0x3cdd, 0x1f3f, 0x59bf, 0x48f3, 0x64a1, 0x5abc, 0x6632, 0x6051,
];
/**
 * Initial escape count of a context that gets its second symbol, by the binary probability in
 * 16ths.
 */
export const INITIAL_ESCAPE_COUNTS: StaticArray<u8> = [
  25, 14, 9, 7, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2,
];

/** Number of rows of SEE estimators, by unmasked symbols, with 16 flag combinations each. */
const SEE_ROWS = 25;
/** Row by number of symbols − 1: 0, 1, 2, then rows for increasingly long ranges. */
const rowOf = memory.data(256);
for (let i = 0, row = 0, left = 1; i < 256; i++) {
  store<u8>(rowOf + i, row);
  if (--left === 0) left = max(++row - 2, 1);
}

export function fillTables(): void {
  for (let page: u32 = 0; page < TABLE_PAGES; page++) addPage(page << PAGE_BITS);
  for (let count = 1; count <= 128; count++) {
    for (let flags = 0; flags < 64; flags++) {
      const escapes = unchecked(INITIAL_ESCAPES[flags & 7]) / (count + 1);
      store<i32>(at(binaryAddress(count, flags)), BINARY_SCALE - escapes);
    }
  }
  for (let row = 0; row < SEE_ROWS; row++) {
    for (let flags = 0; flags < 16; flags++) {
      const estimator = at(seeAddress(row, flags));
      store<u32>(estimator, (5 * row + 10) << (PERIOD_BITS - 4));
      store<u32>(estimator, ((PERIOD_BITS - 4) << 8) | 4, 4);
    }
  }
}

/** The address of the binary probability for a count (1–128) and 6 bits of flags. */
function binaryAddress(count: u32, flags: u32): u32 {
  return (BINARY_PAGE << PAGE_BITS) + ((((count - 1) << 6) | flags) << 2);
}

/** The address of two words, sum and (shift, count), of an escape estimator. */
function seeAddress(row: u32, flags: u32): u32 {
  return (SEE_PAGE << PAGE_BITS) + (((row << 4) | flags) << 3);
}

/** The address of the probability of the lone symbol of the context at `c`. */
export function binaryOf(c: usize): u32 {
  const head = load<u32>(c);
  const others = load<u32>(at(load<u32>(c, SUFFIX))) & NUMBER_MASK;
  const width = others === 1 ? 0 : others === 2 ? 2 : others < 12 ? 4 : 6;
  const flags =
    model.lastSuccess +
    width +
    (model.lastSymbol >= 64 ? 8 : 0) +
    ((head & SYMBOL_MASK) >> SYMBOL_SHIFT >= 64 ? 16 : 0) +
    (model.run < 0 ? 32 : 0);
  return binaryAddress(head >> COUNT_SHIFT, flags);
}

/** The address of the escape estimator of the context at `c` with `masked` symbols excluded. */
export function seeOf(c: usize, masked: u32): u32 {
  const head = load<u32>(c);
  const number = head & NUMBER_MASK;
  const unmasked = number - masked;
  const others = load<u32>(at(load<u32>(c, SUFFIX))) & NUMBER_MASK;
  const flags =
    (unmasked < others - number ? 1 : 0) +
    (head >> SUM_SHIFT < number * 11 ? 2 : 0) +
    (masked > unmasked ? 4 : 0) +
    (model.lastSymbol >= 64 ? 8 : 0);
  return seeAddress(load<u8>(rowOf + unmasked - 1), flags);
}

/** The escape count that an estimator gives. */
export function estimate(see: usize): u32 {
  return max<u32>(1, load<u32>(see) >> (load<u32>(see, 4) >> 8));
}

/** Learns that a context escaped, whose unmasked counts have the sum `sum`. */
export function learnEscape(see: usize, sum: u32): void {
  const total = load<u32>(see);
  store<u32>(see, total - (total >> (load<u32>(see, 4) >> 8)) + sum + estimate(see));
}

/** Learns that a context did not escape. */
export function learnNoEscape(see: usize): void {
  const total = load<u32>(see);
  const shift = load<u32>(see, 4) >> 8;
  const count = load<u32>(see, 4) & 255;
  const left = total - (total >> shift);
  store<u32>(see, left);
  if (shift >= PERIOD_BITS) return;
  if (count > 1) {
    store<u32>(see, (shift << 8) | (count - 1), 4);
  } else {
    store<u32>(see, 2 * left);
    store<u32>(see, ((shift + 1) << 8) | ((3 << shift) & 255), 4);
  }
}
