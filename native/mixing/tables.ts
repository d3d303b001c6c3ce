// Lookup tables that the host writes once into each instance: the logistic functions and the state
// machine of bit histories, computed by src/engines/mixing/constants.ts. Also the functions that read
// them.

/** ln(p/(1−p)) at p = (i + ½)/4096, f32. */
export const stretchTable = memory.data(4 * 4096, 16);
/** 1/(1+e^−x) at x = i/64 − 12, f32. */
export const squashTable = memory.data(4 * (24 * 64 + 2), 16);
/** The history after one more bit, at 2·history + bit. */
export const nextHistory = memory.data(512);
/** Number of bits in each history, plus 128 if they are all equal. */
export const historyTotal = memory.data(256);
/** Initial adaptive probability of each history, u32; see {@link adapted}. */
export const firstMap = memory.data(4 * 256, 16);
/** 8192/(n + 1.5), u32. */
export const reciprocals = memory.data(4 * 1024, 16);

/** Largest |x| in the domain of {@link squash}. */
export const LIMIT: f32 = 11.99;

// @ts-ignore: decorator
@inline
export function clip(x: f32): f32 {
  return max<f32>(-LIMIT, min<f32>(LIMIT, x));
}

/** 1/(1+e^−x) of a clipped x. */
// @ts-ignore: decorator
@inline
export function squash(x: f32): f32 {
  const at = (x + 12) * 64;
  const i = <i32>at;
  const p = squashTable + (<usize>i << 2);
  const low = load<f32>(p);
  return low + (at - <f32>i) * (load<f32>(p, 4) - low);
}

/** ln(p/(1−p)) of an adaptive probability. */
// @ts-ignore: decorator
@inline
export function stretchOf(entry: u32): f32 {
  return load<f32>(stretchTable + <usize>((entry >>> 20) << 2));
}

/** An adaptive probability (P(1) in the upper 22 bits, a count in the lower 10) after a bit. */
// @ts-ignore: decorator
@inline
export function adapted(entry: u32, bit: i32, limit: u32): u32 {
  const n = entry & 1023;
  const p = entry >>> 10;
  const step = (((<i32>(bit << 22) - <i32>p) >> 3) * <i32>load<u32>(reciprocals + (<usize>n << 2))) & ~1023;
  return entry + <u32>step + (n < limit ? 1 : 0);
}
