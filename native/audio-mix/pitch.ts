// Estimates pitch: the lag at which the residual of linear prediction correlates best with itself
// (long-term prediction: Atal & Schroeder 1970).

import { sum } from '../lanes';

/** Number of residuals around the lag that `read` returns. */
export const TAPS = 5;
/** Limits of the period in samples: 40–500 Hz at 16 kHz. */
const MIN_LAG = 32;
const MAX_LAG = 400;
/** Number of residuals compared with those one lag earlier. */
const COMPARED = 320;
const KEPT = MAX_LAG + COMPARED + TAPS;
const CAPACITY = 4 * KEPT;

const residuals = memory.data(4 * 2900, 16);

@unmanaged
class State {
  /** Number of residuals kept. */
  end: i32;
  lag: i32;
}
const state = changetype<State>(memory.data(8, 8));

/** Starts as if preceded by silence. */
export function start(): void {
  state.end = KEPT;
  state.lag = MIN_LAG;
}

/** Appends a residual. */
export function push(residual: f32): void {
  if (state.end === CAPACITY) {
    memory.copy(residuals, residuals + 4 * (CAPACITY - KEPT), 4 * KEPT);
    state.end = KEPT;
  }
  store<f32>(residuals + 4 * state.end++, residual);
}

/** Stores the TAPS residuals around one period before the next sample, latest first. */
export function read(out: usize): void {
  const from = residuals + 4 * (state.end - state.lag + (TAPS - 1) / 2);
  for (let i = 0; i < TAPS; i++) store<f64>(out + 8 * i, <f64>load<f32>(from - 4 * i));
}

/** Finds the lag with the largest squared correlation divided by the energy at that lag. */
export function search(): void {
  const last = residuals + 4 * state.end;
  const first = last - 4 * COMPARED;
  let energy: f64 = 0;
  for (let at = first; at < last; at += 4) energy += square(at - 4 * MIN_LAG);
  let best: f64 = 0;
  for (let lag = MIN_LAG; lag <= MAX_LAG; lag++) {
    const back = 4 * lag;
    let a = f32x4.splat(0);
    let b = a;
    for (let at = first; at < last; at += 32) {
      a = f32x4.add(a, f32x4.mul(v128.load(at), v128.load(at - back)));
      b = f32x4.add(b, f32x4.mul(v128.load(at, 16), v128.load(at - back, 16)));
    }
    const product = <f64>sum(f32x4.add(a, b));
    const gain = product > 0 ? (product * product) / (energy + 1) : 0;
    if (gain > best) {
      best = gain;
      state.lag = lag;
    }
    energy += square(first - back - 4) - square(last - back - 4);
  }
}

// @ts-ignore: decorator
@inline
function square(at: usize): f64 {
  const residual = <f64>load<f32>(at);
  return residual * residual;
}
