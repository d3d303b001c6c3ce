// Draws whole tokens from the distribution that the forward pass sums over. First it draws the
// position of the parse: at a boundary, or inside a rep or a match. Then it draws the token, or the
// rest of the one in progress. Temperature turns P into P^(1/T) for the position, the kind of token
// with its byte or length, and the distance slot; the distance within the slot is drawn at
// temperature 1.

import { bitsOf, drawIndex, sum } from '../../../bits/weights.js';
import type { Random } from '../../../types.js';
import {
  FIRST_ALIGNED_SLOT,
  FIRST_MATCH_STATE,
  LENGTH_CLASSES,
  lengthClass,
  SLOTS,
  slotOf,
  slotStart,
} from '../codec/models.js';
import { type Hypothesis, LITERAL, MATCH, REP, SHORT_REP, type Step } from './hypotheses.js';
import { weighSlots } from './masses.js';
import type { ForwardPass } from './pass.js';

/** A drawn token, possibly one whose first bytes already exist. */
export interface DrawnToken {
  readonly step: Step;
  /** Distance it copies from; 0 for a literal. */
  readonly distance: number;
  /** The byte of a literal. */
  readonly literal: number;
  /** −log2 of the probability at temperature 1, including that of the position of the parse. */
  readonly bits: number;
}

interface Draw {
  readonly pass: ForwardPass;
  readonly random: Random;
  readonly temperature: number;
}

/** Draws the next token, or the rest of one that may have begun. Changes no state. */
export function drawToken(pass: ForwardPass, random: Random, temperature: number): DrawnToken {
  const draw = { pass, random, temperature };
  const reach = Float64Array.from({ length: SLOTS }, (_, slot) => reachInSlot(pass, slot));
  const { hypotheses } = pass.level;
  const tables = hypotheses.map((from) => weighTokens(pass, from, reach));
  const { reps } = pass;
  const slots = weighOpenSlots(pass);
  const places = new Float64Array(hypotheses.length + reps.length + SLOTS);
  tables.forEach((table, i) => {
    places[i] = sum(table);
  });
  reps.forEach((rep, i) => {
    places[hypotheses.length + i] = pass.repMass(rep);
  });
  places.set(slots, hypotheses.length + reps.length);

  const place = drawIndex(places, random, temperature);
  const bits = bitsOf(places, place);
  if (place < hypotheses.length) {
    return drawWhole(draw, hypotheses[place]!, tables[place]!, reach, bits);
  }
  const rep = place - hypotheses.length;
  return rep < reps.length
    ? drawRestOfRep(draw, rep, bits)
    : drawRestOfMatch(draw, rep - reps.length, bits);
}

// Layout of the table of tokens at a boundary: 256 literals, the short rep, then all lengths from 0
// for each of the four reps and for a new match.
const SHORT_REP_AT = 256;
const REPS_AT = SHORT_REP_AT + 1;

/** Mass of every kind of token with its byte or length, without impossible ones. */
function weighTokens(pass: ForwardPass, from: Hypothesis, reach: Float64Array): Float64Array {
  const { odds, window } = pass;
  const { position, reps, state, weight } = from;
  const kinds = odds.kinds(state, position);
  const width = odds.maxMatch + 1;
  const table = new Float64Array(REPS_AT + 5 * width);
  const matchByte = state < FIRST_MATCH_STATE ? -1 : window.byteAt(position - reps[0]);
  const previous = window.byteBefore(position);
  const { literals } = pass.scratch;
  literals.start(odds, position, previous);
  literals.add(weight * kinds.literal, matchByte);
  literals.addTo(table);
  if (reps[0] <= position) table[SHORT_REP_AT] = weight * kinds.shortRep;
  const repLengths = odds.repLengths(position).exactly;
  const lengths = odds.lengths(position).exactly;
  for (let i = 0; i < 4; i++) {
    if (reps[i]! > position) continue;
    const mass = weight * kinds.reps[i]!;
    for (let n = 2; n < width; n++) table[REPS_AT + i * width + n] = mass * repLengths[n]!;
  }
  const inReach = Float64Array.from({ length: LENGTH_CLASSES }, (_, c) => {
    let share = 0;
    for (let slot = 0; slot < SLOTS; slot++) share += odds.slot[c * SLOTS + slot]! * reach[slot]!;
    return share;
  });
  const mass = weight * kinds.match;
  for (let n = 2; n < width; n++) {
    table[REPS_AT + 4 * width + n] = mass * lengths[n]! * inReach[lengthClass(n)]!;
  }
  return table;
}

