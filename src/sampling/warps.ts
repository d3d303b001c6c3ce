// Warps: changes to a distribution before a draw, as language-model samplers have them. All work
// in place on bits, which need not be normalised; +Infinity is impossible and stays so.
//
// Ties: symbols of equal bits are never told apart. A cut that falls among equals keeps them all, so
// top-k may keep more than k: gzip's whole-byte lengths have about four values over 256 bytes.

import { exp2, leastBits, totalBits } from '../bits/units.js';
import { expectInteger, expectNumber } from '../expect.js';

/** Changes to a distribution before a draw, in this order; those left out change nothing. */
export interface Warps {
  /** Divides bits: 0 greedy (ties drawn uniformly), 1 the model's own (default), Infinity uniform. */
  readonly temperature?: number | undefined;
  /** Keep the k likeliest, from 1. */
  readonly topK?: number | undefined;
  /** Keep the fewest likeliest whose probability reaches this, in (0, 1] (Holtzman et al. 2020). */
  readonly topP?: number | undefined;
  /** Drop what is less likely than this fraction of the likeliest, in [0, 1]. */
  readonly minP?: number | undefined;
}

/** @throws TypeError or RangeError for a warp out of range. */
export function checkWarps({ temperature, topK, topP, minP }: Warps): void {
  if (temperature !== undefined) expectNumber('temperature', temperature, { min: 0 });
  if (topK !== undefined) expectInteger('topK', topK, { min: 1 });
  if (topP !== undefined) {
    expectNumber('topP', topP, { min: 0, max: 1 });
    if (topP === 0) throw new RangeError('"topP" expected number > 0, got 0');
  }
  if (minP !== undefined) expectNumber('minP', minP, { min: 0, max: 1 });
}

/** True if a warp changes the distribution. */
export function warpsAny({ temperature = 1, topK, topP, minP }: Warps): boolean {
  return temperature !== 1 || (topK ?? topP ?? minP) !== undefined;
}

/** Applies the warps given in the usual order: temperature, top-k, top-p, min-p. */
export function warp(bits: Float64Array, warps: Warps): void {
  if (warps.temperature !== undefined) warpTemperature(bits, warps.temperature);
  if (warps.topK !== undefined) warpTopK(bits, warps.topK);
  if (warps.topP !== undefined) warpTopP(bits, warps.topP);
  if (warps.minP !== undefined) warpMinP(bits, warps.minP);
}

/** Divides bits by the temperature, ≥ 0. At 0 only the likeliest stay, at Infinity all are equal. */
export function warpTemperature(bits: Float64Array, temperature: number): void {
  if (temperature === 1) return;
  const least = leastBits(bits);
  for (let i = 0; i < bits.length; i++) {
    if (bits[i] === Infinity) continue;
    const above = bits[i]! - least; // so that a tiny temperature cannot overflow the likeliest
    bits[i] = above === 0 ? 0 : above / temperature;
  }
}

/** Keeps the `k` ≥ 1 likeliest, and whatever ties with the last of them. */
export function warpTopK(bits: Float64Array, k: number): void {
  if (k >= bits.length) return;
  dropAbove(bits, bits.slice().sort()[k - 1]!);
}

/** Keeps the fewest likeliest whose mass is ≥ `p`, and whatever ties with the last of them. */
export function warpTopP(bits: Float64Array, p: number): void {
  if (p >= 1) return;
  const total = totalBits(bits);
  if (total === Infinity) return;
  const sorted = bits.slice().sort();
  let mass = 0;
  for (let i = 0; i < sorted.length; i++) {
    mass += exp2(total - sorted[i]!);
    if (mass >= p) {
      dropAbove(bits, sorted[i]!);
      return;
    }
  }
}

/** Drops what has less than `p` times the probability of the likeliest. */
export function warpMinP(bits: Float64Array, p: number): void {
  dropAbove(bits, leastBits(bits) - Math.log2(p));
}

function dropAbove(bits: Float64Array, cut: number): void {
  for (let i = 0; i < bits.length; i++) if (bits[i]! > cut) bits[i] = Infinity;
}
