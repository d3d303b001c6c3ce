// The `decode` reading of DEFLATE: the distribution that its decoder gives to fair coin flips, P(x)
// = Σ 2^-|p| over the token strings p that decompress to x, given the codec's own statistics of the
// context. It is normalised, every byte is possible, and its cost hardly depends on the context
// length. It can be used by bytes (`predict`) or by tokens (`draw`), with the same distribution.

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

/** The token model is updated at intervals of at least this many bytes … */
const REFRESH_LEAST = 8;
/**
 * … and of at least 1/128 of the context, which limits the pass over the window to 128 steps per
 * byte.
 */
const REFRESH_SHIFT = 7;
/** Skipping this many bytes costs less than the forward pass over them. */
const LEAST_SKIP = 1024;
/** Maximum number of bytes in the forward pass when many are learnt at once. */
const LONGEST_PASS = 1 << 14;

/** @param counter a new encoder, which the decoder takes ownership of. */
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
  /** Sums of the masses under each node of a byte's bit tree; the root is 1. */
  readonly #sums = new Float64Array(256);
  readonly #changes = new Float64Array(DISTANCE_CODES);
  /** Number of bytes pushed to the counter. */
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

  /** Fills `out` with P of each next byte: `predict` without logarithms. */
  probabilities(out: Float64Array): void {
    this.#pass.fillMasses(this.#model, out);
    let total = 0;
    for (let b = 0; b < 256; b++) total += out[b]!;
    for (let b = 0; b < 256; b++) out[b]! /= total;
  }

  /** −log2 P of one byte, equal to that of `predict` up to rounding. */
  surprisal(byte: number): number {
    return -Math.log2(this.#pass.shareOf(byte, this.#model));
  }

  /**
   * Codes the next byte bit by bit, highest first: each bit selects one half of the remaining
   * bytes.
   */
  code(coder: BitCoder, byte: number): number {
    const masses = this.#masses;
    this.#pass.fillMasses(this.#model, masses);
    const sums = this.#sums;
    for (let node = 64; node < 128; node++) {
      const b = 4 * node - 256;
      const left = masses[b]! + masses[b + 1]!;
      const right = masses[b + 2]! + masses[b + 3]!;
      sums[2 * node] = left;
      sums[2 * node + 1] = right;
      sums[node] = left + right;
    }
    for (let node = 63; node > 0; node--) sums[node] = sums[2 * node]! + sums[2 * node + 1]!;
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

  /** As `update`; no copy continues from a byte that was drawn. */
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
   * Every later prediction is the same as after `update` of each byte: the forward pass starts at a
   * pair of bytes that is new to the window, so no earlier match can continue. Only if the last 16
   * KiB have no such pair, as in DNA or a two-colour picture, does the pass start 16 KiB before the
   * end. Predictions are then the same up to rounding, unless a chain of consecutive matches goes
   * all the way back.
   */
  learn(bytes: Uint8Array): void {
    const start = bytes.length < 2 * LEAST_SKIP ? 0 : this.#lastNewPair(bytes);
    const from = start < LEAST_SKIP ? 0 : start;
    if (from > 0) this.#skip(bytes.subarray(0, from));
    for (let i = from; i < bytes.length; i++) this.update(bytes[i]!);
  }

  /** The start of the pass over `bytes`: the last pair of bytes not in the window. */
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

  /** Skips bytes for which no prediction is needed, and restarts the pass after them. */
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
   * Draws a token, or the rest of a match that the last pushed bytes may have begun, and appends
   * its bytes. The position of the parse is drawn first, then the symbols of the token, each ∝
   * P^(1/temperature); at 0 the most probable, with ties drawn uniformly.
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

  /**
   * Updates the token model from the pushed bytes; also happens automatically as the context grows.
   */
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

  /** The context length at which the token model is updated next after an update at `length`. */
  #refreshAfter(length: number): number {
    const context = Math.min(length, 1 << this.#windowBits);
    return length + Math.max(REFRESH_LEAST, context >> REFRESH_SHIFT);
  }
}
