// Frames of the context to speak with: each some 20 ms of it as FLAC would code them, a quantised
// linear predictor and a scale for the residual. Drawing walks through them, mostly in their order.
// A model fitted to its own output instead drifts, its energy a random walk.

import type { Random } from '../../types.js';
import {
  autocorrelate,
  levinsonDurbin,
  predictionResidual,
  type QuantisedPredictor,
  quantise,
  tukeyWindow,
} from './lpc.js';
import type { ResidualLaw } from './residual-law.js';

interface BankFrame {
  readonly predictor: Pick<QuantisedPredictor, 'coefficients' | 'shift'>;
  readonly scale: number;
}

const ORDER = 16;
const PRECISION = 13;
/** The chance that the next frame is the one that came next in the context. */
const SUCCESSION = 0.9;
/** The predictor is fitted to so many frames around its own. */
const FITTED_FRAMES = 2;

const SILENCE = { coefficients: new Int32Array(0), shift: 0 };

export interface SpeakerOptions {
  readonly law: ResidualLaw;
  readonly random: Random;
  readonly temperature: number;
  /** Samples are drawn in [least, most]; beyond, they are clipped. */
  readonly least: number;
  readonly most: number;
}

/** Draws samples in the manner of a context. */
export class FrameSpeaker {
  readonly #options: SpeakerOptions;
  readonly #frames: readonly BankFrame[];
  readonly #frameSize: number;
  readonly #past: number[];
  #frame: number;
  #inFrame = 0;

  /** Goes on after `context`; a frame has `frameSize` samples. */
  constructor(context: Int32Array, frameSize: number, options: SpeakerOptions) {
    this.#options = options;
    this.#frameSize = frameSize;
    this.#frames = bankOf(context, frameSize, options.law);
    this.#past = Array.from(context.subarray(-ORDER));
    while (this.#past.length < ORDER) this.#past.unshift(0);
    this.#frame = this.#frames.length - 1;
  }

  draw(): number {
    const { law, random, temperature, least, most } = this.#options;
    if (this.#inFrame === this.#frameSize) this.#nextFrame(random);
    const { predictor, scale } = this.#frames[this.#frame]!;
    const { coefficients, shift } = predictor;
    let sum = 0;
    for (let j = 0; j < coefficients.length; j++)
      sum += coefficients[j]! * this.#past[ORDER - 1 - j]!;
    const prediction = Math.min(Math.max(sum / 2 ** shift, least), most);
    const sample = law.draw(prediction, scale, random, temperature);
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

function bankOf(context: Int32Array, frameSize: number, law: ResidualLaw): BankFrame[] {
  if (context.length <= ORDER) {
    // Nothing is known: noise of every loudness.
    return Array.from({ length: law.scales }, (_, scale) => ({ predictor: SILENCE, scale }));
  }
  const frames: BankFrame[] = [];
  const whole = Math.max(1, Math.floor(context.length / frameSize));
  const firstStart = context.length - whole * frameSize;
  for (let i = 0; i < whole; i++) {
    const start = Math.max(0, firstStart + i * frameSize);
    const margin = Math.floor(((FITTED_FRAMES - 1) * frameSize) / 2);
    const from = Math.max(0, start - margin);
    const to = Math.min(context.length, start + frameSize + margin);
    frames.push(fitFrame(context.subarray(from, to), law));
  }
  return frames;
}

function fitFrame(samples: Int32Array, law: ResidualLaw): BankFrame {
  const correlation = new Float64Array(ORDER + 1);
  autocorrelate(samples, tukeyWindow(samples.length, 0.5), correlation);
  correlation[0] = correlation[0]! * (1 + 1e-9);
  const fitted = levinsonDurbin(correlation).at(-1);
  const predictor = (fitted && quantise(fitted.coefficients, PRECISION)) ?? SILENCE;
  const residual = new Int32Array(samples.length);
  predictionResidual(samples, predictor, residual);
  let sum = 0;
  for (let i = ORDER; i < residual.length; i++) sum += Math.abs(residual[i]!);
  const scale = law.scaleOf(sum / Math.max(1, residual.length - ORDER));
  return { predictor, scale };
}
