// Predicts the next pixel from earlier pixels with similar neighbourhoods. Candidates are found by a
// hash of the neighbours and by continuing the best matches of the neighbours. The prediction is an
// average of the candidates weighted by similarity, each shifted by the difference in mean between
// the two neighbourhoods.

import { allocate } from '../memory';
import { picture, pixelAt } from './picture';

/** Neighbours that make up a neighbourhood: how far up and to the right they are. */
const UP: StaticArray<i32> = [0, 1, 1, 1, 0, 2, 1, 1, 2, 2, 0, 3, 2, 2];
const RIGHT: StaticArray<i32> = [-1, 0, -1, 1, -2, 0, 2, -2, -1, 1, -3, 0, 2, -2];
const COMPARED = 14;
/** Largest distance of a neighbour in either direction, in pixels. */
const MARGIN: usize = 3;
const TABLE_BITS = 14;
/** Number of pixels stored per hash. */
const WAYS = 4;
/** Hashed contexts: leading neighbours, whether the value above is subtracted, quantisation step. */
const CONTEXTS = 2;
const NEIGHBOURS: StaticArray<i32> = [6, 4];
const IS_RELATIVE: StaticArray<bool> = [true, false];
const STEPS: StaticArray<f64> = [6, 16];
/** Limit on the candidates: four from the neighbours' matches, and those of each hash. */
const MAX_CANDIDATES = 4 + WAYS * CONTEXTS;
/** Added to the variance of the differences, so that exact matches have a finite weight. */
const NOISE: f64 = 6;
const NONE = -1;

/** Positions of the candidates, as row · width + column, their weights, and what each channel adds. */
const positions = memory.data(4 * 12, 16);
const weights = memory.data(8 * 12, 16);
const offsets = memory.data(8 * 12 * 4, 16);
/** Addresses in the table of the next pixel's hashes. */
const hashes = memory.data(4 * 2, 16);
/** How many bytes before a pixel each compared neighbour is. */
const back = memory.data(4 * 14, 16);

@unmanaged
class State {
  found: i32;
  /** Positions by hash, and the best match of each pixel in the current row and in the row above. */
  table: usize;
  best: usize;
  above: usize;
  /** The least difference of the candidates so far. */
  least: f64;
}
const state = changetype<State>(memory.data(24, 8));

export function startMatches(): void {
  const width = picture.width;
  const channels = picture.channels;
  state.table = allocate(4 * (WAYS << TABLE_BITS));
  state.best = allocate(4 * width);
  state.above = allocate(4 * width);
  memory.fill(state.table, 0xff, 4 * (WAYS << TABLE_BITS));
  memory.fill(state.best, 0xff, 4 * width);
  memory.fill(state.above, 0xff, 4 * width);
  for (let i = 0; i < COMPARED; i++) {
    const pixels = unchecked(UP[i]) * <i32>width - unchecked(RIGHT[i]);
    store<i32>(back + 4 * i, pixels * <i32>channels);
  }
}

/** Whether the pixel of that column and row has all its neighbours in the picture. */
// @ts-ignore: decorator
@inline
function isInside(x: usize, y: usize): bool {
  return y >= MARGIN && x >= MARGIN && x + MARGIN < picture.width;
}

/** Finds the candidates for the next pixel. */
export function search(): void {
  const width = picture.width;
  const x = picture.x;
  const y = picture.y;
  state.found = 0;
  store<i32>(state.best + 4 * x, NONE);
  if (!isInside(x, y)) return;
  state.least = Infinity;
  const above = state.above + 4 * x;
  consider(after(state.best + 4 * x - 4, 1));
  consider(after(above, width));
  consider(after(above + 4, width - 1));
  consider(after(above - 4, width + 1));
  for (let i = 0; i < CONTEXTS; i++) {
    const at = state.table + 4 * WAYS * hash(i);
    store<usize>(hashes + 4 * i, at);
    for (let way: usize = 0; way < 4 * WAYS; way += 4) consider(load<i32>(at + way));
  }
  let total: f64 = 0;
  for (let i = 0; i < state.found; i++) total += load<f64>(weights + 8 * i);
  for (let i = 0; i < state.found; i++) {
    store<f64>(weights + 8 * i, load<f64>(weights + 8 * i) / total);
  }
}

