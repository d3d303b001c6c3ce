// One channel of one frame: searches for its cheapest coding and writes it (RFC 9639 §9.2).

import { CONSTANT, FIXED, FIXED_COEFFICIENTS, LPC, MOST_FIXED_ORDER, VERBATIM } from './format.js';
import {
  autocorrelate,
  levinsonDurbin,
  predictionResidual,
  type QuantisedPredictor,
  quantise,
  tukeyWindow,
} from './lpc.js';
import type { MsbWriter } from './msb-writer.js';
import { planRice, type RicePlan, writeRice } from './rice.js';

/** Search effort of the encoder. */
export interface Effort {
  /** Highest order of linear prediction, 0–32. */
  readonly lpcOrder: number;
  /** Limit on the partition order: at most 2^this partitions of the residual. */
  readonly partitionOrder: number;
}

/** The chosen coding of a channel. */
export interface SubframePlan {
  /** The samples without their wasted bits. */
  readonly samples: Int32Array;
  readonly bitsPerSample: number;
  /** Number of low bits that are zero in all samples. */
  readonly wasted: number;
  /** `CONSTANT`, `VERBATIM`, `FIXED` + order or `LPC` + order − 1. */
  readonly type: number;
  readonly predicted?: Predicted;
  /** Bits of the whole subframe. */
  readonly bits: number;
}

interface Predicted {
  readonly order: number;
  /** Absent for fixed predictors. */
  readonly predictor?: QuantisedPredictor;
  readonly residual: Int32Array;
  readonly rice: RicePlan;
  readonly bits: number;
}

/** Plans successive subframes of equal length; caches the windows. */
export class SubframePlanner {
  readonly #effort: Effort;
  #windows: readonly Float64Array[] = [];

  constructor(effort: Effort) {
    this.#effort = effort;
  }

  /** The cheapest coding found; `bitsPerSample` may be 25 for the side channel of 24-bit stereo. */
  plan(given: Int32Array, givenBits: number): SubframePlan {
    const wasted = wastedBits(given);
    const samples = wasted > 0 ? given.map((x) => x >> wasted) : given;
    const bitsPerSample = givenBits - wasted;
    const headBits = 8 + wasted;
    const base = { samples, bitsPerSample, wasted };
    if (samples.every((x) => x === samples[0])) {
      return { ...base, type: CONSTANT, bits: headBits + bitsPerSample };
    }
    const predicted = this.#predict(samples, bitsPerSample);
    const verbatimBits = samples.length * bitsPerSample;
    if (!predicted || predicted.bits >= verbatimBits) {
      return { ...base, type: VERBATIM, bits: headBits + verbatimBits };
    }
    const { order, predictor, bits } = predicted;
    const type = predictor ? LPC + order - 1 : FIXED + order;
    return { ...base, type, predicted, bits: headBits + bits };
  }

  #predict(samples: Int32Array, bitsPerSample: number): Predicted | undefined {
    const n = samples.length;
    let best: Predicted | undefined;
    const attempt = (order: number, predictor?: QuantisedPredictor): void => {
      const residual = new Int32Array(n);
      const used = predictor ?? { coefficients: FIXED_INTEGERS[order]!, shift: 0 };
      if (!predictionResidual(samples, used, residual)) return;
      const rice = planRice(residual, order, this.#effort.partitionOrder);
      const extra = predictor ? 4 + 5 + order * predictor.precision : 0;
      const bits = order * bitsPerSample + extra + rice.bits;
      if (best && best.bits <= bits) return;
      best = { order, residual, rice, bits, ...(predictor && { predictor }) };
    };
    for (let order = 0; order <= Math.min(MOST_FIXED_ORDER, n - 1); order++) attempt(order);

    const mostOrder = Math.min(this.#effort.lpcOrder, n - 1);
    if (mostOrder < 1) return best;
    const precision = precisionFor(n, bitsPerSample);
    const correlation = new Float64Array(mostOrder + 1);
    for (const window of this.#windowsOf(n)) {
      autocorrelate(samples, window, correlation);
      const predictors = levinsonDurbin(correlation);
      const guesses = predictors
        .map(({ coefficients, error }) => ({
          coefficients,
          bits: expectedBits(error, n, coefficients.length, precision + bitsPerSample),
        }))
        .sort((a, b) => a.bits - b.bits);
      for (const { coefficients } of guesses.slice(0, ORDERS_TRIED)) {
        const predictor = quantise(coefficients, precision);
        if (predictor) attempt(coefficients.length, predictor);
      }
    }
    return best;
  }

  /**
   * Windows over the whole block, its halves and its thirds: changes within a block are captured by
   * a part.
   */
  #windowsOf(n: number): readonly Float64Array[] {
    if (this.#windows[0]?.length === n) return this.#windows;
    const windows = [tukeyWindow(n, 0.5)];
    for (const parts of n >= 96 ? [2, 3] : []) {
      for (let p = 0; p < parts; p++) {
        const from = Math.floor((p * n) / parts);
        windows.push(tukeyWindow(n, 0.5 / parts, from, Math.floor(((p + 1) * n) / parts)));
      }
    }
    this.#windows = windows;
    return windows;
  }
}

/** Number of orders with the lowest estimated cost whose exact cost is computed. */
const ORDERS_TRIED = 2;

const FIXED_INTEGERS = FIXED_COEFFICIENTS.map((c) => Int32Array.from(c));

/** Worthwhile precision of a coefficient in bits; libFLAC's table as a formula. */
function precisionFor(n: number, bitsPerSample: number): number {
  if (bitsPerSample < 16) return Math.max(5, 2 + Math.floor(bitsPerSample / 2));
  const forSize = 7 + Math.ceil(Math.log2(Math.max(n / 192, 1)));
  return Math.min(forSize, bitsPerSample > 16 ? 14 : 13);
}

/**
 * Expected bits of a Laplacian residual with this energy plus the coefficients (libFLAC's
 * estimate).
 */
function expectedBits(error: number, n: number, order: number, bitsPerOrder: number): number {
  const perSample = error > 0 ? Math.max(0, 0.5 * Math.log2((0.5 * error) / n)) : 0;
  return perSample * (n - order) + order * bitsPerOrder;
}

function wastedBits(samples: Int32Array): number {
  let any = 0;
  for (let i = 0; i < samples.length && (any & 1) === 0; i++) any |= samples[i]!;
  return any === 0 ? 0 : 31 - Math.clz32(any & -any);
}

export function writeSubframe(writer: MsbWriter, plan: SubframePlan): void {
  const { samples, bitsPerSample, wasted, type, predicted } = plan;
  writer.writeBits(type, 7); // a zero bit comes first
  writer.writeBits(wasted > 0 ? 1 : 0, 1);
  if (wasted > 0) writer.writeUnary(wasted - 1);
  if (!predicted) {
    const count = type === CONSTANT ? 1 : samples.length;
    for (let i = 0; i < count; i++) writer.writeBits(samples[i]!, bitsPerSample);
    return;
  }
  const { order, predictor, residual, rice } = predicted;
  for (let i = 0; i < order; i++) writer.writeBits(samples[i]!, bitsPerSample);
  if (predictor) {
    writer.writeBits(predictor.precision - 1, 4);
    writer.writeBits(predictor.shift, 5);
    for (let j = 0; j < order; j++) {
      writer.writeBits(predictor.coefficients[j]!, predictor.precision);
    }
  }
  writeRice(writer, residual, order, rice);
}
