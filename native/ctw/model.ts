// Context tree weighting of bytes (Willems, Shtarkov & Tjalkens 1995). Each node of a byte's bit tree
// has a context tree over the previous bytes. A line holds three nodes of the bit tree, those of two
// bits of the byte, in one context. src/engines/ctw/model.ts is the host.
//
// A line is u32 × 4: how often each value of the two bits occurred · f32 × 3: β of the first bit's
// node, of the second bit's node after 0 and after 1 · u32: the check value. β = P_KT ÷ Π P_w of the
// children. Two lines make a group; a context's line is either of its group. Groups are stored in
// the order in which they were first written, because touching fresh memory costs more than using
// it; `index` has the position of each, 0 if it was never written.

import { growTo } from '../memory';

const LINE: usize = 32;
const GROUP: usize = 64;
const BETA: usize = 16;
const CHECK: usize = 28;
const MAX_BETA: f64 = 1e30;
/** Contexts of a byte at most: of 0 to 12 bytes. */
const CONTEXTS: usize = 13;
const SPREAD: u32 = 0x9e3779b1;
/** Most bytes of groups that a byte of the message can add. */
const MOST_ADDED: usize = 4 * CONTEXTS * GROUP;

/** The previous bytes, the last one first. */
const past = memory.data(16, 16);
/** Buffer for exchange with the host: bytes of the message in, probabilities out. */
const stage = memory.data(2048, 16);
const hashes = memory.data(4 * CONTEXTS, 16);
const checks = memory.data(4 * CONTEXTS, 16);
/** Numbers of the groups of a byte and addresses of its lines, by pair of bits and context. */
const numbers = memory.data(4 * 4 * CONTEXTS, 16);
const found = memory.data(4 * 4 * CONTEXTS, 16);
/** P_w of the bits on the path of a byte, f64 × 2 by pair and context. */
const weighted = memory.data(16 * 4 * CONTEXTS, 16);
/** Copies of groups of shared tables, by pair and context. */
const copies = memory.data(GROUP * 4 * CONTEXTS, 64);
/** A line that was never written. */
const fresh = memory.data(LINE, 16);

/** Copies a group of a shared table to an address, for reading. */
// @ts-ignore: decorator
@external("host", "read")
declare function hostRead(group: u32, to: usize): void;
/** Copies a group of a shared table to an address, to be changed and returned by `hostWrite`. */
// @ts-ignore: decorator
@external("host", "own")
declare function hostOwn(group: u32, to: usize): void;
/** Writes the group passed to `hostOwn` last from an address. */
// @ts-ignore: decorator
@external("host", "write")
declare function hostWrite(from: usize): void;

let depth: usize = 0;
let mask: u32 = 0;
let index: usize = 0;
let groups: usize = 0;
/** End of the groups in use. The first one stands for all that were never written. */
let end: usize = 0;
/** Whether the table is shared by forks: the host then reads and writes the lines. */
let isShared: bool = false;
/** The byte whose path is in `found` and `weighted`, −1 for none, and its probability. */
let walked: i32 = -1;
let walkedChance: f64 = 1;

/** Address of the previous bytes, the stage, the index or the groups. */
export function addressOf(what: i32): usize {
  switch (what) {
    case 0: return past;
    case 1: return stage;
    case 2: return index;
    default: return groups;
  }
}

/** Address of the end of the groups in use. */
export function groupsEnd(): usize {
  return end;
}

/**
 * Initialises a model with contexts of up to `order` bytes and 2^(memoryLog − 2) groups. An instance
 * may be used again if its table was not shared.
 */
export function create(order: i32, memoryLog: i32): void {
  memory.fill(past, 0, 16);
  memory.fill(index, 0, end - index);
  walked = -1;
  depth = <usize>order;
  mask = (1 << (memoryLog - 2)) - 1;
  index = (__heap_base + 63) & ~63;
  groups = index + (<usize>4 << (memoryLog - 2));
  end = groups + GROUP;
  v128.store(fresh, f32x4(1, 1, 1, 0), BETA);
  hashPast();
  growTo(end + MOST_ADDED);
}

/** Marks the table as shared by forks. It is not changed afterwards. */
export function share(): void {
  isShared = true;
}

/** Must be called after the previous bytes have been written. */
export function resume(): void {
  walked = -1;
  hashPast();
}

function fold(hash: u32, byte: u32): u32 {
  let h = (hash ^ (byte + 1)) * 0x2c1b3c6d;
  h ^= h >>> 15;
  h *= 0x85ebca6b;
  return h ^ (h >>> 13);
}

function hashPast(): void {
  let hash: u32 = 0;
  let check: u32 = 0x1234567;
  for (let d: usize = 0; d <= depth; d++) {
    store<u32>(hashes + 4 * d, hash);
    store<u32>(checks + 4 * d, check);
    const byte = <u32>load<u8>(past + d);
    hash = fold(hash, byte);
    check = fold(check, byte);
  }
}

