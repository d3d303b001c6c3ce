// Bootstrap confidence intervals (Efron & Tibshirani 1993, percentile method).

import { createRandom } from '../bits/random.js';

const RESAMPLES = 1000;
const SHARE = 0.95;

/**
 * The 95 % interval of Σ numerators / Σ denominators over pairs resampled with replacement.
 * Deterministic for the same pairs. NaN for fewer than two pairs, which give no estimate of spread.
 */
export function ratioInterval(
  numerators: readonly number[],
  denominators: readonly number[],
): readonly [low: number, high: number] {
  const size = numerators.length;
  if (size < 2) return [Number.NaN, Number.NaN];
  const random = createRandom('bootstrap');
  const ratios = Float64Array.from({ length: RESAMPLES }, () => {
    let above = 0;
    let below = 0;
    for (let i = 0; i < size; i++) {
      const pick = Math.floor(random() * size);
      above += numerators[pick]!;
      below += denominators[pick]!;
    }
    return above / below;
  }).sort();
  const tail = Math.round((RESAMPLES * (1 - SHARE)) / 2);
  return [ratios[tail]!, ratios[RESAMPLES - 1 - tail]!];
}
