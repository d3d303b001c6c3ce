// An entry describes a byte of the text: its surprisal, its rank, and the likeliest bytes in its place.

import { toProbabilities } from '../bits/units.js';
import type { PlacedToken } from './messages.js';

/** Numbers of an entry: bits, rank from 1, and three times an expected byte and its chance. */
export const ENTRY_SIZE = 8;

export interface Entry {
  readonly bits: number;
  /** 1 for the likeliest byte. */
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

const BATCH_MS = 40;

/** Drawn bytes that have not been posted yet. */
export class Batch {
  readonly #contextLength: number;
  #bytes: number[] = [];
  #entries: number[] = [];
  #tokens: PlacedToken[] = [];
  #since = performance.now();

  constructor(contextLength: number) {
    this.#contextLength = contextLength;
  }

  get length(): number {
    return this.#bytes.length;
  }

  isDue(): boolean {
    return performance.now() - this.#since > BATCH_MS;
  }

  add(bits: Float64Array, byte: number): void {
    const entry = new Float32Array(ENTRY_SIZE);
    writeEntry(entry, 0, bits, byte);
    this.#bytes.push(byte);
    this.#entries.push(...entry);
  }

  /** @param start counted from the end of the context. */
  token(start: number, length: number, distance: number): void {
    this.#tokens.push({ start: this.#contextLength + start, length, distance });
  }

  take(): { bytes: Uint8Array; entries: Float32Array; tokens: PlacedToken[] } {
    const bytes = Uint8Array.from(this.#bytes);
    const entries = Float32Array.from(this.#entries);
    const tokens = this.#tokens;
    this.#bytes = [];
    this.#entries = [];
    this.#tokens = [];
    this.#since = performance.now();
    return { bytes, entries, tokens };
  }
}
