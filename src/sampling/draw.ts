// One draw from a distribution by one random number: where it falls in the cumulative sum.

import { toProbabilities } from '../bits/units.js';
import type { BitCoder, Random } from '../types.js';

/**
 * An index drawn with probability 2^−bits[i] / Σ 2^−bits. The bits need not be normalised and may be
 * negative; +Infinity is never drawn. Equal bits have equal chances. Takes exactly one random number.
 *
 * @throws RangeError if all are +Infinity, or one is NaN.
 */
export function drawIndex(bits: Float64Array, random: Random): number {
  const probabilities = new Float64Array(bits.length);
  const total = toProbabilities(bits, probabilities);
  if (!(total < Infinity)) throw new RangeError('"bits" expected something possible, got none');
  return drawProbability(probabilities, random());
}

/** Where `number`, in [0, 1), falls among probabilities that sum to 1. */
export function drawProbability(probabilities: Float64Array, number: number): number {
  let rest = number;
  let last = -1;
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i]!;
    if (probability === 0) continue;
    if (rest < probability) return i;
    rest -= probability;
    last = i;
  }
  return last; // rounding used up the sum
}

/** Answers a chain of binary decisions at random, by a single number: what is left of it decides. */
export class DrawingCoder implements BitCoder {
  #rest = 0;
  #bits = 0;

  /** −log2 P of the answers since `begin`. */
  get bits(): number {
    return this.#bits;
  }

  /** @param number in [0, 1). */
  begin(number: number): void {
    this.#rest = number;
    this.#bits = 0;
  }

  code(_bit: number, p1: number): number {
    const p0 = 1 - p1;
    const bit = this.#rest < p0 ? 0 : 1;
    this.#rest = bit ? (this.#rest - p0) / p1 : this.#rest / p0;
    this.#bits -= Math.log2(bit ? p1 : p0);
    return bit;
  }
}
