// What the next value of a channel is likely to be, by several predictors, and how far off each may
// be: local least squares of several reaches, the median edge detector (Weinberger, Seroussi &
// Sapiro 2000), what stood where the neighbourhood was alike, and least squares over all of these.

import type { ChannelRows } from './channel-rows.js';
import { LocalLeastSquares } from './local-least-squares.js';
import { LocalScale } from './local-scale.js';
import { RecentMeans } from './recent-means.js';

/** Rows up and columns right of the neighbours in the order of their use, but for the one above. */
const NEIGHBOURS: readonly (readonly [up: number, right: number])[] = [
  [0, -1],
  [1, -1],
  [1, 1],
  [0, -2],
  [2, 0],
  [1, 2],
  [2, 1],
  [2, -1],
  [1, -2],
  [0, -3],
  [3, 0],
  [2, 2],
  [2, -2],
  [1, 3],
  [3, 1],
  [3, -1],
  [1, -3],
  [2, 3],
  [2, -3],
  [3, 2],
  [3, -2],
  [1, 4],
  [0, -4],
];
/** How many of them each least squares uses, and how far it looks around. */
const REACHES = [
  { neighbours: 5, decay: 0.6 },
  { neighbours: 9, decay: 0.75 },
  { neighbours: 13, decay: 0.85 },
  { neighbours: 17, decay: 0.92 },
  { neighbours: 23, decay: 0.97 },
];
/** Before anything is known: ¾ of left and above less half of what is between them. */
const PRIOR = [0.75, -0.5];
/** Neighbours of the same place in a channel that is known already, itself first. */
const EARLIER: readonly (readonly [up: number, right: number])[] = [
  [0, 0],
  [0, -1],
  [1, -1],
  [1, 1],
];

export const MED = REACHES.length;
const MATCH = MED + 1;
const BLEND = MATCH + 1;
export const PREDICTORS = BLEND + 1;

/** Predictions leave the range of the neighbours by this much at most. */
const OVERSHOOT = 20;
/** A residual is expected to grow with the differences of the neighbours, by this much of them … */
const ACTIVITY = 0.04;
/** … and with what the channels before were off by at this pixel. */
const EARLIER_ERROR = 0.1;
/** Corrections of a systematic error: as if this many had been without. */
const BIAS_PRIOR = 8;
const BIAS_CLASSES = 12;
/** What a pixel's residuals weigh in least squares: 1 over its squared scale and this. */
const NOISE = 1;

/** The blend of all is the best one, and the others are measured by it. */
export class PixelPredictors {
  readonly #width: number;
  readonly #squares: readonly LocalLeastSquares[];
  readonly #blend: LocalLeastSquares;
  readonly #scales: readonly LocalScale[];
  /** Of MED and of the blend. */
  readonly #bias: readonly Bias[];
  /** Predictions of the next value, the blend last, and the magnitudes of their residuals. */
  readonly means = new Float64Array(PREDICTORS);
  readonly scales = new Float64Array(PREDICTORS);
  readonly #regressors: Float64Array;
  readonly #seen = new Float64Array(BLEND);
  #reference = 0;
  #above = 0;
  /** Σ |differences| of the neighbours. */
  activity = 0;

  /** @param earlier how many channels of the pixel are known before this one. */
  constructor(width: number, earlier: number, from?: PixelPredictors) {
    this.#width = width;
    const more = EARLIER.length * earlier;
    this.#regressors = new Float64Array(more + NEIGHBOURS.length);
    this.#squares = from
      ? from.#squares.map((squares) => squares.fork())
      : REACHES.map(({ neighbours, decay }) => {
          const prior = new Float64Array(more + neighbours);
          prior.set(PRIOR, more);
          return new LocalLeastSquares({ width, prior, decay, ridge: 0.5, relativeRidge: 0.0005 });
        });
    this.#blend = from
      ? from.#blend.fork()
      : new LocalLeastSquares({
          width,
          prior: new Float64Array(BLEND).fill(1 / MATCH, 0, MATCH),
          decay: 0.85,
          ridge: 0.1,
          relativeRidge: 0.0005,
        });
    this.#scales = from
      ? from.#scales.map((scale) => scale.fork())
      : Array.from({ length: PREDICTORS }, () => new LocalScale(width));
    this.#bias = from ? from.#bias.map((bias) => bias.fork()) : [new Bias(), new Bias()];
  }

