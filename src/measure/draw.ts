// Draws the whole held-out part of a passage, to be measured.

import type { Drawer } from '../passage/drawers.js';
import { heldOutLength, type Passage } from '../passage/passage.js';
import { prime, type Watch } from '../passage/walk.js';
import type { Random } from '../types.js';

export interface DrawnPassage {
  /** The same given part, followed by what was drawn. */
  readonly passage: Passage;
  /** −log2 P of each byte under the model itself; undefined unless drawn byte by byte. */
  readonly surprisals: Float64Array | undefined;
}

/** Draws as many bytes as are held out. */
export async function drawWhole(
  start: () => Drawer,
  truth: Passage,
  random: Random,
  watch: Watch = {},
): Promise<DrawnPassage> {
  const bytes = truth.bytes.slice();
  const surprisals = new Float64Array(heldOutLength(truth));
  let count = 0;
  for await (const drawn of (await prime(start, truth, watch)).draw(random, watch, true)) {
    bytes.set(drawn.bytes, drawn.at);
    surprisals[count++] = drawn.bits;
  }
  const passage = { ...truth, bytes };
  const isByBytes = count === surprisals.length && !Number.isNaN(surprisals[0]);
  return { passage, surprisals: isByBytes ? surprisals : undefined };
}
