// What is known of a byte that came: its surprisal, its rank, and what was expected in its place.

import { toProbabilities } from '../bits/units.js';

/** Numbers of an entry: bits, rank from 1, and three times an expected byte and its chance. */
export const ENTRY_SIZE = 8;

export interface Entry {
  readonly bits: number;
  /** 1 if nothing was likelier. */
  readonly rank: number;
  readonly expected: readonly { readonly byte: number; readonly chance: number }[];
}

const EXPECTED = 3;
const chances = new Float64Array(256);

/** Writes the entry of `byte`, where `bits` are those of each byte, as number `index` of `entries`. */
export function writeEntry(
  entries: Float32Array,
  index: number,
  bits: Float64Array,
  byte: number,
): void {
  const total = toProbabilities(bits, chances);
  let rank = 1;
  for (let b = 0; b < 256; b++) if (bits[b]! < bits[byte]!) rank++;
  const at = index * ENTRY_SIZE;
  entries[at] = bits[byte]! - total;
  entries[at + 1] = rank;
  for (let i = 0, below = Infinity, after = -1; i < EXPECTED; i++) {
    let best = -1;
    for (let b = 0; b < 256; b++) {
      const isLater = chances[b]! < below || (chances[b] === below && b > after);
      if (isLater && (best < 0 || chances[b]! > chances[best]!)) best = b;
    }
    entries[at + 2 + 2 * i] = best;
    entries[at + 3 + 2 * i] = chances[best]!;
    below = chances[best]!;
    after = best;
  }
}

export function readEntry(entries: Float32Array, index: number): Entry {
  const at = index * ENTRY_SIZE;
  const expected = Array.from({ length: EXPECTED }, (_, i) => ({
    byte: entries[at + 2 + 2 * i]!,
    chance: entries[at + 3 + 2 * i]!,
  }));
  return { bits: entries[at]!, rank: entries[at + 1]!, expected };
}
