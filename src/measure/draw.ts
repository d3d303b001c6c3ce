// Draws all that is held out of a passage at once, for a measure of it.

import type { Drawer } from '../passage/drawers.js';
import { heldOutLength, type Passage } from '../passage/passage.js';
import { plainDrawer, prime, type Subject } from '../passage/walk.js';
import type { Random } from '../types.js';

export interface DrawnPassage {
  /** The same given part, and what was drawn. */
  readonly passage: Passage;
  /** −log2 P of each byte that was drawn, under the model itself; undefined by whole samples. */
  readonly surprisals: Float64Array | undefined;
}

/** Draws as much as is held out, as the reading has it, at temperature 1. */
export function drawBy(
  subject: Subject,
  truth: Passage,
  random: Random,
  onStep?: () => void,
): Promise<DrawnPassage> {
  return drawWhole(() => plainDrawer(subject, truth), truth, random, onStep);
}

/** Draws as much as is held out by a drawer of bytes or samples. */
export async function drawWhole(
  start: () => Drawer,
  truth: Passage,
  random: Random,
  onStep?: () => void,
): Promise<DrawnPassage> {
  const bytes = truth.bytes.slice();
  const surprisals = new Float64Array(heldOutLength(truth));
  let count = 0;
  for await (const drawn of (await prime(start, truth)).draw(random, {}, true)) {
    bytes.set(drawn.bytes, drawn.at);
    surprisals[count++] = drawn.bits;
    onStep?.();
  }
  const passage = { ...truth, bytes };
  return { passage, surprisals: Number.isNaN(surprisals[0]) ? undefined : surprisals };
}
