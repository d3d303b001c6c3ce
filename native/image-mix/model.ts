// The mixture model of pictures (src/engines/image-mix/model.ts). Each of several predictors gives a
// Student's t distribution of the next value around its prediction. These and a histogram of earlier
// residuals are mixed bit by bit. The whole state is in linear memory, so that a copy of it is a fork.

import { sum } from '../lanes';
import { allocate } from '../memory';
import { endRow, matched, remember, search, startMatches } from './matches';
import { chance, createWeights, DISTRIBUTIONS, ROW, train } from './mixer';
import { advance, picture, put, startPicture, startPixels } from './picture';
import { BLEND, createPredictors, learn, MED, Predictors, predictNext } from './predictors';
import { PREDICTORS, SCALE_CLASSES } from './scales';

export { reserve, resume, used } from '../memory';
export { squashTable, stretchTable, stretchTailTable } from './mixer';

/** Lower limit of the mass that each distribution gives to a value. */
const FLOOR: f64 = 1e-6;
/** Index of the histogram of the blend's residuals; it follows the predictors' distributions. */
const HISTOGRAM: usize = PREDICTORS;
/** Counts of each residual in each class of scale; residual 0 has index 256. */
const HISTOGRAM_CLASSES: usize = SCALE_CLASSES / 2;
const RESIDUALS: usize = 512;
/** Offset of the number of residuals in a row of sums, where the constant input of the mixer is otherwise. */
const COUNTED: usize = 8 * DISTRIBUTIONS;
/** Weight of the blend's distribution in the histogram, in residuals. */
const HISTOGRAM_PRIOR: f64 = 20;
/** Contexts of the mixer: classes of activity, and of the distance between MED and the blend. */
const ACTIVITY_CLASSES: usize = 12;
const ACTIVITY_STEP: f64 = 5;
const DISAGREEMENT_CLASSES: usize = 4;
const DISAGREEMENT_STEP: f64 = 4;

/** Width of a picture whose sums linear memory can hold, at up to 30 KB per column. */
const MAX_WIDTH = 65536;
const MAX_CHANNELS = 4;

/** Written for the host: P(1) of each of the eight bits of a value, or of all 255 nodes of the tree. */
export const chances = memory.data(8 * 256, 16);
/** The sums of all distributions at the ends and the middle of the values that remain, and at all. */
const sums = memory.data(8 * 10 * 257, 16);
const path = memory.data(8 * 10 * 3, 16);

@unmanaged
class Channel {
  predictors: Predictors;
  histograms: usize;
  weights: usize;
}

@unmanaged
class State {
  channels: usize;
  channel: Channel;
  /** Context of the mixer. */
  context: usize;
  /** Address of the histogram's count of value 0. */
  counts: usize;
  /** The value along whose path the mixer was walked last; −1 for none. */
  walked: i32;
  /** Depth, and the values that remain, in `path`. */
  depth: usize;
  low: usize;
  start: usize;
  middle: usize;
  end: usize;
  /** Sum of the absolute errors in the known channels of the current pixel. */
  error: f64;
}
const state = changetype<State>(memory.data(48, 16));

/** Starts the model of a picture; throws if it is too large for linear memory. */
export function start(width: i32, channels: i32): void {
  if (width > MAX_WIDTH || channels > MAX_CHANNELS) unreachable();
  startPicture(width, channels);
  startMatches();
  state.channels = allocate(4 * channels);
  for (let c = 0; c < channels; c++) {
    const channel = changetype<Channel>(allocate(offsetof<Channel>()));
    channel.predictors = createPredictors(c);
    channel.histograms = allocate(4 * RESIDUALS * HISTOGRAM_CLASSES);
    channel.weights = createWeights(ACTIVITY_CLASSES * DISAGREEMENT_CLASSES);
    store<usize>(state.channels + 4 * c, changetype<usize>(channel));
  }
  startPixels();
  predictValue();
}

/** Predicts the next value. */
function predictValue(): void {
  if (picture.channel === 0) search();
  const channel = changetype<Channel>(load<usize>(state.channels + 4 * picture.channel));
  state.channel = channel;
  state.walked = -1;
  const predictors = channel.predictors;
  predictNext(predictors, state.error, matched());
  const blend = load<f64>(predictors.means + 8 * BLEND);
  const active = min(ACTIVITY_CLASSES - 1, <usize>(predictors.activity / ACTIVITY_STEP));
  const disagreement = abs(blend - load<f64>(predictors.means + 8 * MED));
  const apart = min(DISAGREEMENT_CLASSES - 1, <usize>(disagreement / DISAGREEMENT_STEP));
  state.context = active * DISAGREEMENT_CLASSES + apart;
  const scaleClass = <usize>load<i32>(predictors.scalesOf.classes + 4 * BLEND);
  const centre = <usize>Math.floor(max(<f64>0, min(<f64>255, blend)) + 0.5);
  const histogram = channel.histograms + 4 * RESIDUALS * (scaleClass >> 1);
  state.counts = histogram + 4 * (256 - centre);
}

