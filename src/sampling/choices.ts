// Draws from a given set of candidates, such as words or tokens of any lengths, with weights 2^−ΔL.
// An exact reading can measure tens of thousands of candidates per step.

import { totalBits } from '../bits/units.js';
import { UsageError } from '../errors.js';
import type { Bytes, CodeLengthModel } from '../types.js';
import { Constraints } from './constraints.js';
import { type ContinuationOptions, checkContinuation, stopDetector } from './continuation.js';
import { drawIndex } from './draw.js';
import { checkWarps, type Warps, warp } from './warps.js';

/** As in `generate`, but over candidates; the last one is drawn whole and may exceed `length`. */
export interface ChoiceOptions extends ContinuationOptions, Warps {
  /** What may come next at every step; none of them empty. */
  readonly candidates: readonly Uint8Array[];
}

/** A candidate that was drawn. */
export interface ChoiceStep {
  /** Place of the first byte in the continuation, from 0. */
  readonly index: number;
  /** Which of the candidates was drawn. */
  readonly choice: number;
  /** The candidate itself. */
  readonly bytes: Bytes;
  /** −log2 P over all candidates, before constraints and warps. */
  readonly bits: number;
  /** The probability it was drawn with, after constraints and warps. */
  readonly probability: number;
}

/**
 * Draws candidates until `length` bytes are reached, and pushes each to `model` before it is
 * yielded. A stop ends a sample after the candidate in which it ends.
 *
 * @throws TypeError or RangeError at once for an option out of range; UsageError when no candidate
 *   is possible.
 */
export function generateChoices(
  model: CodeLengthModel,
  options: ChoiceOptions,
): AsyncGenerator<ChoiceStep> {
  checkContinuation(options);
  checkWarps(options);
  if (options.candidates.length === 0) {
    throw new RangeError('"candidates" expected at least one, got none');
  }
  if (options.candidates.some(({ length }) => length === 0)) {
    throw new RangeError('"candidates" expected at least one byte in each, got an empty one');
  }
  return choiceSteps(model, options, Constraints.of(options));
}

async function* choiceSteps(
  model: CodeLengthModel,
  options: ChoiceOptions,
  constraints: Constraints,
): AsyncGenerator<ChoiceStep> {
  const { length, random, candidates } = options;
  const stops = stopDetector(options.stop);
  for (let index = 0, stopped = false; index < length && !stopped; ) {
    const bits = await model.score(candidates);
    const warped = bits.slice();
    for (let i = 0; constraints.any && i < candidates.length; i++) {
      if (!constraints.allow(candidates[i]!, length - index)) warped[i] = Infinity;
    }
    if (totalBits(warped) === Infinity) {
      throw new UsageError(
        `no candidate is left to draw at byte ${index}: all ${candidates.length} are excluded by ${constraints.describe()}`,
      );
    }
    warp(warped, options);
    const choice = drawIndex(warped, random);
    const bytes = candidates[choice]!.slice();
    model.push(bytes);
    for (const byte of bytes) {
      constraints.push(byte);
      stopped = stops(byte) || stopped;
    }
    const probability = 2 ** (totalBits(warped) - warped[choice]!);
    yield { index, choice, bytes, bits: bits[choice]! - totalBits(bits), probability };
    index += bytes.length;
  }
}
