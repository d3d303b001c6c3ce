// Surprisal: what a distribution over the next byte says about the byte that came.

import { totalBits } from '../bits/units.js';

/**
 * −log2 P(byte) in bits, P ∝ 2^−bits normalised over all entries. +Infinity for the impossible.
 */
export function surprisal(bits: Float64Array, byte: number): number {
  return bits[byte] === Infinity ? Infinity : bits[byte]! - totalBits(bits);
}
