// The exact dynamic length of a block with one more literal, for every literal. The plain loop in
// src/engines/deflate/twin/literals.ts computes the same in TypeScript and is the oracle in tests.
// Inputs and outputs are arrays at fixed addresses; literals of equal frequency share a tree shape.

import { leastHeader, setRange } from './bound';
import { countRun, countZeros, COUNTS_BYTES, priceHeader } from './header';
import { frequencies, lengths, setLengths, setLengthsWithNew, watchHeap } from './heap';
import { build, maxCode } from './huffman';
import { add, copyBlocks, get, set } from './memory';
import {
  bits,
  buildShape,
  contestedFrequency,
  lateLeafLength,
  leastLeafLength,
  longest,
  measureRanges,
  mergeOf,
  mostLeafLength,
  sorted,
} from './shape';

const LITERAL_LENGTH_CODES: i32 = 286;
const MAX_CODE_BITS: i32 = 15;
const ZERO_RUN_CLASSES: i32 = 10;

/** In: counts of the block's literal/length symbols. */
const literals = memory.data(4 * 286);
/** In: code length symbols of the distance code. */
const distanceCounts = memory.data(4 * 20, 16);
/** In: 1 for each literal to skip. */
const skip = memory.data(256);
/**
 * Out: bits of the literal/length symbols and of the header after one more of each literal, or
 * `limit` if they are at least that many.
 */
const prices = memory.data(4 * 256);

const symbols = memory.data(4 * 290);
const order = memory.data(4 * 288);
const lateLengths = memory.data(304, 16);
const fixedCounts = memory.data(4 * 20, 16);
const counts = memory.data(4 * 20, 16);
const insideCounts = memory.data(4 * 20, 16);
const gapPrices = memory.data(4 * 100);
const rebuilt = memory.data(4 * 288);
const fourCounts = memory.data(4 * 64);
/** `FOLLOWS` for each used symbol that the next symbol follows, else 0; one byte each. */
const neighbours = memory.data(320);
const FOLLOWS: u8 = 255;

let used: i32 = 0;
let limit: i32 = 0;

/** Address of an array in bytes: 0 literals, 1 distance counts, 2 skip, 3 prices. */
export function addressOf(array: i32): usize {
  if (array === 0) return literals;
  if (array === 1) return distanceCounts;
  if (array === 2) return skip;
  return prices;
}

/** Fills `prices`. Prices of `enough` bits or more may be given as `enough`. */
export function price(enough: i32): void {
  limit = enough;
  collect();
  watchHeap(used);
  let from = 0;
  for (let start = 0; start < used; ) {
    const frequency = get(sorted, start);
    let end = start + 1;
    while (end < used && get(sorted, end) === frequency) end++;
    from = priceUsed(start, end, from);
    start = end;
  }
  priceUnused();
}

function collect(): void {
  copyBlocks(fixedCounts, distanceCounts, COUNTS_BYTES);
  let n = 0;
  let previous = -1;
  for (let symbol = 0; symbol < LITERAL_LENGTH_CODES; symbol++) {
    const frequency = get(literals, symbol);
    if (frequency === 0) continue;
    if (symbol - previous > 1) countZeros(fixedCounts, symbol - previous - 1, 1);
    if (n > 0) store<u8>(neighbours + n - 1, symbol - previous === 1 ? FOLLOWS : 0);
    set(symbols, n, symbol);
    set(frequencies, n++, frequency);
    previous = symbol;
  }
  memory.fill(neighbours + n - 1, 0, 17);
  if (n !== used) for (let i = 0; i < n; i++) set(order, i, i);
  used = n;
  for (let i = 0; i < n; i++) {
    const place = get(order, i);
    const frequency = get(frequencies, place);
    let j = i - 1;
    while (j >= 0 && get(sorted, j) > frequency) {
      set(sorted, j + 1, get(sorted, j));
      set(order, j + 1, get(order, j));
      j--;
    }
    set(sorted, j + 1, frequency);
    set(order, j + 1, place);
  }
}

/**
 * Prices the used literals of one frequency, `sorted[start, end)`. Returns the first merge in which
 * the tree shape of the next frequency may differ.
 */
