// Estimates the scales of the predictors' next residuals: the mean magnitude of the residuals around
// the pixel, corrected by the mean ratio of actual to expected magnitude in the same class of
// magnitudes. The sums around a pixel are those of local-sums.ts.

import { addFromLeft, addFromRight } from '../local-sums';
import { allocate } from '../memory';
import { picture } from './picture';
import { CLASS, meanOf, observeMean, startMeans } from './recent-means';

export const PREDICTORS: usize = 8;
/** Factor on the weight of a residual per pixel of distance. */
const DECAY: f32 = 0.45;
/** Prior mean magnitude, and its weight in neighbouring residuals. */
const PRIOR_MAGNITUDE: f64 = 3;
const PRIOR_WEIGHT: f64 = 0.5;
/** Limit on the magnitude of a residual in the local mean. */
const MAX_MAGNITUDE: f64 = 60;
/** Lower limit of a scale, in pixel steps. */
const MIN_SCALE: f64 = 0.12;
/** Number of classes of magnitudes, upper limit of the first, and ratio of successive limits. */
export const SCALE_CLASSES: usize = 24;
const FIRST_CLASS_LIMIT: f64 = 0.33;
const CLASS_RATIO: f64 = 1.189;
/** Weight of the prior ratio 1 of each class, in residuals. */
const PRIOR_COUNT: f64 = 4;

/** Bytes of the terms of a pixel: the magnitudes of all predictors, the weight 1, and padding. */
const TERMS: usize = 48;

@unmanaged
export class Scales {
  /** Sums over the current row, around the next pixel. */
  left: usize;
  /** Sums over the rows above, and over the current row up to each pixel that is known, by column. */
  above: usize;
  /** The terms of the current row. */
  row: usize;
  /** Ratios of actual to expected magnitude of each predictor in each class. */
  ratios: usize;
  /** The sums around the next pixel. */
  read: usize;
  /** Expected magnitude of each predictor's residual, and its class. */
  expected: usize;
  classes: usize;
}

export function createScales(): Scales {
  const it = changetype<Scales>(allocate(offsetof<Scales>()));
  it.left = allocate(TERMS);
  it.above = allocate(TERMS * picture.width);
  it.row = allocate(TERMS * picture.width);
  it.ratios = allocate(CLASS * PREDICTORS * SCALE_CLASSES);
  startMeans(it.ratios, PREDICTORS * SCALE_CLASSES, 1, PRIOR_COUNT);
  it.read = allocate(TERMS);
  it.expected = allocate(8 * PREDICTORS);
  it.classes = allocate(4 * PREDICTORS);
  return it;
}

/** Reads the sums around the next pixel, for `local` and `expect`. */
export function readScales(it: Scales): void {
  const above = it.above + TERMS * picture.x;
  for (let i: usize = 0; i < TERMS; i += 16) {
    v128.store(it.read + i, f32x4.add(v128.load(above + i), v128.load(it.left + i)));
  }
}

/** Mean magnitude of predictor i's residuals around the next pixel. */
export function local(it: Scales, i: usize): f64 {
  const sum = <f64>load<f32>(it.read + 4 * i) + PRIOR_MAGNITUDE * PRIOR_WEIGHT;
  return sum / (<f64>load<f32>(it.read + 4 * PREDICTORS) + PRIOR_WEIGHT);
}

/** Stores the scales of the next residuals at `out`; `more` is added to each local mean. */
export function expect(it: Scales, more: f64, out: usize): void {
  for (let i: usize = 0; i < PREDICTORS; i++) {
    const expected = local(it, i) + more;
    const c = classOf(expected);
    store<f64>(it.expected + 8 * i, expected);
    store<i32>(it.classes + 4 * i, <i32>c);
    const ratio = meanOf(it.ratios + CLASS * (i * SCALE_CLASSES + c));
    store<f64>(out + 8 * i, max(MIN_SCALE, expected * ratio));
  }
}

function classOf(magnitude: f64): usize {
  let c: usize = 0;
  for (let end = FIRST_CLASS_LIMIT; magnitude > end && c < SCALE_CLASSES - 1; end *= CLASS_RATIO) c++;
  return c;
}

/**
 * Adds the residuals of the next pixel, whose predictions are at `means`, and moves past it.
 *
 * @param magnified factor on the magnitudes.
 * @param learn whether to update the ratios of the classes too.
 */
export function updateScales(it: Scales, value: f64, means: usize, magnified: f64, learn: bool): void {
  const terms = it.row + TERMS * picture.x;
  for (let i: usize = 0; i < PREDICTORS; i++) {
    const magnitude = abs(value - load<f64>(means + 8 * i)) * magnified;
    store<f32>(terms + 4 * i, <f32>min(magnitude, MAX_MAGNITUDE));
    if (!learn) continue;
    const c = <usize>load<i32>(it.classes + 4 * i);
    const expected = load<f64>(it.expected + 8 * i);
    observeMean(it.ratios + CLASS * (i * SCALE_CLASSES + c), magnitude / expected);
  }
  store<f32>(terms + 4 * PREDICTORS, 1);
  const above = it.above + TERMS * picture.x;
  const decay = f32x4.splat(DECAY);
  for (let i: usize = 0; i < TERMS; i += 16) {
    addFromLeft(v128.load(terms + i), it.left + i, above + i, decay);
  }
  if (picture.x + 1 === picture.width) endRow(it);
}

/** Adds to the sums above, which hold those from the left already, those from the right. */
function endRow(it: Scales): void {
  const decay = f32x4.splat(DECAY);
  memory.fill(it.left, 0, TERMS);
  for (let x = picture.width; x-- > 0; ) {
    const above = it.above + TERMS * x;
    for (let i: usize = 0; i < TERMS; i += 16) {
      addFromRight(v128.load(it.row + TERMS * x + i), it.left + i, above + i, decay);
    }
  }
  memory.fill(it.left, 0, TERMS);
}
