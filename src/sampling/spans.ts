// Continuations in spans of several bytes, by any compressor at all: candidates are drawn from a
// proposal q and one of them is taken with weight q^(1−β) · 2^(−β·ΔL) / q. At β = 1 this is
// self-normalised importance resampling of the compressor's own distribution over spans, exact in
// the limit of many candidates (Rubin 1987); at β = 0 it is the proposal. A proposal steered by a
// compressor, not a sample of the compressor: its few candidates bound how far it can be steered.

import { expectInteger, expectNumber } from '../expect.js';
import type { Bytes, CodeLengthModel, Predictor } from '../types.js';
import { Constraints } from './constraints.js';
import {
  type ContinuationOptions,
  checkContinuation,
  checkRoom,
  nothingLeft,
  pushDrawn,
  stopDetector,
} from './continuation.js';
import { drawIndex } from './draw.js';
import { drawCandidates, updateDrawn } from './proposals.js';

/** How long spans are, how many candidates each has, and where those come from. */
export interface SpanOptions extends ContinuationOptions {
  /** Bytes of a span. The last may be shorter, and one that a stop ends. */
  readonly span: number;
  /** Candidates drawn for each span. */
  readonly candidates: number;
  /** What they are drawn from; forked, and the fork follows the continuation. */
  readonly proposal: Predictor;
  /**
   * The compressor's share, from 0 to 1; if left out, at each span the largest that keeps the
   * effective sample size at or above an eighth of the candidates.
   */
  readonly beta?: number | undefined;
  /**
   * The share of the uniform distribution in every draw of a candidate, 2^−10 if left out; 0 for a
   * proposal that finds no byte impossible.
   */
  readonly uniformShare?: number | undefined;
}

/** A span that was drawn. */
export interface SpanStep {
  /** Place of the first byte in the continuation, from 0. */
  readonly index: number;
  /** The span itself. */
  readonly bytes: Bytes;
  /** Δ bits under the compressor: how much longer the span made its code, before a stop cut it. */
  readonly bits: number;
  /** −log2 of the probability of the span under the proposal (with its little uniform). */
  readonly proposalBits: number;
  /** The compressor's share, from 0 to 1. */
  readonly beta: number;
  /** Effective sample size, (Σw)² / Σw². */
  readonly ess: number;
  /** Number of different candidates. */
  readonly distinct: number;
}

/** The effective sample size that β is chosen to keep, as a share of the candidates. */
const LEAST_ESS_SHARE = 1 / 8;

/**
 * Draws a continuation span by span and pushes it to `model`, each span before it is yielded.
 *
 * @throws TypeError or RangeError at once for an option out of range; UsageError where the
 *   constraints leave no byte, or the compressor no candidate.
 */
export function generateSpans(
  model: CodeLengthModel,
  options: SpanOptions,
): AsyncGenerator<SpanStep> {
  checkContinuation(options);
  expectInteger('span', options.span, { min: 1 });
  expectInteger('candidates', options.candidates, { min: 1 });
  if (options.beta !== undefined) expectNumber('beta', options.beta, { min: 0, max: 1 });
  if (options.uniformShare !== undefined) {
    expectNumber('uniformShare', options.uniformShare, { min: 0, max: 1 });
  }
  return spanSteps(model, options, Constraints.of(options));
}

async function* spanSteps(
  model: CodeLengthModel,
  options: SpanOptions,
  constraints: Constraints,
): AsyncGenerator<SpanStep> {
  const { length, random, beta: fixedBeta } = options;
  const proposal = options.proposal.fork();
  const stops = stopDetector(options.stop);
  checkRoom(constraints, length);
  for (let index = 0, stopped = false; index < length && !stopped; ) {
    const room = length - index;
    const settings = { ...options, length: Math.min(options.span, room), room, constraints };
    const drawn = await drawCandidates(proposal, settings);
    if (drawn.candidates.length === 0) throw nothingLeft(index, constraints);
    const { deltas, distinct } = await scoreDistinct(model, drawn.candidates);
    const excess = deltas.map((delta, i) => delta - drawn.bits[i]!);
    const beta = fixedBeta ?? largestBeta(excess, LEAST_ESS_SHARE * excess.length);
    const weights = weightBits(excess, beta);
    if (!weights.some((bits) => bits < Infinity)) throw nothingLeft(index, constraints);
    const chosen = drawIndex(weights, random);

    const whole = drawn.candidates[chosen]!;
    const end = whole.findIndex((byte) => stops(byte));
    stopped = end >= 0;
    const bytes = stopped ? whole.slice(0, end + 1) : whole.slice();
    pushDrawn(model, bytes, 1);
    for (const byte of bytes) {
      updateDrawn(proposal, byte);
      constraints.push(byte);
    }
    yield {
      index,
      bytes,
      bits: deltas[chosen]!,
      proposalBits: drawn.bits[chosen]!,
      beta,
      ess: effectiveSize(weights),
      distinct,
    };
    index += bytes.length;
  }
}

/** Δ bits of each candidate; those that are the same are measured once. */
async function scoreDistinct(model: CodeLengthModel, candidates: readonly Uint8Array[]) {
  const places = new Map<string, number>();
  const different: Uint8Array[] = [];
  const place = candidates.map((candidate) => {
    const key = String.fromCharCode(...candidate);
    let at = places.get(key);
    if (at === undefined) {
      at = different.push(candidate) - 1;
      places.set(key, at);
    }
    return at;
  });
  const measured = await model.score(different);
  return { deltas: Float64Array.from(place, (at) => measured[at]!), distinct: different.length };
}

/** −log2 of each weight, up to a constant: q^(1−β) · 2^(−β·ΔL) / q = 2^(−β·(ΔL + log2 q)). */
function weightBits(excess: Float64Array, beta: number): Float64Array {
  return beta === 0 ? new Float64Array(excess.length) : excess.map((bits) => beta * bits);
}

/**
 * The largest β ≤ 1 whose weights have an effective size ≥ `least`, by bisection: the size falls
 * with β, as d log2 ESS / dβ = 2 · (E_2β − E_β)[excess] and the mean of the excess falls with β.
 */
function largestBeta(excess: Float64Array, least: number): number {
  const keeps = (beta: number): boolean => effectiveSize(weightBits(excess, beta)) >= least;
  if (keeps(1)) return 1;
  let low = 2 ** -40; // above 0, where even the impossible would have a weight
  let high = 1;
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (keeps(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** (Σw)² / Σw² of weights given as bits; 0 if all are +Infinity. */
function effectiveSize(bits: Float64Array): number {
  let least = Infinity;
  for (let i = 0; i < bits.length; i++) if (bits[i]! < least) least = bits[i]!;
  if (least === Infinity) return 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < bits.length; i++) {
    const weight = 2 ** (least - bits[i]!);
    sum += weight;
    squares += weight * weight;
  }
  return sum ** 2 / squares;
}
