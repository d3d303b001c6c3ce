// The last stage: adaptive probability maps (Mahoney's SSE), which correct the mixed prediction. In
// each, a context selects a row of corrections to P(1), interpolated between 32 logits.

import { fold, get, image, KINDS, LAST4, WORD } from './contexts';
import { APM, APM_ROW, APM_ROWS, APMS } from './layout';
import { integerOf, squash } from './tables';
import { find, ownFrom } from './versions';

const RATE: f32 = 0.02;
/** Factor on the sum of the corrections. */
const SHARE: f32 = 0.25;
const LEAST: f32 = 1 / 65536;

/** For each of the eight bits: the mixed logit and P(1). */
const logits = memory.data(4 * 8, 16);
export const chances = memory.data(4 * 8, 16);
/** For each of them: the offset of the lower knot in a row, and the share of the one above it. */
const offsets = memory.data(4 * 8, 16);
const shares = memory.data(4 * 8, 16);
/** The rows, the addresses at which they were found, and their corrections at both knots. */
const rows = memory.data(4 * 8 * APMS, 16);
const found = memory.data(4 * 8 * APMS, 16);
const corrections = memory.data(8 * 8 * APMS, 16);

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

/** Sets the mixed logit of bit `step`, at a node of the bit tree; `expected` is 1 + the expected bit, or 0. */
// @ts-ignore: decorator
@inline
export function setLogit(step: usize, logit: f32, partial: u32, expected: u32): void {
  store<f32>(logits + 4 * step, logit);
  select(step, 0, partial | (expected << 8));
  select(step, 1, rowOf(partial, get(LAST4) & 0xffff));
  select(step, 2, rowOf(partial, get(KINDS) & 0x3fffff));
  select(step, 3, rowOf(partial, get(WORD)));
}

/**
 * Writes P(1) of the bits from `from` up to `to` to `chances`. All corrections are loaded before any
 * of them is used, so that the processor waits for memory once.
 */
export function refine(from: usize, to: usize): void {
  for (let step = from; step < to; step++) {
    const place = (load<f32>(logits + 4 * step) + 12) * <f32>(31 / 24);
    const knot = floor<f32>(place);
    const offset = integerOf(knot) << 2;
    store<u32>(offsets + 4 * step, <u32>offset);
    store<f32>(shares + 4 * step, place - knot);
    for (let i = 4 * step * APMS; i < 4 * (step + 1) * APMS; i += 4) {
      const row = find(<usize>load<u32>(rows + i));
      store<u32>(found + i, <u32>row);
      store<u64>(corrections + 2 * i, load<u64>(row + offset));
    }
  }
  for (let step = from; step < to; step++) {
    const share = load<f32>(shares + 4 * step);
    let sum: f32 = 0;
    for (let at = corrections + 8 * step * APMS; at < corrections + 8 * (step + 1) * APMS; at += 8) {
      const low = load<f32>(at);
      sum += low + share * (load<f32>(at, 4) - low);
    }
    const chance = squash(load<f32>(logits + 4 * step)) + SHARE * sum;
    store<f32>(chances + 4 * step, max<f32>(LEAST, min<f32>(1 - LEAST, chance)));
  }
}

/** Trains the rows on a bit. */
// @ts-ignore: decorator
@inline
export function trainRefinements(step: usize, bit: i32): void {
  const offset = <usize>load<u32>(offsets + 4 * step);
  const share = load<f32>(shares + 4 * step);
  const error = <f32>bit - squash(load<f32>(logits + 4 * step));
  for (let i = 4 * step * APMS; i < 4 * (step + 1) * APMS; i += 4) {
    const at = ownFrom(<usize>load<u32>(rows + i), APM_ROW, <usize>load<u32>(found + i)) + offset;
    const low = load<f32>(at);
    const high = load<f32>(at, 4);
    const wrong = (error - (low + share * (high - low))) * RATE;
    store<f32>(at, low + wrong * (1 - share));
    store<f32>(at, high + wrong * share, 4);
  }
}