/** Finds the groups of a pair of bits in all contexts, after the bits of `node`. */
function findGroups(pair: usize, node: u32): void {
  // The groups of half a byte are close to each other in the index.
  const half = (node < 16 ? 1 : node < 64 ? node : node >>> 2) * SPREAD;
  const inHalf = node < 4 || (node >= 16 && node < 64) ? 0 : 1 + (node & 3);
  const last = depth;
  const all = mask;
  const from = index;
  const first = groups;
  for (let d: usize = 0, i = pair * CONTEXTS; d <= last; d++, i++) {
    const number = ((load<u32>(hashes + 4 * d) + half) ^ inHalf) & all;
    store<u32>(numbers + 4 * i, number);
    store<u32>(found + 4 * i, <u32>(first + <usize>load<u32>(from + (<usize>number << 2)) * GROUP));
  }
}

/** Finds the lines in the groups that were found. */
function findLines(pair: usize, node: u32): void {
  const last = depth;
  const spread = node * SPREAD;
  for (let d: usize = 0, i = pair * CONTEXTS; d <= last; d++, i++) {
    let group = <usize>load<u32>(found + 4 * i);
    if (isShared) {
      group = copies + GROUP * i;
      hostRead(load<u32>(numbers + 4 * i), group);
    }
    store<u32>(found + 4 * i, <u32>lineIn(group, checkOf(d, spread)));
  }
}

/** The line of a group with a check value, or `fresh`. */
// @ts-ignore: decorator
@inline
function lineIn(group: usize, check: u32): usize {
  const other = select<usize>(group + LINE, fresh, load<u32>(group, LINE + CHECK) === check);
  return select<usize>(group, other, load<u32>(group, CHECK) === check);
}

/** Number of times that a line was visited. */
function visitsIn(at: usize): u32 {
  return load<u32>(at) + load<u32>(at, 4) + load<u32>(at, 8) + load<u32>(at, 12);
}

/** The check value of a line, never 0, which is that of a line that was never written. */
// @ts-ignore: decorator
@inline
function checkOf(d: usize, spread: u32): u32 {
  return (load<u32>(checks + 4 * d) ^ spread) | 1;
}

/**
 * Computes P_w of each bit of a pair with value `two`, the second one given the first, in all
 * contexts, the longest first: β weights KT against the child. Lane 0 is the first bit.
 */
function weigh(pair: usize, two: usize): v128 {
  const first = two >>> 1;
  const to = weighted + 16 * pair * CONTEXTS;
  let chance = f64x2.splat(0.5);
  for (let d = <isize>depth; d >= 0; d--) {
    const at = <usize>load<u32>(found + 4 * (pair * CONTEXTS + <usize>d));
    const counts = countsOf(at, two, first);
    const hits = hitsPlusHalf(counts);
    const visits = visitsPlusOne(counts);
    if (<usize>d === depth) {
      chance = f64x2.div(hits, visits);
    } else {
      const beta = betasOf(at, first);
      const unit = f64x2.div(f64x2.splat(1), f64x2.mul(f64x2.add(beta, f64x2.splat(1)), visits));
      const own = f64x2.mul(f64x2.mul(unit, beta), hits);
      chance = f64x2.add(own, f64x2.mul(f64x2.mul(unit, visits), chance));
    }
    v128.store(to + 16 * <usize>d, chance);
  }
  return chance;
}

/**
 * How often the first bit of a pair, and both, had the value of `two`, and how often the first bit,
 * and the second after it, occurred.
 */
// @ts-ignore: decorator
@inline
function countsOf(at: usize, two: usize, first: usize): v128 {
  const same = load<u64>(at + 8 * first);
  const other = load<u64>(at + 8 * (first ^ 1));
  const hits = <u32>same + <u32>(same >>> 32);
  const all = hits + <u32>other + <u32>(other >>> 32);
  const low = <u64>hits | (<u64>load<u32>(at + 4 * two) << 32);
  return i64x2.replace_lane(i64x2.splat(low), 1, <u64>all | (<u64>hits << 32));
}

// @ts-ignore: decorator
@inline
function hitsPlusHalf(counts: v128): v128 {
  return f64x2.add(f64x2.convert_low_i32x4_s(counts), f64x2.splat(0.5));
}

// @ts-ignore: decorator
@inline
function visitsPlusOne(counts: v128): v128 {
  const high = v128.shuffle<u64>(counts, counts, 1, 1);
  return f64x2.add(f64x2.convert_low_i32x4_s(high), f64x2.splat(1));
}

// @ts-ignore: decorator
@inline
function betasOf(at: usize, first: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load32_lane(at + BETA + 4 + 4 * first, v128.load32_splat(at + BETA), 1));
}

/** Finds the lines on the path of a byte and computes what training needs. */
function walk(symbol: u32): void {
  if (walked === symbol) return;
  // All addresses first: the processor then waits for many lines at a time.
  for (let pair: u32 = 0; pair < 4; pair++) findGroups(pair, (256 | symbol) >>> (8 - 2 * pair));
  for (let pair: u32 = 0; pair < 4; pair++) findLines(pair, (256 | symbol) >>> (8 - 2 * pair));
  let chance = f64x2.splat(1);
  for (let pair: u32 = 0; pair < 4; pair++) {
    chance = f64x2.mul(chance, weigh(pair, (symbol >>> (6 - 2 * pair)) & 3));
  }
  walked = symbol;
  walkedChance = f64x2.extract_lane(chance, 0) * f64x2.extract_lane(chance, 1);
}

