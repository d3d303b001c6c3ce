// The context mixing model of bytes as a predictor (Mahoney 2005; lpaq). The model itself is
// native/mixing/, compiled to WebAssembly. Forks share one linear memory, in which only one of their
// versions is active at a time (versions.ts).

import type { BitCoder, Predictor } from '../../types.js';
import { compileMix, Image, type MixCode, STAGED } from './image.js';
import { type Version, Versions } from './versions.js';

/** Context mixing of bytes. The probabilities of all bytes sum to 1 up to rounding errors. */
export class MixModel implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  #versions: Versions;
  #version: Version;

  private constructor(versions: Versions, version: Version) {
    this.#versions = versions;
    this.#version = version;
  }

  /**
   * Creates an untrained model.
   *
   * @param code a compiled model, or log2 of the bytes for bit histories, 16 to 28.
   */
  static create(code: MixCode | number): MixModel {
    const image = new Image(typeof code === 'number' ? compileMix(code) : code);
    const versions = new Versions(image);
    return new MixModel(versions, versions.active);
  }

  fork(): MixModel {
    this.#versions.freeze(this.#version);
    return new MixModel(this.#versions, this.#version);
  }

  /** `out[b]` = −log2 P(b) for each value b of the next byte. */
  predict(out: Float64Array): void {
    const image = this.#activate();
    image.run.predict();
    const probabilities = image.predicted();
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(probabilities[b]!);
  }

  /** −log2 P of one byte, from the 8 nodes on its path; equal to the value from `predict`. */
  surprisal(symbol: number): number {
    return -Math.log2(this.#activate().run.chanceOf(symbol));
  }

  /** Codes a byte bit by bit, highest first; with symbol −1 the coder decodes it. */
  code(coder: BitCoder, symbol: number): number {
    const { run } = this.#activate();
    run.begin();
    let byte = 0;
    for (let i = 7; i >= 0; i--) {
      const bit = coder.code((symbol >> i) & 1, run.chanceOfOne());
      run.take(bit);
      byte = 2 * byte + bit;
    }
    return byte;
  }

  /** Learns from a byte and advances past it. */
  update(symbol: number): void {
    this.#prepare().run.update(symbol);
    this.#versions.record([symbol]);
    this.#grow();
  }

  /** Learns from bytes and returns their code length in bits. */
  learn(bytes: Uint8Array): number {
    let bits = 0;
    for (let at = 0; at < bytes.length; ) {
      const image = this.#prepare();
      image.stage(bytes.subarray(at, at + STAGED));
      const count = image.run.push(Math.min(STAGED, bytes.length - at));
      for (const probability of image.staged(count)) bits -= Math.log2(probability);
      this.#versions.record(bytes.subarray(at, at + count));
      this.#grow();
      at += count;
    }
    return bits;
  }

  /** Activates this model's version and returns the image. */
  #activate(): Image {
    this.#version = this.#versions.activate(this.#version);
    return this.#versions.image;
  }

  /** Activates a version that may change, and makes room for the changes of the next byte. */
  #prepare(): Image {
    this.#activate();
    if (this.#versions.mustLeave()) this.#leave();
    else if (this.#version.isFrozen) this.#version = this.#versions.derive();
    this.#versions.prepare();
    return this.#versions.image;
  }

  /** Enlarges the tables if they are full, for which the image must belong to this model alone. */
  #grow(): void {
    if (!this.#versions.image.run.isFull()) return;
    if (this.#versions.isShared) this.#leave();
    const { run } = this.#versions.image;
    while (run.isFull()) run.grow();
  }

  #leave(): void {
    this.#versions = this.#versions.leave();
    this.#version = this.#versions.active;
  }
}
