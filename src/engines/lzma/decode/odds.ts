// Probabilities of literals, lengths and distances under the current models, tabulated once for all
// tokens until the models learn again.

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
  LENGTH_CLASSES,
  LONGEST_MATCH,
  type LzmaProperties,
  literalModels,
  PROBABILITY_ONE,
  perPosition,
  REP_LENGTH,
  SLOT,
  SLOTS,
  SPECIAL,
  slotOf,
  slotStart,
} from '../codec/models.js';
import { NEAR } from './far.js';
import { type LengthOdds, LengthTables, leaves } from './lengths.js';

/** Probabilities of the token kinds at a boundary; the six sum to 1. */
export interface KindOdds {
  readonly literal: number;
  readonly match: number;
  readonly shortRep: number;
  /** A longer match at each of the last four distances. */
  readonly reps: readonly [number, number, number, number];
}

export class TokenOdds {
  readonly models: Uint16Array;
  readonly properties: LzmaProperties;
  /** Longest match; the probability of longer ones is distributed over the remaining lengths. */
  readonly maxMatch: number;
  /** P(slot), by 64 · class + slot, times the probability of the direct bits. */
  readonly slot = new Float64Array(LENGTH_CLASSES * SLOTS);
  /** P(last four bits) of a far distance − 1. */
  readonly align = new Float64Array(16);
  /** P(distance − 1) within its slot, without the direct bits, of the near distances. */
  readonly near = new Float64Array(NEAR);
  readonly #positionMask: number;
  readonly #lengths: LengthTables;
  readonly #repLengths: LengthTables;
  readonly #kinds: (KindOdds | undefined)[] = [];

  /** @param models must not change while these probabilities are in use. */
  constructor(models: Uint16Array, properties: LzmaProperties, maxMatch = LONGEST_MATCH) {
    this.models = models;
    this.properties = properties;
    this.maxMatch = maxMatch;
    this.#positionMask = (1 << properties.pb) - 1;
    this.#lengths = new LengthTables(models, LENGTH, maxMatch);
    this.#repLengths = new LengthTables(models, REP_LENGTH, maxMatch);
    for (let c = 0; c < LENGTH_CLASSES; c++) {
      this.slot.set(leaves(models, SLOT + c * SLOTS, 6, 1), c * SLOTS);
    }
    for (let i = 0; i < this.slot.length; i++) {
      const slot = i % SLOTS;
      if (slot >= FIRST_ALIGNED_SLOT) this.slot[i]! /= 2 ** ((slot >> 1) - 5);
    }
    for (let value = 0; value < 16; value++) this.align[value] = this.#reverseTree(ALIGN, 4, value);
    for (let d = 1; d <= NEAR; d++) this.near[d - 1] = this.#nearInSlot(d);
  }

  /** P(0) of a model. */
  zero(model: number): number {
    return this.models[model]! / PROBABILITY_ONE;
  }