function drawWhole(
  { pass, random, temperature }: Draw,
  from: Hypothesis,
  table: Float64Array,
  reach: Float64Array,
  placeBits: number,
): DrawnToken {
  const width = pass.odds.maxMatch + 1;
  const symbol = drawIndex(table, random, temperature);
  const bits = placeBits + bitsOf(table, symbol);
  if (symbol < SHORT_REP_AT) {
    const step = { from, kind: LITERAL, length: 1, distance: 0 };
    return { step, distance: 0, literal: symbol, bits };
  }
  if (symbol === SHORT_REP_AT) {
    const step = { from, kind: SHORT_REP, length: 1, distance: 0 };
    return { step, distance: from.reps[0], literal: 0, bits };
  }
  const index = Math.floor((symbol - REPS_AT) / width);
  const length = (symbol - REPS_AT) % width;
  if (index < 4) {
    const step = { from, kind: REP + index, length, distance: 0 };
    return { step, distance: from.reps[index]!, literal: 0, bits };
  }
  const row = lengthClass(length) * SLOTS;
  const slots = reach.map((share, slot) => share * pass.odds.slot[row + slot]!);
  const slot = drawIndex(slots, random, temperature);
  const inSlot = drawInSlot(pass, slot, random);
  const step = { from, kind: MATCH, length, distance: inSlot.distance };
  const distanceBits = bitsOf(slots, slot) + inSlot.bits;
  return { step, distance: inSlot.distance, literal: 0, bits: bits + distanceBits };
}

function drawRestOfRep({ pass, random, temperature }: Draw, at: number, placeBits: number) {
  const { distance, from, index, ...rep } = pass.reps[at]!;
  const lengths = rep.lengths.exactly.slice();
  lengths.fill(0, 0, pass.position - from.position + 1);
  const length = drawIndex(lengths, random, temperature);
  const step = { from, kind: REP + index, length, distance: 0 };
  const bits = placeBits + bitsOf(lengths, length);
  return { step, distance, literal: 0, bits };
}

function drawRestOfMatch(
  { pass, random, temperature }: Draw,
  slot: number,
  placeBits: number,
): DrawnToken {
  const { odds, position } = pass;
  const { from, masses, runs } = weighOpenDistances(pass, slot, runWeights(pass));
  const picked = drawIndex(masses, random, 1);
  const distance = from + picked;
  // Which start it was hardly affects the result, so the rest is drawn first.
  const width = odds.maxMatch + 1;
  const ways = new Float64Array((runs[picked]! + 1) * width);
  const rests = new Float64Array(width);
  for (let m = 1; m <= runs[picked]!; m++) {
    const lengths = odds.lengths(position - m).exactly;
    for (let rest = 1; m + rest < width; rest++) {
      const inClass = odds.distance(lengthClass(m + rest), distance);
      const mass = m + rest < 2 ? 0 : pass.startMass(m) * lengths[m + rest]! * inClass;
      ways[rest * (runs[picked]! + 1) + m] = mass;
      rests[rest]! += mass;
    }
  }
  const rest = drawIndex(rests, random, temperature);
  const starts = ways.subarray(rest * (runs[picked]! + 1), (rest + 1) * (runs[picked]! + 1));
  const m = drawIndex(starts, random, 1);
  const { hypotheses } = pass.levels[pass.levels.length - 1 - m]!;
  const shares = Float64Array.from(
    hypotheses,
    ({ weight, state }) => weight * odds.kinds(state, position - m).match,
  );
  const source = hypotheses[drawIndex(shares, random, 1)]!;
  const step = { from: source, kind: MATCH, length: m + rest, distance };
  const bits = placeBits + bitsOf(masses, picked) + bitsOf(rests, rest);
  return { step, distance, literal: 0, bits };
}

