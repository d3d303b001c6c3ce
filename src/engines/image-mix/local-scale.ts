// Estimates the scale of a predictor's next residual: the mean magnitude of the residuals around the
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
/** Weight of the prior ratio 1 of each class, in residuals. */
const PRIOR_COUNT = 4;

export class LocalScale {
  readonly #width: number;
  /** Sum of the magnitudes, and sum of the weights. */
  readonly #sums: LocalSums;
  readonly #read = new Float64Array(2);
  /** Mean ratio of actual to expected magnitude in each class. */
  readonly #ratios: RecentMeans;
  #expected = 0;
  #class = 0;

  constructor(width: number, from?: LocalScale) {
    this.#width = width;
    this.#sums = from ? from.#sums.fork() : new LocalSums(width, 2, DECAY);
    this.#ratios = from ? from.#ratios.fork() : new RecentMeans(SCALE_CLASSES, 1, PRIOR_COUNT);
  }

  fork(): LocalScale {
    return new LocalScale(this.#width, this);
  }

  /** Mean magnitude of the residuals around the next pixel. */
  local(): number {
    const read = this.#read;
    this.#sums.read(read);
    return (read[0]! + PRIOR_MAGNITUDE * PRIOR_WEIGHT) / (read[1]! + PRIOR_WEIGHT);
  }

  /** The expected magnitude of the next residual; `more` is added to the local mean. */
  expect(more: number): number {
    this.#expected = this.local() + more;
    this.#class = classOf(this.#expected);
    return Math.max(MIN_SCALE, this.#expected * this.#ratios.of(this.#class));
  }

  /** The class of the latest expectation, 0 … SCALE_CLASSES − 1. */
  get class(): number {
    return this.#class;
  }

  /**
   * Adds the residual of the next pixel and moves past it.
   *
   * @param learn true to update the ratio of the class too.
   */
  update(magnitude: number, learn: boolean): void {
    this.#read[0] = Math.min(magnitude, MAX_MAGNITUDE);
    this.#read[1] = 1;
    this.#sums.push(this.#read);
    if (learn) this.#ratios.observe(this.#class, magnitude / this.#expected);
  }
}

function classOf(magnitude: number): number {
  let c = 0;
  for (let end = FIRST_CLASS_LIMIT; magnitude > end && c < SCALE_CLASSES - 1; end *= CLASS_RATIO)
    c++;
  return c;
}
