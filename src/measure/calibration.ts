// Calibration: whether events with predicted probability 0.3 occur 30 % of the time (DeGroot &
// Fienberg 1983).

import { totalBits } from '../bits/units.js';
import { legsOf, type Passage } from '../passage/passage.js';
import type { CodeLengthModel } from '../types.js';

/** Probabilities in (2^−(k+1), 2^−k]; the last bin includes all smaller ones. */
export interface CalibrationBin {
  /** Σ of the probabilities: the expected number of occurrences. */
  expected: number;
  /** The observed number of occurrences. */
  observed: number;
}

const BINS = 10;

/** Takes a model with an empty context through one context, counting all 256 bytes at each step. */
export async function calibrate(
  model: CodeLengthModel,
  passage: Passage,
): Promise<CalibrationBin[]> {
  const bins = Array.from({ length: BINS }, (): CalibrationBin => ({ expected: 0, observed: 0 }));
  const lengths = new Float64Array(256);
  for (const { given, heldOut } of legsOf(passage)) {
    model.push(passage.bytes.subarray(...given));
    for (let i = heldOut[0]; i < heldOut[1]; i++) {
      const pending = model.next(lengths);
      if (pending) await pending;
      const total = totalBits(lengths);
      for (let b = 0; b < 256; b++) {
        const bits = lengths[b]! - total;
        const bin = bins[Math.min(BINS - 1, Math.max(0, Math.floor(bits)))]!;
        bin.expected += 2 ** -bits;
        if (b === passage.bytes[i]) bin.observed++;
      }
      model.push(passage.bytes.subarray(i, i + 1));
    }
  }
  return bins;
}

/** Σ over bins of |expected − observed| per byte: 0 if everything occurs as often as predicted. */
export function calibrationError(bins: readonly CalibrationBin[]): number {
  const bytes = bins.reduce((sum, { observed }) => sum + observed, 0);
  const error = bins.reduce(
    (sum, { expected, observed }) => sum + Math.abs(expected - observed),
    0,
  );
  return error / Math.max(1, bytes);
}

/** Sums the bins of several messages. */
export function addBins(all: readonly (readonly CalibrationBin[])[]): CalibrationBin[] {
  return (all[0] ?? []).map((_, k) => ({
    expected: all.reduce((sum, bins) => sum + bins[k]!.expected, 0),
    observed: all.reduce((sum, bins) => sum + bins[k]!.observed, 0),
  }));
}
