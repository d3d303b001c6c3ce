// A mixture model of sound that predicts better than FLAC: linear predictors of several orders and
// decays, fitted by the covariance method, and two combinations of their predictions, one of which
// also uses the residual one pitch period ago. Residuals have Student's t distributions whose scales
// adapt at several speeds. Weights follow the fixed-share rule (Herbster & Warmuth 1998).

import { SHAPES, studentCdf, studentMass } from '../../bits/student.js';
import type { Random, SampleModel } from '../../types.js';
import { Regressions } from '../least-squares/regressions.js';
import { PitchMemory, TAPS } from './pitch.js';

/** Sets of predictors: their orders and the decay of past samples per step. */
const SETS = [
  { orders: [2, 4, 8, 16], decay: 0.99 },
  { orders: [8, 16, 24], decay: 0.996 },
  { orders: [16, 32], decay: 0.9985 },
];
/** The combinations of all predictions, without and with the residual one pitch period ago. */
const COMBINATIONS = { decay: 0.998, ridge: 0.02 };
/** Strength of the prior that all coefficients are 0, in units of the samples' mean square. */
const RIDGE = 0.3;
/** Samples between solving for the coefficients, and between pitch searches. */
const SOLVE_EVERY = 4;
const SEARCH_EVERY = 32;
/** Decay of a scale per step. */
const SCALE_DECAYS = [0.85, 0.96, 0.99];
/** Factors on the scale: it is a mean magnitude, and the best t distribution is inverseWidth. */
const SCALE_FACTORS = [0.5, 0.85, 1.4];
/** Share of all weights that is redistributed equally after each sample. */
const SHARE = 1 / 256;
/** Highest order: the number of past samples needed. */
const MAX_ORDER = 32;
/** Scale before the first sample, as a fraction of the range. */
const FIRST_SCALE = 1 / 64;
/** Lower limit of a scale, in sample steps. */
const MIN_SCALE = 0.08;

/** Number of single predictors, over all sets in sequence; their combinations follow them. */
const SINGLE = SETS.reduce((sum, { orders }) => sum + orders.length, 0);
const PREDICTORS = SINGLE + 2;
/** Index of the predictor whose residual is searched for a pitch: order 16 of the first set. */
const PITCHED = 3;
const WIDTHS = SCALE_DECAYS.length * SCALE_FACTORS.length;
const EXPERTS = PREDICTORS * WIDTHS * SHAPES;
/** Numbers of regressors of the regressions: those of the sets, then those of the combinations. */
const ORDERS = [...SETS.map(({ orders }) => orders), [SINGLE], [SINGLE + TAPS]];
/** Index of the first combination among the regressions. */
const COMBINED = SETS.length;
const REGRESSIONS = [
  ...SETS.map(({ decay }) => ({ decay, ridge: RIDGE })),
  COMBINATIONS,
  COMBINATIONS,
].map(({ decay, ridge }, i) => {
  return {
    order: Math.max(...ORDERS[i]!),
    width: 0,
    decay,
    ridge,
    relativeRidge: ridge * (1 - decay),
  };
});

/** The mixture of one channel. An expert is a predictor with a scale and a shape. */
class Channel {
  readonly #lowest: number;
  readonly #highest: number;
  readonly #past: Float64Array;
  #end: number;
  #steps: number;
  /** Linear predictors, and combinations of their predictions. */
  readonly #regressions: Regressions;
  /** Coefficients of each regression for each of its orders, those of the latest sample first. */
  readonly #coefficients: readonly (readonly Float64Array[])[];
  readonly #pitch: PitchMemory;
  /** Inputs of the combinations: predictions, then residuals one pitch period ago. */
  readonly #combined: Float64Array;
  readonly #predictions: Float64Array;
  /** Mean magnitude of each predictor's residual at each speed. */
  readonly #scales: Float64Array;
  readonly #weights: Float64Array;
  readonly #probabilities: Float64Array;
  /** Mass of each expert's distribution within the sample range, and its weight divided by that. */
  readonly #masses = new Float64Array(EXPERTS);
  readonly #shares = new Float64Array(EXPERTS);
  /** Reciprocal of the width of each predictor at each scale. */
  readonly #inverseWidths = new Float64Array(PREDICTORS * WIDTHS);
  /** Weighted mass of all experts below the sample range. */
  #bottom = 0;
  #isMeasured = false;
  /** The sample for which `#probabilities` was computed. */
  #evaluated: number | undefined;

