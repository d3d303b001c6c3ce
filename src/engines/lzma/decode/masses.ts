// The mass of each next byte, from the state of the forward pass and the counts of the window:
// literals and reps of each hypothesis, new matches as sums over all distances, matches one byte
// old as sums over all pairs that start with the last byte, and older ones by their distances.

import { FIRST_MATCH_STATE, LENGTH_CLASSES, SLOTS, slotOf, slotStart } from '../codec/models.js';
import { FIRST_FAR_SLOT, NEAR } from './far.js';
import { MOST_PAIRS, pairDistances } from './matches.js';
import { LiteralMasses } from './odds.js';
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
  addOldMatches(pass, out);
}

/** Mass of the token sequences that copy from positions that do not exist. */
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
  const literals = new LiteralMasses(odds, position, window.byteBefore(position));
  for (const { state, reps, weight } of pass.level.hypotheses) {
    const kinds = odds.kinds(state, position);
    const matchByte = state < FIRST_MATCH_STATE ? -1 : window.byteAt(position - reps[0]);
    literals.add(weight * kinds.literal, matchByte);
    for (let i = 0; i < 4; i++) {
      if (reps[i]! > position) continue;
      const share = kinds.reps[i]! + (i === 0 ? kinds.shortRep : 0);
      out[window.byteAt(position - reps[i]!)]! += weight * share;
    }
  }
  literals.addTo(out);
}

/** Adds matches that start here, at any distance in reach. */
function addNewMatches(pass: ForwardPass, out: Float64Array): void {
  const { position, window } = pass;
  const reach = window.reach(position);
  const slots = weighSlots(pass, 0, reach);
  const near = weighNear(pass, slots, reach);
  const { bytes } = window.history;
  for (let d = 1; d <= near.length; d++) out[bytes[position - d]!]! += near[d - 1]!;
  const far = weighFar(pass, slots, reach);
  if (far.length === 0) return;
  for (let b = 0; b < 256; b++) out[b]! += window.far.byteMass(b, far);
}

/** Adds matches that started at the previous byte. */
function addYoungMatches(pass: ForwardPass, out: Float64Array): void {
  const { position, window } = pass;
  if (pass.startMass(1) === 0) return;
  const reach = window.reach(position - 1);
  const slots = weighSlots(pass, 1, reach);
  const near = weighNear(pass, slots, reach);
  const { bytes } = window.history;
  const previous = bytes[position - 1]!;
  for (let d = 1; d <= near.length; d++) {
    if (bytes[position - 1 - d] === previous) out[bytes[position - d]!]! += near[d - 1]!;
  }
  const far = weighFar(pass, slots, reach);
  if (far.length === 0) return;
  for (let b = 0; b < 256; b++) out[b]! += window.far.pairMass(window, previous, b, far);
}

/** Adds matches that started two or more bytes ago. */
function addOldMatches(pass: ForwardPass, out: Float64Array): void {
  const { matches, odds, position, window } = pass;
  if (matches.longestRun < 2) return;
  const { count, distances, runs, longestRun } = matches;
  const { bytes } = window.history;
  const masses = massesOfRuns(pass, longestRun);
  const pairs = new Int32Array(MOST_PAIRS);
  const pairCount = pairDistances(window, position, pairs);
  for (let i = 0, k = 0; i < pairCount; i++) {
    const distance = pairs[i]!;
    while (k < count && distances[k]! < distance) k++;
    if (k < count && distances[k] === distance) continue;
    const mass = masses[2 * SLOTS + slotOf(distance)]! * odds.inSlot(distance);
    out[bytes[position - distance]!]! += mass;
  }
  // In repetitive data all lead to the same byte: the sum is kept in a local variable.
  let byte = 0;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const distance = distances[i]!;
    const next = bytes[position - distance]!;
    if (next !== byte) {
      out[byte]! += sum;
      byte = next;
      sum = 0;
    }
    sum += masses[runs[i]! * SLOTS + slotOf(distance)]! * odds.inSlot(distance);
  }
  out[byte]! += sum;
}

/**
 * By 64 · run + slot: the mass, within its slot, of a distance that predicted the last `run` bytes,
 * over the matches that started at least `since` bytes ago.
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

/** By slot: the mass, within its slot, of a distance at which a match started `m` bytes ago. */
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

/** Weights of the near distances, from 1. */
function weighNear({ odds }: ForwardPass, slots: Float64Array, reach: number): Float64Array {
  const weights = new Float64Array(Math.min(reach, NEAR));
  const { align, near } = odds;
  for (let slot = 0, d = 1; d <= weights.length; slot++) {
    const weight = slots[slot]!;
    const end = Math.min(slotStart(slot + 1) - 1, weights.length);
    for (; d <= end; d++) {
      weights[d - 1] = weight * (d <= near.length ? near[d - 1]! : align[(d - 1) & 15]!);
    }
  }
  return weights;
}

/** The mean weight of a distance in each far slot in reach. */
function weighFar({ window }: ForwardPass, slots: Float64Array, reach: number): Float64Array {
  const weights = new Float64Array(window.far.slotsWithin(reach));
  for (let i = 0; i < weights.length; i++) weights[i] = slots[FIRST_FAR_SLOT + i]! / 16;
  return weights;
}
