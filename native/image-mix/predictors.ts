// Several predictions of the next value of a channel and the scales of their residuals: local least
// squares over regions of several sizes (edge-directed prediction: Li & Orchard 2001), the median edge
// detector (Weinberger, Seroussi & Sapiro 2000), the match of similar neighbourhoods, and a
// least-squares blend of all of these.

import { create, predict, regressors, setPrior, update } from '../least-squares/model';
import { allocate } from '../memory';
import { near, picture } from './picture';
import { CLASS, meanOf, observeMean, startMeans } from './recent-means';
import { createScales, expect, local, PREDICTORS, readScales, Scales, updateScales } from './scales';

/** The neighbours in order of use. The pixel above is the reference and is left out. */
const UP: StaticArray<i32> = [0, 1, 1, 0, 2, 1, 2, 2, 1, 0, 3, 2, 2, 1, 3, 3, 1, 2, 2, 3, 3, 1, 0];
const RIGHT: StaticArray<i32> = [
  -1, -1, 1, -2, 0, 2, 1, -1, -2, -3, 0, 2, -2, 3, 1, -1, -3, 3, -3, 2, -2, 4, -4,
];
/** Number of neighbours and decay per pixel of distance of each least-squares predictor. */
const NEIGHBOURS: StaticArray<i32> = [5, 9, 13, 17, 23];
const DECAYS: StaticArray<f32> = [0.6, 0.75, 0.85, 0.92, 0.97];
const MOST_NEIGHBOURS = 23;
/** Prior coefficients relative to the pixel above. */
const PRIOR_LEFT: f32 = 0.75;
const PRIOR_CORNER: f32 = -0.5;
/** Neighbours used in the channels that are known already; the first is the same position. */
const KNOWN_UP: StaticArray<i32> = [0, 0, 1, 1];
const KNOWN_RIGHT: StaticArray<i32> = [0, -1, -1, 1];
const KNOWN = 4;
/** Strength of the prior of the predictors, of the blend, and relative to the sums. */
const RIDGE: f32 = 0.5;
const BLEND_RIDGE: f32 = 0.1;
const RELATIVE_RIDGE: f32 = 0.0005;
const BLEND_DECAY: f32 = 0.85;

export const MED: usize = 5;
const MATCH: usize = MED + 1;
/** The blend of all others, the best predictor. */
export const BLEND: usize = MATCH + 1;
/** Regressions of a channel: those of the neighbours, then the blend. */
const REGRESSIONS: usize = MED + 1;

/** Limit on the distance of a prediction from the range of the neighbours. */
const OVERSHOOT: f64 = 20;
/** Growth of the expected residual with the activity, the differences of the neighbours … */
const ACTIVITY: f64 = 0.04;
/** … and with the errors in the known channels of the pixel. */
const KNOWN_CHANNEL_ERROR: f64 = 0.1;
/** Weight of the prior correction 0, in residuals. */
const BIAS_PRIOR: f64 = 8;
const BIAS_CLASSES: usize = 12;
const TEXTURES: usize = 32;
/** Least squares weighs a pixel by 1/(scale² + NOISE). */
const NOISE: f64 = 1;
/** Values drawn at a lower temperature are scaled as at this one. */
const MIN_TEMPERATURE: f64 = 0.1;

/** The mean error of a predictor in each class of texture, by which it is corrected. */
@unmanaged
class Bias {
  errors: usize;
  /** Address of the class of the next value. */
  texture: usize;
  prediction: f64;
}

function createBias(): Bias {
  const it = changetype<Bias>(allocate(offsetof<Bias>()));
  it.errors = allocate(CLASS * BIAS_CLASSES * TEXTURES);
  startMeans(it.errors, BIAS_CLASSES * TEXTURES, 0, BIAS_PRIOR);
  return it;
}

function correct(it: Bias, prediction: f64, texture: usize): f64 {
  it.prediction = prediction;
  it.texture = it.errors + CLASS * texture;
  return prediction + meanOf(it.texture);
}

@unmanaged
export class Predictors {
  /** Addresses of the regressions. */
  regressions: usize;
  scalesOf: Scales;
  medBias: Bias;
  blendBias: Bias;
  /** Predictions of the next value, and the expected magnitudes of their residuals. */
  means: usize;
  scales: usize;
  /** The values that the regressions of the neighbours, and the blend, are relative to. */
  above: f64;
  reference: f64;
  /** Sum of the absolute differences of adjacent neighbours. */
  activity: f64;
}

/** Creates the predictors of channel c. */
export function createPredictors(c: i32): Predictors {
  const it = changetype<Predictors>(allocate(offsetof<Predictors>()));
  const width = picture.width;
  it.regressions = allocate(4 * REGRESSIONS);
  const known = KNOWN * c;
  for (let i: usize = 0; i < MED; i++) {
    const order = <usize>(known + unchecked(NEIGHBOURS[<i32>i]));
    const at = create(order, width, unchecked(DECAYS[<i32>i]), RIDGE, RELATIVE_RIDGE);
    setPrior(at, known, PRIOR_LEFT);
    setPrior(at, known + 1, PRIOR_CORNER);
    store<usize>(it.regressions + 4 * i, at);
  }
  const blend = create(BLEND, width, BLEND_DECAY, BLEND_RIDGE, RELATIVE_RIDGE);
  for (let i: usize = 0; i < MATCH; i++) setPrior(blend, i, 1 / <f32>MATCH);
  store<usize>(it.regressions + 4 * MED, blend);
  it.scalesOf = createScales();
  it.medBias = createBias();
  it.blendBias = createBias();
  it.means = allocate(8 * PREDICTORS);
  it.scales = allocate(8 * PREDICTORS);
  return it;
}

