// The generate loop: ask the model for code lengths, constrain, warp, draw, push what was drawn.
// The push is the only arrow back to the model.

import { exp2, leastBits, toProbabilities, totalBits } from '../bits/units.js';
import type { CodeLengthModel, MaybePromise, Random } from '../types.js';
import { Constraints } from './constraints.js';
import {
  type ContinuationOptions,
  checkContinuation,
  checkRoom,
  nothingLeft,
  pushDrawn,
  stopDetector,
} from './continuation.js';
import { DrawingCoder, drawProbability } from './draw.js';
import { checkOverlap, type Overlap, OverlapDraw } from './overlap.js';
import { checkWarps, type Warps, warp, warpsAny } from './warps.js';

/** How much to draw, with which random numbers, of what, and at what temperature. */
export interface GenerateOptions extends ContinuationOptions, Warps {
  /**
   * Go on with copies that reach so many bytes back, from 2, or to before the start of the word:
   * shorter ones where there is none. 0, the default, draws from the model as it is.
   */
  readonly overlap?: Overlap | undefined;
}

/** A byte that was drawn. */
export interface Step {
  /** Place in the continuation, from 0. */
  readonly index: number;
  /** From 0 to 255. */
  readonly byte: number;
  /** −log2 P under the model, over all 256 bytes, before constraints and warps. */
  readonly bits: number;
  /** The probability it was drawn with, after constraints and warps. */
  readonly probability: number;
  /**
   * With `overlap`: how far back the copies are that it goes on with, in bytes, nearest first;
   * none where no copy could be gone on with.
   */
  readonly sources?: readonly number[];
}

/**
 * Draws a continuation byte by byte and pushes it to `model`, each byte before it is yielded.
 * The overlap and constraints come first, then temperature, top-k, top-p, min-p. One random number
 * a byte.
 *
 * @throws TypeError or RangeError at once for an option out of range, UsageError for an overlap of
 *   a model that knows of no copies, and when the next byte is left with no possibility.
 */
export function generate(model: CodeLengthModel, options: GenerateOptions): AsyncGenerator<Step> {
  checkContinuation(options);
  checkWarps(options);
  checkOverlap(model, options.overlap ?? 0);
  return steps(model, options, Constraints.of(options), stopDetector(options.stop));
}

async function* steps(
  model: CodeLengthModel,
  options: GenerateOptions,
  constraints: Constraints,
  stops: (byte: number) => boolean,
): AsyncGenerator<Step> {
  const { length, random } = options;
  checkRoom(constraints, length);
  const draw =
    constraints.any || warpsAny(options) || options.overlap
      ? warpedDraw(model, options, constraints)
      : plainDraw(model, random);
  for (let index = 0; index < length; index++) {
    const drawn = draw(index);
    const step = drawn instanceof Promise ? await drawn : drawn;
    const bytes = Uint8Array.of(step.byte);
    pushDrawn(model, bytes, options.temperature ?? 1);
    constraints.push(step.byte);
    yield step;
    if (stops(step.byte)) return;
  }
}

/** A long copy is left for a byte that follows so many of the last bytes elsewhere. */
const LEAST_SOURCE = 4;

type Draw = (index: number) => MaybePromise<Step>;

/** Draws from the model's own distribution, by its binary decisions if it has them. */
function plainDraw(model: CodeLengthModel, random: Random): Draw {
  if (model.code) {
    const coder = new DrawingCoder();
    const draw = (index: number): Step => {
      coder.begin(random());
      const byte = model.code!(coder, -1);
      return { index, byte, bits: coder.bits, probability: exp2(-coder.bits) };
    };
    if (!model.prepare) return draw;
    return (index) => {
      const pending = model.prepare!();
      return pending ? pending.then(() => draw(index)) : draw(index);
    };
  }
  const bits = new Float64Array(256);
  const probabilities = new Float64Array(256);
  return async (index) => {
    await model.next(bits);
    const total = toProbabilities(bits, probabilities);
    if (total === Infinity) throw nothingLeft(index, Constraints.of({}));
    const byte = drawProbability(probabilities, random());
    return { index, byte, bits: bits[byte]! - total, probability: probabilities[byte]! };
  };
}

function warpedDraw(
  model: CodeLengthModel,
  options: GenerateOptions,
  constraints: Constraints,
): Draw {
  const { length, random, overlap, context } = options;
  const bits = new Float64Array(256);
  const warped = new Float64Array(256);
  const copies = overlap ? new OverlapDraw(model, overlap, constraints, context) : undefined;
  /** −log2 P of a byte under the model itself, where `bits` are not filled. */
  const bitsOf = (byte: number): MaybePromise<number> => {
    if (model.surprisal) return model.surprisal(byte);
    const filled = (): number => bits[byte]! - totalBits(bits);
    const pending = model.next(bits);
    return pending ? pending.then(filled) : filled();
  };
  return async (index) => {
    const room = length - index;
    const covered = copies ? copies.next(warped, room) : 0;
    if (covered === 0) {
      await model.next(bits);
      warped.set(bits);
      constraints.restrict(warped, room);
      if (leastBits(warped) === Infinity) throw nothingLeft(index, constraints);
      constraints.hop(warped, LEAST_SOURCE);
    }
    warp(warped, options);
    toProbabilities(warped, warped);
    const byte = drawProbability(warped, random());
    const own = covered > 0 ? bitsOf(byte) : bits[byte]! - totalBits(bits);
    const ownBits = typeof own === 'number' ? own : await own;
    const step = { index, byte, bits: ownBits, probability: warped[byte]! };
    if (!copies) return step;
    copies.push(byte);
    return { ...step, sources: covered > 0 ? model.sourcesOf!(byte, covered) : [] };
  };
}
