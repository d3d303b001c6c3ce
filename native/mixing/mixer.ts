// Two layers of logistic mixers (Mahoney 2005). In each weight set, a context selects the row whose
// dot product with the inputs is the output; the second layer mixes the outputs of the sets. Weights
// are stored as differences from their initial values, so unused rows are 0.

import { EQUAL_INPUT, FINALS, FINAL_ROW, FINAL_ROWS, FINAL_WEIGHTS, GUEST_INPUT, ROW, SETS, SET_ROWS, WEIGHTS, WIDTH } from './layout';
import { image } from './contexts';
import { sum, sums } from '../lanes';
import { clip, clipLanes, errorsOf, squash } from './tables';
import { find, ownFrom } from './versions';

/** For each of the eight bits: the inputs, and the row and the output of each set. */
export const inputs = memory.data(8 * 4 * WIDTH, 16);
export const rows = memory.data(8 * 4 * SETS, 16);
export const dots = memory.data(8 * 4 * SETS, 16);
/** Addresses at which the rows were found. */
const foundRows = memory.data(8 * 4 * SETS, 16);
const foundFinalRows = memory.data(8 * 4 * FINALS, 16);
export const finalRows = memory.data(8 * 4 * FINALS, 16);
export const finalDots = memory.data(8 * 4 * FINALS, 16);
/** The errors of the sets in a bit. */
const errors = memory.data(4 * SETS, 16);
/** Initial weights of the first input of each context, of the last in the chain and of the guest. */
const CONTEXT_WEIGHT: f32 = 0.08;
const CHAIN_WEIGHT: f32 = 0.1;
const GUEST_WEIGHT: f32 = 0.35;

/** Selects the row of a first-layer set for bit `step`. */
// @ts-ignore: decorator
@inline
export function selectRow(step: usize, set: usize, context: u32): void {
  store<u32>(rows + 4 * (step * SETS + set), <u32>(image + WEIGHTS + (set * SET_ROWS + context) * ROW));
}

/** Selects the row of a second-layer set for bit `step`. */
// @ts-ignore: decorator
@inline
export function selectFinalRow(step: usize, set: usize, context: u32): void {
  store<u32>(finalRows + 4 * (step * FINALS + set), <u32>(image + FINAL_WEIGHTS + (set * FINAL_ROWS + context) * FINAL_ROW));
}

/** Finds the row of a first-layer set for bit `step`. */
// @ts-ignore: decorator
@inline
function foundRow(step: usize, set: usize): usize {
  const i = 4 * (step * SETS + set);
  const row = find(<usize>load<u32>(rows + i));
  store<u32>(foundRows + i, <u32>row);
  return row;
}

