// The mixing model of bytes as a predictor. The model itself is native/mixing/, compiled; this file
// says whose turn it is among the forks that share a memory.

import type { BitCoder, Predictor } from '../../types.js';
import { compileMix, Image, type Layer, type MixCode, STAGED } from './image.js';

/** Layers of more bytes than this share of the image are written into an image of their own. */
const FLATTEN_SHARE = 1 / 8;
const FLATTEN_LEAST = 2 ** 20;
/** A layer that is less than so many times as large as the one before it is merged with that. */
const MERGE_BELOW = 2;
/** Layers that a version may have at most, the top not counted. */
const MOST_LAYERS = 48;

/** Context mixing of bytes: the sum of all probabilities is 1 up to rounding in the last places. */
export class MixModel implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  #image: Image;
  /** Whose turn it is in an image that is shared; left out where it is this version's alone. */
  #turn: { of: MixModel | undefined } | undefined;
  #layers: readonly Layer[] = [];
  /** While it is another's turn. */
  #state: Uint8Array | undefined;

  private constructor(image: Image) {
    this.#image = image;
  }

  /** An untrained model with 2^memoryLog bytes of bit histories at most and what goes with them. */
  static create(code: MixCode | number): MixModel {
    return new MixModel(new Image(typeof code === 'number' ? compileMix(code) : code));
  }

  fork(): MixModel {
    this.#takeTurn();
    if (this.#turn) this.#freeze();
    const turn = (this.#turn ??= { of: this });
    this.#image.openTop(this.#layers);
    const fork = new MixModel(this.#image);
    fork.#turn = turn;
    fork.#layers = this.#layers;
    fork.#state = this.#image.state();
    return fork;
  }

  /** `out[b]` = −log2 P(b) of each next byte. */
  predict(out: Float64Array): void {
    this.#takeTurn();
    this.#image.run.predict();
    const chances = this.#image.predicted();
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(chances[b]!);
  }

  /** −log2 P of one next byte, by its own 8 nodes; the same bits as `predict`'s. */
  surprisal(symbol: number): number {
    this.#takeTurn();
    return -Math.log2(this.#image.run.chanceOf(symbol));
  }

  /** Codes a byte bit by bit down the tree, highest first; −1 for the decoder to say which. */
  code(coder: BitCoder, symbol: number): number {
    this.#takeTurn();
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

  /** Learns from a byte and goes on behind it. */
  update(symbol: number): void {
    this.#takeTurn();
    this.#prepare();
    this.#image.run.update(symbol);
  }

  /** Learns from bytes, and says what they took in bits. */
  learn(bytes: Uint8Array): number {
    this.#takeTurn();
    let bits = 0;
    for (let at = 0; at < bytes.length; ) {
      this.#prepare();
      this.#image.stage(bytes.subarray(at, at + STAGED));
      const count = this.#image.run.push(Math.min(STAGED, bytes.length - at));
      for (const chance of this.#image.staged(count)) bits -= Math.log2(chance);
      at += count;
    }
    return bits;
  }

  #takeTurn(): void {
    const turn = this.#turn;
    if (!turn || turn.of === this) return;
    if (turn.of) {
      turn.of.#freeze();
      turn.of.#state = this.#image.state();
    }
    turn.of = this;
    this.#image.openTop(this.#layers);
    this.#image.resume(this.#state!);
  }

  /** Makes room for what the next byte changes. */
  #prepare(): void {
    const { run } = this.#image;
    if (this.#turn) {
      const held = this.#layers.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const most = this.#layers.length > MOST_LAYERS;
      if (
        most ||
        run.isFull() ||
        held > Math.max(FLATTEN_LEAST, FLATTEN_SHARE * this.#image.size)
      ) {
        this.#flatten();
      } else if (run.topLines() > 512) {
        this.#freeze();
        this.#image.openTop(this.#layers);
      }
    }
    while (this.#image.run.isFull()) this.#image.run.grow();
  }

  /** Makes a layer of the top, and merges layers like the digits of a counter. */
  #freeze(): void {
    const image = this.#image;
    let layer = image.closeTop();
    if (!layer) return;
    const layers = this.#layers.slice();
    for (;;) {
      const older = layers.at(-1);
      if (!older || older.lines >= MERGE_BELOW * layer.lines) break;
      const merged = image.merge(layer, older);
      if (!merged) break;
      layers.pop();
      layer = merged;
    }
    layers.push(layer);
    this.#layers = layers;
  }

  /** Moves to an image of this version's own. */
  #flatten(): void {
    this.#freeze();
    const state = this.#image.state();
    const turn = this.#turn!;
    this.#image = this.#image.flatten(state, this.#layers);
    this.#layers = [];
    this.#turn = undefined;
    turn.of = undefined;
  }
}
