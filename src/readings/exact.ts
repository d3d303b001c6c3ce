// The `exact` reading: an encoder twin computes to the bit how long its output would be with each
// candidate, at a cost that does not grow with the context. This file only subtracts; the twins are
// in engines/.

import type { CodeLengthModel } from '../types.js';

/**
 * An encoder that can compute at any point how long its output would be if the input ended there.
 */
export interface IncrementalEncoder {
  /** Appends to the message; `push(a); push(b)` is the same as `push(ab)`. */
  push(bytes: Uint8Array): void;
  /** An independent copy; later pushes to one do not affect the other. */
  fork(): IncrementalEncoder;
  /** Bits of the message so far. */
  codeLength(): number;
  /** `out[b]` = bits of the message followed by byte `b`, for all 256; the message is unchanged. */
  nextCodeLengths(out: Float64Array): void;
  /**
   * Bits of the message followed by each candidate, in the order given; the message is unchanged.
   */
  candidateCodeLengths(candidates: readonly Uint8Array[]): Float64Array;
}

/**
 * A synchronous model of Δ = L(xc) − L(x). Takes ownership of the encoder: push to the model
 * instead.
 */
export function exactReading(encoder: IncrementalEncoder): CodeLengthModel {
  return new ExactModel(encoder, undefined);
}

/**
 * The encoder with lengths rounded up to whole bytes, as `compress` writes them: with it,
 * `exactReading` gives the same results as recompressing, without compressing anything again.
 *
 * @param aroundBits bits of the file outside the encoder's output: header and checksum.
 */
export function inWholeBytes(encoder: IncrementalEncoder, aroundBits: number): IncrementalEncoder {
  const round = (bits: number): number => 8 * Math.ceil((aroundBits + bits) / 8);
  return {
    push: (bytes) => encoder.push(bytes),
    fork: () => inWholeBytes(encoder.fork(), aroundBits),
    codeLength: () => round(encoder.codeLength()),
    nextCodeLengths(out) {
      encoder.nextCodeLengths(out);
      for (let b = 0; b < 256; b++) out[b] = round(out[b]!);
    },
    candidateCodeLengths: (candidates) => encoder.candidateCodeLengths(candidates).map(round),
  };
}

class ExactModel implements CodeLengthModel {
  readonly #encoder: IncrementalEncoder;
  /** L(context) in bits, once it is known. */
  #contextBits: number | undefined;
  /** L(context + b) in bits for each b, if computed since the last push. */
  readonly #nextBits = new Float64Array(256);
  #knowsNext = false;

  constructor(encoder: IncrementalEncoder, contextBits: number | undefined) {
    this.#encoder = encoder;
    this.#contextBits = contextBits;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#encoder.push(bytes);
    this.#contextBits =
      this.#knowsNext && bytes.length === 1 ? this.#nextBits[bytes[0]!] : undefined;
    this.#knowsNext = false;
  }

  fork(): CodeLengthModel {
    return new ExactModel(this.#encoder.fork(), this.#contextBits);
  }

  next(out: Float64Array): void {
    const contextBits = this.#measureContext();
    if (!this.#knowsNext) this.#encoder.nextCodeLengths(this.#nextBits);
    this.#knowsNext = true;
    for (let b = 0; b < 256; b++) out[b] = this.#nextBits[b]! - contextBits;
  }

  score(candidates: readonly Uint8Array[]): Float64Array {
    const contextBits = this.#measureContext();
    const deltas = this.#encoder.candidateCodeLengths(candidates);
    for (let i = 0; i < deltas.length; i++) deltas[i] = deltas[i]! - contextBits;
    return deltas;
  }

  #measureContext(): number {
    return (this.#contextBits ??= this.#encoder.codeLength());
  }
}
