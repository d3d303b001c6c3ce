// The last stage: adaptive probability maps (Mahoney's SSE), which correct the mixed prediction. In
// each, a context selects a row of corrections to P(1), interpolated between 32 logits.

import { fold, get, image, KINDS, LAST4, WORD } from './contexts';
import { APM, APM_ROW, APM_ROWS, APMS } from './layout';
import { squash } from './tables';
import { find, ownFrom } from './versions';

const RATE: f32 = 0.02;
/** Factor on the sum of the corrections. */
const SHARE: f32 = 0.25;
const LEAST: f32 = 1 / 65536;

/** For each of the eight bits: the mixed logit, and the rows and the addresses at which they were found. */
const logits = memory.data(4 * 8, 16);
const rows = memory.data(4 * 8 * APMS, 16);
const found = memory.data(4 * 8 * APMS, 16);

// @ts-ignore: decorator
@inline
function select(step: usize, k: usize, row: u32): void {
  store<u32>(rows + 4 * (step * APMS + k), <u32>(image + APM + (k * APM_ROWS + <usize>row) * APM_ROW));
}

// @ts-ignore: decorator
@inline
function rowOf(partial: u32, context: u32): u32 {
  return fold(partial, context) >>> 19;
}

/** P(1) at a node of the bit tree, from its mixed logit; `expected` is 1 + the expected bit, or 0. */
// @ts-ignore: decorator
@inline
export function refine(step: usize, logit: f32, partial: u32, expected: u32): f32 {
  store<f32>(logits + 4 * step, logit);
  select(step, 0, partial | (expected << 8));
  select(step, 1, rowOf(partial, get(LAST4) & 0xffff));
  select(step, 2, rowOf(partial, get(KINDS) & 0x3fffff));
  select(step, 3, rowOf(partial, get(WORD)));
  const place = (logit + 12) * <f32>(31 / 24);
  const knot = <i32>place;
  const share = place - <f32>knot;
  let sum: f32 = 0;
  for (let k: usize = 0; k < APMS; k++) {
    const row = find(<usize>load<u32>(rows + 4 * (step * APMS + k)));
    store<u32>(found + 4 * (step * APMS + k), <u32>row);
    const at = row + (<usize>knot << 2);
    const low = load<f32>(at);
    sum += low + share * (load<f32>(at, 4) - low);
  }
  return max<f32>(LEAST, min<f32>(1 - LEAST, squash(logit) + SHARE * sum));
}

/** Trains the rows on a bit. */
// @ts-ignore: decorator
@inline
export function trainRefinements(step: usize, bit: i32): void {
  const logit = load<f32>(logits + 4 * step);
  const place = (logit + 12) * <f32>(31 / 24);
  const knot = <i32>place;
  const share = place - <f32>knot;
  const error = <f32>bit - squash(logit);
  for (let k: usize = 0; k < APMS; k++) {
    const i = 4 * (step * APMS + k);
    const row = ownFrom(<usize>load<u32>(rows + i), APM_ROW, <usize>load<u32>(found + i));
    const at = row + (<usize>knot << 2);
    const low = load<f32>(at);
    const high = load<f32>(at, 4);
    const wrong = (error - (low + share * (high - low))) * RATE;
    store<f32>(at, low + wrong * (1 - share));
    store<f32>(at, high + wrong * share, 4);
  }
}
