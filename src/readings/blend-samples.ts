// A blend of models of samples that works on the bits of whole samples. It evaluates each model once
// per bit of a sample, while bytes would need the distribution of all samples. It does not learn from
// what it draws.

import { bitsAlong, type Mixture } from '../engines/blend/mixture.js';
import type { MemberShares, Random, SampleModel } from '../types.js';
import { SampleBits } from './sample-bits.js';

/** Chooses a bit that is 1 with probability `p1`. */
type Choose = (depth: number, p1: number) => number;

/** A model of samples whose distribution is the mixture of the models' distributions. */
export class BlendSamples implements SampleModel {
  readonly #models: readonly SampleModel[];
  readonly #mixture: Mixture;
  readonly #bitsPerSample: number;
  readonly #bits: readonly SampleBits[];
  /** Predictions of the models along the bits of `#walked`, as in `Mixture.probability`. */
  readonly #path: Float64Array;
  /** The sample along whose bits `#path` was computed. */
  #walked: number | undefined;

  /** Takes ownership of the models and of the mixture, which must work bit by bit. */
  constructor(models: readonly SampleModel[], mixture: Mixture, bitsPerSample: 8 | 16) {
    this.#models = models;
    this.#mixture = mixture;
    this.#bitsPerSample = bitsPerSample;
    this.#bits = models.map((model) => new SampleBits(model));
    this.#path = new Float64Array(bitsPerSample * models.length);
  }

  fork(): BlendSamples {
    const models = this.#models.map((model) => model.fork());
    return new BlendSamples(models, this.#mixture.fork(), this.#bitsPerSample as 8 | 16);
  }

  surprisal(sample: number): number {
    const limit = 2 ** (this.#bitsPerSample - 1);
    if (!(sample >= -limit && sample < limit)) return Infinity;
    let bits = 0;
    this.#walk(sample, (bit, p1) => {
      bits -= Math.log2(bit ? p1 : 1 - p1);
    });
    return bits;
  }

  below(sample: number): number {
    if (sample >= 2 ** (this.#bitsPerSample - 1)) return 1;
    let mass = 0;
    let left = 1;
    this.#walk(sample, (bit, p1) => {
      if (bit) mass += left * (1 - p1);
      left *= bit ? p1 : 1 - p1;
    });
    return mass;
  }

  push(samples: Int32Array): void {
    for (let i = 0; i < samples.length; i++) {
      if (this.#walked !== samples[i]) this.#walk(samples[i]!, () => {});
      this.#mixture.learn(this.#path, this.#symbolOf(samples[i]!));
      for (const model of this.#models) model.push(samples.subarray(i, i + 1));
      this.#walked = undefined;
    }
  }

  pushDrawn(samples: Int32Array): void {
    for (const model of this.#models) model.pushDrawn(samples);
    for (const sample of samples) this.#mixture.pass(this.#symbolOf(sample));
    this.#walked = undefined;
  }

  /**
   * Temperature raises the odds of each bit to 1/temperature, as the probabilities of whole samples
   * are not computed.
   */
  sampler(random: Random, temperature: number): () => number {
    const ahead = this.fork();
    const draw: Choose = (_depth, p1) => {
      if (temperature === 0) return p1 > 0.5 ? 1 : 0;
      const odds = (p1 / (1 - p1)) ** (1 / temperature);
      return random() * (1 + odds) < odds ? 1 : 0;
    };
    return () => {
      const sample = ahead.#descend(draw);
      ahead.pushDrawn(Int32Array.of(sample));
      return sample;
    };
  }

  memberShares(samples: Int32Array): MemberShares {
    const ahead = this.fork();
    const members = this.#models.length;
    const alone = new Float64Array(members);
    const bits = new Float64Array(samples.length);
    const weights = new Float64Array(members * samples.length);
    const shares = new Float64Array(members * samples.length);
    for (let i = 0; i < samples.length; i++) {
      const at = members * i;
      bits[i] = ahead.surprisal(samples[i]!);
      weights.set(ahead.#mixture.weights, at);
      bitsAlong(ahead.#path, ahead.#symbolOf(samples[i]!), alone);
      ahead.#mixture.shares(alone, shares.subarray(at, at + members));
      ahead.push(samples.subarray(i, i + 1));
    }
    return { bits, weights, shares };
  }

  #symbolOf(sample: number): number {
    return sample + 2 ** (this.#bitsPerSample - 1);
  }

  /** Computes `#path` along the bits of a sample; calls `visit` with each bit and its P(1). */
  #walk(sample: number, visit: (bit: number, p1: number) => void): void {
    const symbol = this.#symbolOf(sample);
    this.#descend((depth, p1) => {
      const bit = (symbol >> (this.#bitsPerSample - 1 - depth)) & 1;
      visit(bit, p1);
      return bit;
    });
  }

  /** Chooses the bits of a sample from highest to lowest, fills `#path` and returns the sample. */
  #descend(choose: Choose): number {
    const models = this.#models.length;
    for (const one of this.#bits) one.restart(this.#bitsPerSample);
    let node = 1;
    for (let depth = 0; depth < this.#bitsPerSample; depth++) {
      for (let i = 0; i < models; i++) this.#path[depth * models + i] = this.#bits[i]!.p1();
      const bit = choose(depth, this.#mixture.probability(this.#path, depth, node));
      for (const one of this.#bits) one.take(bit);
      node = 2 * node + bit;
    }
    const sample = node - 2 ** this.#bitsPerSample - 2 ** (this.#bitsPerSample - 1);
    this.#walked = sample;
    return sample;
  }
}
