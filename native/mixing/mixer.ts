// Two layers of logistic mixers (Mahoney 2005). In each weight set, a context selects the row whose
// dot product with the inputs is the output; the second layer mixes the outputs of the sets. Weights
// are stored as differences from their initial values, so unused rows are 0.

import { EQUAL_INPUT, FINALS, FINAL_ROW, FINAL_ROWS, FINAL_WEIGHTS, GUEST_INPUT, ROW, SETS, SET_ROWS, WEIGHTS, WIDTH } from './layout';
import { image } from './contexts';
import { sum } from '../lanes';
import { clip, squash } from './tables';
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
/** Initial weights of the first input of each context, of the last in the chain and of the guest. */
const CONTEXT_WEIGHT: f32 = 0.08;
const CHAIN_WEIGHT: f32 = 0.1;
const GUEST_WEIGHT: f32 = 0.35;

/** Selects the row of a first-layer set for bit `step`. */
// @ts-ignore: decorator
@inline
export function select(step: usize, set: usize, context: u32): void {
  store<u32>(rows + 4 * (step * SETS + set), <u32>(image + WEIGHTS + (set * SET_ROWS + context) * ROW));
}

/** Selects the row of a second-layer set for bit `step`. */
// @ts-ignore: decorator
@inline
export function selectFinal(step: usize, set: usize, context: u32): void {
  store<u32>(finalRows + 4 * (step * FINALS + set), <u32>(image + FINAL_WEIGHTS + (set * FINAL_ROWS + context) * FINAL_ROW));
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
  for (let k: usize = 0; k < SETS; k++) {
    const w = find(<usize>load<u32>(rows + 4 * (step * SETS + k)));
    store<u32>(foundRows + 4 * (step * SETS + k), <u32>w);
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    for (let j: usize = 0; j < ROW; j += 32) {
      a = f32x4.add(a, f32x4.mul(v128.load(w + j), v128.load(x + j)));
      b = f32x4.add(b, f32x4.mul(v128.load(w + j, 16), v128.load(x + j, 16)));
    }
    store<f32>(d + 4 * k, clip(base + sum(f32x4.add(a, b))));
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
  for (let k: usize = 0; k < SETS; k++) {
    const error = <f32>bit - squash(load<f32>(d + 4 * k));
    if (abs(error) < least) continue;
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
