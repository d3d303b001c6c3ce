// One draw from code lengths, P(i) ∝ 2^−bits[i], by inverting the cumulative sum.

import type { Random } from '../types.js';

/**
 * An index drawn with probability 2^−bits[i] / Σ 2^−bits. The bits need not be normalised, may be
 * negative, and are measured from the least, so the likeliest never underflows; +Infinity is never
 * drawn. Equal bits have equal chances. Takes exactly one random number.
 *
 * @throws RangeError if all are +Infinity, or one is NaN.
 */
export function drawIndex(bits: Float64Array, random: Random): number {
  let least = Infinity;
  for (let i = 0; i < bits.length; i++) if (bits[i]! < least) least = bits[i]!;
  let sum = 0;
  for (let i = 0; i < bits.length; i++) sum += 2 ** (least - bits[i]!);
  if (!(sum > 0)) throw new RangeError('"bits" expected something possible, got none');

  let rest = random() * sum;
  let last = -1;
  for (let i = 0; i < bits.length; i++) {
    const weight = 2 ** (least - bits[i]!);
    if (weight === 0) continue;
    if (rest < weight) return i;
    rest -= weight;
    last = i;
  }
  return last; // rounding used up the sum
}
