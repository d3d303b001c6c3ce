// The prediction as eight binary decisions, the bits of a byte from the highest on: the logit of each
// is ln P(1)/P(0) given the bits before. Masses are integers, so their sums do not depend on the
// order, and a bit has the same logit whether it is computed along one path or for the whole tree.

import { begin, isAtRoot, level, levelContext, levelStage, masks } from './levels';
import { copyRootCounts, rootCounts } from './root-counts';
import { BINARY_SCALE } from './tables';

/** The mass of all bytes together. */
const ALL: u64 = 1 << 48;
/** Largest |logit|. */
const LIMIT: f32 = 11;

/** Masses of the bytes that share at least the first 0, 1 … 8 bits with a path. */
const shared = memory.data(8 * 9, 16);
/** Masses by node of the bit tree. */
const tree = memory.data(8 * 512, 8);

/** By symbol: counts of the root, 0 where the symbol is masked. */
const unmasked = memory.data(256, 16);

/** The mass of the levels that follow, and of the present one its states and the mass per count. */
let left: u64 = 0;
let states: usize = 0;
let statesEnd: usize = 0;
let unit: u64 = 0;

/** Writes the logits of the eight bits of a symbol to `to`, as f32. */
export function storePath(root: usize, symbol: u32, to: usize): void {
  memory.fill(shared, 0, 8 * 9);
  start(root);
  while (next()) addLevel(symbol);
  if (nextRoot()) addRoot(symbol);
  for (let bits: usize = 0; bits < 8; bits++) {
    const at = shared + (bits << 3);
    const same = load<u64>(at, 8);
    const other = load<u64>(at) - same;
    const isOne = (symbol >> (7 - <u32>bits)) & 1;
    store<f32>(to + (bits << 2), isOne ? logit(same, other) : logit(other, same));
  }
}

/** Adds the masses of a level, by how many leading bits its symbols share with a path. */
function addLevel(symbol: u32): void {
  const path = i16x8.splat(<i16>symbol);
  let s0 = i32x4.splat(0);
  let s1 = i32x4.splat(0);
  let s2 = i32x4.splat(0);
  let s3 = i32x4.splat(0);
  let s4 = i32x4.splat(0);
  let s5 = i32x4.splat(0);
  let s6 = i32x4.splat(0);
  let s7 = i32x4.splat(0);
  let s8 = i32x4.splat(0);
  for (let s = states; s < statesEnd; s += 16) {
    const words = v128.load(s);
    const counts = i16x8.shr_u(words, 8);
    const differing = v128.xor(v128.and(words, i16x8.splat(255)), path);
    s0 = plus(s0, counts, differing, 256);
    s1 = plus(s1, counts, differing, 128);
    s2 = plus(s2, counts, differing, 64);
    s3 = plus(s3, counts, differing, 32);
    s4 = plus(s4, counts, differing, 16);
    s5 = plus(s5, counts, differing, 8);
    s6 = plus(s6, counts, differing, 4);
    s7 = plus(s7, counts, differing, 2);
    s8 = plus(s8, counts, differing, 1);
  }
  addMass(0, s0);
  addMass(1, s1);
  addMass(2, s2);
  addMass(3, s3);
  addMass(4, s4);
  addMass(5, s5);
  addMass(6, s6);
  addMass(7, s7);
  addMass(8, s8);
}

/** Adds the masses of the root, likewise. */
function addRoot(symbol: u32): void {
  let sum: u32 = load<u8>(unmasked + symbol);
  addTo(8, unit * sum);
  for (let others: u32 = 1, bits = 7; others < 256; others <<= 1, bits--) {
    sum += sumOf(unmasked + ((symbol ^ others) & -others), others);
    addTo(bits, unit * sum);
  }
}

/** Sums `count` bytes, less than 16 or a multiple of it. */
function sumOf(at: usize, count: u32): u32 {
  const end = at + count;
  let sum: u32 = 0;
  if (count < 16) {
    for (; at < end; at++) sum += load<u8>(at);
    return sum;
  }
  let sums = i32x4.splat(0);
  for (; at < end; at += 16) {
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v128.load(at))));
  }
  const pairs = i32x4.add(sums, v128.shuffle<i32>(sums, sums, 2, 3, 0, 1));
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
}

