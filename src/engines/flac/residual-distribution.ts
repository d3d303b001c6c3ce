// Distributions of a residual: the one implied by a Rice code with random bits, and a smooth one.
// Both are truncated to the range of samples and normalised there.

import type { Random } from '../../types.js';

/** A family of distributions of a sample around a prediction, indexed by scale, 0 … scales − 1. */
export interface ResidualDistribution {
  readonly scales: number;
  /** out[from + i] = mass of [least, most] at scale i before normalisation. */
  masses(prediction: number, least: number, most: number, out: Float64Array, from: number): void;
  /** out[from + i] = P(sample) at scale i, from `masses` at the same places; both are in range. */
  probabilities(
    sample: number,
    prediction: number,
    masses: Float64Array,
    out: Float64Array,
    from: number,
  ): void;
  /** out[from + i] = P(X < sample) at scale i; sample is in [least, most + 1]. */
  below(
    sample: number,
    prediction: number,
    least: number,
    most: number,
    out: Float64Array,
    from: number,
  ): void;
  /** Draws a sample at a scale with its bits divided by the temperature; it may be out of range. */
  draw(prediction: number, scale: number, random: Random, temperature: number): number;
  /** The scale with the highest likelihood for residuals of this mean magnitude. */
  scaleOf(meanMagnitude: number): number;
}

/** POWERS[n] = 2^−n, down to 0. */
const POWERS = Float64Array.from({ length: 1100 }, (_, n) => 2 ** -n);
const power = (n: number): number => (n < POWERS.length ? POWERS[n]! : 0);

/**
 * Rice codes with parameters 0 … `parameters` − 1 (RFC 9639 §9.2.7.2) around the rounded
 * prediction: a residual whose folded value is u has probability 2^−(⌊u / 2^k⌋ + 1 + k).
 */
export function riceDistribution(parameters: number): ResidualDistribution {
  return {
    scales: parameters,
    masses(prediction, least, most, out, from) {
      const centre = Math.round(prediction);
      for (let k = 0; k < parameters; k++) {
        out[from + k] = evenMass(most - centre, k) + oddMass(centre - least, k);
      }
    },
    probabilities(sample, prediction, masses, out, from) {
      const residual = sample - Math.round(prediction);
      const u = residual >= 0 ? 2 * residual : -2 * residual - 1;
      for (let k = 0; k < parameters; k++) {
        out[from + k] = power((u >>> k) + 1 + k) / masses[from + k]!;
      }
    },
    below(sample, prediction, least, most, out, from) {
      const centre = Math.round(prediction);
      const above = most - centre;
      const under = centre - least;
      for (let k = 0; k < parameters; k++) {
        const all = oddMass(under, k);
        const mass =
          sample > centre
            ? all + evenMass(sample - centre - 1, k)
            : all - oddMass(centre - sample, k);
        out[from + k] = mass / (all + evenMass(above, k));
      }
    },
    draw(prediction, k, random, temperature) {
      // The quotient is a run of zero bits, each with probability 2^−1/T; the low bits are uniform.
      const run = temperature > 0 ? Math.floor(-Math.log2(1 - random()) * temperature) : 0;
      const low = temperature > 0 ? Math.floor(random() * 2 ** k) : 0;
      const u = run * 2 ** k + low;
      return Math.round(prediction) + (u % 2 === 0 ? u / 2 : -(u + 1) / 2);
    },
    scaleOf(meanMagnitude) {
      const k = Math.floor(Math.log2(Math.max(2 * Math.LN2 * meanMagnitude, 1)));
      return Math.min(k, parameters - 1);
    },
  };
}

/** Total probability of the residuals 0 … n, whose folded values are even. */
function evenMass(n: number, k: number): number {
  if (k === 0) return (2 / 3) * (1 - power(2 * (n + 1)));
  const whole = (n + 1) >>> (k - 1);
  return (1 - power(whole)) / 2 + (n + 1 - whole * 2 ** (k - 1)) * power(whole + 1 + k);
}

/** Total probability of the residuals −1 … −n, whose folded values are odd. */
function oddMass(n: number, k: number): number {
  if (k === 0) return (1 / 3) * (1 - power(2 * n));
  const whole = n >>> (k - 1);
  return (1 - power(whole)) / 2 + (n - whole * 2 ** (k - 1)) * power(whole + 1 + k);
}

const LEAST_WIDTH = 0.15;
const WIDTHS_PER_OCTAVE = 2;

/** Laplace distributions around the unrounded prediction, integrated over each integer sample. */
export function laplaceDistribution(scales: number): ResidualDistribution {
  const widths = Float64Array.from(
    { length: scales },
    (_, i) => LEAST_WIDTH * 2 ** (i / WIDTHS_PER_OCTAVE),
  );
  return {
    scales,
    masses(prediction, least, most, out, from) {
      for (let i = 0; i < scales; i++) {
        const b = widths[i]!;
        out[from + i] =
          1 -
          (Math.exp(-(most + 0.5 - prediction) / b) + Math.exp(-(prediction - least + 0.5) / b)) /
            2;
      }
    },
    probabilities(sample, prediction, masses, out, from) {
      const d = sample - prediction;
      const away = Math.abs(d);
      for (let i = 0; i < scales; i++) {
        const b = widths[i]!;
        const mass =
          away >= 0.5
            ? Math.exp((0.5 - away) / b) * (1 - Math.exp(-1 / b)) * 0.5
            : 1 - (Math.exp(-(0.5 + d) / b) + Math.exp(-(0.5 - d) / b)) / 2;
        out[from + i] = mass / masses[from + i]!;
      }
    },
    below(sample, prediction, least, most, out, from) {
      const d = sample - 0.5 - prediction;
      for (let i = 0; i < scales; i++) {
        const b = widths[i]!;
        const bottom = Math.exp(-(prediction - least + 0.5) / b) / 2;
        const inside = 1 - bottom - Math.exp(-(most + 0.5 - prediction) / b) / 2;
        const mass = d > 0 ? 1 - Math.exp(-d / b) / 2 : Math.exp(d / b) / 2;
        out[from + i] = (mass - bottom) / inside;
      }
    },
    draw(prediction, scale, random, temperature) {
      const sign = random() < 0.5 ? -1 : 1;
      const magnitude = -Math.log(1 - random()) * widths[scale]! * temperature;
      return Math.round(prediction + sign * (temperature > 0 ? magnitude : 0));
    },
    scaleOf(meanMagnitude) {
      const i = Math.round(WIDTHS_PER_OCTAVE * Math.log2(meanMagnitude / LEAST_WIDTH + 1e-9));
      return Math.min(Math.max(i, 0), scales - 1);
    },
  };
}
