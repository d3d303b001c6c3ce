// Draws from a few weights (probabilities up to a factor): how decoders choose among tokens.

import type { Random } from '../types.js';

/** Draws an index with probability ∝ weight^(1/temperature), never one of weight 0. */
export function drawIndex(weights: Float64Array, random: Random, temperature: number): number {
  let top = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i]! > top) top = weights[i]!;
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += temper(weights[i]! / top, temperature);
  let left = random() * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    const share = temper(weights[i]! / top, temperature);
    if (share === 0) continue;
    if (left < share) return i;
    left -= share;
    last = i;
  }
  return last;
}

/** −log2 of a weight's share of the total. */
export function bitsOf(weights: Float64Array, index: number): number {
  return Math.log2(sum(weights) / weights[index]!);
}

export function sum(weights: Float64Array): number {
  let total = 0;
  for (let i = 0; i < weights.length; i++) total += weights[i]!;
  return total;
}

/** ratio^(1/T) for a ratio in 0–1; at temperature 0 the result is 0 or 1. */
function temper(ratio: number, temperature: number): number {
  if (temperature === 1 || ratio === 0) return ratio;
  if (temperature === 0) return ratio === 1 ? 1 : 0;
  return ratio ** (1 / temperature);
}
