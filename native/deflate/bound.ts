// A lower bound of a block's dynamic length that is the same for all literals of one frequency. It
// needs no heap, only the range of code lengths that ties leave open to each symbol. Where another
// form of the block is certainly shorter, as for random bytes, it replaces the exact length.

import { CODE_LENGTH_CODES, COUNTS_BYTES, fieldBits, repeatBits } from './header';
import { build } from './huffman';
import { add, copyBlocks, get } from './memory';

/** A run of equal lengths is shortened if it has more than this many. */
const MARGIN: i32 = 3;
const SYMBOLS: i32 = 286;

/** The range of each symbol's code length, one byte each, with a margin on both sides. */
const least = memory.data(300);
const most = memory.data(300);
const certain = memory.data(4 * 20, 16);
const lengths = memory.data(4 * 19);

/** Sets the range of a symbol's code length; 0, 0 for one without a code. */
// @ts-ignore: decorator
@inline
export function setRange(symbol: i32, from: i32, to: i32): void {
  store<u8>(least + MARGIN + symbol, from);
  store<u8>(most + MARGIN + symbol, to);
}

// @ts-ignore: decorator
@inline
function fits(at: i32, length: i32): bool {
  return <i32>load<u8>(least + at) <= length && <i32>load<u8>(most + at) >= length;
}

/**
 * Least bits of the header if the symbols with nonzero `frequencies` have codes, of lengths within
 * their ranges, and the header has the code length symbols `others` besides.
 */
export function leastHeader(frequencies: usize, others: usize): i32 {
  copyBlocks(certain, others, COUNTS_BYTES);
  let repeated = 0;
  for (let symbol = 0; symbol < SYMBOLS; symbol++) {
    if (get(frequencies, symbol) === 0) continue;
    const at = MARGIN + symbol;
    const length = <i32>load<u8>(least + at);
    if (length === <i32>load<u8>(most + at) && isAlone(at, length)) add(certain, length, 1);
    else repeated++;
  }
  // A repeat takes at least three bits and stands for at most six lengths.
  const symbolBits = build(certain, CODE_LENGTH_CODES, 15, lengths) + (repeated >> 1);
  return symbolBits + repeatBits(certain) + fieldBits(certain);
}

/** Whether the symbol at `at`, of code length `length`, is in no run that could be repeated. */
function isAlone(at: i32, length: i32): bool {
  let first = at;
  while (at - first < MARGIN && fits(first - 1, length)) first--;
  let last = at;
  while (last - first < MARGIN && fits(last + 1, length)) last++;
  return last - first < MARGIN;
}
