// Estimates the scales of predictors' next residuals: the mean magnitude of the residuals around the
// pixel, corrected by the mean ratio of actual to expected magnitude in the same class of magnitudes.

import { LocalSums } from './local-sums.js';
import { RecentMeans } from './recent-means.js';

/** Factor on the weight of a residual per pixel of distance. */
const DECAY = 0.45;
/** Prior mean magnitude, and its weight in neighbouring residuals. */
const PRIOR_MAGNITUDE = 3;
const PRIOR_WEIGHT = 0.5;
/** Limit on the magnitude of a residual in the local mean. */
const MAX_MAGNITUDE = 60;
/** Lower limit of a scale, in pixel steps. */
const MIN_SCALE = 0.12;
/** Number of classes of magnitudes, upper limit of the first, and ratio of successive limits. */
export const SCALE_CLASSES = 24;
const FIRST_CLASS_LIMIT = 0.33;
const CLASS_RATIO = 1.189;
const LIMITS = Float64Array.from(
  { length: SCALE_CLASSES - 1 },
  (_, c) => FIRST_CLASS_LIMIT * CLASS_RATIO ** c,
);
/** Weight of the prior ratio 1 of each class, in residuals. */
const PRIOR_COUNT = 4;

/** The scales of several predictors of the same pixels. */
export class LocalScales {
  readonly #width: number;
  readonly #predictors: number;
  /** Sums of the magnitudes of each predictor's residuals, and of the weights. */
  readonly #sums: LocalSums;
  readonly #read: Float64Array;
  /** Mean ratio of actual to expected magnitude in each class, per predictor. */
  readonly #ratios: RecentMeans;
  readonly #expected: Float64Array;
  readonly #classes: Int32Array;

  constructor(width: number, predictors: number, from?: LocalScales) {
    this.#width = width;
    this.#predictors = predictors;
    this.#sums = from ? from.#sums.fork() : new LocalSums(width, predictors + 1, DECAY);
    this.#read = new Float64Array(predictors + 1);
    this.#ratios = from
      ? from.#ratios.fork()
      : new RecentMeans(predictors * SCALE_CLASSES, 1, PRIOR_COUNT);
    this.#expected = new Float64Array(predictors);
    this.#classes = new Int32Array(predictors);
  }

  fork(): LocalScales {
    return new LocalScales(this.#width, this.#predictors, this);
  }

  /** Reads the sums around the next pixel, for `local` and `expect`. */
  begin(): void {
    this.#sums.read(this.#read);
  }

  /** Mean magnitude of predictor i's residuals around the next pixel. */
  local(i: number): number {
    const read = this.#read;
    return (read[i]! + PRIOR_MAGNITUDE * PRIOR_WEIGHT) / (read[this.#predictors]! + PRIOR_WEIGHT);
  }

  /** Writes the expected magnitudes of the next residuals; `more` is added to each local mean. */
  expect(more: number, out: Float64Array): void {
    for (let i = 0; i < this.#predictors; i++) {
      const expected = this.local(i) + more;
      const c = i * SCALE_CLASSES + classOf(expected);
      this.#expected[i] = expected;
      this.#classes[i] = c;
      out[i] = Math.max(MIN_SCALE, expected * this.#ratios.of(c));
    }
  }

  /** The class of predictor i's latest expectation, 0 … SCALE_CLASSES − 1. */
  classOf(i: number): number {
    return this.#classes[i]! - i * SCALE_CLASSES;
  }

  /**
   * Adds the residuals of the next pixel and moves past it.
   *
   * @param magnified factor on the magnitudes.
   * @param learn true to update the ratios of the classes too.
   */
  update(value: number, means: Float64Array, magnified: number, learn: boolean): void {
    const read = this.#read;
    for (let i = 0; i < this.#predictors; i++) {
      const magnitude = Math.abs(value - means[i]!) * magnified;
      read[i] = Math.min(magnitude, MAX_MAGNITUDE);
      if (learn) this.#ratios.observe(this.#classes[i]!, magnitude / this.#expected[i]!);
    }
    read[this.#predictors] = 1;
    this.#sums.push(read);
  }
}

function classOf(magnitude: number): number {
  let c = 0;
  while (c < SCALE_CLASSES - 1 && magnitude > LIMITS[c]!) c++;
  return c;
}
