// The mass of each next byte, from the state of the forward pass and the counts of the window:
// literals and reps of each hypothesis, new matches as sums over all distances, matches one byte
// old as sums over all pairs that start with the last byte, and older ones by their distances.

import { FIRST_MATCH_STATE, LENGTH_CLASSES, SLOTS, slotOf, slotStart } from '../codec/models.js';
import { FIRST_FAR_SLOT, NEAR } from './far.js';
import { pairDistances } from './matches.js';
import type { ForwardPass } from './pass.js';

/** Fills `out` with the mass of each next byte; their sum is not 1. */
export function fillMasses(pass: ForwardPass, out: Float64Array): void {
  out.fill(0);
  addBoundaries(pass, out);
  addReps(pass, out);
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
  const { literals } = pass.scratch;
  literals.start(odds, position, window.byteBefore(position));
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

function addReps(pass: ForwardPass, out: Float64Array): void {
  const { position, reps, window } = pass;
  const { bytes } = window.history;
  for (let i = 0; i < reps.length; i++) {
    const rep = reps[i]!;
    out[bytes[position - rep.distance]!]! += pass.repMass(rep);
  }
}

/** Adds matches that start here, at any distance in reach. */
function addNewMatches(pass: ForwardPass, out: Float64Array): void {
  const { odds, position, window } = pass;
  const reach = window.reach(position);
  const slots = weighSlots(pass, 0, reach);
  addNear(window.history.bytes, position, Math.min(reach, NEAR), slots, odds.near, out);
  const count = window.far.slotsWithin(reach);
  if (count > 0) window.far.addBytes(meanWeights(pass, slots), count, out);
}

/** Adds matches that started at the previous byte. */
function addYoungMatches(pass: ForwardPass, out: Float64Array): void {
  const { odds, position, window } = pass;
  if (pass.startMass(1) === 0) return;
  const reach = window.reach(position - 1);
  const slots = weighSlots(pass, 1, reach);
  addNearPairs(window.history.bytes, position, Math.min(reach, NEAR), slots, odds.near, out);
  const count = window.far.slotsWithin(reach);
  if (count === 0) return;
  window.far.addPairs(window, window.byteAt(position - 1), meanWeights(pass, slots), count, out);
}

// The loops are functions of their own, because V8 may compile one that is hot without what follows
// it: then far distances, met later, would drop out of compiled code at each byte.

/** Adds the bytes at distances up to `reach`. */
function addNear(
  bytes: Uint8Array,
  position: number,
  reach: number,
  slots: Float64Array,
  inSlot: Float64Array,
  out: Float64Array,
): void {
  for (let slot = 0, d = 1; d <= reach; slot++) {
    const weight = slots[slot]!;
    const end = Math.min(slotStart(slot + 1) - 1, reach);
    // Four at a time, as one at a time takes twice as long.
    for (; d + 3 <= end; d += 4) {
      const p = position - d;
      const first = weight * inSlot[d - 1]!;
      const second = weight * inSlot[d]!;
      const third = weight * inSlot[d + 1]!;
      const fourth = weight * inSlot[d + 2]!;
      out[bytes[p]!]! += first;
      out[bytes[p - 1]!]! += second;
      out[bytes[p - 2]!]! += third;
      out[bytes[p - 3]!]! += fourth;
    }
    for (; d <= end; d++) out[bytes[position - d]!]! += weight * inSlot[d - 1]!;
  }
}

/** The same for those that follow the byte before `position`. */
function addNearPairs(
  bytes: Uint8Array,
  position: number,
  reach: number,
  slots: Float64Array,
  inSlot: Float64Array,
  out: Float64Array,
): void {
  const previous = bytes[position - 1]!;
  for (let slot = 0, d = 1; d <= reach; slot++) {
    const weight = slots[slot]!;
    const end = Math.min(slotStart(slot + 1) - 1, reach);
    for (; d <= end; d++) {
      if (bytes[position - 1 - d] !== previous) continue;
      out[bytes[position - d]!]! += weight * inSlot[d - 1]!;
    }
  }
}

/** Adds matches that started two or more bytes ago. */
function addOldMatches(pass: ForwardPass, out: Float64Array): void {
  const { matches, odds, position, scratch, window } = pass;
  if (matches.longestRun < 2) return;
  const { count, distances, runs } = matches;
  const { bytes } = window.history;
  const { pairs, runMasses } = scratch;
  runMasses.fill(pass, matches.longestRun);
  const pairCount = pairDistances(window, position, pairs);
  for (let i = 0, k = 0; i < pairCount; i++) {
    const distance = pairs[i]!;
    while (k < count && distances[k]! < distance) k++;
    if (k < count && distances[k] === distance) continue;
    const mass = runMasses.of(2, slotOf(distance)) * odds.inSlot(distance);
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
    sum += runMasses.of(runs[i]!, slotOf(distance)) * odds.inSlot(distance);
  }
  out[byte]! += sum;
}

/**
 * By slot: the mass, within its slot, of a distance at which a match started `m` bytes ago. Valid
 * until the next call.
 */
export function weighSlots(pass: ForwardPass, m: number, reach: number): Float64Array {
  const { classes, slots } = pass.scratch;
  classes.fill(0);
  pass.goingOn(m, classes, 0);
  const used = reach > 0 ? slotOf(reach) + 1 : 0;
  const { slot: slotOdds } = pass.odds;
  for (let slot = 0; slot < used; slot++) {
    let mass = 0;
    for (let c = 0; c < LENGTH_CLASSES; c++) mass += classes[c]! * slotOdds[c * SLOTS + slot]!;
    slots[slot] = mass;
  }
  slots.fill(0, used);
  return slots;
}

/** The mean weight of a distance by far slot. */
function meanWeights({ scratch }: ForwardPass, slots: Float64Array): Float64Array {
  const weights = scratch.far;
  for (let i = FIRST_FAR_SLOT; i < SLOTS; i++) weights[i - FIRST_FAR_SLOT] = slots[i]! / 16;
  return weights;
}