/**
 * Predicts the next value.
 *
 * @param earlierError sum of the absolute errors in the channels of this pixel before this one.
 * @param matched prediction of the matches; NaN if there is none.
 */
export function predictNext(it: Predictors, earlierError: f64, matched: f64): void {
  const c = picture.channel;
  const above = near(c, 1, 0);
  const left = near(c, 0, -1);
  const corner = near(c, 1, -1);
  const right = near(c, 1, 1);
  let at = regressors;
  for (let other: usize = 0; other < c; other++) {
    const reference = near(other, 1, 0);
    for (let k = 0; k < KNOWN; k++, at += 4) {
      const value = near(other, unchecked(KNOWN_UP[k]), unchecked(KNOWN_RIGHT[k]));
      store<f32>(at, <f32>(value - reference));
    }
  }
  for (let k = 0; k < MOST_NEIGHBOURS; k++, at += 4) {
    store<f32>(at, <f32>(near(c, unchecked(UP[k]), unchecked(RIGHT[k])) - above));
  }
  const low = max(<f64>0, min(min(left, above), min(corner, right)) - OVERSHOOT);
  const high = min(<f64>255, max(max(left, above), max(corner, right)) + OVERSHOOT);
  const means = it.means;
  for (let i: usize = 0; i < MED; i++) {
    const prediction = above + <f64>predict(load<usize>(it.regressions + 4 * i));
    store<f64>(means + 8 * i, max(low, min(high, prediction)));
  }
  it.activity = abs(left - corner) + abs(above - corner) + abs(above - right);
  readScales(it.scalesOf);
  const size = min(BIAS_CLASSES - 1, <usize>local(it.scalesOf, 0));
  let med = median(left, above, corner);
  if (c > 0) {
    const k = c - 1;
    med = near(k, 0, 0);
    med += median(left - near(k, 0, -1), above - near(k, 1, 0), corner - near(k, 1, -1));
  }
  store<f64>(means + 8 * MED, correct(it.medBias, med, textureAround(med, size)));

  let mean: f64 = 0;
  for (let i: usize = 0; i < MATCH; i++) mean += load<f64>(means + 8 * i) / <f64>MATCH;
  const match = isNaN(matched) ? mean : max(low, min(high, matched));
  store<f64>(means + 8 * MATCH, match);
  for (let i: usize = 0; i < BLEND; i++) {
    store<f32>(regressors + 4 * i, <f32>(load<f64>(means + 8 * i) - mean));
  }
  it.above = above;
  it.reference = mean;
  const sum = mean + <f64>predict(load<usize>(it.regressions + 4 * MED));
  const blend = max(low, min(high, sum));
  store<f64>(means + 8 * BLEND, correct(it.blendBias, blend, textureAround(blend, size)));
  expect(it.scalesOf, ACTIVITY * it.activity + KNOWN_CHANNEL_ERROR * earlierError, it.scales);
}

/** The class of texture: that of the errors around, and which neighbours are above a value. */
function textureAround(value: f64, size: usize): usize {
  const c = picture.channel;
  let texture = size * 2 + <usize>(near(c, 0, -1) > value);
  texture = texture * 2 + <usize>(near(c, 1, 0) > value);
  texture = texture * 2 + <usize>(near(c, 1, 1) > value);
  texture = texture * 2 + <usize>(near(c, 1, -1) > value);
  return texture * 2 + <usize>(near(c, 0, -2) > value);
}

/** Median edge detector: the median of left, above and left + above − corner. */
function median(left: f64, above: f64, corner: f64): f64 {
  if (corner >= max(left, above)) return min(left, above);
  if (corner <= min(left, above)) return max(left, above);
  return left + above - corner;
}

/**
 * Learns the next value.
 *
 * @param temperature negative if the value was given. Coefficients do not learn from drawn values, as
 *   that produces streaks; residuals are scaled to the size expected at temperature 1.
 */
export function learn(it: Predictors, value: f64, temperature: f64): void {
  const given = temperature < 0;
  const magnified = given ? 1 : 1 / sqrt(max(temperature, MIN_TEMPERATURE));
  const scale = load<f64>(it.scales);
  const weight: f32 = given ? <f32>(1 / (scale * scale + NOISE)) : 0;
  for (let i: usize = 0; i < MED; i++) {
    update(load<usize>(it.regressions + 4 * i), <f32>(value - it.above), weight);
  }
  update(load<usize>(it.regressions + 4 * MED), <f32>(value - it.reference), weight);
  updateScales(it.scalesOf, value, it.means, magnified, given);
  if (!given) return;
  observeMean(it.medBias.texture, value - it.medBias.prediction);
  observeMean(it.blendBias.texture, value - it.blendBias.prediction);
}
