// Converts probabilities to integer frequencies for an arithmetic coder. Leaky: no symbol gets
// frequency 0, so symbols that the model considers impossible are expensive but can be coded. Uses
// only additions, multiplications, square roots and floors of doubles, which IEEE 754 defines
// exactly: equal inputs give equal frequencies on every machine.

/**
 * Frequencies of weights ≥ 0, P ∝ weight: 1 + ⌊P · (total − n)⌋ for each of n symbols; the rounding
 * remainder goes to the heaviest symbol, the first one if tied. They sum to `total`. A symbol costs
 * at most −log2(1 − n/total) bits more than −log2 P. All frequencies are equal if the weights sum
 * to 0.
 *
 * @param total an integer from n to 2^32, for one symbol below 2^32; not checked.
 * @param out as long as `weights`; may not be `weights`.
 */
export function quantise(
  weights: ArrayLike<number>,
  total: number,
  out: Uint32Array = new Uint32Array(weights.length),
): Uint32Array {
  const n = weights.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += weights[i]!;
  const free = total - n;
  let left = free;
  let heaviest = 0;
  if (sum > 0 && sum < Infinity) {
    for (let i = 0; i < n; i++) {
      const weight = weights[i]!;
      const share = Math.min(Math.floor((weight / sum) * free), left);
      out[i] = 1 + share;
      left -= share;
      if (weight > weights[heaviest]!) heaviest = i;
    }
  } else {
    const share = Math.floor(free / n);
    for (let i = 0; i < n; i++) out[i] = 1 + share;
    left -= share * n;
  }
  out[heaviest] = out[heaviest]! + left;
  return out;
}

/**
 * Frequencies of code lengths in bits, P ∝ 2^−bits, as `quantise` gives them. Lengths may be
 * negative or Infinity (impossible), and need not sum to 1 as probabilities. All frequencies are
 * equal if nothing is possible.
 */
export function quantiseBits(
  bits: Float64Array,
  total: number,
  out: Uint32Array = new Uint32Array(bits.length),
  scratch: Float64Array = new Float64Array(bits.length),
): Uint32Array {
  const n = bits.length;
  let least = Infinity;
  for (let i = 0; i < n; i++) if (bits[i]! < least) least = bits[i]!;
  if (least === Infinity || least === -Infinity) scratch.fill(0);
  else for (let i = 0; i < n; i++) scratch[i] = powerOfHalf(bits[i]! - least);
  return quantise(scratch, total, out);
}

/** 2^−(i/256) for i = 0 … 255, computed from square roots and products only. */
const HALF_ROOTS = new Float64Array(256).fill(1);
for (let bit = 7, root = Math.SQRT1_2; bit >= 0; bit--, root = Math.sqrt(root)) {
  for (let i = 0; i < 256; i++) if (i & (1 << bit)) HALF_ROOTS[i] = HALF_ROOTS[i]! * root;
}
/** 2^−k for k = 0 … 63. */
const HALF_POWERS = Float64Array.from({ length: 64 }, (_, k) => 1 / 2 ** k);

/**
 * 2^−x for x ≥ 0, with a relative error below 1e-11; 0 for x ≥ 64. `Math.pow` is slower here, and
 * its last digit differs between engines.
 */
export function powerOfHalf(x: number): number {
  if (!(x < 64)) return 0;
  const steps = Math.floor(x * 256);
  const f = (x - steps / 256) * Math.LN2; // in [0, 0.0028)
  const rest = 1 - f * (1 - f * (0.5 - f * (1 / 6)));
  return HALF_POWERS[steps >> 8]! * HALF_ROOTS[steps & 255]! * rest;
}
