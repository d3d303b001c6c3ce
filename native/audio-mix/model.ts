// The mixture model of one channel of a sound (src/engines/audio-mix/model.ts). Its state is in linear
// memory throughout, so that a copy of that is a fork.

import { coefficients, create, observe, regressors, solve } from '../least-squares/model';
import * as experts from './experts';
import { predictions, PREDICTORS } from './experts';
import * as pitch from './pitch';
import { TAPS } from './pitch';

export { resume, reserve, used } from '../memory';
export { below, choose, degreesOf, meanOf, probability, widthOf } from './experts';

/** Number of predictors in the sets; those of the combinations follow. */
const SINGLE = 9;
/** Numbers of regressors of the predictors: of three sets, and of two combinations of all sets. */
const ORDERS: StaticArray<i32> = [2, 4, 8, 16, 8, 16, 24, 16, 32, SINGLE, SINGLE + TAPS];
/** Index of the first predictor of each regression. */
const FIRST: StaticArray<i32> = [0, 4, 7, SINGLE, SINGLE + 1, PREDICTORS];
const REGRESSIONS = 5;
const SETS = 3;
/** Decay of past samples per step. */
const DECAYS: StaticArray<f32> = [0.99, 0.996, 0.9985, 0.998, 0.998];
/** Strength of the prior that all coefficients are 0, in units of the samples' mean square. */
const RIDGES: StaticArray<f32> = [0.3, 0.3, 0.3, 0.02, 0.02];
/** Samples between solving for the coefficients, and between pitch searches. */
const SOLVE_EVERY = 4;
const SEARCH_EVERY = 32;
/** Highest order: the number of past samples needed. */
const MAX_ORDER = 32;
/** Index of the predictor whose residual is searched for a pitch: order 16 of the first set. */
const PITCHED = 3;

/** The latest samples, latest first. */
const past = memory.data(8 * 32, 16);
/** Inputs of the combinations: the predictions of the sets, then residuals one pitch period ago. */
const combined = memory.data(8 * 16, 16);
/** Coefficients of each predictor, MAX_ORDER each. */
const fitted = memory.data(8 * 32 * 11, 16);
/** Addresses of the regressions. */
const addresses = memory.data(4 * 5, 16);
/** Number of samples learnt. */
const steps = memory.data(8, 8);

/** Starts the model of samples with that many bits. */
export function start(bitsPerSample: i32): void {
  const highest = <f64>(1 << (bitsPerSample - 1));
  experts.start(-highest, highest - 1);
  pitch.start();
  for (let r = 0; r < REGRESSIONS; r++) {
    const order = unchecked(ORDERS[unchecked(FIRST[r + 1]) - 1]);
    const decay = unchecked(DECAYS[r]);
    const ridge = unchecked(RIDGES[r]);
    store<usize>(addresses + 4 * r, create(order, 0, decay, ridge, ridge * (1 - decay)));
  }
}

/** Learns a sample and moves past it. */
export function update(sample: f64): void {
  const step = load<i32>(steps) + 1;
  store<i32>(steps, step);
  experts.update(sample, step);
  for (let i = 0; i < MAX_ORDER; i++) store<f32>(regressors + 4 * i, <f32>load<f64>(past + 8 * i));
  for (let r = 0; r < SETS; r++) observe(load<usize>(addresses + 4 * r), <f32>sample);
  for (let i = 0; i < SINGLE + TAPS; i++) {
    store<f32>(regressors + 4 * i, <f32>load<f64>(combined + 8 * i));
  }
  for (let r = SETS; r < REGRESSIONS; r++) observe(load<usize>(addresses + 4 * r), <f32>sample);
  if (step % SEARCH_EVERY === 0) pitch.search();
  if (step % SOLVE_EVERY === 0) {
    for (let r = 0; r < REGRESSIONS; r++) {
      const at = load<usize>(addresses + 4 * r);
      solve(at);
      for (let p = unchecked(FIRST[r]); p < unchecked(FIRST[r + 1]); p++) {
        const order = unchecked(ORDERS[p]);
        const from = coefficients(at, order);
        for (let i = 0; i < order; i++) {
          store<f64>(fitted + 8 * (p * MAX_ORDER + i), <f64>load<f32>(from + 4 * i));
        }
      }
    }
  }
  append(sample);
}

/** Appends a sample without learning from it. */
export function append(sample: f64): void {
  pitch.push(<f32>(sample - load<f64>(predictions + 8 * PITCHED)));
  memory.copy(past + 8, past, 8 * (MAX_ORDER - 1));
  store<f64>(past, sample);
  for (let p = 0; p < SINGLE; p++) {
    const prediction = experts.clip(dot(past, p));
    store<f64>(predictions + 8 * p, prediction);
    store<f64>(combined + 8 * p, prediction);
  }
  pitch.read(combined + 8 * SINGLE);
  for (let p = SINGLE; p < PREDICTORS; p++) {
    store<f64>(predictions + 8 * p, experts.clip(dot(combined, p)));
  }
  experts.begin();
}

/** The value that predictor p has for the inputs at `at`. */
function dot(at: usize, p: i32): f64 {
  const c = fitted + 8 * p * MAX_ORDER;
  const order = unchecked(ORDERS[p]);
  let sum: f64 = 0;
  for (let i = 0; i < order; i++) sum += load<f64>(c + 8 * i) * load<f64>(at + 8 * i);
  return sum;
}
