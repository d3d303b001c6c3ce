// The context mixing model of bytes as a predictor (Mahoney 2005; lpaq). The model itself is
// native/mixing/, compiled to WebAssembly. This file manages the forks that share one linear memory:
// only one of them is active at a time, and the others keep their state outside it.

import type { BitCoder, Predictor } from '../../types.js';
import { compileMix, Image, type Layer, type MixCode, STAGED } from './image.js';

/**
 * A model whose layers exceed this share of the image's size, and this many bytes, moves to a new
 * image.
 */
const FLATTEN_SHARE = 1 / 8;
const FLATTEN_MIN_BYTES = 2 ** 20;
/** A new layer is merged with the previous one if that has fewer than this many times its lines. */
const MERGE_RATIO = 2;
/** Limit on the layers of a model, without the top layer. */
const MAX_LAYERS = 48;

/** Context mixing of bytes. The probabilities of all bytes sum to 1 up to rounding errors. */
export class MixModel implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  #image: Image;
  /** The active model of a shared image; undefined if the image belongs to this model alone. */
  #sharing: { active: MixModel | undefined } | undefined;
  #layers: readonly Layer[] = [];
  /** The saved state, used while another model is active. */
  #state: Uint8Array | undefined;

  private constructor(image: Image) {
    this.#image = image;
  }

  /**
   * Creates an untrained model.
   *
   * @param code a compiled model, or log2 of the bytes for bit histories, 16 to 28.
   */
  static create(code: MixCode | number): MixModel {
    return new MixModel(new Image(typeof code === 'number' ? compileMix(code) : code));
  }

  fork(): MixModel {
    this.#activate();
    if (this.#sharing) this.#freeze();
    const sharing = (this.#sharing ??= { active: this });
    this.#image.openTop(this.#layers);
    const fork = new MixModel(this.#image);
    fork.#sharing = sharing;
    fork.#layers = this.#layers;
    fork.#state = this.#image.state();
    return fork;
  }

  /** `out[b]` = −log2 P(b) for each value b of the next byte. */
  predict(out: Float64Array): void {
    this.#activate();
    this.#image.run.predict();
    const probabilities = this.#image.predicted();
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(probabilities[b]!);
  }

  /** −log2 P of one byte, from the 8 nodes on its path; equal to the value from `predict`. */
  surprisal(symbol: number): number {
    this.#activate();
    return -Math.log2(this.#image.run.chanceOf(symbol));
  }

  /** Codes a byte bit by bit, highest first; with symbol −1 the coder decodes it. */
  code(coder: BitCoder, symbol: number): number {
    this.#activate();
    const { run } = this.#image;
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
    this.#activate();
    this.#prepare();
    this.#image.run.update(symbol);
  }

  /** Learns from bytes and returns their code length in bits. */
  learn(bytes: Uint8Array): number {
    this.#activate();
    let bits = 0;
    for (let at = 0; at < bytes.length; ) {
      this.#prepare();
      this.#image.stage(bytes.subarray(at, at + STAGED));
      const count = this.#image.run.push(Math.min(STAGED, bytes.length - at));
      for (const probability of this.#image.staged(count)) bits -= Math.log2(probability);
      at += count;
    }
    return bits;
  }

  /** Makes this model the active one and saves the state of the one that was. */
  #activate(): void {
    const sharing = this.#sharing;
    if (!sharing || sharing.active === this) return;
    if (sharing.active) {
      sharing.active.#freeze();
      sharing.active.#state = this.#image.state();
    }
    sharing.active = this;
    this.#image.openTop(this.#layers);
    this.#image.resume(this.#state!);
  }

  /** Makes room for the changes of the next byte. */
  #prepare(): void {
    const { run } = this.#image;
    if (this.#sharing) {
      const held = this.#layers.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const isDeep = this.#layers.length > MAX_LAYERS;
      if (
        isDeep ||
        run.isFull() ||
        held > Math.max(FLATTEN_MIN_BYTES, FLATTEN_SHARE * this.#image.size)
      ) {
        this.#flatten();
      } else if (run.topLines() > 512) {
        this.#freeze();
        this.#image.openTop(this.#layers);
      }
    }
    while (this.#image.run.isFull()) this.#image.run.grow();
  }

  /** Turns the top into a frozen layer, and merges layers like the digits of a counter. */
  #freeze(): void {
    const image = this.#image;
    let layer = image.closeTop();
    if (!layer) return;
    const layers = this.#layers.slice();
    for (;;) {
      const older = layers.at(-1);
      if (!older || older.lines >= MERGE_RATIO * layer.lines) break;
      const merged = image.merge(layer, older);
      if (!merged) break;
      layers.pop();
      layer = merged;
    }
    layers.push(layer);
    this.#layers = layers;
  }

  /** Moves to a new image that belongs to this model alone. */
  #flatten(): void {
    this.#freeze();
    const state = this.#image.state();
    const sharing = this.#sharing!;
    this.#image = this.#image.flatten(state, this.#layers);
    this.#layers = [];
    this.#sharing = undefined;
    sharing.active = undefined;
  }
}
