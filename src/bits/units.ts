// Bits and probabilities: the two sides of P = 2^−bits.

const LEAST_EXPONENT = -1100;
const POWERS = Float64Array.from(
  { length: 1024 - LEAST_EXPONENT },
  (_, i) => 2 ** (i + LEAST_EXPONENT),
);

/** 2^x for x < 1024, exact for whole numbers and else to the last digit; much faster than `**`. */
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
 * Code lengths to probabilities, P ∝ 2^−bits, normalised to sum to 1; `out` may be `bits`. All zero
 * if nothing is possible. Returns what `totalBits` does.
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

/** The least of them: those of the likeliest. +Infinity if nothing is possible. */
export function leastBits(bits: Float64Array): number {
  let least = Infinity;
  for (let i = 0; i < bits.length; i++) if (bits[i]! < least) least = bits[i]!;
  return least;
}

/**
 * −log2 P(byte) in bits, P ∝ 2^−bits normalised over all entries. +Infinity for the impossible.
 */
export function surprisal(bits: Float64Array, byte: number): number {
  return bits[byte] === Infinity ? Infinity : bits[byte]! - totalBits(bits);
}