/** Returns the output of the second layer for bit `step`: the logit of P(1). */
export function mix(step: usize): f32 {
  const x = inputs + step * ROW;
  let first = f32x4.splat(0);
  for (let j: usize = 0; j < 4 * EQUAL_INPUT; j += 16) first = f32x4.add(first, v128.load(x + j));
  const base =
    CONTEXT_WEIGHT * sum(first) +
    CHAIN_WEIGHT * load<f32>(x + 4 * (GUEST_INPUT - 1)) +
    GUEST_WEIGHT * load<f32>(x + 4 * GUEST_INPUT);
  const d = dots + step * 4 * SETS;
  for (let k: usize = 0; k < SETS; k += 4) {
    const w0 = foundRow(step, k);
    const w1 = foundRow(step, k + 1);
    const w2 = foundRow(step, k + 2);
    const w3 = foundRow(step, k + 3);
    let a0 = f32x4.splat(0);
    let a1 = f32x4.splat(0);
    let a2 = f32x4.splat(0);
    let a3 = f32x4.splat(0);
    let b0 = f32x4.splat(0);
    let b1 = f32x4.splat(0);
    let b2 = f32x4.splat(0);
    let b3 = f32x4.splat(0);
    for (let j: usize = 0; j < ROW; j += 32) {
      const x0 = v128.load(x + j);
      const x1 = v128.load(x + j, 16);
      a0 = f32x4.add(a0, f32x4.mul(v128.load(w0 + j), x0));
      a1 = f32x4.add(a1, f32x4.mul(v128.load(w1 + j), x0));
      a2 = f32x4.add(a2, f32x4.mul(v128.load(w2 + j), x0));
      a3 = f32x4.add(a3, f32x4.mul(v128.load(w3 + j), x0));
      b0 = f32x4.add(b0, f32x4.mul(v128.load(w0 + j, 16), x1));
      b1 = f32x4.add(b1, f32x4.mul(v128.load(w1 + j, 16), x1));
      b2 = f32x4.add(b2, f32x4.mul(v128.load(w2 + j, 16), x1));
      b3 = f32x4.add(b3, f32x4.mul(v128.load(w3 + j, 16), x1));
    }
    const products = sums(f32x4.add(a0, b0), f32x4.add(a1, b1), f32x4.add(a2, b2), f32x4.add(a3, b3));
    v128.store(d + 4 * k, clipLanes(f32x4.add(f32x4.splat(base), products)));
  }
  let mean: f32 = 0;
  for (let k: usize = 0; k < SETS; k++) mean += load<f32>(d + 4 * k);
  mean /= <f32>SETS;
  let all: f32 = 0;
  for (let q: usize = 0; q < FINALS; q++) {
    const w = find(<usize>load<u32>(finalRows + 4 * (step * FINALS + q)));
    store<u32>(foundFinalRows + 4 * (step * FINALS + q), <u32>w);
    let dot: f32 = mean;
    for (let k: usize = 0; k < SETS; k++) dot += load<f32>(w + 4 * k) * load<f32>(d + 4 * k);
    dot = clip(dot);
    store<f32>(finalDots + 4 * (step * FINALS + q), dot);
    all += dot;
  }
  return clip(all * (1 / <f32>FINALS));
}

/**
 * Trains both layers on a bit.
 *
 * @param rate learning rate of the first layer.
 * @param finalRate learning rate of the second layer.
 * @param least first-layer sets with a smaller error are not trained.
 */
export function trainMixers(step: usize, bit: i32, rate: f32, finalRate: f32, least: f32): void {
  const x = inputs + step * ROW;
  const d = dots + step * 4 * SETS;
  let left: u32 = 0;
  for (let k: usize = 0; k < SETS; k += 4) {
    const four = errorsOf(v128.load(d + 4 * k), bit);
    v128.store(errors + 4 * k, four);
    left |= i32x4.bitmask(f32x4.ge(f32x4.abs(four), f32x4.splat(least))) << <i32>k;
  }
  for (; left !== 0; left &= left - 1) {
    const k = <usize>ctz(left);
    const error = load<f32>(errors + 4 * k);
    const w = ownFrom(<usize>load<u32>(rows + 4 * (step * SETS + k)), ROW, <usize>load<u32>(foundRows + 4 * (step * SETS + k)));
    const e = f32x4.splat(error * rate);
    for (let j: usize = 0; j < ROW; j += 32) {
      v128.store(w + j, f32x4.add(v128.load(w + j), f32x4.mul(e, v128.load(x + j))));
      v128.store(w + j, f32x4.add(v128.load(w + j, 16), f32x4.mul(e, v128.load(x + j, 16))), 16);
    }
  }
  for (let q: usize = 0; q < FINALS; q++) {
    const error = (<f32>bit - squash(load<f32>(finalDots + 4 * (step * FINALS + q)))) * finalRate;
    const w = ownFrom(<usize>load<u32>(finalRows + 4 * (step * FINALS + q)), FINAL_ROW, <usize>load<u32>(foundFinalRows + 4 * (step * FINALS + q)));
    for (let k: usize = 0; k < SETS; k++) store<f32>(w + 4 * k, load<f32>(w + 4 * k) + error * load<f32>(d + 4 * k));
  }
}