function priceUsed(start: i32, end: i32, from: i32): i32 {
  const frequency = get(sorted, start);
  let ready = false;
  let limited = false;
  let header = 0;
  for (let i = start; i < end; i++) {
    const place = get(order, i);
    const literal = get(symbols, place);
    if (literal > 255 || load<u8>(skip + literal)) continue;
    if (!ready) {
      ready = true;
      set(sorted, end - 1, frequency + 1);
      buildShape(used, from);
      if (mayReachLimit() && reachesLimit(start, end)) limited = true;
      // Earlier merges neither pop nor compare a leaf whose frequency changes.
      from = end > 1 ? mergeOf(end - 2) : 0;
      for (let r = 0; r < used; r++) {
        store<u8>(lateLengths + get(order, r), load<u8>(lateLeafLength + r));
      }
    }
    if (limited) {
      set(prices, literal, limit);
      continue;
    }
    if (longest > MAX_CODE_BITS) {
      set(prices, literal, rebuild(literal));
      continue;
    }
    const equals = <i32>load<u8>(lateLeafLength + start);
    const own = <i32>load<u8>(lateLeafLength + end - 1);
    if (header === 0 || own !== equals || contestedFrequency >= frequency) {
      copyBlocks(lengths, lateLengths, used);
      store<u8>(lengths + get(order, end - 1), equals);
      store<u8>(lengths + place, own);
      setLengths(place);
      copyBlocks(counts, fixedCounts, COUNTS_BYTES);
      countUsed(counts, used);
      header = priceHeader(counts);
    }
    set(prices, literal, bits + header);
  }
  set(sorted, end - 1, frequency);
  return from;
}

/** Whether the bound is worth its time: a header takes about two bits or more for each symbol. */
function mayReachLimit(): bool {
  return bits + 2 * used >= limit && longest <= MAX_CODE_BITS;
}

/** Whether the prices of the used literals `sorted[start, end)` are certain to reach `limit`. */
function reachesLimit(start: i32, end: i32): bool {
  measureRanges(used);
  // One of the literals has the range of the last, whose frequency is one higher.
  const least = min(load<u8>(leastLeafLength + start), load<u8>(leastLeafLength + end - 1));
  const most = max(load<u8>(mostLeafLength + start), load<u8>(mostLeafLength + end - 1));
  memory.fill(leastLeafLength + start, least, end - start);
  memory.fill(mostLeafLength + start, most, end - start);
  setRanges(0, 0, 0);
  return bits + leastHeader(literals, fixedCounts) >= limit;
}

/** The same for literals that do not occur in the block, the new leaf being the first. */
function newReachesLimit(): bool {
  measureRanges(used + 1);
  setRanges(1, load<u8>(leastLeafLength), load<u8>(mostLeafLength));
  return bits + leastHeader(literals, distanceCounts) >= limit;
}

/** Hands the ranges of code lengths on, from the leaf `first`; unused literals get the given one. */
function setRanges(first: i32, least: u8, most: u8): void {
  for (let symbol = 0; symbol < 256; symbol++) setRange(symbol, least, most);
  for (let symbol = 256; symbol < LITERAL_LENGTH_CODES; symbol++) setRange(symbol, 0, 0);
  for (let r = 0; r < used; r++) {
    const leaf = first + r;
    setRange(
      get(symbols, get(order, r)),
      load<u8>(leastLeafLength + leaf),
      load<u8>(mostLeafLength + leaf),
    );
  }
}

/**
 * Adds the code length symbols of `lengths[0, n)`; equal lengths of consecutive symbols form runs.
 * Only runs of four or more are shortened. They are rare, and fourteen places are searched at once.
 */
function countUsed(counts: usize, n: i32): void {
  // In four tables, because an addition waits for the one before it in the same place.
  memory.fill(fourCounts, 0, 4 * 64);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const four = load<u32>(lengths + i);
    add(fourCounts, four & 15, 1);
    add(fourCounts + 64, (four >>> 8) & 15, 1);
    add(fourCounts + 128, (four >>> 16) & 15, 1);
    add(fourCounts + 192, four >>> 24, 1);
  }
  for (; i < n; i++) add(fourCounts, load<u8>(lengths + i), 1);
  for (let at: usize = 0; at < 64; at += 16) {
    const ab = i32x4.add(v128.load(fourCounts + at), v128.load(fourCounts + 64 + at));
    const cd = i32x4.add(v128.load(fourCounts + 128 + at), v128.load(fourCounts + 192 + at));
    v128.store(counts + at, i32x4.add(v128.load(counts + at), i32x4.add(ab, cd)));
  }
  for (let first = 0; first < n - 3; ) {
    const goesOn = i8x16.bitmask(
      v128.and(
        v128.load(neighbours + first),
        i8x16.eq(v128.load(lengths + first), v128.load(lengths + first + 1)),
      ),
    );
    const runs = goesOn & (goesOn >> 1) & (goesOn >> 2);
    if (runs === 0) {
      first += 14;
      continue;
    }
    first += ctz(runs);
    const length = load<u8>(lengths + first);
    let end = first + 4;
    while (load<u8>(neighbours + end - 1) && load<u8>(lengths + end) === length) end++;
    shortenRun(counts, length, end - first);
    first = end;
  }
}

