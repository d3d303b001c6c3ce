// The distribution of the next sample of one channel implied by a FLAC decoder: a mixture of
// experts, each a predictor with a Rice parameter. A new subframe may start at any sample, so the
// weights follow the fixed-share rule (Herbster & Warmuth 1998): after the Bayes update each expert
// gives up a share, which is redistributed.

import { FIXED_COEFFICIENTS } from './format.js';
import { autocorrelate, levinsonDurbin } from './lpc.js';
import type { ResidualDistribution } from './residual-distribution.js';

/** Parameters of the mixture. */
export interface MixtureShape {
  readonly distribution: ResidualDistribution;
  /** Samples are in [least, most]. */
  readonly least: number;
  readonly most: number;
}

/** Orders of linear prediction, besides the fixed predictors. */
const ORDERS = [4, 8, 12, 16, 24, 32];
/** Linear predictors are refitted at intervals of this many samples … */
const REFIT = 32;
/** … to this many samples: 32 ms of speech. The window rises slowly and falls at the very end. */
const WINDOW = recentWindow(512);
/** Share that each expert gives up after a sample, redistributed to all. */
const SHARE = 1 / 64;

const PREDICTORS = FIXED_COEFFICIENTS.length + ORDERS.length;

function recentWindow(length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => {
    const rise = Math.sin((Math.PI / 2) * Math.min(1, (i + 0.5) / (0.6 * length)));
    const fall = Math.sin((Math.PI / 2) * Math.min(1, (length - i - 0.5) / (0.04 * length)));
    return rise * rise * fall * fall;
  });
}

/** A distribution over the next sample of one channel. */
export class SampleMixture {
  readonly #shape: MixtureShape;
  /** Coefficients of each predictor, latest sample first. */
  readonly #coefficients: Float64Array[];
  /** Weight of each expert, all scales of the first predictor first; they sum to 1. */
  readonly #weights: Float64Array;
  readonly #predictions = new Float64Array(PREDICTORS);
  /** P(`#asked`) under each expert, if it was computed since the last update. */
  readonly #chances: Float64Array;
  readonly #below: Float64Array;
  /** Masses by which the experts' probabilities are normalised, if `#hasMasses`. */
  readonly #masses: Float64Array;
  #hasMasses = false;
  #asked: number | undefined;
  /** The latest samples; the last is #past[#end − 1]. */
  readonly #past: Int32Array;
  #end: number;
  #sinceFit = 0;

  constructor(shape: MixtureShape, from?: SampleMixture) {
    this.#shape = shape;
    const experts = PREDICTORS * shape.distribution.scales;
    this.#chances = new Float64Array(experts);
    this.#below = new Float64Array(experts);
    this.#masses = new Float64Array(experts);
    this.#coefficients = from
      ? from.#coefficients.slice()
      : Array.from({ length: PREDICTORS }, (_, p) =>
          Float64Array.from(FIXED_COEFFICIENTS[p] ?? []),
        );
    this.#weights = from ? from.#weights.slice() : new Float64Array(experts).fill(1 / experts);
    this.#past = from ? from.#past.slice() : new Int32Array(4 * WINDOW.length);
    this.#end = from ? from.#end : WINDOW.length; // as if preceded by silence
    this.#sinceFit = from ? from.#sinceFit : 0;
    this.#predict();
  }

  fork(): SampleMixture {
    return new SampleMixture(this.#shape, this);
  }

  /** P(sample) for a sample in range. */
  probability(sample: number): number {
    const { distribution } = this.#shape;
    const chances = this.#chances;
    const weights = this.#weights;
    if (!this.#hasMasses) this.#measure();
    this.#asked = sample;
    let sum = 0;
    for (let p = 0; p < PREDICTORS; p++) {
      const from = p * distribution.scales;
      distribution.probabilities(sample, this.#predictions[p]!, this.#masses, chances, from);
      for (let i = from; i < from + distribution.scales; i++) sum += weights[i]! * chances[i]!;
    }
    return sum;
  }

  /** P of all samples below one that is in range or one past it. */
  below(sample: number): number {
    const { distribution, least, most } = this.#shape;
    const below = this.#below;
    let sum = 0;
    for (let p = 0; p < PREDICTORS; p++) {
      const from = p * distribution.scales;
      distribution.below(sample, this.#predictions[p]!, least, most, below, from);
      for (let i = from; i < from + distribution.scales; i++) sum += this.#weights[i]! * below[i]!;
    }
    return sum;
  }

  update(sample: number): void {
    if (this.#asked !== sample) this.probability(sample);
    const chances = this.#chances;
    const weights = this.#weights;
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      weights[i] = weights[i]! * chances[i]!;
      sum += weights[i]!;
    }
    const kept = (1 - SHARE) / sum;
    const shared = SHARE / weights.length;
    for (let i = 0; i < weights.length; i++) weights[i] = kept * weights[i]! + shared;
    this.#append(sample);
    if (++this.#sinceFit === REFIT) this.#fit();
    this.#predict();
  }

  /** Goes on without learning. */
  append(sample: number): void {
    this.#append(sample);
    this.#predict();
  }

  #append(sample: number): void {
    const past = this.#past;
    if (this.#end === past.length) {
      past.copyWithin(0, past.length - WINDOW.length);
      this.#end = WINDOW.length;
    }
    past[this.#end++] = sample;
    this.#asked = undefined;
  }

  #fit(): void {
    this.#sinceFit = 0;
    const latest = this.#past.subarray(this.#end - WINDOW.length, this.#end);
    const correlation = new Float64Array(ORDERS.at(-1)! + 1);
    autocorrelate(latest, WINDOW, correlation);
    correlation[0] = correlation[0]! * (1 + 1e-9) + 1e-3; // so that silence has a predictor
    const predictors = levinsonDurbin(correlation);
    for (let i = 0; i < ORDERS.length; i++) {
      const coefficients = predictors[ORDERS[i]! - 1]?.coefficients ?? new Float64Array(0);
      this.#coefficients[FIXED_COEFFICIENTS.length + i] = coefficients;
    }
  }

  #measure(): void {
    const { distribution, least, most } = this.#shape;
    for (let p = 0; p < PREDICTORS; p++) {
      const from = p * distribution.scales;
      distribution.masses(this.#predictions[p]!, least, most, this.#masses, from);
    }
    this.#hasMasses = true;
  }

  #predict(): void {
    const { least, most } = this.#shape;
    this.#hasMasses = false;
    const past = this.#past;
    const last = this.#end - 1;
    for (let p = 0; p < PREDICTORS; p++) {
      const c = this.#coefficients[p]!;
      let sum = 0;
      for (let j = 0; j < c.length; j++) sum += c[j]! * past[last - j]!;
      this.#predictions[p] = Math.min(Math.max(sum, least), most);
    }
  }
}
