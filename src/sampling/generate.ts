// The generate loop: ask the model for code lengths, constrain, warp, draw, push what was drawn.
// The push is the only arrow back to the model.

import { totalBits } from '../bits/units.js';
import type { CodeLengthModel } from '../types.js';
import { Constraints } from './constraints.js';
import {
  type ContinuationOptions,
  checkContinuation,
  checkRoom,
  nothingLeft,
  stopDetector,
} from './continuation.js';
import { drawIndex } from './draw.js';
import { checkWarps, type Warps, warp } from './warps.js';

export interface GenerateOptions extends ContinuationOptions, Warps {}

export interface Step {
  /** Place in the continuation, from 0. */
  readonly index: number;
  readonly byte: number;
  /** −log2 P under the model itself: over all 256 bytes, before constraints and warps. */
  readonly bits: number;
  /** With which it was drawn, after constraints and warps. */
  readonly probability: number;
}

/**
 * Draws a continuation byte by byte and pushes it to `model`, each byte before it is yielded.
 * Constraints come first, then temperature, top-k, top-p, min-p. One random number a byte.
 *
 * @throws TypeError or RangeError at once for an option out of range, UsageError when the next
 *   byte is left with no possibility.
 */
export function generate(model: CodeLengthModel, options: GenerateOptions): AsyncGenerator<Step> {
  checkContinuation(options);
  checkWarps(options);
  return steps(model, options, Constraints.of(options), stopDetector(options.stop));
}

async function* steps(
  model: CodeLengthModel,
  options: GenerateOptions,
  constraints: Constraints,
  stops: (byte: number) => boolean,
): AsyncGenerator<Step> {
  const { length, random } = options;
  const bits = new Float64Array(256);
  const warped = new Float64Array(256);
  checkRoom(constraints, length);
  for (let index = 0; index < length; index++) {
    await model.next(bits);
    warped.set(bits);
    constraints.restrict(warped, length - index);
    if (totalBits(warped) === Infinity) throw nothingLeft(index, constraints);
    warp(warped, options);
    const byte = drawIndex(warped, random);
    if (model.pushDrawn) model.pushDrawn(Uint8Array.of(byte), options.temperature ?? 1);
    else model.push(Uint8Array.of(byte));
    constraints.push(byte);
    const probability = 2 ** (totalBits(warped) - warped[byte]!);
    yield { index, byte, bits: bits[byte]! - totalBits(bits), probability };
    if (stops(byte)) return;
  }
}