function shortenRun(counts: usize, length: i32, run: i32): void {
  add(counts, length, -run);
  countRun(counts, length, run);
}

/** Price of a literal by building its tree from scratch, needed where code lengths are limited. */
function rebuild(literal: i32): i32 {
  add(literals, literal, 1);
  const total = build(literals, LITERAL_LENGTH_CODES, MAX_CODE_BITS, rebuilt);
  add(literals, literal, -1);
  copyBlocks(counts, distanceCounts, COUNTS_BYTES);
  for (let symbol = 0; symbol <= maxCode; ) {
    const length = get(rebuilt, symbol);
    const first = symbol++;
    while (symbol <= maxCode && get(rebuilt, symbol) === length) symbol++;
    if (length === 0) countZeros(counts, symbol - first, 1);
    else countRun(counts, length, symbol - first);
  }
  return total + priceHeader(counts);
}

/** Prices the literals that do not occur in the block. */
function priceUnused(): void {
  for (let r = used; r > 0; r--) set(sorted, r, get(sorted, r - 1));
  set(sorted, 0, 1);
  buildShape(used + 1, 0);
  if (mayReachLimit() && newReachesLimit()) {
    for (let literal = 0; literal < 256; literal++) {
      if (get(literals, literal) === 0) set(prices, literal, limit);
    }
    return;
  }
  let start = 0;
  for (let place = 0; start < 256; place++) {
    const end = get(symbols, place);
    if (end > start) {
      if (longest <= MAX_CODE_BITS) priceGap(place, start, end);
      else {
        for (let literal = start; literal < end; literal++) {
          if (!load<u8>(skip + literal)) set(prices, literal, rebuild(literal));
        }
      }
    }
    start = end + 1;
  }
}

// @ts-ignore: decorator
@inline
function zeroRunClass(run: i32): i32 {
  const rest = run >= 138 ? run - 138 : run;
  const kind = rest > 10 ? 4 : rest > 2 ? 3 : rest;
  return run >= 138 ? 5 + kind : kind;
}

/** Prices the unused literals `start` to `end` − 1, which would precede the symbol at `place`. */
function priceGap(place: i32, start: i32, end: i32): void {
  for (let r = 0; r < used; r++) {
    store<u8>(lengths + get(order, r), load<u8>(lateLeafLength + r + 1));
  }
  store<u8>(lengths + used, load<u8>(lateLeafLength));
  setLengthsWithNew(place);
  const length = load<u8>(lengths + used);
  memory.copy(lengths + place + 1, lengths + place, used - place);
  memory.copy(neighbours + place + 1, neighbours + place, used - place);
  store<u8>(lengths + place, length);
  // Inside the gap, the header depends only on the lengths of the two zero runs.
  memory.fill(gapPrices, 0, 4 * 100);
  copyBlocks(insideCounts, fixedCounts, COUNTS_BYTES);
  countZeros(insideCounts, end - start, -1);
  if (end - start > 2) {
    setNeighbours(place, false, false);
    countUsed(insideCounts, used + 1);
  }
  for (let literal = start; literal < end; literal++) {
    if (load<u8>(skip + literal)) continue;
    const before = literal - start;
    const after = end - 1 - literal;
    const inside = before > 0 && after > 0;
    const slot = zeroRunClass(before) * ZERO_RUN_CLASSES + zeroRunClass(after);
    let header = inside ? get(gapPrices, slot) : 0;
    if (header === 0) {
      if (inside) {
        copyBlocks(counts, insideCounts, COUNTS_BYTES);
      } else {
        copyBlocks(counts, fixedCounts, COUNTS_BYTES);
        countZeros(counts, end - start, -1);
        setNeighbours(place, before === 0, after === 0);
        countUsed(counts, used + 1);
      }
      if (before > 0) countZeros(counts, before, 1);
      if (after > 0) countZeros(counts, after, 1);
      header = priceHeader(counts);
      if (inside) set(gapPrices, slot, header);
    }
    set(prices, literal, bits + header);
  }
  memory.copy(neighbours + place, neighbours + place + 1, used - place);
  if (place > 0) store<u8>(neighbours + place - 1, 0);
}

/** Sets whether the symbol at `place` follows the one before it, and the next follows it. */
function setNeighbours(place: i32, follows: bool, isFollowed: bool): void {
  if (place > 0) store<u8>(neighbours + place - 1, follows ? FOLLOWS : 0);
  store<u8>(neighbours + place, isFollowed ? FOLLOWS : 0);
}
