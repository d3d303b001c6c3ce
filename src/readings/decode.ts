// The `decode` reading of a predictor of bytes: its prediction is the distribution, already
// normalised. DEFLATE's sum over programs, PPM, context mixing and language models use it.

import type { BitCoder, CodeLengthModel, MaybePromise, Predictor } from '../types.js';

/**
 * A model whose Δ is the predictor's surprisal, so Σ 2^−Δ over the next byte is 1. Takes ownership
 * of the predictor: the caller must not update it afterwards. Synchronous if `predict` is.
 *
 * @throws RangeError if the predictor's alphabet is not the 256 bytes.
 */
export function decodeReading(predictor: Predictor): CodeLengthModel {
  if (predictor.alphabetSize !== 256) {
    throw new RangeError(`"alphabetSize" expected 256, got ${predictor.alphabetSize}`);
  }
  return new DecodeModel(predictor);
}

/** The code length of a message in bits under an untrained predictor, which is then released. */
export function codeLengthUnder(
  predictor: { learn(bytes: Uint8Array): number; release(): void },
  message: Uint8Array,
): number {
  const bits = predictor.learn(message);
  predictor.release();
  return bits;
}

class DecodeModel implements CodeLengthModel {
  readonly #predictor: Predictor;
  /** Present if the predictor has one. */
  readonly surprisal?: (byte: number) => number;
  /** Present if the predictor has one. */
  readonly code?: (coder: BitCoder, byte: number) => number;
  readonly codesBits?: boolean;
  readonly nexts?: (bytes: Uint8Array) => AsyncIterable<Float64Array>;
  readonly surprisals?: (bytes: Uint8Array) => MaybePromise<Float64Array>;
  readonly pushDrawn?: (bytes: Uint8Array, temperature: number) => void;
  readonly nextOverlapping?: (out: Float64Array, overlap: number) => number;
  readonly sourcesOf?: (byte: number, covered: number) => readonly number[];

  constructor(predictor: Predictor) {
    this.#predictor = predictor;
    if (predictor.surprisal) this.surprisal = (byte) => predictor.surprisal!(byte);
    if (predictor.code) this.code = (coder, byte) => predictor.code!(coder, byte);
    if (predictor.codesBits) this.codesBits = true;
    if (predictor.nexts) this.nexts = (bytes) => predictor.nexts!(bytes);
    if (predictor.surprisals) this.surprisals = (bytes) => predictor.surprisals!(bytes);
    if (predictor.predictOverlapping) {
      this.nextOverlapping = (out, overlap) => predictor.predictOverlapping!(out, overlap);
      this.sourcesOf = (byte, covered) => predictor.sourcesOf!(byte, covered);
    }
    if (predictor.updateDrawn) {
      this.pushDrawn = (bytes, temperature) => {
        for (const byte of bytes) predictor.updateDrawn!(byte, temperature);
      };
    }
  }

  push(bytes: Uint8Array): void {
    const predictor = this.#predictor;
    if (predictor.learn && bytes.length > 1) predictor.learn(bytes);
    else for (let i = 0; i < bytes.length; i++) predictor.update(bytes[i]!);
  }

  fork(): CodeLengthModel {
    return new DecodeModel(this.#predictor.fork());
  }

  release(): void {
    this.#predictor.release?.();
  }

  next(out: Float64Array): MaybePromise<void> {
    return this.#predictor.predict(out);
  }

  score(candidates: readonly Uint8Array[]): MaybePromise<Float64Array> {
    return runSteps(scoreSteps(this.#predictor, candidates));
  }
}

/** With at most this many candidates, separate surprisals are assumed to be cheaper than `next`. */
const FEW_CANDIDATES = 16;

const surprisalOf = (predictor: Predictor, symbol: number): number => predictor.surprisal!(symbol);

/** Yields each result of `predict`, to be awaited if it is a promise. */
function* scoreSteps(
  predictor: Predictor,
  candidates: readonly Uint8Array[],
): Generator<MaybePromise<void>, Float64Array, void> {
  const deltas = new Float64Array(candidates.length);
  const one = predictor.surprisal ? surprisalOf : undefined;
  const first = new Float64Array(256); // shared by all candidates
  const later = new Float64Array(256);
  const alone = candidates.length <= FEW_CANDIDATES ? one : undefined;
  if (!alone && candidates.some((candidate) => candidate.length > 0))
    yield predictor.predict(first);
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i]!;
    if (candidate.length === 0) continue;
    if (candidate.length > 1 && one && predictor.surprisals) {
      const known = predictor.surprisals(candidate) as Float64Array;
      for (const bits of known) deltas[i]! += bits;
      continue;
    }
    let delta = alone ? alone(predictor, candidate[0]!) : first[candidate[0]!]!;
    if (candidate.length > 1) {
      const fork = predictor.fork();
      for (let j = 1; j < candidate.length && delta < Infinity; j++) {
        fork.update(candidate[j - 1]!);
        if (!one) yield fork.predict(later);
        delta += one ? one(fork, candidate[j]!) : later[candidate[j]!]!;
      }
    }
    deltas[i] = delta;
  }
  return deltas;
}

/** Runs synchronously until a step returns a promise, then asynchronously. */
function runSteps<T>(steps: Generator<MaybePromise<void>, T, void>): MaybePromise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (step.value instanceof Promise) return step.value.then(() => runSteps(steps));
  }
}
