// Mixes several distributions of an 8-bit value, given as cumulative sums, bit by bit: each implies a
// probability that the next bit is 1, and a logistic mixture of these is trained online (Mahoney
// 2005). Weights change only at the end of a value, so all 256 values are priced under the same ones.

import { allocate } from '../memory';

/** Number of bits of a value. */
const DEPTH: usize = 8;
/** Distributions, with padding, and bytes of one value for each of them. */
export const DISTRIBUTIONS: usize = 9;
const INPUTS: usize = DISTRIBUTIONS + 1;
export const ROW: usize = 8 * INPUTS;
/** Learning rate of the weights. */
const RATE: f64 = 0.007;
/** Sum of the initial weights of the distributions. */
const INITIAL_SUM: f64 = 1.05;
/** Constant input of the mixer, beside the distributions. */
const BIAS_INPUT: f64 = 0.3;
/** Lower limit of the probability of a bit. */
const MIN_PROBABILITY: f64 = 1.0 / 65536;
/** Sets of weights; the first has one context, and the outputs of both are averaged. */
const SETS = 2;

// As in src/bits/logistic.ts, whose tables the host copies.
const STRETCH_LIMIT: f64 = 12;
const PER_NAT: f64 = 128;
const PER_ONE: f64 = 4096;
const TAIL: f64 = 1.0 / 64;
export const squashTable = memory.data(8 * 3073, 16);
export const stretchTable = memory.data(8 * 2050, 16);
export const stretchTailTable = memory.data(8 * 4098, 16);

/** The inputs and outputs of each bit on the path that was walked last. */
const inputs = memory.data(8 * 8 * 10, 16);
const dots = memory.data(8 * 8 * 2, 16);

/** ln(p/(1−p)) for 0 < p < 1. */
// @ts-ignore: decorator
@inline
function stretch(p: f64): f64 {
  return p <= 0.5 ? -stretchOdds(p) : stretchOdds(1 - p);
}

/** ln((1−p)/p) for p ≤ 1/2. */
function stretchOdds(p: f64): f64 {
  const isTail = p < TAIL;
  const at = isTail ? p * (PER_ONE / TAIL) : p * PER_ONE;
  const i = <i32>at;
  const entry = (isTail ? stretchTailTable : stretchTable) + 8 * i;
  const low = load<f64>(entry);
  return low + (at - <f64>i) * (load<f64>(entry, 8) - low);
}

/** 1/(1+e^−x). */
function squash(x: f64): f64 {
  if (x >= STRETCH_LIMIT) x = STRETCH_LIMIT - 1e-6;
  else if (x <= -STRETCH_LIMIT) x = -STRETCH_LIMIT;
  const at = (x + STRETCH_LIMIT) * PER_NAT;
  const i = <i32>at;
  const entry = squashTable + 8 * i;
  const low = load<f64>(entry);
  return low + (at - <f64>i) * (load<f64>(entry, 8) - low);
}

/** Creates weights for that many contexts, and one more, which is the first. */
export function createWeights(contexts: usize): usize {
  const rows = (1 + contexts) * DEPTH;
  const weights = allocate(rows * ROW);
  for (let at = weights; at < weights + rows * ROW; at += ROW) {
    for (let i: usize = 0; i < DISTRIBUTIONS; i++) {
      store<f64>(at + 8 * i, INITIAL_SUM / <f64>DISTRIBUTIONS);
    }
  }
  return weights;
}

/** The weights of a set for bit `depth`. */
// @ts-ignore: decorator
@inline
function rowOf(weights: usize, context: usize, set: i32, depth: usize): usize {
  return weights + (set === 0 ? depth : (1 + context) * DEPTH + depth) * ROW;
}

/**
 * P(1) of bit `depth`, 0 being the highest, of a value of which the earlier bits are known: what each
 * distribution gives to values less than the least, the middle and the end of those that remain.
 */
export function chance(weights: usize, context: usize, depth: usize, low: usize, middle: usize, top: usize): f64 {
  const x = inputs + depth * ROW;
  for (let i: usize = 0; i < 8 * DISTRIBUTIONS; i += 8) {
    const end = load<f64>(top + i);
    store<f64>(x + i, stretch((end - load<f64>(middle + i)) / (end - load<f64>(low + i))));
  }
  store<f64>(x + 8 * DISTRIBUTIONS, BIAS_INPUT);
  let mean: f64 = 0;
  for (let set = 0; set < SETS; set++) {
    const w = rowOf(weights, context, set, depth);
    let products = f64x2.splat(0);
    for (let i: usize = 0; i < ROW; i += 16) {
      products = f64x2.add(products, f64x2.mul(v128.load(w + i), v128.load(x + i)));
    }
    const dot = f64x2.extract_lane(products, 0) + f64x2.extract_lane(products, 1);
    store<f64>(dots + 8 * (depth * SETS + set), dot);
    mean += dot / SETS;
  }
  const limit = STRETCH_LIMIT - 0.001;
  const p = squash(max(-limit, min(limit, mean)));
  return max(MIN_PROBABILITY, min(1 - MIN_PROBABILITY, p));
}

/** Learns a value. The last calls of `chance` must have been along its path. */
export function train(weights: usize, context: usize, value: i32): void {
  for (let set = 0; set < SETS; set++) {
    for (let depth: usize = 0; depth < DEPTH; depth++) {
      const bit = <f64>((value >> (7 - <i32>depth)) & 1);
      const step = f64x2.splat(RATE * (bit - squash(load<f64>(dots + 8 * (depth * SETS + set)))));
      const x = inputs + depth * ROW;
      const w = rowOf(weights, context, set, depth);
      for (let i: usize = 0; i < ROW; i += 16) {
        v128.store(w + i, f64x2.add(v128.load(w + i), f64x2.mul(step, v128.load(x + i))));
      }
    }
  }
}
