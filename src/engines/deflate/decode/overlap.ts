// The same distribution over parses, given that a match is in progress which began at least N bytes
// ago, with no literal or other match since. It keeps drawn words together.

import type { DrawnPositions } from '../../../bits/drawn-positions.js';
import { distanceCode } from '../codec/tables.js';
import type { ForwardPass } from './pass.js';
import type { TokenModel } from './token-model.js';
import type { DecodeWindow } from './window.js';

/** The shortest overlap: shorter runs are not listed individually. */
const LEAST_OVERLAP = 2;

export interface Parses {
  readonly window: DecodeWindow;
  readonly pass: ForwardPass;
  readonly model: TokenModel;
  readonly drawn: DrawnPositions;
}

/**
 * Fills `out` with the mass of each next byte under a match that began at least `overlap` bytes ago
 * and copies a given byte. If there is none, the overlap is reduced, down to 2.
 *
 * @returns the overlap used; 0 if there is no such match, with `out` unchanged.
 */
export function fillOverlapping(parses: Parses, overlap: number, out: Float64Array): number {
  const { window, pass, model, drawn } = parses;
  const { bytes, mask, length } = window;
  const { count } = pass;
  let longest = 0;
  for (let i = 0; i < count && longest < overlap; i++) {
    const run = pass.runOf(i);
    if (run > longest && !drawn.has(length - pass.distanceOf(i))) longest = run;
  }
  const covered = Math.min(overlap, longest);
  if (covered < LEAST_OVERLAP) return 0;
  const masses = pass.massesOfRuns(model, covered);
  out.fill(0);
  for (let i = 0; i < count; i++) {
    const distance = pass.distanceOf(i);
    const run = pass.runOf(i);
    if (run < covered || drawn.has(length - distance)) continue;
    const weight = model.distance[distanceCode[distance]!]!;
    out[bytes[(length - distance) & mask]!]! += weight * masses[run]!;
  }
  return covered;
}

/** The distances, nearest first, of the matches that `fillOverlapping` sums over for `byte`. */
export function sourcesOf(parses: Omit<Parses, 'model'>, byte: number, covered: number): number[] {
  const { window, pass, drawn } = parses;
  const found = [];
  for (let i = 0; i < pass.count; i++) {
    const distance = pass.distanceOf(i);
    if (pass.runOf(i) < covered || window.byteAt(distance) !== byte) continue;
    if (!drawn.has(window.length - distance)) found.push(distance);
  }
  return found;
}
