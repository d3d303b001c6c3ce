// A mixture model of pictures that predicts better than PNG. Each of several predictors gives a
// Student's t distribution of the next value around its prediction. These and a histogram of earlier
// residuals are mixed bit by bit.

import { KNOWN } from '../../bits/known-coder.js';
import type { BitCoder, Predictor } from '../../types.js';
import { Regressions } from '../least-squares/regressions.js';
import { BitMixer } from './bit-mixer.js';
import { ChannelRows } from './channel-rows.js';
import { SCALE_CLASSES } from './local-scales.js';
import { PixelMatches } from './pixel-matches.js';
import { MED, PixelPredictors, PREDICTORS, pixelRegressions } from './pixel-predictors.js';
import { studentCdf } from './student.js';

/** Lower limit of the mass that each distribution gives to a value. */
const FLOOR = 1e-6;
/** Index of the histogram of the blend's residuals; it follows the predictors' distributions. */
const HISTOGRAM = PREDICTORS;
const DISTRIBUTIONS = HISTOGRAM + 1;
/** Index of the best predictor, the blend of the others. */
const BEST = PREDICTORS - 1;
const HISTOGRAM_CLASSES = SCALE_CLASSES / 2;
/** Weight of the best predictor's distribution in the histogram, in residuals. */
const HISTOGRAM_PRIOR = 20;
/** Contexts of the mixer: classes of activity, and of the distance between MED and the blend. */
const ACTIVITY_CLASSES = 12;
const ACTIVITY_STEP = 5;
const DISAGREEMENT_CLASSES = 4;
const DISAGREEMENT_STEP = 4;

/** Models the values of one channel, 0 … 255. */
class Channel {
  readonly predictors: PixelPredictors;
  readonly #mixer: BitMixer;
  /** Counts of each residual in each class of scale; residual 0 has index 256. */
  readonly #histograms: readonly Float64Array[];
  /** Cumulative sums as `BitMixer.probability` takes them, filled only where they are needed. */
  readonly #sums = new Float64Array(DISTRIBUTIONS * 257);
  /** The value along whose path the mixer was last evaluated; −1 for none. */
  #walked = -1;

  constructor(width: number, index: number, regressions: Regressions, from?: Channel) {
    this.predictors = from
      ? from.predictors.fork(width, regressions)
      : new PixelPredictors(width, index, regressions);
    this.#mixer = from
      ? from.#mixer.fork()
      : new BitMixer(DISTRIBUTIONS, [1, ACTIVITY_CLASSES * DISAGREEMENT_CLASSES]);
    this.#histograms = from
      ? from.#histograms.map((counts) => counts.slice())
      : Array.from({ length: HISTOGRAM_CLASSES }, () => new Float64Array(512));
  }

  fork(width: number, index: number, regressions: Regressions): Channel {
    return new Channel(width, index, regressions, this);
  }

  /** Predicts the next value; see `PixelPredictors.predict` for the parameters. */
  begin(rows: readonly ChannelRows[], earlierError: number, matched: number): void {
    this.#walked = -1;
    const { predictors } = this;
    predictors.predict(rows, earlierError, matched);
    const { means, activity } = predictors;
    const active = Math.min(ACTIVITY_CLASSES - 1, Math.floor(activity / ACTIVITY_STEP));
    const disagreement = Math.abs(means[BEST]! - means[MED]!);
    const apart = Math.min(DISAGREEMENT_CLASSES - 1, Math.floor(disagreement / DISAGREEMENT_STEP));
    this.#mixer.select(1, active * DISAGREEMENT_CLASSES + apart);
  }

  /** `out[v]` = −log2 P(v). */
  lengths(out: Float64Array): void {
    this.#walked = -1;
    const { means, scales } = this.predictors;
    for (let i = 0; i < PREDICTORS; i++) {
      for (let v = 0; v <= 256; v++) this.#sum(i, v, means[i]!, 1 / scales[i]!);
    }
    this.#sumHistogram();
    for (let v = 0; v <= 256; v++) this.#blendHistogram(v);
    out[0] = 0;
    for (let depth = 0; depth < 8; depth++) {
      const size = 256 >> depth;
      for (let low = 0; low < 256; low += size) {
        const p = this.#mixer.probability(this.#sums, depth, low);
        out[low + size / 2] = out[low]! - Math.log2(p);
        out[low]! -= Math.log2(1 - p);
      }
    }
  }

  /** Codes a value bit by bit, highest first, and returns it. */
  code(coder: BitCoder, value: number): number {
    const { means, scales } = this.predictors;
    this.#sumHistogram();
    const sums = (v: number): void => {
      for (let i = 0; i < PREDICTORS; i++) this.#sum(i, v, means[i]!, 1 / scales[i]!);
      this.#blendHistogram(v);
    };
    sums(0);
    sums(256);
    let low = 0;
    for (let depth = 0; depth < 8; depth++) {
      sums(low + (128 >> depth));
      const p = this.#mixer.probability(this.#sums, depth, low);
      const bit = coder.code((value >> (7 - depth)) & 1, p);
      low += bit * (128 >> depth);
    }
    this.#walked = low;
    return low;
  }

