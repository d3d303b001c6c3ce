// Predictors from the n-grams of given data. Their statistics are of that data and stay as they
// are: what is drawn moves the context on and teaches nothing, so that no error feeds on itself.

import { expectInteger } from '../expect.js';
import type { Predictor } from '../types.js';
import { ROOT, SuffixAutomaton, SuffixCursor } from './suffix-automaton.js';

/** The statistics of some data: what followed each of its substrings, and how often. */
export class NgramCounts {
  /** @internal */
  readonly automaton: SuffixAutomaton;
  readonly #occurrences: Int32Array;

  /** Takes time and memory linear in the data. */
  constructor(data: readonly Uint8Array[]) {
    this.automaton = new SuffixAutomaton(data);
    this.#occurrences = this.automaton.occurrences();
  }

  /** Visits the bytes that followed the strings of a state, each with how often it did. */
  forEachNext(state: number, visit: (byte: number, count: number) => void): void {
    this.automaton.forEachNext(state, (byte, target) => visit(byte, this.#occurrences[target]!));
  }
}

/**
 * Bytes by the last `order` ≥ 0 of them, smoothed by the orders below as in method C of PPM's
 * ancestors (Witten & Bell 1991): the order that saw n bytes, d of them distinct, after a context
 * has weight n/(n + d), and those below it the rest. Below order 0 all bytes are equal.
 */
export function ngramPredictor(counts: NgramCounts, order: number): Predictor {
  expectInteger('order', order, { min: 0 });
  return new NgramPredictor(counts, order, new SuffixCursor(counts.automaton), smoothed);
}

/**
 * What followed the last `order` bytes in the data, as often as it did, and nothing else; where
 * they do not occur, the last of them that do.
 */
export function copyPredictor(counts: NgramCounts, order: number): Predictor {
  expectInteger('order', order, { min: 0 });
  return new NgramPredictor(counts, order, new SuffixCursor(counts.automaton), longestOnly);
}

/** Fills `out` with the probabilities of the byte behind the cursor. */
type Estimate = (counts: NgramCounts, cursor: SuffixCursor, out: Float64Array) => void;

class NgramPredictor implements Predictor {
  readonly alphabetSize = 256;
  readonly #counts: NgramCounts;
  readonly #order: number;
  readonly #cursor: SuffixCursor;
  readonly #estimate: Estimate;

  constructor(counts: NgramCounts, order: number, cursor: SuffixCursor, estimate: Estimate) {
    this.#counts = counts;
    this.#order = order;
    this.#cursor = cursor;
    this.#estimate = estimate;
  }

  predict(out: Float64Array): void {
    this.#estimate(this.#counts, this.#cursor, out);
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(out[b]!);
  }

  update(byte: number): void {
    this.#cursor.advance(byte);
    this.#cursor.shorten(this.#order);
  }

  fork(): Predictor {
    return new NgramPredictor(this.#counts, this.#order, this.#cursor.fork(), this.#estimate);
  }
}

function smoothed(counts: NgramCounts, cursor: SuffixCursor, out: Float64Array): void {
  const { automaton } = counts;
  const states: number[] = []; // of the suffixes of each length, the longest first
  for (let state = cursor.state, length = cursor.length; length >= 0; length--) {
    while (state !== ROOT && length <= automaton.longest(automaton.link(state))) {
      state = automaton.link(state);
    }
    states.push(state);
  }
  out.fill(1 / 256);
  for (let state = states.pop(); state !== undefined; state = states.pop()) {
    const { total, distinct } = sum(counts, state);
    if (total === 0) continue;
    const weight = 1 / (total + distinct);
    for (let b = 0; b < 256; b++) out[b]! *= distinct * weight;
    counts.forEachNext(state, (byte, count) => {
      out[byte]! += count * weight;
    });
  }
}

function longestOnly(counts: NgramCounts, cursor: SuffixCursor, out: Float64Array): void {
  const { automaton } = counts;
  let { state } = cursor;
  let { total } = sum(counts, state);
  while (total === 0 && state !== ROOT) {
    state = automaton.link(state); // the end of the data, which nothing follows
    total = sum(counts, state).total;
  }
  out.fill(total === 0 ? 1 / 256 : 0);
  counts.forEachNext(state, (byte, count) => {
    out[byte] = count / total;
  });
}

function sum(counts: NgramCounts, state: number): { total: number; distinct: number } {
  let total = 0;
  let distinct = 0;
  counts.forEachNext(state, (_, count) => {
    total += count;
    distinct++;
  });
  return { total, distinct };
}
