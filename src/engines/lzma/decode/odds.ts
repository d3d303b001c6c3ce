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
  LENGTH_CHOICE,
  LENGTH_CHOICE_2,
  LENGTH_CLASSES,
  LENGTH_HIGH,
  LENGTH_LOW,
  LENGTH_MIDDLE,
  LONGEST_MATCH,
  type LzmaProperties,
  literalModels,
  PROBABILITY_ONE,
  perPosition,
  REP_LENGTH,
  SHORTEST_MATCH,
  SLOT,
  SLOTS,
  SPECIAL,
  slotOf,
  slotStart,
} from '../codec/models.js';

const LAST_CLASS = LENGTH_CLASSES - 1;

/** Probabilities of match lengths at one position state. */
export interface LengthOdds {
  /** P(length), indexed by length. */
  readonly exactly: Float64Array;
  /** P(length > matched), indexed by matched. */
  readonly beyond: Float64Array;
  /** P(length > matched and its class), indexed by 4 · matched + class. */
  readonly beyondByClass: Float64Array;
}

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
  /** P(near distance − 1) within its slot. */
  readonly near = new Float64Array(slotStart(FIRST_ALIGNED_SLOT) - 1);
  readonly #positionMask: number;
  readonly #lengths: (LengthOdds | undefined)[] = [];
  readonly #repLengths: (LengthOdds | undefined)[] = [];
  readonly #kinds: (KindOdds | undefined)[] = [];

  /** @param models must not change while these probabilities are in use. */
  constructor(models: Uint16Array, properties: LzmaProperties, maxMatch = LONGEST_MATCH) {
    this.models = models;
    this.properties = properties;
    this.maxMatch = maxMatch;
    this.#positionMask = (1 << properties.pb) - 1;
    for (let c = 0; c < LENGTH_CLASSES; c++)
      this.#fillTree(this.slot, c * SLOTS, SLOT + c * SLOTS, 6, 1);
    for (let i = 0; i < this.slot.length; i++) {
      const slot = i % SLOTS;
      if (slot >= FIRST_ALIGNED_SLOT) this.slot[i]! /= 2 ** ((slot >> 1) - 5);
    }
    for (let value = 0; value < 16; value++) this.align[value] = this.#reverseTree(ALIGN, 4, value);
    for (let d = 1; d <= this.near.length; d++) {
      const slot = slotOf(d);
      const start = slotStart(slot);
      this.near[d - 1] =
        slot < 4 ? 1 : this.#reverseTree(SPECIAL + start - 1 - slot, (slot >> 1) - 1, d - start);
    }
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
    return this.#lengthsOf(LENGTH, this.#lengths, position);
  }

  repLengths(position: number): LengthOdds {
    return this.#lengthsOf(REP_LENGTH, this.#repLengths, position);
  }

  /** P(distance) for a match whose length is in this class. */
  distance(lengthClass: number, distance: number): number {
    return this.slot[lengthClass * SLOTS + slotOf(distance)]! * this.inSlot(distance);
  }

  /** P(distance) within its slot, without the direct bits. */
  inSlot(distance: number): number {
    return distance <= this.near.length
      ? this.near[distance - 1]!
      : this.align[(distance - 1) & 15]!;
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

  #lengthsOf(models: number, known: (LengthOdds | undefined)[], position: number): LengthOdds {
    const positionState = position & this.#positionMask;
    known[positionState] ??= this.#tabulateLengths(models, positionState);
    return known[positionState];
  }

  #tabulateLengths(models: number, positionState: number): LengthOdds {
    const { maxMatch } = this;
    const low = this.zero(models + LENGTH_CHOICE);
    const middle = (1 - low) * this.zero(models + LENGTH_CHOICE_2);
    const all = new Float64Array(LONGEST_MATCH + 1);
    this.#fillTree(all, 2, models + LENGTH_LOW + 8 * positionState, 3, low);
    this.#fillTree(all, 10, models + LENGTH_MIDDLE + 8 * positionState, 3, middle);
    if (maxMatch >= 18) this.#fillTree(all, 18, models + LENGTH_HIGH, 8, 1 - low - middle);
    const exactly = all.subarray(0, maxMatch + 1);
    if (maxMatch < LONGEST_MATCH) {
      let total = 0;
      for (const odds of exactly) total += odds;
      for (let i = 0; i <= maxMatch; i++) exactly[i]! /= total;
    }
    const beyond = new Float64Array(maxMatch + 1);
    const beyondByClass = new Float64Array(LENGTH_CLASSES * (maxMatch + 1));
    for (let m = maxMatch - 1; m >= 0; m--) beyond[m] = beyond[m + 1]! + exactly[m + 1]!;
    for (let m = 0; m < maxMatch; m++) {
      for (let c = 0; c < LAST_CLASS; c++) {
        const length = SHORTEST_MATCH + c;
        if (m < length && length <= maxMatch)
          beyondByClass[LENGTH_CLASSES * m + c] = exactly[length]!;
      }
      const longer = Math.min(Math.max(m, SHORTEST_MATCH + LAST_CLASS - 1), maxMatch);
      beyondByClass[LENGTH_CLASSES * m + LAST_CLASS] = beyond[longer]!;
    }
    return { exactly, beyond, beyondByClass };
  }

  /** The leaf probabilities of a tree whose root has weight `weight`. */
  #fillTree(out: Float64Array, from: number, models: number, depth: number, weight: number): void {
    const size = 1 << depth;
    const tree = new Float64Array(2 * size);
    tree[1] = weight;
    for (let node = 1; node < size; node++) {
      const zero = tree[node]! * this.zero(models + node);
      tree[2 * node] = zero;
      tree[2 * node + 1] = tree[node]! - zero;
    }
    out.set(tree.subarray(size), from);
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

/** Masses of all literals at one position, summed over all hypotheses. */
export class LiteralMasses {
  /**
   * Mass entering each node of the tree. Below it all probabilities are those of the plain tree.
   */
  readonly #nodes = new Float64Array(512);
  readonly #odds: TokenOdds;
  readonly #first: number;

  constructor(odds: TokenOdds, position: number, previous: number) {
    this.#odds = odds;
    this.#first = literalModels(odds.properties, position, previous);
  }

  /** @param matchByte −1 for states after a literal. */
  add(mass: number, matchByte: number): void {
    let node = 1;
    let left = mass;
    for (let depth = 7; matchByte >= 0 && depth >= 0; depth--) {
      const expected = (matchByte >> depth) & 1;
      const zero = left * this.#odds.zero(this.#first + 0x100 * (1 + expected) + node);
      const other = expected === 0 ? left - zero : zero;
      this.#nodes[2 * node + 1 - expected]! += other;
      left -= other;
      node = 2 * node + expected;
    }
    this.#nodes[node]! += left;
  }

  addTo(out: Float64Array): void {
    const nodes = this.#nodes;
    for (let node = 1; node < 256; node++) {
      const mass = nodes[node]!;
      const zero = mass * this.#odds.zero(this.#first + node);
      nodes[2 * node]! += zero;
      nodes[2 * node + 1]! += mass - zero;
    }
    for (let b = 0; b < 256; b++) out[b]! += nodes[256 + b]!;
  }
}
