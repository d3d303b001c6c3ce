// A mixture model of sound that predicts better than FLAC: linear predictors of several orders and
// decays, fitted by the covariance method, and two combinations of their predictions, one of which
// also uses the residual one pitch period ago. Residuals have Student's t distributions whose scales
// adapt at several speeds. The model of a channel runs in WebAssembly (native/audio-mix/).

import { type Copyable, wasmCreator } from '../../bits/wasm.js';
import type { Random, SampleModel } from '../../types.js';
import { modelCode } from './model-code.js';

/** Of the model of a channel, a mixture of experts: predictors, each with a scale and a shape. */
interface Exports extends Copyable {
  start(bitsPerSample: number): void;
  probability(sample: number): number;
  below(sample: number): number;
  update(sample: number): void;
  append(sample: number): void;
  choose(uniform: number): number;
  meanOf(expert: number): number;
  widthOf(expert: number): number;
  degreesOf(expert: number): number;
}

const create = wasmCreator<Exports>(modelCode);

function createChannel(bitsPerSample: number): Exports {
  const channel = create();
  channel.start(bitsPerSample);
  return channel;
}

/** Draws from the mixture a value that is not rounded. */
function draw(channel: Exports, random: Random, temperature: number): number {
  const expert = channel.choose(random());
  const mean = channel.meanOf(expert);
  const x = studentDraw(channel.degreesOf(expert), random) * channel.widthOf(expert) * temperature;
  return mean + (temperature > 0 ? x : 0);
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
  readonly #channels: readonly Exports[];
  #next: number;

  constructor(bitsPerSample: number, channels: number, from?: AudioMixModel) {
    this.#bitsPerSample = bitsPerSample;
    this.#channels = from
      ? from.#channels.map((channel) => create(channel))
      : Array.from({ length: channels }, () => createChannel(bitsPerSample));
    this.#next = from ? from.#next : 0;
  }

  fork(): AudioMixModel {
    return new AudioMixModel(this.#bitsPerSample, this.#channels.length, this);
  }

  surprisal(sample: number): number {
    const limit = 2 ** (this.#bitsPerSample - 1);
    if (!(sample >= -limit && sample < limit)) return Infinity;
    return -Math.log2(this.#channels[this.#next]!.probability(sample));
  }

  below(sample: number): number {
    return this.#channels[this.#next]!.below(sample);
  }

  push(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#channels[this.#next]!.update(samples[i]!);
      this.#next = (this.#next + 1) % this.#channels.length;
    }
  }

  pushDrawn(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#channels[this.#next]!.append(samples[i]!);
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
      const value = Math.round(draw(channel, random, temperature));
      const sample = Math.min(Math.max(value, -limit), limit - 1);
      channel.append(sample);
      return sample;
    };
  }
}
