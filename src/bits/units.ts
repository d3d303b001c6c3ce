// Conversion between bits and probabilities: P = 2^−bits.

const LEAST_EXPONENT = -1100;
const POWERS = Float64Array.from(
  { length: 1024 - LEAST_EXPONENT },
  (_, i) => 2 ** (i + LEAST_EXPONENT),
);

/**
 * 2^x for x < 1024; exact for integers, within one unit in the last place otherwise. Much faster
 * than `**`.
 */
export function exp2(x: number): number {
  const whole = Math.floor(x);
  if (whole < LEAST_EXPONENT) return 0;
  return Math.exp((x - whole) * Math.LN2) * POWERS[whole - LEAST_EXPONENT]!;
}

/** Sum of 2^−bits over all entries, as bits: −log2 Σ 2^−bits. +Infinity if nothing is possible. */
export function totalBits(bits: Float64Array): number {
  const least = leastBits(bits);
  if (least === Infinity) return Infinity;
  let sum = 0;
  for (let i = 0; i < bits.length; i++) sum += exp2(least - bits[i]!);
  return least - Math.log2(sum);
}

/**
 * Converts code lengths to probabilities, P ∝ 2^−bits, normalised to sum to 1; `out` may be `bits`.
 * All entries are zero if nothing is possible. Returns the same value as `totalBits`.
 */
export function toProbabilities(bits: Float64Array, out: Float64Array): number {
  const least = leastBits(bits);
  if (least === Infinity) {
    out.fill(0);
    return Infinity;
  }
  let sum = 0;
  for (let i = 0; i < bits.length; i++) {
    const weight = exp2(least - bits[i]!);
    out[i] = weight;
    sum += weight;
  }
  for (let i = 0; i < bits.length; i++) out[i]! /= sum;
  return least - Math.log2(sum);
}

/** The smallest entry: the bits of the most likely byte. +Infinity if nothing is possible. */
export function leastBits(bits: Float64Array): number {
  let least = Infinity;
  for (let i = 0; i < bits.length; i++) if (bits[i]! < least) least = bits[i]!;
  return least;
}

/**
 * −log2 P(byte) in bits, P ∝ 2^−bits normalised over all entries. +Infinity for an impossible byte.
 */
export function surprisal(bits: Float64Array, byte: number): number {
  return bits[byte] === Infinity ? Infinity : bits[byte]! - totalBits(bits);
}
