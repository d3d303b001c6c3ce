// The length of a dynamic block's header in bits (RFC 1951 §3.2.7), as computed by
// src/engines/deflate/codec/header.ts. Results are cached by the counts of code length symbols.

import { build } from './huffman';
import { add, copyBlocks, get, set } from './memory';

export const CODE_LENGTH_CODES: i32 = 19;
/** Bytes of an array of their counts; the last place stays 0. */
export const COUNTS_BYTES: usize = 4 * 20;
const LONGEST_ZERO_RUN: i32 = 138;

const SLOT_BITS: i32 = 12;
const keys = memory.data((4 * 20) << 12, 16);
const prices = memory.data(4 << 12);
const lengths = memory.data(4 * 20, 16);
const order = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** Adds the code length symbols of a run of zeros, or subtracts them with `sign` −1. */
export function countZeros(counts: usize, run: i32, sign: i32): void {
  while (run >= LONGEST_ZERO_RUN) {
    add(counts, 18, sign);
    run -= LONGEST_ZERO_RUN;
  }
  if (run > 10) add(counts, 18, sign);
  else if (run > 2) add(counts, 17, sign);
  else add(counts, 0, sign * run);
}

/** Adds the code length symbols of a run of equal lengths, none zero. */
// @ts-ignore: decorator
@inline
export function countRun(counts: usize, length: i32, run: i32): void {
  if (run < 4) {
    add(counts, length, run);
    return;
  }
  add(counts, length, 1);
  run--;
  while (run >= 6) {
    add(counts, 16, 1);
    run -= 6;
  }
  if (run >= 3) add(counts, 16, 1);
  else add(counts, length, run);
}

/** Length in bits of the header whose code length symbols occur `counts` times. */
export function priceHeader(counts: usize): i32 {
  const slot = slotOf(counts);
  const key = keys + (<usize>slot) * COUNTS_BYTES;
  const known = get(prices, slot);
  if (known !== 0 && equals(key, counts)) return known;
  copyBlocks(key, counts, COUNTS_BYTES);
  memory.fill(lengths, 0, COUNTS_BYTES);
  const bits = build(counts, CODE_LENGTH_CODES, 7, lengths) + repeatBits(counts) + fieldBits(lengths);
  set(prices, slot, bits);
  return bits;
}

/** The place of counts in the cache. */
function slotOf(counts: usize): i32 {
  let sums = i32x4.splat(0);
  for (let at: usize = 0; at < COUNTS_BYTES; at += 16) {
    sums = i32x4.add(i32x4.mul(sums, i32x4.splat(31)), v128.load(counts + at));
  }
  let hash = i32x4.extract_lane(sums, 0);
  hash = hash * 961 + i32x4.extract_lane(sums, 1);
  hash = hash * 961 + i32x4.extract_lane(sums, 2);
  hash = hash * 961 + i32x4.extract_lane(sums, 3);
  return <i32>((<u32>hash * 0x9e3779b1) >>> (32 - SLOT_BITS));
}

function equals(counts: usize, others: usize): bool {
  let differing = i32x4.splat(0);
  for (let at: usize = 0; at < COUNTS_BYTES; at += 16) {
    differing = v128.or(differing, v128.xor(v128.load(counts + at), v128.load(others + at)));
  }
  return !v128.any_true(differing);
}

/** Bits that follow the code length symbols for repeats. */
export function repeatBits(counts: usize): i32 {
  return 2 * get(counts, 16) + 3 * get(counts, 17) + 7 * get(counts, 18);
}

/** Bits of the fields before the code lengths, if the code length symbols with nonzero `present` have codes. */
export function fieldBits(present: usize): i32 {
  let last = CODE_LENGTH_CODES - 1;
  while (last >= 3 && get(present, <i32>load<u8>(order + last)) === 0) last--;
  return 5 + 5 + 4 + 3 * (last + 1);
}
