// Several predictions of the next value of a channel and the scales of their residuals: local least
// squares over regions of several sizes, the median edge detector (Weinberger, Seroussi & Sapiro
// 2000), the match of similar neighbourhoods, and a least-squares blend of all of these.

import type { RegressionOptions, Regressions } from '../least-squares/regressions.js';
import type { ChannelRows } from './channel-rows.js';
import { LocalScales } from './local-scales.js';
import { RecentMeans } from './recent-means.js';

/** Offsets of the neighbours in order of use. The pixel above is the reference and is left out. */
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
/** Number of neighbours and decay per pixel of distance of each least-squares predictor. */
const LEAST_SQUARES = [
  { neighbours: 5, decay: 0.6 },
  { neighbours: 9, decay: 0.75 },
  { neighbours: 13, decay: 0.85 },
  { neighbours: 17, decay: 0.92 },
  { neighbours: 23, decay: 0.97 },
];
/** Prior coefficients relative to the pixel above: ¾ for left, −½ for above left. */
const PRIOR = [0.75, -0.5];
/** Offsets used in the channels that are known already; the first is the same position. */
const KNOWN_CHANNEL: readonly (readonly [up: number, right: number])[] = [
  [0, 0],
  [0, -1],
  [1, -1],
  [1, 1],
];

export const MED = LEAST_SQUARES.length;
const MATCH = MED + 1;
const BLEND = MATCH + 1;
export const PREDICTORS = BLEND + 1;

/** Limit on the distance of a prediction from the range of the neighbours. */
const OVERSHOOT = 20;
/** Growth of the expected residual with the activity, the differences of the neighbours … */
const ACTIVITY = 0.04;
/** … and with the errors in the known channels of the pixel. */
const KNOWN_CHANNEL_ERROR = 0.1;
/** Weight of the prior correction 0, in residuals. */
const BIAS_PRIOR = 8;
const BIAS_CLASSES = 12;
/** Least squares weighs a pixel by 1/(scale² + NOISE). */
const NOISE = 1;

/** Number of regressions of a channel: those of the neighbours, then the blend. */
const REGRESSIONS = LEAST_SQUARES.length + 1;

/** The regressions of a picture's channels, one channel after the other. */
export function pixelRegressions(width: number, channels: number): RegressionOptions[] {
  const relativeRidge = 0.0005;
  const prior = new Array<number>(MATCH).fill(1 / MATCH);
  return Array.from({ length: channels }, (_, c) => {
    const known = KNOWN_CHANNEL.length * c;
    const priorOfNeighbours = [...new Array<number>(known).fill(0), ...PRIOR];
    return [
      ...LEAST_SQUARES.map(({ neighbours, decay }) => {
        const order = known + neighbours;
        return { order, width, decay, ridge: 0.5, relativeRidge, prior: priorOfNeighbours };
      }),
      { order: BLEND, width, decay: 0.85, ridge: 0.1, relativeRidge, prior },
    ];
  }).flat();
}

/** The predictors of one channel. The last one, the blend, is usually the best. */
export class PixelPredictors {
  readonly #regressions: Regressions;
  /** Index of the channel, and of its first regression. */
  readonly #channel: number;
  readonly #first: number;
  readonly #scales: LocalScales;
  /** Bias corrections of MED and of the blend. */
  readonly #bias: readonly Bias[];
  /** Predictions of the next value, and the expected magnitudes of their residuals. */
  readonly means = new Float64Array(PREDICTORS);
  readonly scales = new Float64Array(PREDICTORS);
  #reference = 0;
  #above = 0;
  /** Sum of the absolute differences of adjacent neighbours. */
  activity = 0;

  /** @param regressions those of all channels; see `pixelRegressions`. */
  constructor(width: number, channel: number, regressions: Regressions, from?: PixelPredictors) {
    this.#regressions = regressions;
    this.#channel = channel;
    this.#first = channel * REGRESSIONS;
    this.#scales = from ? from.#scales.fork() : new LocalScales(width, PREDICTORS);
    this.#bias = from ? from.#bias.map((bias) => bias.fork()) : [new Bias(), new Bias()];
  }

  fork(width: number, regressions: Regressions): PixelPredictors {
    return new PixelPredictors(width, this.#channel, regressions, this);
  }

  /** Class of the blend's expected residual; see `LocalScales.classOf`. */
  get scaleClass(): number {
    return this.#scales.classOf(BLEND);
  }

  /**
   * Predicts the next value.
   *
   * @param rows all channels; those before this one contain the current pixel already.
   * @param earlierError sum of the absolute errors in the channels of this pixel before this one.
   * @param matched prediction of `PixelMatches`; NaN if there is none.
   */
  predict(rows: readonly ChannelRows[], earlierError: number, matched: number): void {
    const regressions = this.#regressions;
    const { regressors } = regressions;
    const c = this.#channel;
    const own = rows[c]!;
    const above = own.at(1, 0);
    const left = own.at(0, -1);
    const corner = own.at(1, -1);
    const right = own.at(1, 1);
    let at = 0;
    for (let earlier = 0; earlier < c; earlier++) {
      const other = rows[earlier]!;
      const reference = other.at(1, 0);
      for (const [up, by] of KNOWN_CHANNEL) regressors[at++] = other.at(up, by) - reference;
    }
    for (const [up, by] of NEIGHBOURS) regressors[at++] = own.at(up, by) - above;

    const low = Math.max(0, Math.min(left, above, corner, right) - OVERSHOOT);
    const high = Math.min(255, Math.max(left, above, corner, right) + OVERSHOOT);
    const clip = (value: number): number => Math.max(low, Math.min(high, value));
    const { means } = this;
    for (let i = 0; i < MED; i++) {
      means[i] = clip(above + regressions.predict(this.#first + i));
    }
    this.activity = Math.abs(left - corner) + Math.abs(above - corner) + Math.abs(above - right);
    this.#scales.begin();
    const near = this.#scales.local(0);
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
    for (let i = 0; i < BLEND; i++) regressors[i] = means[i]! - mean;
    this.#above = above;
    this.#reference = mean;
    const blend = clip(mean + regressions.predict(this.#first + MED));
    means[BLEND] = this.#bias[1]!.correct(blend, textureAround(blend));
    const more = ACTIVITY * this.activity + KNOWN_CHANNEL_ERROR * earlierError;
    this.#scales.expect(more, this.scales);
  }

  /**
   * Learns the next value and moves past it.
   *
   * @param temperature given if the value was drawn. Coefficients do not learn from drawn values, as
   *   that produces streaks; residuals are scaled to the size expected at temperature 1.
   */
  update(value: number, temperature?: number): void {
    const given = temperature === undefined;
    const magnified = given ? 1 : 1 / Math.sqrt(Math.max(temperature, 0.1));
    const scale = this.scales[0]!;
    const weight = given ? 1 / (scale * scale + NOISE) : 0;
    for (let i = 0; i < MED; i++) {
      this.#regressions.update(this.#first + i, value - this.#above, weight);
    }
    this.#regressions.update(this.#first + MED, value - this.#reference, weight);
    this.#scales.update(value, this.means, magnified, given);
    if (given) for (const bias of this.#bias) bias.update(value);
  }
}

/** Median edge detector: the median of left, above and left + above − corner. */
function median(left: number, above: number, corner: number): number {
  if (corner >= Math.max(left, above)) return Math.min(left, above);
  if (corner <= Math.min(left, above)) return Math.max(left, above);
  return left + above - corner;
}

/** Mean error of a predictor in each texture class, used to correct its predictions. */
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
