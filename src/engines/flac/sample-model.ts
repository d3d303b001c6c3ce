// The decode reading of FLAC, sample by sample: likelihoods from the mixture of all that a decoder
// may do next, draws from the frames of the context. Channels take turns, each on its own.

import type { Random, SampleModel } from '../../types.js';
import { FrameSpeaker } from './frame-bank.js';
import { type MixtureShape, SampleMixture } from './mixture.js';
import type { ResidualLaw } from './residual-law.js';

export interface SampleModelOptions {
  readonly law: ResidualLaw;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly sampleRate: number;
}

/** Frames of the bank last 20 ms. */
const FRAMES_PER_SECOND = 50;

/** Samples are signed. */
export class FlacSampleModel implements SampleModel {
  readonly #options: SampleModelOptions;
  readonly #shape: MixtureShape;
  readonly #mixtures: readonly SampleMixture[];
  /** Everything pushed, by channel: what speaks is made of it. */
  readonly #given: number[][];
  /** The channel of the next sample. */
  #channel: number;

  constructor(options: SampleModelOptions, from?: FlacSampleModel) {
    const limit = 2 ** (options.bitsPerSample - 1);
    this.#options = options;
    this.#shape = { law: options.law, least: -limit, most: limit - 1 };
    this.#mixtures = from
      ? from.#mixtures.map((mixture) => mixture.fork())
      : Array.from({ length: options.channels }, () => new SampleMixture(this.#shape));
    this.#given = from
      ? from.#given.map((channel) => channel.slice())
      : Array.from({ length: options.channels }, () => []);
    this.#channel = from ? from.#channel : 0;
  }

  fork(): SampleModel {
    return new FlacSampleModel(this.#options, this);
  }

  surprisal(sample: number): number {
    const { least, most } = this.#shape;
    if (!(sample >= least && sample <= most)) return Infinity;
    return -Math.log2(this.#mixtures[this.#channel]!.probability(sample));
  }

  push(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#mixtures[this.#channel]!.update(samples[i]!);
      this.#given[this.#channel]!.push(samples[i]!);
      this.#channel = (this.#channel + 1) % this.#mixtures.length;
    }
  }

  speak(random: Random, temperature: number): () => number {
    const { sampleRate } = this.#options;
    const frameSize = Math.max(32, Math.round(sampleRate / FRAMES_PER_SECOND));
    const speakers = this.#given.map((channel) => {
      const context = Int32Array.from(channel);
      return new FrameSpeaker(context, frameSize, { random, temperature, ...this.#shape });
    });
    let channel = this.#channel;
    return () => {
      const sample = speakers[channel]!.draw();
      channel = (channel + 1) % speakers.length;
      return sample;
    };
  }
}