/** The position `by` pixels after the one at `at`; NONE if that is NONE. */
function after(at: usize, by: usize): i32 {
  const position = load<i32>(at);
  return position < 0 ? NONE : position + <i32>by;
}

function consider(position: i32): void {
  const found = state.found;
  if (position < 0 || found === MAX_CANDIDATES) return;
  const width = picture.width;
  const x = picture.x;
  const y = picture.y;
  const px = <usize>position % width;
  const py = <usize>position / width;
  if (!isInside(px, py) || py > y || (py === y && px >= x)) return;
  for (let i = 0; i < found; i++) if (load<i32>(positions + 4 * i) === position) return;
  const difference = compare(pixelAt(px, py), found);
  store<i32>(positions + 4 * found, position);
  store<f64>(weights + 8 * found, 1 / ((difference + NOISE) * (difference + NOISE)));
  state.found = found + 1;
  if (difference < state.least) {
    state.least = difference;
    store<i32>(state.best + 4 * x, position);
  }
}

/** Predicts the next value; NaN if there are no candidates. */
export function matched(): f64 {
  if (state.found === 0) return NaN;
  const c = picture.channel;
  let sum: f64 = 0;
  for (let i = 0; i < state.found; i++) {
    const position = <usize>load<i32>(positions + 4 * i);
    const value = <f64>load<u8>(picture.pixels + position * picture.channels + c);
    sum += load<f64>(weights + 8 * i) * (value + load<f64>(offsets + 8 * (4 * i + c)));
  }
  return sum;
}

/** Puts the next pixel, which is known now, into the table; drawn pixels do not enter it. */
export function remember(): void {
  const width = picture.width;
  const x = picture.x;
  const y = picture.y;
  if (!isInside(x, y)) return;
  for (let i = 0; i < CONTEXTS; i++) {
    const at = load<usize>(hashes + 4 * i);
    memory.copy(at + 4, at, 4 * (WAYS - 1));
    store<i32>(at, <i32>(y * width + x));
  }
}

/** What was the current row is the row above now. */
export function endRow(): void {
  const above = state.above;
  state.above = state.best;
  state.best = above;
}

/**
 * Returns the variance of the differences between the neighbourhoods of the next pixel and of
 * candidate i, which is at `other`. Their mean becomes the candidate's offset.
 */
function compare(other: usize, i: usize): f64 {
  const channels = picture.channels;
  const own = pixelAt(picture.x, picture.y);
  let variance: f64 = 0;
  for (let c: usize = 0; c < channels; c++) {
    let sum = 0;
    let squares = 0;
    for (let k = 0; k < COMPARED; k++) {
      const to = c - load<i32>(back + 4 * k);
      const difference = <i32>load<u8>(own + to) - <i32>load<u8>(other + to);
      sum += difference;
      squares += difference * difference;
    }
    const mean = <f64>sum / COMPARED;
    store<f64>(offsets + 8 * (4 * i + c), mean);
    variance += <f64>squares / COMPARED - mean * mean;
  }
  return variance / <f64>channels;
}

/** The hash of the neighbours of the next pixel in a context. */
function hash(context: i32): usize {
  const own = pixelAt(picture.x, picture.y);
  const step = unchecked(STEPS[context]);
  let h: u32 = context + 1;
  for (let c: usize = 0; c < picture.channels; c += 2) {
    const base = unchecked(IS_RELATIVE[context]) ? <i32>load<u8>(own + c - load<i32>(back + 4)) : 0;
    for (let i = 0; i < unchecked(NEIGHBOURS[context]); i++) {
      const value = <i32>load<u8>(own + c - load<i32>(back + 4 * i));
      h = (h ^ <i32>Math.floor(<f64>(value - base) / step + 0.5)) * 0x2c1b3c6d;
      h ^= h >> 13;
    }
  }
  return (h * 0x297a2d39) >> (32 - TABLE_BITS);
}
