// How wide the residuals of a predictor are where it predicts: by how far it was off around there,
// and by how far it truly was off wherever that looked alike.

import { LocalSums } from './local-sums.js';
import { RecentMeans } from './recent-means.js';

/** The weight of a neighbour's residual. */
const DECAY = 0.45;
/** What is expected before any residual is seen: this magnitude, as of so many neighbours. */
const PRIOR_MAGNITUDE = 3;
const PRIOR_WEIGHT = 0.5;
/** Larger residuals count as this. */
const MOST = 60;
/** A scale is at least this, in steps of a pixel. */
const LEAST_SCALE = 0.12;
/** Classes of magnitudes: the first ends at this, and each at so many times the one before. */
export const SCALE_CLASSES = 24;
const FIRST_CLASS = 0.33;
const CLASS_RATIO = 1.189;
/** How many residuals, as large as expected, a class starts with. */
const PRIOR_COUNT = 4;

export class LocalScale {
  readonly #width: number;
  /** Σ magnitudes, and Σ 1. */
  readonly #sums: LocalSums;
  readonly #read = new Float64Array(2);
  /** Magnitude over expected magnitude, by class. */
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

  /** What the residual of the next pixel is likely to be; `more` is added to what `local` says. */
  expect(more: number): number {
    this.#expected = this.local() + more;
    this.#class = classOf(this.#expected);
    return Math.max(LEAST_SCALE, this.#expected * this.#ratios.of(this.#class));
  }

  /** The class of the latest expectation, 0 … SCALE_CLASSES − 1. */
  get class(): number {
    return this.#class;
  }

  /** @param learn whether the class is to learn from it too. */
  update(magnitude: number, learn: boolean): void {
    this.#read[0] = Math.min(magnitude, MOST);
    this.#read[1] = 1;
    this.#sums.push(this.#read);
    if (learn) this.#ratios.observe(this.#class, magnitude / this.#expected);
  }
}

function classOf(magnitude: number): number {
  let c = 0;
  for (let end = FIRST_CLASS; magnitude > end && c < SCALE_CLASSES - 1; end *= CLASS_RATIO) c++;
  return c;
}
