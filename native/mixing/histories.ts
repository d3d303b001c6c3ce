// The bit histories of all contexts, hashed: a slot of 16 bytes per context and half byte, a check
// byte and 15 histories by node of the half byte's tree (Mahoney, lpaq1). Four slots make a bucket
// of 64 bytes; when none is free the one with the shortest history goes. The table starts small and
// doubles as bytes come, each half then a copy of the whole: fresh memory costs more than to use it.

import { hashes } from './contexts';
import { BUCKET, CONTEXTS, SLOT } from './layout';
import { historyTotal } from './tables';
import { find, own } from './versions';

/** Where each context's slot is, of both half bytes, and with what it is looked up. */
export const slots = memory.data(2 * 4 * CONTEXTS, 16);
const keys = memory.data(2 * 4 * CONTEXTS, 16);
/** A slot that is empty and stays so. */
export const EMPTY = memory.data(16, 16);

let table: usize = 0;
let mask: usize = 0;

export function placeHistories(at: usize, size: usize): void {
  table = at;
  mask = size - BUCKET;
}

export function doubleHistories(): void {
  const size = mask + BUCKET;
  memory.copy(table + size, table, size);
  mask = 2 * size - BUCKET;
}

/** Finds the slots of the first half byte (0), or of the second after `high` (16 to 31). */
export function findSlots(high: u32): void {
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
    const check = h & 255;
    const bucket = find(table + (<usize>(h >>> 2) & mask));
    let at = EMPTY;
    if (<u32>load<u8>(bucket) === check) at = bucket;
    else if (<u32>load<u8>(bucket, 16) === check) at = bucket + 16;
    else if (<u32>load<u8>(bucket, 32) === check) at = bucket + 32;
    else if (<u32>load<u8>(bucket, 48) === check) at = bucket + 48;
    store<u32>(slots + to + i, <u32>at);
  }
}

/** The slot of a context to write to; one is made where there is none. */
export function claimSlot(half: usize, i: usize): usize {
  const o = half * 4 * CONTEXTS + 4 * i;
  const h = load<u32>(keys + o);
  const check = h & 255;
  const bucket = own(table + (<usize>(h >>> 2) & mask), BUCKET);
  let worst = bucket;
  let least: u32 = 256;
  for (let at = bucket; at < bucket + BUCKET; at += SLOT) {
    if (<u32>load<u8>(at) === check) return at;
    const length = (<u32>load<u8>(historyTotal + <usize>load<u8>(at, 1)) & 127);
    if (length < least) {
      least = length;
      worst = at;
    }
  }
  v128.store(worst, i64x2.splat(0));
  store<u8>(worst, check);
  return worst;
}
