// The `decode` reading of a model of samples, by bytes in the order of a file (little-endian). The
// distribution of a low byte is a sum over all samples with that low byte, so bytes cost far more
// than whole samples.

import type { BitCoder, CodeLengthModel, Predictor, SampleModel } from '../types.js';
import { decodeReading } from './decode.js';
import { SampleBits } from './sample-bits.js';

/**
 * Returns the reading and takes ownership of the model. Samples of 8 bits are unsigned bytes, those of
 * 16 bits are signed and little-endian.
 */
export function samplesReading(model: SampleModel, bitsPerSample: 8 | 16): CodeLengthModel {
  return decodeReading(
    bitsPerSample === 8 ? new WholeBytes(model) : new HalfSamples(model, undefined),
  );
}

/** Samples of 8 bits as bytes. */
class WholeBytes implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  readonly #model: SampleModel;
  readonly #bits: SampleBits;

  constructor(model: SampleModel) {
    this.#model = model;
    this.#bits = new SampleBits(model);
  }

  predict(out: Float64Array): void {
    for (let b = 0; b < 256; b++) out[b] = this.surprisal(b);
  }

  surprisal(byte: number): number {
    return this.#model.surprisal(byte - 128);
  }

  code(coder: BitCoder, byte: number): number {
    this.#bits.restart(8);
    let node = 1;
    for (let i = 7; i >= 0; i--) {
      const bit = coder.code((byte >> i) & 1, this.#bits.p1());
      this.#bits.take(bit);
      node = 2 * node + bit;
    }
    return node - 256;
  }

  update(byte: number): void {
    this.#model.push(Int32Array.of(byte - 128));
  }

  fork(): Predictor {
    return new WholeBytes(this.#model.fork());
  }
}

/** Samples of 16 bits as low and high bytes. */
class HalfSamples implements Predictor {
  readonly alphabetSize = 256;
  readonly #model: SampleModel;
  /** The low byte of the current sample, whose high byte comes next. */
  #low: number | undefined;
  /** Bits of the low byte, once it is known. */
  #lowBits = 0;

  constructor(model: SampleModel, low: number | undefined, lowBits = 0) {
    this.#model = model;
    this.#low = low;
    this.#lowBits = lowBits;
  }

  predict(out: Float64Array): void {
    for (let b = 0; b < 256; b++) out[b] = this.surprisal(b);
  }

  surprisal(byte: number): number {
    if (this.#low === undefined) return this.#marginal(byte);
    return this.#model.surprisal(sampleOf(this.#low, byte)) - this.#lowBits;
  }

  update(byte: number): void {
    if (this.#low === undefined) {
      this.#lowBits = this.#marginal(byte);
      this.#low = byte;
    } else {
      this.#model.push(Int32Array.of(sampleOf(this.#low, byte)));
      this.#low = undefined;
    }
  }

  fork(): Predictor {
    return new HalfSamples(this.#model.fork(), this.#low, this.#lowBits);
  }

  /** −log2 of the total probability of all samples with this low byte. */
  #marginal(low: number): number {
    let mass = 0;
    for (let high = 0; high < 256; high++) mass += 2 ** -this.#model.surprisal(sampleOf(low, high));
    return -Math.log2(mass);
  }
}

function sampleOf(low: number, high: number): number {
  return ((high << 24) >> 16) | low;
}
