// A chain of predictions from low to high orders (Mahoney's indirect SSE in ZPAQ): each refines the
// one before with two weights, factor and summand, which the bit history in its context selects. The
// first is that of order 0. All are inputs of the mixers.

import { image } from './contexts';
import { CHAIN, CHAIN_INPUT, CHAIN_MAP, ROW } from './layout';
import { inputs } from './mixer';
import { clip, errorsOf, firstMap, stretchOf } from './tables';
import { maps, ownMap } from './versions';

/** Learning rates of the factors and the summands. */
const FACTOR_RATE: f32 = 0.002;
const SUMMAND_RATE: f32 = 0.0005;
/** Initial factor. */
const FACTOR: f32 = 0.3;

/** The contexts: orders 1, 3, 4 and 5, the current word, and that with the word before. */
const contexts = memory.data<u8>([1, 2, 3, 4, 6, 7]);
/**
 * For each of the eight bits: all predictions as logits (and two unused ones at the end, because
 * errors are computed by fours), and the offsets of the weights.
 */
const logits = memory.data(4 * (8 * (CHAIN + 1) + 2), 16);
const entries = memory.data(4 * 8 * CHAIN, 16);
/** The errors of the predictions of a bit. */
const errors = memory.data(4 * 8, 16);

/** Sets the initial weights; without a history, predictions stay as they are. */
export function createChain(): void {
  for (let k: usize = 0; k < CHAIN; k++) {
    for (let history: usize = 0; history < 256; history++) {
      const at = image + CHAIN_MAP + 8 * (256 * k + history);
      store<f32>(at, history === 0 ? 1 : FACTOR);
      store<f32>(at, history === 0 ? 0 : stretchOf(load<u32>(firstMap + 4 * history)), 4);
    }
  }
}

/** Computes the predictions for bit `step` from the histories in all contexts. */
// @ts-ignore: decorator
@inline
export function predictChain(step: usize, histories: usize): void {
  const x = inputs + step * ROW;
  const z = logits + 4 * step * (CHAIN + 1);
  let logit = load<f32>(x);
  store<f32>(z, logit);
  for (let k: usize = 0; k < CHAIN; k++) {
    const history = <usize>load<u8>(histories + <usize>load<u8>(contexts + k));
    const entry = CHAIN_MAP + 8 * (256 * k + history);
    store<u32>(entries + 4 * (step * CHAIN + k), <u32>entry);
    logit = clip(load<f32>(maps + entry) * logit + load<f32>(maps + entry, 4));
    store<f32>(z + 4 * k, logit, 4);
    store<f32>(x + 4 * (CHAIN_INPUT + k), logit);
  }
}

/** Trains the weights on a bit. */
// @ts-ignore: decorator
@inline
export function trainChain(step: usize, bit: i32): void {
  const z = logits + 4 * step * (CHAIN + 1);
  v128.store(errors, errorsOf(v128.load(z, 4), bit));
  v128.store(errors, errorsOf(v128.load(z, 20), bit), 16);
  for (let k: usize = 0; k < CHAIN; k++) {
    const at = ownMap(<usize>load<u32>(entries + 4 * (step * CHAIN + k)));
    const error = load<f32>(errors + 4 * k);
    store<f32>(at, load<f32>(at) + FACTOR_RATE * error * load<f32>(z + 4 * k));
    store<f32>(at, load<f32>(at, 4) + SUMMAND_RATE * error, 4);
  }
}
