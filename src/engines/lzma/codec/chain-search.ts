// Finds matches for one position with hash chains: the nearest position with the same two bytes,
// with the same three, and a bounded number of those with the same four. Each longer match is
// farther away. It can also report which next bytes would extend a match that reaches the end of
// the known bytes.

import type { History } from './history.js';
import { FARTHEST_OF_TWO, type Matches, type SearchLimits } from './matches.js';
import { LONGEST_MATCH } from './models.js';

/** Next bytes that would extend a match. */
export class NextBytes {
  readonly #has = new Uint8Array(256);
  readonly list = new Uint8Array(256);
  count = 0;

  add(byte: number): void {
    if (this.#has[byte] === 1) return;
    this.#has[byte] = 1;
    this.list[this.count++] = byte;
  }

  clear(): void {
    this.#has.fill(0);
    this.count = 0;
  }
}

/**
 * Length of the match at a distance, up to 273. Records in `next` the byte that would extend it if
 * it reaches the end of the known bytes.
 */
export function matchLength(
  { bytes, end }: History,
  position: number,
  distance: number,
  next?: NextBytes,
): number {
  if (distance > position) return 0;
  const known = end - position;
  const longest = known < LONGEST_MATCH ? known : LONGEST_MATCH;
  const start = position - distance;
  let length = 0;
  while (length < longest && bytes[start + length] === bytes[position + length]) length++;
  if (next && length === known && known < LONGEST_MATCH) next.add(bytes[start + length]!);
  return length;
}

/**
 * Fills `matches` for `position`. With `next`, the byte after the known ones is open: all bytes
 * whose matches would differ are recorded, and `matches` holds those of all other bytes.
 */
export function searchChains(
  history: History,
  position: number,
  limits: SearchLimits,
  matches: Matches,
  next?: NextBytes,
): void {
  matches.count = 0;
  const { bytes, end } = history;
  const known = end - position;
  const longest = known < LONGEST_MATCH ? known : LONGEST_MATCH;
  const open = next !== undefined && known < LONGEST_MATCH;
  const least = Math.max(0, position - limits.dictionary);
  if (open && known < 4) noteShort(history, position, least, limits.depth, next);
  if (known < 2) return;

  let best = 1;
  const near = history.previous2[position]! - 1;
  if (near >= least) {
    let length = 2;
    while (length < longest && bytes[near + length] === bytes[position + length]) length++;
    if (open && length === known) next.add(bytes[near + known]!);
    best = length;
    if (length > 2 || position - near <= FARTHEST_OF_TWO) matches.add(length, position - near);
    if (length >= limits.nice) return;
  }
  if (known < 3) return;

  const byte0 = bytes[position]!;
  const byte1 = bytes[position + 1]!;
  const byte2 = bytes[position + 2]!;
  let start = history.previous3[position]! - 1;
  if (start >= least && start !== near) {
    if (bytes[start] === byte0 && bytes[start + 1] === byte1 && bytes[start + 2] === byte2) {
      let length = 3;
      while (length < longest && bytes[start + length] === bytes[position + length]) length++;
      if (open && length === known) next.add(bytes[start + known]!);
      if (length > best) {
        best = length;
        matches.add(length, position - start);
        if (length >= limits.nice) return;
      }
    }
  }
  if (known < 4) return;

  const { previous4 } = history;
  start = previous4[position]! - 1;
  for (let tries = limits.depth; tries > 0 && start >= least; tries--) {
    // With an open end, a match that reaches the end may be the first that the next byte extends.
    const probe = open && best === known ? known - 1 : best;
    if (
      best < LONGEST_MATCH &&
      bytes[start + probe] === bytes[position + probe] &&
      bytes[start] === byte0 &&
      bytes[start + 1] === byte1 &&
      bytes[start + 2] === byte2 &&
      bytes[start + 3] === bytes[position + 3]
    ) {
      let length = 4;
      while (length < longest && bytes[start + length] === bytes[position + length]) length++;
      if (open && length === known) next.add(bytes[start + known]!);
      if (length > best) {
        best = length;
        matches.add(length, position - start);
        if (length >= limits.nice) return;
      }
    }
    start = previous4[start]! - 1;
  }
}

/**
 * The last three positions: with the next byte they form a string that may have occurred before.
 */
function noteShort(
  history: History,
  position: number,
  least: number,
  depth: number,
  next: NextBytes,
): void {
  const { bytes, end } = history;
  const known = end - position;
  if (known === 0) return;
  const first = Math.max(least, known === 1 ? position - FARTHEST_OF_TWO : 0);
  const a = bytes[position]!;
  const b = bytes[position + 1]!;
  const c = bytes[position + 2]!;
  for (let byte = 0; byte < 256; byte++) {
    const pair = history.last2(bytes[end - 1]!, byte) - 1;
    if (pair < first) continue;
    if (known === 1) next.add(byte);
    else if (known === 2) {
      const start = history.last3(a, b, byte) - 1;
      if (start < least || bytes[start] !== a || bytes[start + 1] !== b) continue;
      if (bytes[start + 2] === byte) next.add(byte);
    } else {
      let start = history.last4(a, b, c, byte) - 1;
      for (let tries = depth; tries > 0 && start >= least; tries--) {
        if (bytes[start + 3] === byte && bytes[start + 2] === c && bytes[start + 1] === b) {
          if (bytes[start] === a) {
            next.add(byte);
            break;
          }
        }
        start = history.previous4[start]! - 1;
      }
    }
  }
}