  /**
   * Learns a value and moves past it.
   *
   * @param temperature given if the value was drawn; see `PixelPredictors.update`.
   */
  update(value: number, temperature?: number): void {
    if (temperature === undefined) {
      if (this.#walked !== value) this.code(KNOWN, value);
      this.#mixer.update(value);
      const histogram = this.#histogram;
      histogram[value - this.#center + 256]!++;
    }
    this.predictors.update(value, temperature);
  }

  #sum(i: number, v: number, mean: number, inverseScale: number): void {
    this.#sums[i * 257 + v] = studentCdf((v - 0.5 - mean) * inverseScale) + FLOOR * v;
  }

  get #histogram(): Float64Array {
    return this.#histograms[this.predictors.scaleClass >> 1]!;
  }

  /** The value whose residual counts as 0. */
  get #center(): number {
    return Math.round(Math.max(0, Math.min(255, this.predictors.means[BEST]!)));
  }

  /** Writes the cumulative counts of the histogram. */
  #sumHistogram(): void {
    const counts = this.#histogram;
    const from = 256 - this.#center;
    const sums = this.#sums;
    let sum = 0;
    for (let v = 0, at = HISTOGRAM * 257; v < 256; v++, at++) {
      sums[at] = sum;
      sum += counts[from + v]!;
    }
    sums[HISTOGRAM * 257 + 256] = sum;
  }

  #blendHistogram(v: number): void {
    this.#sums[HISTOGRAM * 257 + v]! += HISTOGRAM_PRIOR * this.#sums[BEST * 257 + v]!;
  }
}

/**
 * Pixels are interleaved: their channels follow each other, and the known channels of a pixel are
 * inputs for the next one.
 */
export class ImageMixModel implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  readonly #width: number;
  readonly #regressions: Regressions;
  readonly #channels: readonly Channel[];
  readonly #rows: readonly ChannelRows[];
  readonly #matches: PixelMatches;
  #next = 0;
  /** Sum of the absolute errors in the known channels of the current pixel. */
  #error = 0;

  /** @param width width of the picture in pixels. */
  constructor(width: number, channels: number, from?: ImageMixModel) {
    this.#width = width;
    const regressions = from
      ? from.#regressions.fork()
      : new Regressions(pixelRegressions(width, channels));
    this.#regressions = regressions;
    this.#channels = from
      ? from.#channels.map((channel, c) => channel.fork(width, c, regressions))
      : Array.from({ length: channels }, (_, c) => new Channel(width, c, regressions));
    this.#rows = from
      ? from.#rows.map((rows) => rows.fork())
      : this.#channels.map(() => new ChannelRows(width));
    this.#matches = from ? from.#matches.fork() : new PixelMatches(width, channels);
    if (from) {
      this.#next = from.#next;
      this.#error = from.#error;
    }
    this.#begin();
  }

  predict(out: Float64Array): void {
    this.#channels[this.#next]!.lengths(out);
  }

  surprisal(symbol: number): number {
    let bits = 0;
    const coder: BitCoder = {
      code(bit, p) {
        bits -= Math.log2(bit ? p : 1 - p);
        return bit;
      },
    };
    this.code(coder, symbol);
    return bits;
  }

  code(coder: BitCoder, symbol: number): number {
    return this.#channels[this.#next]!.code(coder, symbol);
  }

  update(symbol: number): void {
    this.#push(symbol);
  }

  /**
   * Only the residual scales are updated by drawn values: training the mixer on its own output would
   * reinforce its errors.
   */
  updateDrawn(symbol: number, temperature: number): void {
    this.#push(symbol, temperature);
  }

  fork(): ImageMixModel {
    return new ImageMixModel(this.#width, this.#channels.length, this);
  }

  #push(value: number, temperature?: number): void {
    const channel = this.#channels[this.#next]!;
    this.#error += Math.abs(value - channel.predictors.means[BEST]!);
    channel.update(value, temperature);
    this.#rows[this.#next]!.put(value);
    this.#matches.put(this.#next, value);
    if (++this.#next === this.#channels.length) {
      for (const rows of this.#rows) rows.advance();
      this.#matches.advance(temperature === undefined);
      this.#next = 0;
      this.#error = 0;
    }
    this.#begin();
  }

  #begin(): void {
    if (this.#next === 0) this.#matches.search();
    const matched = this.#matches.predict(this.#next);
    this.#channels[this.#next]!.begin(this.#rows, this.#error, matched);
  }
}
