// The logits of a pass: as numbers of 32 bits, and how far two of them are apart.

import type { Tensor } from './runtime.js';

/** Whether logits are the same but for rounding. */
export function isNear(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  let [least, most, off] = [Infinity, -Infinity, 0];
  for (let i = 0; i < a.length; i++) {
    least = Math.min(least, a[i]!);
    most = Math.max(most, a[i]!);
    off = Math.max(off, Math.abs(a[i]! - b[i]!));
  }
  return off <= ROUNDING * (most - least);
}

/** Of the spread of logits; half precision rounds to about half of it. */
const ROUNDING = 2 ** -10;

export function hasNaN(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isNaN(sum);
}

/** Numbers in 32 bits; halves come as such, or as their bits where there is no Float16Array. */
export function floatsOf(data: Tensor['data']): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return Float32Array.from(data, fromHalf);
  return Float32Array.from(data as ArrayLike<number>);
}

/** The number with these 16 bits (IEEE 754 binary16). */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
