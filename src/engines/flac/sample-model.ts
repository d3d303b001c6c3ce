// The `decode` reading of FLAC by samples: likelihoods come from the mixture of everything a
// decoder may read next, draws from the frames of the context. Channels are modelled independently.

import type { Random, SampleModel } from '../../types.js';
import { FrameSpeaker } from './frame-bank.js';
import { type MixtureShape, SampleMixture } from './mixture.js';
import type { ResidualDistribution } from './residual-distribution.js';

export interface SampleModelOptions {
  readonly distribution: ResidualDistribution;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly sampleRate: number;
}

/** Frames of the bank are 20 ms long. */
const FRAMES_PER_SECOND = 50;

/** Samples are signed. */
export class FlacSampleModel implements SampleModel {
  readonly #options: SampleModelOptions;
  readonly #shape: MixtureShape;
  /** One mixture per channel; they have learned the first `#learned` samples. */
  readonly #mixtures: readonly SampleMixture[];
  #learned: number;
  /** Everything pushed, interleaved: the source of the frames for drawing. */
  readonly #samples: number[];

  constructor(options: SampleModelOptions, from?: FlacSampleModel) {
    const limit = 2 ** (options.bitsPerSample - 1);
    this.#options = options;
    this.#shape = { distribution: options.distribution, least: -limit, most: limit - 1 };
    this.#mixtures = from
      ? from.#mixtures.map((mixture) => mixture.fork())
      : Array.from({ length: options.channels }, () => new SampleMixture(this.#shape));
    this.#samples = from ? from.#samples.slice() : [];
    this.#learned = from ? from.#learned : 0;
  }

  fork(): SampleModel {
    return new FlacSampleModel(this.#options, this);
  }

  surprisal(sample: number): number {
    const { least, most } = this.#shape;
    if (!(sample >= least && sample <= most)) return Infinity;
    return -Math.log2(this.#learn().probability(sample));
  }

  below(sample: number): number {
    return this.#learn().below(sample);
  }

  /**
   * Appends without learning, which is done on demand: learning costs far more than drawing, which
   * does not need it.
   */
  push(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) this.#samples.push(samples[i]!);
  }

  pushDrawn(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) {
      this.#learn().append(samples[i]!);
      this.#learned++;
      this.#samples.push(samples[i]!);
    }
  }

  sampler(random: Random, temperature: number): () => number {
    const { channels, sampleRate } = this.#options;
    const frameSize = Math.max(32, Math.round(sampleRate / FRAMES_PER_SECOND));
    const speakers = Array.from({ length: channels }, (_, c) => {
      const context = Int32Array.from(this.#samples.filter((_, i) => i % channels === c));
      return new FrameSpeaker(context, frameSize, { random, temperature, ...this.#shape });
    });
    let channel = this.#samples.length % channels;
    return () => {
      const sample = speakers[channel]!.draw();
      channel = (channel + 1) % channels;
      return sample;
    };
  }

  /** Learns what was pushed. @returns the mixture of the channel whose turn it is. */
  #learn(): SampleMixture {
    const samples = this.#samples;
    const channels = this.#mixtures.length;
    for (; this.#learned < samples.length; this.#learned++) {
      this.#mixtures[this.#learned % channels]!.update(samples[this.#learned]!);
    }
    return this.#mixtures[samples.length % channels]!;
  }
}