  fork(earlier: number): PixelPredictors {
    return new PixelPredictors(this.#width, earlier, this);
  }

  /** The class of what the blend is off by. */
  get scaleClass(): number {
    return this.#scales[BLEND]!.class;
  }

  /**
   * Predicts the next value of channel `c`.
   *
   * @param rows of all channels; those before `c` know this pixel already.
   * @param earlierError what the channels before `c` were off by at this pixel.
   * @param matched what stood where the neighbourhood was alike; NaN where it never was.
   */
  predict(rows: readonly ChannelRows[], c: number, earlierError: number, matched: number): void {
    const own = rows[c]!;
    const above = own.at(1, 0);
    const left = own.at(0, -1);
    const corner = own.at(1, -1);
    const right = own.at(1, 1);
    const regressors = this.#regressors;
    let at = 0;
    for (const other of rows.slice(0, c)) {
      const reference = other.at(1, 0);
      for (const [up, by] of EARLIER) regressors[at++] = other.at(up, by) - reference;
    }
    for (const [up, by] of NEIGHBOURS) regressors[at++] = own.at(up, by) - above;

    const least = Math.max(0, Math.min(left, above, corner, right) - OVERSHOOT);
    const most = Math.min(255, Math.max(left, above, corner, right) + OVERSHOOT);
    const clip = (value: number): number => Math.max(least, Math.min(most, value));
    const { means } = this;
    for (let i = 0; i < MED; i++) {
      means[i] = clip(above + this.#squares[i]!.predict(regressors));
    }
    this.activity = Math.abs(left - corner) + Math.abs(above - corner) + Math.abs(above - right);
    const near = this.#scales[0]!.local();
    const size = Math.min(BIAS_CLASSES - 1, Math.floor(near));
    const textureAround = (value: number): number =>
      ((((size * 2 + +(left > value)) * 2 + +(above > value)) * 2 + +(right > value)) * 2 +
        +(corner > value)) *
        2 +
      +(own.at(0, -2) > value);
    const other = rows[c - 1];
    const med = other
      ? other.at(0, 0) +
        median(left - other.at(0, -1), above - other.at(1, 0), corner - other.at(1, -1))
      : median(left, above, corner);
    means[MED] = this.#bias[0]!.correct(med, textureAround(med));

    let mean = 0;
    for (let i = 0; i < MATCH; i++) mean += means[i]! / MATCH;
    means[MATCH] = Number.isNaN(matched) ? mean : clip(matched);
    for (let i = 0; i < BLEND; i++) this.#seen[i] = means[i]! - mean;
    this.#above = above;
    this.#reference = mean;
    const blend = clip(mean + this.#blend.predict(this.#seen));
    means[BLEND] = this.#bias[1]!.correct(blend, textureAround(blend));
    const more = ACTIVITY * this.activity + EARLIER_ERROR * earlierError;
    for (let i = 0; i < PREDICTORS; i++) this.scales[i] = this.#scales[i]!.expect(more);
  }

  /**
   * Learns the value that came.
   *
   * @param temperature if it was drawn: no coefficients are learnt from that, which would become
   *   streaks, and residuals count as large as they would have been at temperature 1.
   */
  update(value: number, temperature?: number): void {
    const given = temperature === undefined;
    const magnified = given ? 1 : 1 / Math.sqrt(Math.max(temperature, 0.1));
    const scale = this.scales[0]!;
    const weight = given ? 1 / (scale * scale + NOISE) : 0;
    for (const squares of this.#squares) squares.update(value - this.#above, weight);
    this.#blend.update(value - this.#reference, weight);
    for (let i = 0; i < PREDICTORS; i++) {
      this.#scales[i]!.update(Math.abs(value - this.means[i]!) * magnified, given);
    }
    if (given) for (const bias of this.#bias) bias.update(value);
  }
}

/** The gradient's prediction if it is between its neighbours, or the nearer of them. */
function median(left: number, above: number, corner: number): number {
  if (corner >= Math.max(left, above)) return Math.min(left, above);
  if (corner <= Math.min(left, above)) return Math.max(left, above);
  return left + above - corner;
}

/** What a predictor is off by on average, for each texture. */
class Bias {
  readonly #errors: RecentMeans;
  #prediction = 0;
  #texture = 0;

  constructor(from?: Bias) {
    this.#errors = from ? from.#errors.fork() : new RecentMeans(BIAS_CLASSES * 32, 0, BIAS_PRIOR);
  }

  fork(): Bias {
    return new Bias(this);
  }

  correct(prediction: number, texture: number): number {
    this.#prediction = prediction;
    this.#texture = texture;
    return prediction + this.#errors.of(texture);
  }

  update(value: number): void {
    this.#errors.observe(this.#texture, value - this.#prediction);
  }
}