/** P that the next byte is `symbol`. */
export function chanceOf(symbol: i32): f64 {
  walk(symbol);
  return walkedChance;
}

/** Learns a byte. The probabilities of all its bits are computed before the first one is learnt. */
export function update(symbol: i32): void {
  walk(symbol);
  if (!isShared) growTo(end + MOST_ADDED);
  for (let pair: usize = 0; pair < 4; pair++) {
    const two = <usize>(symbol >>> (6 - 2 * <i32>pair)) & 3;
    const spread = <u32>((256 | symbol) >>> (8 - 2 * <i32>pair)) * SPREAD;
    for (let d: usize = 0; d <= depth; d++) train(pair, d, two, checkOf(d, spread));
  }
  walked = -1;
  for (let d = depth; d > 1; d--) store<u8>(past + d - 1, load<u8>(past + d - 2));
  if (depth > 0) store<u8>(past, <u8>symbol);
  hashPast();
}

function train(pair: usize, d: usize, two: usize, check: u32): void {
  const i = pair * CONTEXTS + d;
  const number = load<u32>(numbers + 4 * i);
  let group = copies + GROUP * i;
  if (isShared) {
    hostOwn(number, group);
  } else {
    const entry = index + (<usize>number << 2);
    if (load<u32>(entry) === 0) {
      store<u32>(entry, <u32>((end - groups) / GROUP));
      end += GROUP;
    }
    group = groups + <usize>load<u32>(entry) * GROUP;
  }
  let at = lineIn(group, check);
  if (at === fresh) {
    // Replaces the context that was seen less often: if there was one, the bound no longer holds.
    at = visitsIn(group) > visitsIn(group + LINE) ? group + LINE : group;
    memory.copy(at, fresh, LINE);
    store<u32>(at, check, CHECK);
  }
  const first = two >>> 1;
  if (d < depth) {
    const counts = countsOf(at, two, first);
    const hits = hitsPlusHalf(counts);
    const visits = visitsPlusOne(counts);
    const child = v128.load(weighted + 16 * (i + 1));
    const exact = f64x2.div(f64x2.mul(betasOf(at, first), hits), f64x2.mul(visits, child));
    const bounded = f64x2.pmax(f64x2.splat(1 / MAX_BETA), f64x2.pmin(f64x2.splat(MAX_BETA), exact));
    const beta = f32x4.demote_f64x2_zero(bounded);
    store<f32>(at, f32x4.extract_lane(beta, 0), BETA);
    store<f32>(at + 4 * first, f32x4.extract_lane(beta, 1), BETA + 4);
  }
  store<u32>(at + 4 * two, load<u32>(at + 4 * two) + 1);
  if (isShared) hostWrite(group);
}

/** Learns the bytes on the stage and writes their probabilities to the stage, as f64. */
export function learn(count: i32): void {
  for (let i = <usize>count; i > 0; i--) store<u8>(stage + 8 * (i - 1), load<u8>(stage + i - 1));
  for (let i: usize = 0; i < <usize>count; i++) {
    const symbol = <i32>load<u8>(stage + 8 * i);
    store<f64>(stage + 8 * i, chanceOf(symbol));
    update(symbol);
  }
}

/** Writes the probabilities of all 256 bytes to the stage, as f64. */
export function predict(): void {
  walked = -1;
  store<f64>(stage, 1);
  for (let pair: usize = 0; pair < 4; pair++) {
    // Each probability is split into four. The last comes first, so none is overwritten too early.
    const nodes: usize = 1 << (2 * pair);
    for (let i = nodes; i > 0; i--) {
      findGroups(0, <u32>(nodes + i - 1));
      findLines(0, <u32>(nodes + i - 1));
      const before = load<f64>(stage + 8 * (i - 1));
      const to = stage + 32 * (i - 1);
      for (let first: usize = 0; first < 2; first++) {
        const chance = weigh(0, 2 * first + 1);
        const one = before * f64x2.extract_lane(chance, 0);
        store<f64>(to + 16 * first, one * (1 - f64x2.extract_lane(chance, 1)));
        store<f64>(to + 16 * first, one * f64x2.extract_lane(chance, 1), 8);
      }
    }
  }
}

/**
 * P(1) of the bit after the bits of `node`, which has a leading 1. The call before was for the bit
 * before, if there is one.
 */
export function chanceOfOne(node: i32): f64 {
  walked = -1;
  const bits = 31 - clz(node);
  if (bits & 1) return f64x2.extract_lane(weigh(0, 2 * (node & 1) + 1), 1);
  findGroups(0, node);
  findLines(0, node);
  return f64x2.extract_lane(weigh(0, 3), 0);
}