/** Stores what the predictors' distributions give to values less than v, at `out`. */
function sumPredictors(v: usize, out: usize): void {
  const means = state.channel.predictors.means;
  const scales = state.channel.predictors.scales;
  const value = f64x2.splat(<f64>v - 0.5);
  const floor = f64x2.splat(FLOOR * <f64>v);
  const half = f64x2.splat(0.5);
  const one = f64x2.splat(1);
  for (let i: usize = 0; i < 8 * PREDICTORS; i += 16) {
    // Student's t with four degrees of freedom (Abramowitz & Stegun 1964, 26.7.4).
    const x = f64x2.div(f64x2.sub(value, v128.load(means + i)), v128.load(scales + i));
    const r = f64x2.div(one, f64x2.add(f64x2.splat(4), f64x2.mul(x, x)));
    const sine = f64x2.mul(x, f64x2.sqrt(r));
    const series = f64x2.add(one, f64x2.mul(f64x2.splat(2), r));
    const p = f64x2.add(half, f64x2.mul(f64x2.mul(half, sine), series));
    v128.store(out + i, f64x2.add(p, floor));
  }
}

/** The number of residuals in the histogram of the values from `low` to `end`. */
function count(low: usize, end: usize): f64 {
  let total: f32 = 0;
  let v = low;
  if (end - low >= 4) {
    let four = f32x4.splat(0);
    for (; v + 4 <= end; v += 4) four = f32x4.add(four, v128.load(state.counts + 4 * v));
    total = sum(four);
  }
  for (; v < end; v++) total += load<f32>(state.counts + 4 * v);
  return <f64>total;
}

/** Completes the sums at `out` by that of the histogram, of which `counted` residuals are less. */
// @ts-ignore: decorator
@inline
function sumHistogram(counted: f64, out: usize): void {
  store<f64>(out + COUNTED, counted);
  store<f64>(out + 8 * HISTOGRAM, counted + HISTOGRAM_PRIOR * load<f64>(out + 8 * BLEND));
}

/** Stores P(1) of all nodes: that of the node of bit d whose values start at v is number 2^d + v/2^(8−d). */
export function predictAll(): void {
  state.walked = -1;
  let counted: f64 = 0;
  for (let v: usize = 0; v <= 256; v++) {
    const out = sums + ROW * v;
    sumPredictors(v, out);
    sumHistogram(counted, out);
    if (v < 256) counted += <f64>load<f32>(state.counts + 4 * v);
  }
  const weights = state.channel.weights;
  for (let depth: usize = 0, size: usize = 256; depth < 8; depth++, size >>= 1) {
    for (let low: usize = 0, node = <usize>1 << depth; low < 256; low += size, node++) {
      const at = sums + ROW * low;
      const p = chance(weights, state.context, depth, at, at + ROW * (size >> 1), at + ROW * size);
      store<f64>(chances + 8 * node, p);
    }
  }
}

/** Starts to code the next value bit by bit, highest first. */
export function begin(): void {
  state.depth = 0;
  state.low = 0;
  state.start = path;
  state.middle = path + ROW;
  state.end = path + 2 * ROW;
  sumPredictors(0, state.start);
  sumHistogram(0, state.start);
  sumPredictors(256, state.end);
  sumHistogram(count(0, 256), state.end);
}

/** P(1) of the next bit. */
export function chanceOfOne(): f64 {
  const half = <usize>128 >> state.depth;
  const first = state.start;
  const middle = state.middle;
  sumPredictors(state.low + half, middle);
  sumHistogram(load<f64>(first + COUNTED) + count(state.low, state.low + half), middle);
  return chance(state.channel.weights, state.context, state.depth, first, middle, state.end);
}

/** Takes the next bit, after `chanceOfOne`. */
export function take(bit: i32): void {
  const first = state.start;
  const middle = state.middle;
  const end = state.end;
  state.middle = bit ? first : end;
  if (bit) state.start = middle;
  else state.end = middle;
  state.low += bit ? <usize>128 >> state.depth : 0;
  if (++state.depth === 8) state.walked = <i32>state.low;
}

/** Stores P(1) of the eight bits along the path of a value, highest first. */
export function walk(value: i32): void {
  begin();
  for (let depth: usize = 0; depth < 8; depth++) {
    store<f64>(chances + 8 * depth, chanceOfOne());
    take((value >> (7 - <i32>depth)) & 1);
  }
}

/** Learns the next value and moves past it; `temperature` is negative unless the value was drawn. */
export function update(value: i32, temperature: f64): void {
  const channel = state.channel;
  const predictors = channel.predictors;
  state.error += abs(<f64>value - load<f64>(predictors.means + 8 * BLEND));
  const given = temperature < 0;
  if (given) {
    if (state.walked !== value) walk(value);
    train(channel.weights, state.context, value);
    const at = state.counts + 4 * value;
    store<f32>(at, load<f32>(at) + 1);
  }
  learn(predictors, <f64>value, temperature);
  put(value);
  if (++picture.channel === picture.channels) {
    picture.channel = 0;
    state.error = 0;
    if (given) remember();
    advance();
    if (picture.x === 0) endRow();
  }
  predictValue();
}
