// Drawing held to the copies that the model knows to be under way, so that words hold together:
// no literal and no jump elsewhere but where a copy covers the bytes before. Constraints come first
// here: where they leave nothing of the longest copies, shorter ones are asked, then all parses.

import { leastBits } from '../bits/units.js';
import { UsageError } from '../errors.js';
import { expectInteger } from '../expect.js';
import type { CodeLengthModel, Overlap } from '../types.js';
import type { Constraints } from './constraints.js';

/** Copies that cover less are no copies. */
const LEAST_OVERLAP = 2;

/**
 * @throws TypeError or RangeError for an overlap that is neither 0, 2 or more, nor `word`;
 *   UsageError for one of a model that has none.
 */
export function checkOverlap(model: CodeLengthModel, overlap: Overlap | undefined): void {
  if (overlap === undefined || overlap === 0) return;
  if (overlap !== 'word') expectInteger('overlap', overlap, { min: LEAST_OVERLAP });
  if (model.nextOverlapping) return;
  throw new UsageError('"overlap" needs a model that knows of copies: decode of gzip or lzma');
}

/** Whether draws are held to anything. */
export function isOverlapping(overlap: Overlap | undefined): overlap is Overlap {
  return overlap !== undefined && overlap !== 0;
}

export interface OverlapStep {
  readonly overlap: Overlap;
  readonly constraints: Constraints;
  /** Bytes left to draw, from 1. */
  readonly room: number;
  /** The distribution without condition, as bits. */
  readonly bits: Float64Array;
  /** Filled with that of the longest copies that go on with an allowed byte. */
  readonly out: Float64Array;
}

/** @returns how many bytes the copies cover; 0 if none goes on with an allowed byte: `out` is `bits`. */
export async function nextAllowed(
  model: CodeLengthModel,
  { overlap, constraints, room, bits, out }: OverlapStep,
): Promise<number> {
  let wanted = overlap;
  for (;;) {
    const covered = await model.nextOverlapping!(out, wanted);
    if (covered === 0) break;
    constraints.restrict(out, room);
    if (leastBits(out) < Infinity) return covered;
    if (covered === LEAST_OVERLAP) break;
    wanted = covered - 1;
  }
  out.set(bits);
  return 0;
}
