// The decisions that code a token, in the order of LZMA. The receiver writes them (encoder), sums
// their prices, or updates the models. (Pavlov, lzma-specification.txt.)

import {
  ALIGN,
  FIRST_ALIGNED_SLOT,
  FIRST_MATCH_STATE,
  IS_MATCH,
  IS_REP,
  IS_REP_0,
  IS_REP_0_LONG,
  IS_REP_1,
  IS_REP_2,
  LENGTH,
  LENGTH_CHOICE,
  LENGTH_CHOICE_2,
  LENGTH_HIGH,
  LENGTH_LOW,
  LENGTH_MIDDLE,
  lengthClass,
  perPosition,
  REP_LENGTH,
  SHORTEST_MATCH,
  SLOT,
  SLOTS,
  SPECIAL,
  slotOf,
  slotStart,
} from './models.js';

/** Receiver of the decisions that code a token. */
export interface Decisions {
  /** One decision under the model with that index. */
  decide(model: number, bit: number): void;
  /** `count` bits with probability one half, without a model; highest first. */
  decideEvenly(value: number, count: number): void;
}

/**
 * A literal after a token that left `state`. `models` is the result of `literalModels`;
 * `matchByte`, the byte at the last distance, is used only if that token was a match.
 */
export function spellLiteral(
  to: Decisions,
  state: number,
  positionState: number,
  models: number,
  matchByte: number,
  byte: number,
): void {
  to.decide(IS_MATCH + perPosition(state, positionState), 0);
  let node = 1;
  let depth = 7;
  if (state >= FIRST_MATCH_STATE) {
    // Coded relative to the match byte, until the literal differs from it.
    for (let same = true; same && depth >= 0; depth--) {
      const expected = (matchByte >> depth) & 1;
      const bit = (byte >> depth) & 1;
      to.decide(models + 0x100 * (1 + expected) + node, bit);
      node = (node << 1) | bit;
      same = bit === expected;
    }
  }
  for (; depth >= 0; depth--) {
    const bit = (byte >> depth) & 1;
    to.decide(models + node, bit);
    node = (node << 1) | bit;
  }
}

/** A short rep: one byte at the last distance. */
export function spellShortRep(to: Decisions, state: number, positionState: number): void {
  to.decide(IS_MATCH + perPosition(state, positionState), 1);
  to.decide(IS_REP + state, 1);
  to.decide(IS_REP_0 + state, 0);
  to.decide(IS_REP_0_LONG + perPosition(state, positionState), 0);
}

/** A rep: `length` bytes at the last distance but `index`. */
export function spellRep(
  to: Decisions,
  state: number,
  positionState: number,
  index: number,
  length: number,
): void {
  to.decide(IS_MATCH + perPosition(state, positionState), 1);
  to.decide(IS_REP + state, 1);
  to.decide(IS_REP_0 + state, index > 0 ? 1 : 0);
  if (index === 0) {
    to.decide(IS_REP_0_LONG + perPosition(state, positionState), 1);
  } else {
    to.decide(IS_REP_1 + state, index > 1 ? 1 : 0);
    if (index > 1) to.decide(IS_REP_2 + state, index - 2);
  }
  spellLength(to, REP_LENGTH, positionState, length);
}

/** A match: `length` bytes at a new distance. */
export function spellMatch(
  to: Decisions,
  state: number,
  positionState: number,
  distance: number,
  length: number,
): void {
  to.decide(IS_MATCH + perPosition(state, positionState), 1);
  to.decide(IS_REP + state, 0);
  spellLength(to, LENGTH, positionState, length);
  const slot = slotOf(distance);
  spellTree(to, SLOT + lengthClass(length) * SLOTS, 6, slot);
  if (slot < 4) return;
  const below = (slot >> 1) - 1;
  const rest = distance - slotStart(slot);
  if (slot < FIRST_ALIGNED_SLOT) {
    spellReverseTree(to, SPECIAL + slotStart(slot) - 1 - slot, below, rest);
  } else {
    to.decideEvenly(rest >>> 4, below - 4);
    spellReverseTree(to, ALIGN, 4, rest & 15);
  }
}

function spellLength(to: Decisions, models: number, positionState: number, length: number): void {
  const value = length - SHORTEST_MATCH;
  to.decide(models + LENGTH_CHOICE, value < 8 ? 0 : 1);
  if (value < 8) {
    spellTree(to, models + LENGTH_LOW + 8 * positionState, 3, value);
    return;
  }
  to.decide(models + LENGTH_CHOICE_2, value < 16 ? 0 : 1);
  if (value < 16) spellTree(to, models + LENGTH_MIDDLE + 8 * positionState, 3, value - 8);
  else spellTree(to, models + LENGTH_HIGH, 8, value - 16);
}

/** A value of `depth` bits, highest first, each under the model selected by the bits before it. */
function spellTree(to: Decisions, models: number, depth: number, value: number): void {
  let node = 1;
  for (let i = depth - 1; i >= 0; i--) {
    const bit = (value >> i) & 1;
    to.decide(models + node, bit);
    node = (node << 1) | bit;
  }
}

/** The same, lowest bit first. */
function spellReverseTree(to: Decisions, models: number, depth: number, value: number): void {
  let node = 1;
  for (let i = 0; i < depth; i++) {
    const bit = (value >> i) & 1;
    to.decide(models + node, bit);
    node = (node << 1) | bit;
  }
}
