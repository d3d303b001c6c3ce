// The `decode` reading of DEFLATE: the distribution that its decoder gives to fair coin flips,
// P(x) = Σ 2^-|p| over the token strings p that decompress to x, given the codec's own statistics
// of the context. Proper, every byte possible, and nearly the same cost at any length of context.
// As bytes (`predict`) or as tokens (`draw`): one distribution, two ways to draw from it.

import type { Predictor, Random, Token, TokenSource } from '../../../types.js';
import { DrawnPositions } from '../../drawn-positions.js';
import { DISTANCE_CODES } from '../codec/tables.js';
import { fillOverlapping, sourcesOf } from './overlap.js';
import { ForwardPass } from './pass.js';
import { type TokenCounter, TokenModel } from './token-model.js';
import { drawToken } from './tokens.js';
import { DecodeWindow } from './window.js';

export interface DeflateDecoderOptions {
  /** log2 of the window size in bytes, 9–15 (default 15). */
  readonly windowBits?: number;
}

/** The token model is renewed every so many bytes at least … */
const REFRESH_LEAST = 8;
/** … and every 1/128 of the context, which makes the walk over the window cost 128 steps a byte. */
const REFRESH_SHIFT = 7;

/** @param counter a new encoder, which the decoder feeds and owns from now on. */
export function createDeflateDecoder(
  counter: TokenCounter,
  options: DeflateDecoderOptions = {},
): DeflateDecoder {
  const windowBits = options.windowBits ?? 15;
  if (!(Number.isInteger(windowBits) && windowBits >= 9 && windowBits <= 15)) {
    throw new RangeError(`windowBits must be 9 to 15, got ${windowBits}`);
  }
  const decoder = new DeflateDecoder(counter, windowBits);
  decoder.refresh();
  return decoder;
}

export class DeflateDecoder implements Predictor, TokenSource {
  readonly alphabetSize = 256;
  readonly #windowBits: number;
  readonly #counter: TokenCounter;
  readonly #model = new TokenModel();
  readonly #window: DecodeWindow;
  readonly #pass: ForwardPass;
  readonly #masses = new Float64Array(256);
  readonly #changes = new Float64Array(DISTANCE_CODES);
  /** How many bytes the counter has seen. */
  #counted = 0;
  #nextRefresh = 0;
  #drawn = new DrawnPositions();

  /** Use {@link createDeflateDecoder}. */
  constructor(counter: TokenCounter, windowBits: number) {
    this.#windowBits = windowBits;
    this.#counter = counter;
    this.#window = new DecodeWindow(windowBits);
    this.#pass = new ForwardPass(this.#window);
  }

  /** Fills `out` with −log2 P of each next byte; Σ 2^−bits = 1. */
  predict(out: Float64Array): void {
    this.#pass.fillMasses(this.#model, this.#masses);
    this.#toBits(out);
  }

  #toBits(out: Float64Array): void {
    const masses = this.#masses;
    let total = 0;
    for (let b = 0; b < 256; b++) total += masses[b]!;
    const totalLog = Math.log2(total);
    let mass = -1;
    let bits = 0;
    for (let b = 0; b < 256; b++) {
      if (masses[b] !== mass) bits = totalLog - Math.log2((mass = masses[b]!));
      out[b] = bits;
    }
  }

  /** Fills `out` with P of each next byte: what `predict` says, without its logarithms. */
  probabilities(out: Float64Array): void {
    this.#pass.fillMasses(this.#model, out);
    let total = 0;
    for (let b = 0; b < 256; b++) total += out[b]!;
    for (let b = 0; b < 256; b++) out[b]! /= total;
  }

  /** See `CodeLengthModel.nextOverlapping`. */
  predictOverlapping(out: Float64Array, overlap: number): number {
    const parses = {
      window: this.#window,
      pass: this.#pass,
      model: this.#model,
      drawn: this.#drawn,
    };
    const covered = fillOverlapping(parses, overlap, this.#masses);
    if (covered === 0) this.predict(out);
    else this.#toBits(out);
    return covered;
  }

  /** See `CodeLengthModel.sourcesOf`. */
  sourcesOf(byte: number, covered: number): readonly number[] {
    const parses = { window: this.#window, pass: this.#pass, drawn: this.#drawn };
    return sourcesOf(parses, byte, covered);
  }

  /** As `update`; no copy goes on from a byte that was drawn. */
  updateDrawn(byte: number): void {
    this.#drawn.add(this.#window.length);
    this.update(byte);
  }

  update(byte: number): void {
    this.#pass.observe(byte, this.#model);
    if (this.#window.length >= this.#nextRefresh) this.refresh();
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) this.update(byte);
  }

  /**
   * Draws a token, or the rest of a match that the bytes pushed last may have begun, and appends
   * its bytes. Where the parse stands is drawn first, then the symbols of the token, each
   * ∝ P^(1/temperature); at 0 the most probable, ties drawn uniformly.
   */
  draw(random: Random, temperature: number): Token {
    if (!(temperature >= 0)) throw new RangeError(`temperature must be ≥ 0, got ${temperature}`);
    const drawn = drawToken({
      window: this.#window,
      pass: this.#pass,
      model: this.#model,
      random,
      temperature,
    });
    const { distance, bits } = drawn;
    this.#pass.restart();
    const bytes = new Uint8Array(drawn.length);
    for (let i = 0; i < bytes.length; i++) {
      bytes[i] = distance > 0 ? this.#window.byteAt(distance) : drawn.literal;
      this.#window.append(bytes[i]!, this.#model.distance);
      if (this.#window.length >= this.#nextRefresh) this.refresh();
    }
    return distance > 0
      ? { kind: 'match', bytes, distance, bits }
      : { kind: 'literal', bytes, bits };
  }

  fork(): DeflateDecoder {
    const copy = new DeflateDecoder(this.#counter.fork(), this.#windowBits);
    copy.#model.copyFrom(this.#model);
    copy.#window.copyFrom(this.#window);
    copy.#pass.copyFrom(this.#pass);
    copy.#counted = this.#counted;
    copy.#nextRefresh = this.#nextRefresh;
    copy.#drawn = this.#drawn.fork();
    return copy;
  }

  /** Renews the token model from what has been pushed; happens by itself as the context grows. */
  refresh(): void {
    const model = this.#model;
    const window = this.#window;
    const changes = this.#changes;
    if (window.length > this.#counted) this.#counter.push(window.recent(this.#counted));
    this.#counted = window.length;
    changes.set(model.distance);
    model.learn(this.#counter);
    for (let c = 0; c < DISTANCE_CODES; c++) changes[c] = model.distance[c]! - changes[c]!;
    window.reweigh(changes);
    const context = Math.min(window.length, 1 << this.#windowBits);
    this.#nextRefresh = window.length + Math.max(REFRESH_LEAST, context >> REFRESH_SHIFT);
  }
}