/** By 64 · run + slot: the mass of an open match at a distance, summed over its starts. */
function runWeights(pass: ForwardPass): Float64Array {
  const { runMasses } = pass.scratch;
  const longest = Math.max(2, pass.matches.longestRun);
  const weights = new Float64Array((longest + 1) * SLOTS);
  const used = slotOf(Math.max(1, pass.window.reach(pass.position))) + 1;
  runMasses.fill(pass, longest);
  for (let run = 2; run <= longest; run++) {
    for (let slot = 0; slot < used; slot++) weights[run * SLOTS + slot] = runMasses.of(run, slot);
  }
  const young = weighSlots(pass, 1, pass.window.reach(pass.position - 1));
  for (let i = SLOTS; i < weights.length; i++) weights[i]! += young[i % SLOTS]!;
  return weights;
}

/** Mass of all open matches by slot of their distance. */
function weighOpenSlots(pass: ForwardPass): Float64Array {
  const slots = new Float64Array(SLOTS);
  if (pass.levels.length === 1) return slots;
  const weights = runWeights(pass);
  const reach = pass.window.reach(pass.position - 1);
  for (let slot = 0; slot < SLOTS && slotStart(slot) <= reach; slot++) {
    slots[slot] = sum(weighOpenDistances(pass, slot, weights).masses);
  }
  return slots;
}

/** Mass of an open match at each distance of a slot, with its run. */
function weighOpenDistances(pass: ForwardPass, slot: number, weights: Float64Array) {
  const { matches, odds, position, window } = pass;
  const from = slotStart(slot);
  const to = Math.min(window.reach(position - 1), slotStart(slot + 1) - 1);
  const runs = new Uint16Array(to - from + 1);
  const previous = window.byteBefore(position);
  const beforeThat = pass.levels.length > 2 ? window.byteAt(position - 2) : -1;
  for (let d = from; d <= to; d++) {
    if (window.byteAt(position - 1 - d) !== previous) continue;
    runs[d - from] = beforeThat >= 0 && window.byteAt(position - 2 - d) === beforeThat ? 2 : 1;
  }
  for (let i = 0; i < matches.count; i++) {
    const d = matches.distances[i]!;
    if (d >= from && d <= to) runs[d - from] = matches.runs[i]!;
  }
  const masses = Float64Array.from(runs, (run, i) =>
    run === 0 ? 0 : weights[run * SLOTS + slot]! * odds.inSlot(from + i),
  );
  return { from, masses, runs };
}

/** Sum of `inSlot` over the distances of a slot in reach. */
function reachInSlot(pass: ForwardPass, slot: number): number {
  return sum(weighInSlot(pass, slot));
}

/** The distances of a slot in reach; for far slots, their last four bits. */
function weighInSlot({ odds, position, window }: ForwardPass, slot: number): Float64Array {
  const start = slotStart(slot);
  const count = Math.min(slotStart(slot + 1) - 1, window.reach(position)) - start + 1;
  if (count <= 0) return new Float64Array(0);
  if (slot < FIRST_ALIGNED_SLOT) return odds.near.subarray(start - 1, start - 1 + count);
  return odds.align.map((p, low) => p * Math.ceil((count - low) / 16));
}

function drawInSlot(pass: ForwardPass, slot: number, random: Random) {
  const weights = weighInSlot(pass, slot);
  const start = slotStart(slot);
  const low = drawIndex(weights, random, 1);
  if (slot < FIRST_ALIGNED_SLOT) {
    return { distance: start + low, bits: bitsOf(weights, low) };
  }
  const many = Math.round(weights[low]! / pass.odds.align[low]!);
  const distance = start + low + 16 * Math.floor(random() * many);
  return { distance, bits: bitsOf(weights, low) + Math.log2(many) };
}
