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

/** Four values, clipped to that domain. */
// @ts-ignore: decorator
@inline
export function clipLanes(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(LIMIT)), f32x4.splat(-LIMIT));
}

// @ts-ignore: decorator
@inline
export function clip(x: f32): f32 {
  return f32x4.extract_lane(clipLanes(f32x4.splat(x)), 0);
}

/** What must be added to an integer 0 ≤ n < 2^23, an f32, so that its lower 23 bits are n. */
const TO_BITS: f32 = 8388608;
const BITS: u32 = 0x7fffff;

/** An integer 0 ≤ n < 2^23, without the checks of a conversion. */
// @ts-ignore: decorator
@inline
export function integerOf(n: f32): usize {
  return reinterpret<u32>(n + TO_BITS) & BITS;
}

/** 1/(1+e^−x) of a clipped x. */
// @ts-ignore: decorator
@inline
export function squash(x: f32): f32 {
  const at = (x + 12) * 64;
  const i = floor<f32>(at);
  const p = squashTable + (integerOf(i) << 2);
  const low = load<f32>(p);
  return low + (at - i) * (load<f32>(p, 4) - low);
}

/** {@link squash} of four values. */
// @ts-ignore: decorator
@inline
function squashLanes(x: v128): v128 {
  const at = f32x4.mul(f32x4.add(x, f32x4.splat(12)), f32x4.splat(64));
  const i = f32x4.floor(at);
  const offsets = i32x4.shl(v128.and(f32x4.add(i, f32x4.splat(TO_BITS)), i32x4.splat(BITS)), 2);
  const first = v128.load64_zero(squashTable + <usize>i32x4.extract_lane(offsets, 0));
  const second = v128.load64_zero(squashTable + <usize>i32x4.extract_lane(offsets, 1));
  const third = v128.load64_zero(squashTable + <usize>i32x4.extract_lane(offsets, 2));
  const fourth = v128.load64_zero(squashTable + <usize>i32x4.extract_lane(offsets, 3));
  const pair = v128.shuffle<f32>(first, second, 0, 4, 1, 5);
  const otherPair = v128.shuffle<f32>(third, fourth, 0, 4, 1, 5);
  const low = v128.shuffle<f32>(pair, otherPair, 0, 1, 4, 5);
  const high = v128.shuffle<f32>(pair, otherPair, 2, 3, 6, 7);
  return f32x4.add(low, f32x4.mul(f32x4.sub(at, i), f32x4.sub(high, low)));
}

/** The errors of four logits in a bit. */
// @ts-ignore: decorator
@inline
export function errorsOf(logits: v128, bit: i32): v128 {
  return f32x4.sub(f32x4.splat(<f32>bit), squashLanes(logits));
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
