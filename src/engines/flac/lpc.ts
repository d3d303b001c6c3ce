// Linear prediction: windows, autocorrelation, the Levinson–Durbin recursion, and the quantisation
// of coefficients to integers for FLAC (RFC 9639 §9.2.6; Makhoul 1975).

import { MOST_LPC_ORDER } from './format.js';

/** Integer coefficients, latest sample first; the prediction is ⌊Σ c·x / 2^shift⌋. */
export interface QuantisedPredictor {
  readonly coefficients: Int32Array;
  /** Bits of each coefficient, sign included: 2–15. */
  readonly precision: number;
  /** 0–15. */
  readonly shift: number;
}

/**
 * Weights of a Tukey window over [from, to) of `length` samples, zero elsewhere. `taper` is the
 * tapered fraction: 0 is a rectangle, 1 a Hann window.
 */
export function tukeyWindow(length: number, taper: number, from = 0, to = length): Float64Array {
  const window = new Float64Array(length);
  const edge = Math.floor((taper / 2) * (to - from));
  for (let i = from; i < to; i++) {
    const fromEdge = Math.min(i - from, to - 1 - i);
    window[i] = fromEdge < edge ? 0.5 - 0.5 * Math.cos((Math.PI * (fromEdge + 0.5)) / edge) : 1;
  }
  return window;
}

/** `out[lag]` = Σ w·x[i] · w·x[i − lag], for lags 0 … out.length − 1. */
export function autocorrelate(samples: Int32Array, window: Float64Array, out: Float64Array): void {
  const n = samples.length;
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) x[i] = samples[i]! * window[i]!;
  for (let lag = 0; lag < out.length; lag++) {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += x[i]! * x[i - lag]!;
    out[lag] = sum;
  }
}

export interface LinearPredictor {
  /** Coefficients, latest sample first. */
  readonly coefficients: Float64Array;
  /** Residual energy, in the units of the autocorrelation. */
  readonly error: number;
}

/** The predictors of orders 1, 2, …; stops early if nothing is left to predict. */
export function levinsonDurbin(autocorrelation: Float64Array): LinearPredictor[] {
  const predictors: LinearPredictor[] = [];
  let error = autocorrelation[0]!;
  let a = new Float64Array(0);
  for (let order = 1; order < autocorrelation.length && error > 0; order++) {
    let reflection = autocorrelation[order]!;
    for (let j = 0; j < order - 1; j++) reflection -= a[j]! * autocorrelation[order - 1 - j]!;
    reflection /= error;
    const next = new Float64Array(order);
    for (let j = 0; j < order - 1; j++) next[j] = a[j]! - reflection * a[order - 2 - j]!;
    next[order - 1] = reflection;
    error *= 1 - reflection * reflection;
    if (!(error >= 0)) break; // the remaining energy is below rounding error
    a = next;
    predictors.push({ coefficients: a, error });
  }
  return predictors;
}

/**
 * Coefficients rounded to `precision` bits, with each rounding error carried over to the next one;
 * undefined if they are too large for any shift, or all zero.
 */
export function quantise(
  coefficients: Float64Array,
  precision: number,
): QuantisedPredictor | undefined {
  let most = 0;
  for (const c of coefficients) most = Math.max(most, Math.abs(c));
  if (!(most > 0)) return undefined;
  const shift = Math.min(15, precision - 2 - Math.floor(Math.log2(most)));
  if (shift < 0) return undefined;
  const limit = 2 ** (precision - 1);
  const rounded = new Int32Array(coefficients.length);
  let carry = 0;
  for (let i = 0; i < rounded.length; i++) {
    carry += coefficients[i]! * 2 ** shift;
    rounded[i] = Math.min(Math.max(Math.round(carry), -limit), limit - 1);
    carry -= rounded[i]!;
  }
  return { coefficients: rounded, precision, shift };
}

/**
 * `residual[i]` = sample i minus its prediction, from the order on. Returns false if a value does
 * not fit in 32 bits, as FLAC requires (§9.2.7.3).
 */
export function predictionResidual(
  samples: Int32Array,
  { coefficients, shift }: Pick<QuantisedPredictor, 'coefficients' | 'shift'>,
  residual: Int32Array,
): boolean {
  const order = coefficients.length;
  const scale = 2 ** -shift;
  const c = new Float64Array(MOST_LPC_ORDER);
  c.set(coefficients);
  for (let i = order; i < samples.length; i++) {
    let sum = 0; // below 2^53: 25 bits of a sample or side, 14 of a coefficient, 5 of the order
    for (let j = 0; j < order; j++) sum += c[j]! * samples[i - 1 - j]!;
    const value = samples[i]! - Math.floor(sum * scale);
    residual[i] = value;
    if (residual[i] !== value || value === -(2 ** 31)) return false;
  }
  return true;
}