  kinds(state: number, position: number): KindOdds {
    const at = perPosition(state, position & this.#positionMask);
    const known = this.#kinds[at];
    if (known) return known;
    const literal = this.zero(IS_MATCH + at);
    const rep = (1 - literal) * (1 - this.zero(IS_REP + state));
    const rep0 = rep * this.zero(IS_REP_0 + state);
    const rep123 = rep * (1 - this.zero(IS_REP_0 + state));
    const rep1 = this.zero(IS_REP_1 + state);
    const rep2 = this.zero(IS_REP_2 + state);
    const short = this.zero(IS_REP_0_LONG + at);
    const odds: KindOdds = {
      literal,
      match: (1 - literal) * this.zero(IS_REP + state),
      shortRep: rep0 * short,
      reps: [
        rep0 * (1 - short),
        rep123 * rep1,
        rep123 * (1 - rep1) * rep2,
        rep123 * (1 - rep1) * (1 - rep2),
      ],
    };
    this.#kinds[at] = odds;
    return odds;
  }

  /** Lengths of a match that starts at `position`. */
  lengths(position: number): LengthOdds {
    return this.#lengths.of(position & this.#positionMask);
  }

  repLengths(position: number): LengthOdds {
    return this.#repLengths.of(position & this.#positionMask);
  }

  /** P(distance) for a match whose length is in this class. */
  distance(lengthClass: number, distance: number): number {
    return this.slot[lengthClass * SLOTS + slotOf(distance)]! * this.inSlot(distance);
  }

  /** P(distance) within its slot, without the direct bits. */
  inSlot(distance: number): number {
    return distance <= NEAR ? this.near[distance - 1]! : this.align[(distance - 1) & 15]!;
  }

  /** P(byte) of a literal; `matchByte` is used only in the states after a match. */
  literal(
    state: number,
    position: number,
    previous: number,
    matchByte: number,
    byte: number,
  ): number {
    const models = literalModels(this.properties, position, previous);
    let beside = state >= FIRST_MATCH_STATE;
    let probability = 1;
    for (let node = 1, depth = 7; depth >= 0; depth--) {
      const bit = (byte >> depth) & 1;
      const expected = (matchByte >> depth) & 1;
      const zero = this.zero(models + (beside ? 0x100 * (1 + expected) : 0) + node);
      probability *= bit === 0 ? zero : 1 - zero;
      beside &&= bit === expected;
      node = (node << 1) | bit;
    }
    return probability;
  }

  #nearInSlot(distance: number): number {
    const slot = slotOf(distance);
    if (slot < 4) return 1;
    if (slot >= FIRST_ALIGNED_SLOT) return this.align[(distance - 1) & 15]!;
    const start = slotStart(slot);
    return this.#reverseTree(SPECIAL + start - 1 - slot, (slot >> 1) - 1, distance - start);
  }

  #reverseTree(models: number, depth: number, value: number): number {
    let probability = 1;
    for (let node = 1, i = 0; i < depth; i++) {
      const bit = (value >> i) & 1;
      const zero = this.zero(models + node);
      probability *= bit === 0 ? zero : 1 - zero;
      node = (node << 1) | bit;
    }
    return probability;
  }
}

const NO_MODELS = new Uint16Array();

/** Masses of all literals at one position, summed over all hypotheses. */
export class LiteralMasses {
  /**
   * Mass entering each node of the tree. Below it all probabilities are those of the plain tree.
   */
  readonly #nodes = new Float64Array(512);
  #models: Uint16Array = NO_MODELS;
  #first = 0;

  start({ models, properties }: TokenOdds, position: number, previous: number): void {
    this.#models = models;
    this.#first = literalModels(properties, position, previous);
    this.#nodes.fill(0);
  }

  /** @param matchByte −1 for states after a literal. */
  add(mass: number, matchByte: number): void {
    const nodes = this.#nodes;
    const models = this.#models;
    const first = this.#first;
    let node = 1;
    let left = mass;
    for (let depth = 7; matchByte >= 0 && depth >= 0; depth--) {
      const expected = (matchByte >> depth) & 1;
      const zero = left * (models[first + 0x100 * (1 + expected) + node]! / PROBABILITY_ONE);
      const other = expected === 0 ? left - zero : zero;
      nodes[2 * node + 1 - expected]! += other;
      left -= other;
      node = 2 * node + expected;
    }
    nodes[node]! += left;
  }

  addTo(out: Float64Array): void {
    const nodes = this.#nodes;
    const models = this.#models;
    const first = this.#first;
    for (let node = 1; node < 256; node++) {
      const mass = nodes[node]!;
      const zero = mass * (models[first + node]! / PROBABILITY_ONE);
      nodes[2 * node]! += zero;
      nodes[2 * node + 1]! += mass - zero;
    }
    for (let b = 0; b < 256; b++) out[b]! += nodes[256 + b]!;
  }
}
