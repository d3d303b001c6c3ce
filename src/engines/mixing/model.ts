// The context mixing model of bytes as a predictor (Mahoney 2005; lpaq). The model itself is
// native/mixing/, compiled to WebAssembly. Forks share one linear memory, in which only one of their
// versions is active at a time (versions.ts). One of the predictions that it mixes is that of another
// model, the guest, which each fork has for itself.

import type { BitCoder, Predictor } from '../../types.js';
import { Image, type MixCode, STAGED } from './image.js';
import { type Version, Versions } from './versions.js';

/** Another model, whose prediction of each bit is mixed with the others. */
export interface Guest {
  fork(): Guest;
  update(symbol: number): void;
  /**
   * Learns at most 256 bytes and returns ln P(1)/P(0) of the eight bits of each, highest first, given
   * those before; valid until the next call.
   */
  learnBits(bytes: Uint8Array): Float32Array;
  /** ln P(1)/P(0) of the eight bits of one byte, as from `learnBits`. */
  logitsOf(symbol: number): Float32Array;
  /**
   * ln P(1)/P(0) of the next bit after each sequence of fewer than eight, whose index is its bits
   * after a leading 1.
   */
  logits(): Float32Array;
  /** One of these logits. The first must be that of index 1, with no other call between. */
  logitAt(index: number): number;
}

/** Context mixing of bytes. The probabilities of all bytes sum to 1 up to rounding errors. */
export class MixModel implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  #versions: Versions;
  #version: Version;
  readonly #guest: Guest;
  /** The byte whose path was asked for last, −1 for none, and the guest's logits of its bits. */
  #asked = -1;
  readonly #askedLogits = new Float32Array(8);

  private constructor(versions: Versions, version: Version, guest: Guest) {
    this.#versions = versions;
    this.#version = version;
    this.#guest = guest;
  }

  /** Creates an untrained model with an untrained guest. */
  static create(code: MixCode, guest: Guest): MixModel {
    const versions = new Versions(Image.of(code));
    return new MixModel(versions, versions.active, guest);
  }

  fork(): MixModel {
    this.#versions.freeze(this.#version);
    return new MixModel(this.#versions, this.#version, this.#guest.fork());
  }

  release(): void {
    this.#versions.release();
  }

  /** `out[b]` = −log2 P(b) for each value b of the next byte. */
  predict(out: Float64Array): void {
    const image = this.#activate();
    image.stageLogits(this.#guest.logits());
    image.run.predict();
    const probabilities = image.predicted();
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(probabilities[b]!);
  }

  /** −log2 P of one byte, from the 8 nodes on its path; equal to the value from `predict`. */
  surprisal(symbol: number): number {
    const image = this.#activate();
    return -Math.log2(this.#chanceOf(image, symbol));
  }

  /** Codes a byte bit by bit, highest first; with symbol −1 the coder decodes it. */
  code(coder: BitCoder, symbol: number): number {
    const image = this.#activate();
    if (symbol < 0) return this.#decode(coder, image);
    this.#chanceOf(image, symbol);
    const chances = image.chances();
    for (let i = 0; i < 8; i++) coder.code((symbol >> (7 - i)) & 1, chances[i]!);
    return symbol;
  }

  #chanceOf(image: Image, symbol: number): number {
    this.#askedLogits.set(this.#guest.logitsOf(symbol));
    this.#asked = symbol;
    image.stageLogits(this.#askedLogits);
    return image.run.chanceOf(symbol);
  }

  #decode(coder: BitCoder, { run }: Image): number {
    this.#asked = -1;
    run.begin();
    let path = 1;
    for (let i = 0; i < 8; i++) {
      const logit = this.#guest.logitAt(path);
      this.#askedLogits[i] = logit;
      const bit = coder.code(0, run.chanceOfOne(logit));
      run.take(bit);
      path = 2 * path + bit;
    }
    this.#asked = path - 256;
    return this.#asked;
  }

  /** Learns from a byte and advances past it. */
  update(symbol: number): void {
    const image = this.#prepare();
    const logits = this.#learnBits(symbol);
    image.stageLogits(logits);
    image.run.update(symbol);
    this.#asked = -1;
    this.#versions.record([symbol], logits);
    this.#grow();
  }

  /** Has the guest learn a byte; returns the logits of its bits. */
  #learnBits(symbol: number): Float32Array {
    if (symbol !== this.#asked) return this.#guest.learnBits(Uint8Array.of(symbol));
    this.#guest.update(symbol);
    return this.#askedLogits;
  }

  /** Learns from bytes and returns their code length in bits. */
  learn(bytes: Uint8Array): number {
    let bits = 0;
    this.#asked = -1;
    for (let at = 0; at < bytes.length; at += STAGED) {
      let piece = bytes.subarray(at, at + STAGED);
      let logits = this.#guest.learnBits(piece);
      while (piece.length > 0) {
        const image = this.#prepare();
        image.stage(piece);
        image.stageLogits(logits);
        const count = image.run.push(piece.length);
        for (const probability of image.staged(count)) bits -= Math.log2(probability);
        this.#versions.record(piece.subarray(0, count), logits.subarray(0, 8 * count));
        this.#grow();
        piece = piece.subarray(count);
        logits = logits.subarray(8 * count);
      }
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
