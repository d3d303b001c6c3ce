// The hash table of bit histories: one 16-byte slot per context and half byte, which holds a check
// byte and the 15 histories of the nodes in the half byte's tree (Mahoney, lpaq1). Four slots make a
// bucket of 64 bytes; the slot with the shortest history is replaced when none is free. The table
// starts small, because touching fresh memory costs more than using the table.

import { hashes } from './contexts';
import { BUCKET, CONTEXTS, SLOT } from './layout';
import { historyTotal } from './tables';
import { find, ownFrom } from './versions';

/** For each context, in both half bytes: its key, the address of its bucket, and that of its slot. */
const keys = memory.data(2 * 4 * CONTEXTS, 16);
const buckets = memory.data(2 * 4 * CONTEXTS, 16);
export const slots = memory.data(2 * 4 * CONTEXTS, 16);
/** An empty slot, never written, which stands for missing ones. */
export const EMPTY = memory.data(16, 16);

let table: usize = 0;
let mask: usize = 0;

/** Sets the address and the size of the table, in bytes. */
export function placeHistories(at: usize, size: usize): void {
  table = at;
  mask = size - BUCKET;
}

/**
 * Finds the slots for reading: those of the first half byte if `high` is 0, otherwise those of the
 * second half byte after `high`, 16 to 31.
 */
export function findSlots(high: u32): void {
  findBuckets(high);
  chooseSlots(high === 0 ? 0 : 1);
}

/** Finds the buckets of a half byte, as in {@link findSlots}. */
export function findBuckets(high: u32): void {
  const to: usize = high === 0 ? 0 : 4 * CONTEXTS;
  for (let i: usize = 0; i < 4 * CONTEXTS; i += 4) {
    let h = load<u32>(hashes + i);
    if (high !== 0) {
      h = (h + high) * 0x9e3779b1;
      h ^= h >>> 15;
      h *= 0x85ebca6b;
      h ^= h >>> 14;
    }
    store<u32>(keys + to + i, h);
    store<u32>(buckets + to + i, <u32>find(table + (<usize>(h >>> 2) & mask)));
  }
}

/** Loads something from each bucket of both half bytes, and returns any value. */
// @ts-ignore: decorator
@inline
export function touchBuckets(): u32 {
  let touched: u32 = 0;
  for (let i: usize = 0; i < 2 * 4 * CONTEXTS; i += 4) touched |= load<u32>(<usize>load<u32>(buckets + i));
  return touched;
}

/** Finds the slots of a half byte in their buckets. */
export function chooseSlots(half: usize): void {
  const from = half * 4 * CONTEXTS;
  for (let i = from; i < from + 4 * CONTEXTS; i += 4) {
    store<u32>(slots + i, <u32>slotIn(<usize>load<u32>(buckets + i), load<u32>(keys + i) & 255, EMPTY));
  }
}

/** The first slot of a bucket with a given check byte, or else `missing`; without branches. */
// @ts-ignore: decorator
@inline
function slotIn(bucket: usize, check: u32, missing: usize): usize {
  let at = select<usize>(bucket + 48, missing, <u32>load<u8>(bucket, 48) === check);
  at = select<usize>(bucket + 32, at, <u32>load<u8>(bucket, 32) === check);
  at = select<usize>(bucket + 16, at, <u32>load<u8>(bucket, 16) === check);
  return select<usize>(bucket, at, <u32>load<u8>(bucket) === check);
}

/** Returns the slot of a context for writing; creates it if it is missing. */
export function claimSlot(half: usize, i: usize): usize {
  const o = half * 4 * CONTEXTS + 4 * i;
  const h = load<u32>(keys + o);
  const check = h & 255;
  const bucket = ownFrom(table + (<usize>(h >>> 2) & mask), BUCKET, <usize>load<u32>(buckets + o));
  const found = slotIn(bucket, check, 0);
  if (found !== 0) return found;
  let worst = bucket;
  let least: u32 = 256;
  for (let at = bucket; at < bucket + BUCKET; at += SLOT) {
    const length = <u32>load<u8>(historyTotal + <usize>load<u8>(at, 1)) & 127;
    if (length < least) {
      least = length;
      worst = at;
    }
  }
  v128.store(worst, i64x2.splat(0));
  store<u8>(worst, check);
  return worst;
}