  constructor(bitsPerSample: number, from?: Channel) {
    this.#lowest = -(2 ** (bitsPerSample - 1));
    this.#highest = -this.#lowest - 1;
    this.#past = from ? from.#past.slice() : new Float64Array(1024);
    this.#end = from ? from.#end : MAX_ORDER;
    this.#steps = from ? from.#steps : 0;
    this.#regressions = from ? from.#regressions.fork() : new Regressions(REGRESSIONS);
    this.#coefficients = from
      ? from.#coefficients.map((orders) => orders.map((c) => c.slice()))
      : ORDERS.map((orders) => orders.map((order) => new Float64Array(order)));
    this.#pitch = from ? from.#pitch.fork() : new PitchMemory();
    this.#combined = from ? from.#combined.slice() : new Float64Array(SINGLE + TAPS);
    this.#predictions = from ? from.#predictions.slice() : new Float64Array(PREDICTORS);
    this.#scales = from
      ? from.#scales.slice()
      : new Float64Array(PREDICTORS * SCALE_DECAYS.length).fill(this.#highest * FIRST_SCALE);
    this.#weights = from ? from.#weights.slice() : new Float64Array(EXPERTS).fill(1 / EXPERTS);
    this.#probabilities = new Float64Array(EXPERTS);
  }

  fork(bitsPerSample: number): Channel {
    return new Channel(bitsPerSample, this);
  }

  /** P that the next sample is `sample`. */
  probability(sample: number): number {
    this.#measure();
    this.#evaluated = sample;
    let sum = 0;
    let e = 0;
    for (let p = 0; p < PREDICTORS; p++) {
      const at = this.#predictions[p]!;
      for (let w = 0; w < WIDTHS; w++) {
        const inverseWidth = this.#inverseWidths[p * WIDTHS + w]!;
        const from = (sample - 0.5 - at) * inverseWidth;
        const to = (sample + 0.5 - at) * inverseWidth;
        for (let shape = 0; shape < SHAPES; shape++, e++) {
          const conditional = studentMass(from, to, shape) / this.#masses[e]!;
          this.#probabilities[e] = conditional;
          sum += this.#weights[e]! * conditional;
        }
      }
    }
    return sum;
  }

  /** P that the next sample is below `sample`. */
  below(sample: number): number {
    this.#measure();
    let sum = 0;
    let e = 0;
    for (let p = 0; p < PREDICTORS; p++) {
      const away = sample - 0.5 - this.#predictions[p]!;
      for (let w = 0; w < WIDTHS; w++) {
        const to = away * this.#inverseWidths[p * WIDTHS + w]!;
        for (let shape = 0; shape < SHAPES; shape++, e++) {
          sum += this.#shares[e]! * studentCdf(to, shape);
        }
      }
    }
    return sum - this.#bottom;
  }

  /** Learns a sample and moves past it. */
  update(sample: number): void {
    if (this.#evaluated !== sample) this.probability(sample);
    this.#evaluated = undefined;
    let sum = 0;
    for (let e = 0; e < EXPERTS; e++) {
      this.#weights[e] = this.#weights[e]! * this.#probabilities[e]!;
      sum += this.#weights[e]!;
    }
    const kept = (1 - SHARE) / sum;
    for (let e = 0; e < EXPERTS; e++) {
      this.#weights[e] = kept * this.#weights[e]! + SHARE / EXPERTS;
    }
    for (let p = 0; p < PREDICTORS; p++) {
      const magnitude = Math.abs(sample - this.#predictions[p]!);
      for (let d = 0; d < SCALE_DECAYS.length; d++) {
        const i = p * SCALE_DECAYS.length + d;
        const decay = Math.min(SCALE_DECAYS[d]!, (this.#steps + 1) / (this.#steps + 2));
        this.#scales[i] = decay * this.#scales[i]! + (1 - decay) * magnitude;
      }
    }
    const regressions = this.#regressions;
    const { regressors } = regressions;
    for (let i = 0; i < MAX_ORDER; i++) regressors[i] = this.#past[this.#end - 1 - i]!;
    for (let i = 0; i < COMBINED; i++) regressions.observe(i, sample);
    regressors.set(this.#combined);
    for (let i = COMBINED; i < ORDERS.length; i++) regressions.observe(i, sample);
    this.#steps++;
    if (this.#steps % SEARCH_EVERY === 0) this.#pitch.search();
    if (this.#steps % SOLVE_EVERY === 0) {
      this.#coefficients.forEach((out, i) => {
        regressions.solve(i, out);
      });
    }
    this.append(sample);
  }

  /** Draws a sample from the current mixture. */
  draw(random: Random, temperature: number): number {
    let rest = random();
    let e = 0;
    while (e < EXPERTS - 1 && (rest -= this.#weights[e]!) >= 0) e++;
    const predictor = Math.floor(e / (WIDTHS * SHAPES));
    const width = this.#width(predictor, Math.floor(e / SHAPES) % WIDTHS);
    const x = studentDraw(2 << (e % SHAPES), random) * width * temperature;
    const sample = Math.round(this.#predictions[predictor]! + (temperature > 0 ? x : 0));
    return Math.min(Math.max(sample, this.#lowest), this.#highest);
  }

  /** Appends a sample without learning from it. */
  append(sample: number): void {
    if (this.#end === this.#past.length) {
      this.#past.copyWithin(0, this.#end - MAX_ORDER);
      this.#end = MAX_ORDER;
    }
    this.#isMeasured = false;
    this.#evaluated = undefined;
    this.#past[this.#end++] = sample;
    this.#pitch.push(sample - this.#predictions[PITCHED]!);
    let p = 0;
    for (let i = 0; i < COMBINED; i++) {
      for (const c of this.#coefficients[i]!) this.#predictions[p++] = this.#clip(this.#dot(c));
    }
    this.#combined.set(this.#predictions.subarray(0, SINGLE));
    this.#pitch.read(this.#combined.subarray(SINGLE));
    for (let i = COMBINED; i < ORDERS.length; i++) {
      const weights = this.#coefficients[i]![0]!;
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * this.#combined[k]!;
      this.#predictions[p++] = this.#clip(sum);
    }
  }

  /** Computes the mass of each expert within the sample range, once per sample. */
  #measure(): void {
    if (this.#isMeasured) return;
    this.#isMeasured = true;
    this.#bottom = 0;
    let e = 0;
    for (let p = 0; p < PREDICTORS; p++) {
      const at = this.#predictions[p]!;
      for (let w = 0; w < WIDTHS; w++) {
        const inverseWidth = 1 / this.#width(p, w);
        const bottom = (this.#lowest - 0.5 - at) * inverseWidth;
        const top = (this.#highest + 0.5 - at) * inverseWidth;
        this.#inverseWidths[p * WIDTHS + w] = inverseWidth;
        for (let shape = 0; shape < SHAPES; shape++, e++) {
          this.#masses[e] = studentMass(bottom, top, shape);
          this.#shares[e] = this.#weights[e]! / this.#masses[e]!;
          this.#bottom += this.#shares[e]! * studentCdf(bottom, shape);
        }
      }
    }
  }

  #width(p: number, w: number): number {
    const scale = this.#scales[p * SCALE_DECAYS.length + Math.floor(w / SCALE_FACTORS.length)]!;
    return scale * SCALE_FACTORS[w % SCALE_FACTORS.length]! + MIN_SCALE;
  }

  #dot(c: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < c.length; j++) sum += c[j]! * this.#past[this.#end - 1 - j]!;
    return sum;
  }

  #clip(value: number): number {
    return Math.min(Math.max(value, this.#lowest), this.#highest);
  }
}

/**
 * Draws from Student's t: a standard normal variate divided by the root mean square of `degrees`
 * others. Normal variates follow Box & Muller 1958.
 */
function studentDraw(degrees: number, random: Random): number {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let squares = 0;
  for (let i = 0; i < degrees; i++) squares += normal() ** 2;
  return normal() / Math.sqrt(squares / degrees);
}

/** Samples are signed and interleaved; each channel has its own mixture. */
export class AudioMixModel implements SampleModel {
  readonly #bitsPerSample: number;
  readonly #channels: readonly Channel[];
  #next: number;

  constructor(bitsPerSample: number, channels: number, from?: AudioMixModel) {
    this.#bitsPerSample = bitsPerSample;
    this.#channels = from
      ? from.#channels.map((channel) => channel.fork(bitsPerSample))
      : Array.from({ length: channels }, () => new Channel(bitsPerSample));
    this.#next = from ? from.#next : 0;
  }

  fork(): AudioMixModel {
    return new AudioMixModel(this.#bitsPerSample, this.#channels.length, this);
  }

  surprisal(sample: number): number {
    const limit = 2 ** (this.#bitsPerSample - 1);
    if (!(sample >= -limit && sample < limit)) return Infinity;
    return -Math.log2(this.#channels[this.#next]!.probability(sample));
  }

  below(sample: number): number {
    return this.#channels[this.#next]!.below(sample);
  }

  push(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#channels[this.#next]!.update(samples[i]!);
      this.#next = (this.#next + 1) % this.#channels.length;
    }
  }

  pushDrawn(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#channels[this.#next]!.append(samples[i]!);
      this.#next = (this.#next + 1) % this.#channels.length;
    }
  }

  /**
   * The model does not learn from what it draws, so drawn sound stays at the pitch and loudness of
   * the end of the context.
   */
  sampler(random: Random, temperature: number): () => number {
    const channels = this.fork().#channels;
    let next = this.#next;
    return () => {
      const channel = channels[next]!;
      next = (next + 1) % channels.length;
      const sample = channel.draw(random, temperature);
      channel.append(sample);
      return sample;
    };
  }
}
