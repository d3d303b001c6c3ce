// The run model (paq8l): the last byte seen in a context and how many times in a row it occurred.
// Entries are u32: check (16 bits) · count (8) · byte (8), highest bits first.

import { hashes } from './contexts';
import { LINE, RUN_CONTEXT, RUNS } from './layout';
import { find, own } from './versions';

/** The byte that each run model predicts, after a leading 1, or 0 for none; and its count. */
export const runBytes = memory.data(4 * RUNS, 16);
export const runCounts = memory.data(4 * RUNS, 16);

let table: usize = 0;
let mask: usize = 0;

/** Sets the address and the number of entries of the table. */
export function placeRuns(at: usize, entries: usize): void {
  table = at;
  mask = entries - 1;
}

// @ts-ignore: decorator
@inline
function keyOf(r: usize): u32 {
  const h = (load<u32>(hashes + 4 * (RUN_CONTEXT + r)) + 0x51ed270b) * 0x9e3779b1;
  return h ^ (h >>> 15);
}

// @ts-ignore: decorator
@inline
function placeOf(key: u32): usize {
  return table + 4 * ((<usize>key >> 3) & mask);
}

/** Looks up the predicted bytes in the current contexts. */
export function findRuns(): void {
  for (let r: usize = 0; r < RUNS; r++) {
    const key = keyOf(r);
    const at = placeOf(key);
    const entry = load<u32>(find(at & ~15) + (at & 15));
    const isHere = entry >>> 16 === key >>> 16 && entry !== 0;
    store<u32>(runBytes + 4 * r, isHere ? 256 | (entry & 255) : 0);
    store<u32>(runCounts + 4 * r, (entry >>> 8) & 255);
  }
}

/** Learns the byte that occurred in the current contexts. */
export function updateRuns(symbol: u32): void {
  for (let r: usize = 0; r < RUNS; r++) {
    const key = keyOf(r);
    const place = placeOf(key);
    const at = own(place & ~15, LINE) + (place & 15);
    const entry = load<u32>(at);
    const same = entry >>> 16 === key >>> 16 && (entry & 255) === symbol;
    const count = same ? min<u32>(((entry >>> 8) & 255) + 1, 255) : 1;
    store<u32>(at, (key & 0xffff0000) | (count << 8) | symbol);
  }
}
