// A mixture model of sound that predicts better than FLAC: linear predictors of several orders and
// decays, fitted by the covariance method, and two combinations of their predictions, one of which
// also uses the residual one pitch period ago. Residuals have Student's t distributions whose scales
// adapt at several speeds. The model of a channel runs in WebAssembly (native/audio-mix/).

import {
  type Copyable,
  compileWasm,
  copyInstance,
  instantiateWasm,
  type WasmModule,
} from '../../bits/wasm.js';
import type { Random, SampleModel } from '../../types.js';
import { modelCode } from './model-code.js';

interface Exports extends Copyable {
  readonly predictions: { readonly value: number };
  readonly scales: { readonly value: number };
  readonly weights: { readonly value: number };
  start(bitsPerSample: number): void;
  probability(sample: number): number;
  below(sample: number): number;
  update(sample: number): void;
  append(sample: number): void;
}

// As in native/audio-mix/experts.ts.
const PREDICTORS = 11;
const SPEEDS = 3;
const SCALE_FACTORS = [0.5, 0.85, 1.4];
const WIDTHS = SPEEDS * SCALE_FACTORS.length;
const SHAPES = 3;
const EXPERTS = PREDICTORS * WIDTHS * SHAPES;
const MIN_SCALE = 0.08;

let code: WasmModule | undefined;

/** The mixture of one channel. An expert is a predictor with a scale and a shape. */
class Channel {
  readonly run: Exports;
  readonly #predictions: Float64Array;
  readonly #scales: Float64Array;
  readonly #weights: Float64Array;

  constructor(bitsPerSample: number, from?: Channel) {
    code ??= compileWasm(modelCode);
    if (from) this.run = copyInstance(code, from.run);
    else {
      this.run = instantiateWasm(code) as Exports;
      this.run.start(bitsPerSample);
    }
    const { memory, predictions, scales, weights } = this.run;
    this.#predictions = new Float64Array(memory.buffer, predictions.value, PREDICTORS);
    this.#scales = new Float64Array(memory.buffer, scales.value, PREDICTORS * SPEEDS);
    this.#weights = new Float64Array(memory.buffer, weights.value, EXPERTS);
  }

  /** Draws from the current mixture a value that is not rounded. */
  draw(random: Random, temperature: number): number {
    let rest = random();
    let e = 0;
    while (e < EXPERTS - 1 && (rest -= this.#weights[e]!) >= 0) e++;
    const p = Math.floor(e / (WIDTHS * SHAPES));
    const w = Math.floor(e / SHAPES) % WIDTHS;
    const scale = this.#scales[p * SPEEDS + Math.floor(w / SCALE_FACTORS.length)]!;
    const width = scale * SCALE_FACTORS[w % SCALE_FACTORS.length]! + MIN_SCALE;
    const x = studentDraw(2 << (e % SHAPES), random) * width * temperature;
    return this.#predictions[p]! + (temperature > 0 ? x : 0);
  }
}

/**
 * Draws from Student's t: a standard normal variate divided by the root mean square of `degrees`
 * others. Normal variates follow Box & Muller 1958.
 */
function studentDraw(degrees: number, random: Random): number {
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let squares = 0;
  for (let i = 0; i < degrees; i++) squares += normal() ** 2;
  return normal() / Math.sqrt(squares / degrees);
}

/** Samples are signed and interleaved; each channel has its own mixture. */
export class AudioMixModel implements SampleModel {
  readonly #bitsPerSample: number;
  readonly #channels: readonly Channel[];
  #next: number;

  constructor(bitsPerSample: number, channels: number, from?: AudioMixModel) {
    this.#bitsPerSample = bitsPerSample;
    this.#channels = from
      ? from.#channels.map((channel) => new Channel(bitsPerSample, channel))
      : Array.from({ length: channels }, () => new Channel(bitsPerSample));
    this.#next = from ? from.#next : 0;
  }

  fork(): AudioMixModel {
    return new AudioMixModel(this.#bitsPerSample, this.#channels.length, this);
  }

  surprisal(sample: number): number {
    const limit = 2 ** (this.#bitsPerSample - 1);
    if (!(sample >= -limit && sample < limit)) return Infinity;
    return -Math.log2(this.#channels[this.#next]!.run.probability(sample));
  }

  below(sample: number): number {
    return this.#channels[this.#next]!.run.below(sample);
  }

  push(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#channels[this.#next]!.run.update(samples[i]!);
      this.#next = (this.#next + 1) % this.#channels.length;
    }
  }

  pushDrawn(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#channels[this.#next]!.run.append(samples[i]!);
      this.#next = (this.#next + 1) % this.#channels.length;
    }
  }

  /**
   * The model does not learn from what it draws, so drawn sound stays at the pitch and loudness of
   * the end of the context.
   */
  sampler(random: Random, temperature: number): () => number {
    const channels = this.fork().#channels;
    const limit = 2 ** (this.#bitsPerSample - 1);
    let next = this.#next;
    return () => {
      const channel = channels[next]!;
      next = (next + 1) % channels.length;
      const value = Math.round(channel.draw(random, temperature));
      const sample = Math.min(Math.max(value, -limit), limit - 1);
      channel.run.append(sample);
      return sample;
    };
  }
}
