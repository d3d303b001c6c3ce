// The `decode` reading of DEFLATE: the distribution that its decoder gives to fair coin flips,
// P(x) = Σ 2^-|p| over the token strings p that decompress to x, given the codec's own statistics
// of the context. Proper, every byte possible, and nearly the same cost at any length of context.
// As bytes (`predict`) or as tokens (`draw`): one distribution, two ways to draw from it.

import { DrawnPositions } from '../../../bits/drawn-positions.js';
import type { BitCoder, Predictor, Random, Token, TokenSource } from '../../../types.js';
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
/** Skipping so many bytes costs less than the pass over them, in bytes. */
const LEAST_SKIP = 1024;
/** Bytes that the pass goes over at most when many are learnt at once. */
const LONGEST_PASS = 1 << 14;

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
  /** Of the masses, those under each node of the tree of a byte's bits; the root is 1. */
  readonly #sums = new Float64Array(256);
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

  /** −log2 P of one byte, what `predict` says up to rounding. */
  surprisal(byte: number): number {
    return -Math.log2(this.#pass.shareOf(byte, this.#model));
  }

  /** Codes the next byte bit by bit from the top: at each, which half of those that are left. */
  code(coder: BitCoder, byte: number): number {
    const masses = this.#masses;
    this.#pass.fillMasses(this.#model, masses);
    const sums = this.#sums;
    for (let b = 0; b < 128; b++) sums[128 + b] = masses[2 * b]! + masses[2 * b + 1]!;
    for (let node = 127; node > 0; node--) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
    let node = 1;
    for (let bit = 7; bit >= 0; bit--) {
      const one = 2 * node + 1;
      const mass = bit > 0 ? sums[one]! : masses[one - 256]!;
      node = 2 * node + coder.code((byte >> bit) & 1, mass / sums[node]!);
    }
    return node - 256;
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
    this.learn(bytes);
  }

  /**
   * The bits of every prediction from here on are those after `update` of each byte: the forward
   * pass begins where two bytes are new to the window, and so no match can come from before. Only
   * where the last 16 KiB of many bytes have no such place, in DNA or a picture of two colours say,
   * it begins 16 KiB before the end. What is predicted then is the same up to rounding, unless a
   * run of one match after another goes all the way back.
   */
  learn(bytes: Uint8Array): void {
    const start = bytes.length < 2 * LEAST_SKIP ? 0 : this.#lastNewPair(bytes);
    const from = start < LEAST_SKIP ? 0 : start;
    if (from > 0) this.#skip(bytes.subarray(0, from));
    for (let i = from; i < bytes.length; i++) this.update(bytes[i]!);
  }

  /** Where the pass over `bytes` may begin: the last pair of bytes that the window has not. */
  #lastNewPair(bytes: Uint8Array): number {
    const { length, maxDistance, mask, bytes: before } = this.#window;
    const newest = new Int32Array(1 << 16).fill(-maxDistance - 1);
    const end = length + bytes.length;
    const earliest = Math.max(length, end - LONGEST_PASS);
    let last = earliest;
    let pair = 0;
    for (let p = Math.max(0, earliest - maxDistance - 1); p < end; p++) {
      const byte = p < length ? before[p & mask]! : bytes[p - length]!;
      pair = ((pair << 8) | byte) & 0xffff;
      if (p >= earliest && p - newest[pair]! > maxDistance) last = p;
      newest[pair] = p;
    }
    return last - length;
  }

  /** Goes past bytes that no prediction is wanted of, and starts the pass over behind them. */
  #skip(bytes: Uint8Array): void {
    const window = this.#window;
    const end = window.length + bytes.length;
    let refresh = this.#nextRefresh;
    while (this.#refreshAfter(refresh) <= end) refresh = this.#refreshAfter(refresh);
    const recent = new Uint8Array(Math.min(end, window.bytes.length));
    const kept = Math.max(0, recent.length - bytes.length);
    recent.set(window.recent(window.length - kept));
    recent.set(bytes.subarray(bytes.length - recent.length + kept), kept);
    if (refresh <= end) {
      this.#counter.push(window.recent(this.#counted));
      this.#counter.push(bytes.subarray(0, refresh - window.length));
      this.#counted = refresh;
      this.#model.learn(this.#counter);
      this.#nextRefresh = this.#refreshAfter(refresh);
    }
    window.fill(recent, end, this.#model.distance);
    this.#pass.restart();
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
    this.#nextRefresh = this.#refreshAfter(window.length);
  }

  /** When the token model is renewed after it was at `length`. */
  #refreshAfter(length: number): number {
    const context = Math.min(length, 1 << this.#windowBits);
    return length + Math.max(REFRESH_LEAST, context >> REFRESH_SHIFT);
  }
}
