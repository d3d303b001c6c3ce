// Bits and probabilities: the two sides of P = 2^−bits.

/** Sum of 2^−bits over all entries, as bits: −log2 Σ 2^−bits. +Infinity if nothing is possible. */
export function totalBits(bits: Float64Array): number {
  let least = Infinity;
  for (let i = 0; i < bits.length; i++) if (bits[i]! < least) least = bits[i]!;
  if (least === Infinity) return Infinity;
  let sum = 0;
  for (let i = 0; i < bits.length; i++) sum += 2 ** (least - bits[i]!);
  return least - Math.log2(sum);
}

/**
 * Code lengths to probabilities, P ∝ 2^−bits, normalised to sum to 1; `out` may be `bits`.
 * All zero if nothing is possible.
 */
export function toProbabilities(bits: Float64Array, out: Float64Array): void {
  const total = totalBits(bits);
  for (let i = 0; i < bits.length; i++) out[i] = total === Infinity ? 0 : 2 ** (total - bits[i]!);
}