/** Adds pairs of counts, those whose symbols differ from the path only in bits below `limit`. */
// @ts-ignore: decorator
@inline
function plus(sums: v128, counts: v128, differing: v128, limit: i16): v128 {
  const chosen = v128.and(counts, i16x8.lt_s(differing, i16x8.splat(limit)));
  return i32x4.add(sums, i32x4.dot_i16x8_s(chosen, i16x8.splat(1)));
}

// @ts-ignore: decorator
@inline
function addMass(bits: usize, sums: v128): void {
  const pairs = i64x2.add(i64x2.extend_low_i32x4_u(sums), i64x2.extend_high_i32x4_u(sums));
  addTo(bits, (i64x2.extract_lane(pairs, 0) + i64x2.extract_lane(pairs, 1)) * unit);
}

// @ts-ignore: decorator
@inline
function addTo(bits: usize, mass: u64): void {
  const at = shared + (bits << 3);
  store<u64>(at, load<u64>(at) + mass);
}

/** Writes the logits at the 255 nodes of the bit tree to `to`, as f32, the root's at index 1. */
export function storeTree(root: usize, to: usize): void {
  sumTree(root);
  for (let node: usize = 1; node < 256; node++) store<f32>(to + (node << 2), logitAt(node));
}

/** The logit at a node of the bit tree that was summed last. */
export function logitAt(node: usize): f32 {
  const children = tree + (node << 4);
  return logit(load<u64>(children, 8), load<u64>(children));
}

/** Sums the masses below each node of the bit tree. */
export function sumTree(root: usize): void {
  memory.fill(tree + 8 * 256, 0, 8 * 256);
  start(root);
  while (next()) {
    for (let s = states; s < statesEnd; s += 2) {
      store<u64>(tree + 8 * 256 + (<usize>load<u8>(s) << 3), unit * <u64>load<u8>(s, 1));
    }
  }
  if (nextRoot()) {
    for (let s: usize = 0; s < 256; s++) {
      const count = <u64>load<u8>(unmasked + s);
      if (count > 0) store<u64>(tree + 8 * 256 + (s << 3), unit * count);
    }
  }
  for (let node: usize = 255; node > 0; node--) {
    const children = tree + (node << 4);
    store<u64>(tree + (node << 3), load<u64>(children) + load<u64>(children, 8));
  }
}

function start(root: usize): void {
  begin(root);
  left = ALL;
}

/**
 * Moves to the next level; false if there is none with a mass, or none but the root. A block of zeros
 * ends the states.
 */
function next(): bool {
  if (left === 0 || isAtRoot()) return false;
  const count = level();
  const sum = load<u32>(levelStage);
  states = levelStage + 8;
  statesEnd = states + (max<usize>(count, 1) << 1);
  v128.store(statesEnd, i64x2.splat(0));
  if (count === 0) {
    store<u8>(states, 1, 1);
    unit = (left / BINARY_SCALE) * sum;
    left -= unit;
  } else {
    const escapes = load<u32>(levelStage, 4);
    unit = left / (sum + escapes);
    left = unit * escapes;
  }
  return true;
}

/** Moves to the root, the last level; false if that has no mass. Its counts are in `unmasked`. */
function nextRoot(): bool {
  if (left === 0) return false;
  copyRootCounts(levelContext());
  for (let i: usize = 0; i < 256; i += 16) {
    const isUnmasked = i8x16.sub(v128.load(masks + i), i8x16.splat(1));
    v128.store(unmasked + i, v128.and(v128.load(rootCounts + i), isUnmasked));
  }
  unit = left / sumOf(unmasked, 256);
  return true;
}

/** ln of the ratio of two masses, to which 1 is added: it is finite, and 0 where nothing is known. */
function logit(one: u64, zero: u64): f32 {
  const ratio = <f32>(<f64>(one + 1) / <f64>(zero + 1));
  return max<f32>(-LIMIT, min<f32>(LIMIT, Mathf.log(ratio)));
}
