// What came last in a context, and how often in a row: a whole byte, where bit histories know one
// bit at a time (paq8l's run model). u32 entries: check (16 bits) · count (8) · byte (8).

import { hashes } from './contexts';
import { LINE, RUN_CONTEXT, RUNS } from './layout';
import { find, own } from './versions';

/** The byte that each run expects, with a 1 in front, or 0; and how often it came. */
export const runBytes = memory.data(4 * RUNS, 16);
export const runCounts = memory.data(4 * RUNS, 16);

let table: usize = 0;
let mask: usize = 0;

export function placeRuns(at: usize, entries: usize): void {
  table = at;
  mask = entries - 1;
}

export function doubleRuns(): void {
  const size = 4 * (mask + 1);
  memory.copy(table + size, table, size);
  mask = 2 * mask + 1;
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
