// The mass of each next byte, from where the forward pass stands and from what the window counted:
// literals and reps of each hypothesis, new matches as sums over all distances, matches one byte
// old as sums over all pairs that begin with the last byte, and older ones from their list.

import {
  FIRST_ALIGNED_SLOT,
  FIRST_MATCH_STATE,
  LENGTH_CLASSES,
  SLOTS,
  slotOf,
} from '../codec/models.js';
import { NEAR } from './far.js';
import type { ForwardPass } from './pass.js';

/** Fills `out` with the mass of each next byte; their sum is not 1. */
export function fillMasses(pass: ForwardPass, out: Float64Array): void {
  out.fill(0);
  addBoundaries(pass, out);
  for (const rep of pass.reps) {
    out[pass.window.byteAt(pass.position - rep.from.reps[rep.index]!)]! += pass.repMass(rep);
  }
  addNewMatches(pass, out);
  addYoungMatches(pass, out);
  addListedMatches(pass, out);
}

/** Mass of the ways that lead nowhere, as what they copy from is not there. */
export function impossibleMass(pass: ForwardPass): number {
  const { position, window } = pass;
  const possible = new Float64Array(256);
  addNewMatches(pass, possible);
  let mass = pass.startMass(0);
  for (let b = 0; b < 256; b++) mass -= possible[b]!;
  for (const { state, reps, weight } of pass.level.hypotheses) {
    const kinds = pass.odds.kinds(state, position);
    if (reps[0] > window.reach(position)) mass += weight * kinds.shortRep;
    for (let i = 0; i < 4; i++) {
      if (reps[i]! > window.reach(position)) mass += weight * kinds.reps[i]!;
    }
  }
  return mass;
}

function addBoundaries(pass: ForwardPass, out: Float64Array): void {
  const { odds, position, window } = pass;
  const previous = window.byteBefore(position);
  /** Mass of literals by match byte, and without one. */
  const literals = new Map<number, number>();
  for (const { state, reps, weight } of pass.level.hypotheses) {
    const kinds = odds.kinds(state, position);
    const matchByte = state < FIRST_MATCH_STATE ? -1 : window.byteAt(position - reps[0]);
    literals.set(matchByte, (literals.get(matchByte) ?? 0) + weight * kinds.literal);
    for (let i = 0; i < 4; i++) {
      if (reps[i]! > position) continue;
      const share = kinds.reps[i]! + (i === 0 ? kinds.shortRep : 0);
      out[window.byteAt(position - reps[i]!)]! += weight * share;
    }
  }
  for (const [matchByte, weight] of literals) {
    odds.addLiterals(out, weight, position, previous, matchByte);
  }
}

/** Matches that start here: at any distance in reach. */
function addNewMatches(pass: ForwardPass, out: Float64Array): void {
  const { odds, position, window } = pass;
  const reach = window.reach(position);
  const slots = weighSlots(pass, 0, reach);
  for (let d = 1; d <= Math.min(reach, NEAR); d++) {
    out[window.byteAt(position - d)]! += slots[slotOf(d)]! * odds.near[d - 1]!;
  }
  const used = 16 * window.far.slotsWithin(reach);
  if (used === 0) return;
  const weights = weighFar(pass, slots, used);
  for (let b = 0; b < 256; b++) out[b]! += window.far.byteMass(b, weights, used);
}

/** Matches that started at the byte before. */
function addYoungMatches(pass: ForwardPass, out: Float64Array): void {
  const { odds, position, window } = pass;
  if (pass.startMass(1) === 0) return;
  const reach = window.reach(position - 1);
  const slots = weighSlots(pass, 1, reach);
  const previous = window.byteBefore(position);
  for (let d = 1; d <= Math.min(reach, NEAR); d++) {
    if (window.byteAt(position - 1 - d) !== previous) continue;
    out[window.byteAt(position - d)]! += slots[slotOf(d)]! * odds.near[d - 1]!;
  }
  const used = 16 * window.far.slotsWithin(reach);
  if (used === 0) return;
  const weights = weighFar(pass, slots, used);
  for (let b = 0; b < 256; b++) {
    out[b]! += window.far.pairMass(window, previous, b, weights, used);
  }
}

/** Matches that started two bytes ago or earlier. */
function addListedMatches(pass: ForwardPass, out: Float64Array): void {
  const { matches, odds, position, window } = pass;
  const { count, distances, runs, longestRun } = matches;
  if (count === 0) return;
  const masses = massesOfRuns(pass, longestRun);
  for (let i = 0; i < count; i++) {
    const distance = distances[i]!;
    const mass = masses[runs[i]! * SLOTS + slotOf(distance)]! * odds.inSlot(distance);
    out[window.byteAt(position - distance)]! += mass;
  }
}

/**
 * By 64 · run + slot: the mass, in its slot, of a distance that foretold the last `run` bytes, of
 * the matches that started at least `since` bytes ago.
 */
export function massesOfRuns(pass: ForwardPass, longestRun: number, since = 2): Float64Array {
  const { odds } = pass;
  const masses = new Float64Array((longestRun + 1) * SLOTS);
  const classes = new Float64Array(LENGTH_CLASSES);
  const used = slotOf(Math.max(1, pass.window.reach(pass.position))) + 1;
  for (let run = since; run <= longestRun; run++) {
    pass.goingOn(run, classes, 0);
    mixSlots(odds.slot, classes, masses, run * SLOTS, used);
  }
  return masses;
}

/** By slot: the mass, in its slot, of a distance at which a match started `m` bytes ago. */
export function weighSlots(pass: ForwardPass, m: number, reach: number): Float64Array {
  const slots = new Float64Array(SLOTS);
  const classes = new Float64Array(LENGTH_CLASSES);
  pass.goingOn(m, classes, 0);
  if (reach > 0) mixSlots(pass.odds.slot, classes, slots, 0, slotOf(reach) + 1);
  return slots;
}

function mixSlots(
  slotOdds: Float64Array,
  classes: Float64Array,
  out: Float64Array,
  at: number,
  used: number,
): void {
  for (let slot = 0; slot < used; slot++) {
    let mass = 0;
    for (let c = 0; c < LENGTH_CLASSES; c++) mass += classes[c]! * slotOdds[c * SLOTS + slot]!;
    out[at + slot] = mass;
  }
}

/** Weights of the far distances from the pass's position, as the counts are laid out. */
function weighFar(pass: ForwardPass, slots: Float64Array, used: number): Float64Array {
  const { align } = pass.odds;
  const weights = new Float64Array(used);
  const last = pass.position - 1;
  for (let i = 0; i < used; i++) {
    weights[i] = slots[FIRST_ALIGNED_SLOT + (i >> 4)]! * align[(last - i) & 15]!;
  }
  return weights;
}
