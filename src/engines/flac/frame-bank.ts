// Draws sound from frames of the context. Each frame is about 20 ms coded as in FLAC: a quantised
// linear predictor and a scale of the residual. Drawing moves from frame to frame, mostly in their
// original order. A model that is instead fitted to its own output drifts: its energy is a random
// walk.

import type { Random } from '../../types.js';
import {
  autocorrelate,
  levinsonDurbin,
  predictionResidual,
  type QuantisedPredictor,
  quantise,
  tukeyWindow,
} from './lpc.js';
import type { ResidualDistribution } from './residual-distribution.js';

interface BankFrame {
  readonly predictor: Pick<QuantisedPredictor, 'coefficients' | 'shift'>;
  readonly scale: number;
}

const ORDER = 16;
const PRECISION = 13;
/** Probability that the next frame is the successor in the context. */
const SUCCESSION = 0.9;
/** Number of frames around its own that a predictor is fitted to. */
const FITTED_FRAMES = 2;

const SILENCE = { coefficients: new Int32Array(0), shift: 0 };

export interface SpeakerOptions {
  readonly distribution: ResidualDistribution;
  readonly random: Random;
  readonly temperature: number;
  /** Drawn samples are clipped to [least, most]. */
  readonly least: number;
  readonly most: number;
}

/** Draws samples that resemble a context. */
export class FrameSpeaker {
  readonly #options: SpeakerOptions;
  readonly #frames: readonly BankFrame[];
  readonly #frameSize: number;
  readonly #past: number[];
  #frame: number;
  #inFrame = 0;

  /** Continues after `context`; a frame has `frameSize` samples. */
  constructor(context: Int32Array, frameSize: number, options: SpeakerOptions) {
    this.#options = options;
    this.#frameSize = frameSize;
    this.#frames = bankOf(context, frameSize, options.distribution);
    this.#past = Array.from(context.subarray(-ORDER));
    while (this.#past.length < ORDER) this.#past.unshift(0);
    this.#frame = this.#frames.length - 1;
  }

  draw(): number {
    const { distribution, random, temperature, least, most } = this.#options;
    if (this.#inFrame === this.#frameSize) this.#nextFrame(random);
    const { predictor, scale } = this.#frames[this.#frame]!;
    const { coefficients, shift } = predictor;
    let sum = 0;
    for (let j = 0; j < coefficients.length; j++)
      sum += coefficients[j]! * this.#past[ORDER - 1 - j]!;
    const prediction = Math.min(Math.max(sum / 2 ** shift, least), most);
    const sample = distribution.draw(prediction, scale, random, temperature);
    const drawn = Math.min(Math.max(sample, least), most);
    this.#past.shift();
    this.#past.push(drawn);
    this.#inFrame++;
    return drawn;
  }

  #nextFrame(random: Random): void {
    this.#inFrame = 0;
    const next = this.#frame + 1;
    const goesOn = next < this.#frames.length && random() < SUCCESSION;
    this.#frame = goesOn ? next : Math.floor(random() * this.#frames.length);
  }
}

function bankOf(
  context: Int32Array,
  frameSize: number,
  distribution: ResidualDistribution,
): BankFrame[] {
  if (context.length <= ORDER) {
    // Without a context: noise at every loudness.
    return Array.from({ length: distribution.scales }, (_, scale) => ({
      predictor: SILENCE,
      scale,
    }));
  }
  const frames: BankFrame[] = [];
  const whole = Math.max(1, Math.floor(context.length / frameSize));
  const firstStart = context.length - whole * frameSize;
  for (let i = 0; i < whole; i++) {
    const start = Math.max(0, firstStart + i * frameSize);
    const margin = Math.floor(((FITTED_FRAMES - 1) * frameSize) / 2);
    const from = Math.max(0, start - margin);
    const to = Math.min(context.length, start + frameSize + margin);
    frames.push(fitFrame(context.subarray(from, to), distribution));
  }
  return frames;
}

function fitFrame(samples: Int32Array, distribution: ResidualDistribution): BankFrame {
  const correlation = new Float64Array(ORDER + 1);
  autocorrelate(samples, tukeyWindow(samples.length, 0.5), correlation);
  correlation[0] = correlation[0]! * (1 + 1e-9);
  const fitted = levinsonDurbin(correlation).at(-1);
  const predictor = (fitted && quantise(fitted.coefficients, PRECISION)) ?? SILENCE;
  const residual = new Int32Array(samples.length);
  predictionResidual(samples, predictor, residual);
  let sum = 0;
  for (let i = ORDER; i < residual.length; i++) sum += Math.abs(residual[i]!);
  const scale = distribution.scaleOf(sum / Math.max(1, residual.length - ORDER));
  return { predictor, scale };
}
