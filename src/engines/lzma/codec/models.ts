// The binary models of LZMA: which decision is taken with which adaptive probability, as in the
// LZMA specification (Pavlov, lzma-specification.txt, 2015). All probabilities live in one array; a
// model is an index into it. tokens.ts uses them to code tokens.

/** The three properties of a stream: which context literals and tokens are coded with. */
export interface LzmaProperties {
  /** High bits of the previous byte that choose a literal's models, 0–8. */
  readonly lc: number;
  /** Low bits of the position that choose a literal's models, 0–4. */
  readonly lp: number;
  /** Low bits of the position that choose the models of a token's kind and length, 0–4. */
  readonly pb: number;
}

/** Probabilities are P(0) in units of 2^−11. */
export const PROBABILITY_BITS = 11;
export const PROBABILITY_ONE = 1 << PROBABILITY_BITS;
/** A probability moves by this share, 2^−5, towards the outcome. */
export const ADAPT_SHIFT = 5;

/** Number of states, which summarise the last tokens: 0–6 after a literal, 7–11 after a match. */
const STATES = 12;
/**
 * From this state on the last token was a match, and a literal is coded relative to its match byte.
 */
export const FIRST_MATCH_STATE = 7;

export const SHORTEST_MATCH = 2;
export const LONGEST_MATCH = 273;

const POSITION_STATES = 16;
/** Slots of distances: one tree for each of the lengths 2, 3, 4, and 5 or more. */
export const LENGTH_CLASSES = 4;
export const SLOTS = 64;
/** Distances of slots from here on have direct bits, and an aligned tail of four bits. */
export const FIRST_ALIGNED_SLOT = 14;

// Parts of a length coder, from its first model.
export const LENGTH_CHOICE = 0;
export const LENGTH_CHOICE_2 = 1;
export const LENGTH_LOW = 2;
export const LENGTH_MIDDLE = LENGTH_LOW + POSITION_STATES * 8;
export const LENGTH_HIGH = LENGTH_MIDDLE + POSITION_STATES * 8;
const LENGTH_MODELS = LENGTH_HIGH + 256;

// First models of each part. Per state, and per state and position state:
export const IS_MATCH = 0;
export const IS_REP = IS_MATCH + STATES * POSITION_STATES;
export const IS_REP_0 = IS_REP + STATES;
export const IS_REP_1 = IS_REP_0 + STATES;
export const IS_REP_2 = IS_REP_1 + STATES;
export const IS_REP_0_LONG = IS_REP_2 + STATES;
// Distances:
export const SLOT = IS_REP_0_LONG + STATES * POSITION_STATES;
export const SPECIAL = SLOT + LENGTH_CLASSES * SLOTS;
export const ALIGN = SPECIAL + 128;
// Lengths of matches and of repeated matches, and literals:
export const LENGTH = ALIGN + 16;
export const REP_LENGTH = LENGTH + LENGTH_MODELS;
export const LITERAL = REP_LENGTH + LENGTH_MODELS;
/** Models of one literal context: a plain tree, and two for coding relative to a match byte. */
const LITERAL_MODELS = 0x300;

/** All models in their initial state: probability one half. */
export function createModels({ lc, lp }: LzmaProperties): Uint16Array<ArrayBuffer> {
  return new Uint16Array(LITERAL + (LITERAL_MODELS << (lc + lp))).fill(PROBABILITY_ONE / 2);
}

/** The probability of a 0 after coding a bit with it. */
export function adapted(probability: number, bit: number): number {
  return bit === 0
    ? probability + ((PROBABILITY_ONE - probability) >> ADAPT_SHIFT)
    : probability - (probability >> ADAPT_SHIFT);
}

/** −log2 of count/2^11, in bits: the cost of a 0 at that probability. */
export const BITS_OF = Float64Array.from({ length: PROBABILITY_ONE + 1 }, (_, count) =>
  count === 0 ? Infinity : PROBABILITY_BITS - Math.log2(count),
);

/** First model of the literal after byte `previous` at `position`. */
export function literalModels(
  { lc, lp }: LzmaProperties,
  position: number,
  previous: number,
): number {
  const context = ((position & ((1 << lp) - 1)) << lc) + (previous >> (8 - lc));
  return LITERAL + LITERAL_MODELS * context;
}

/** States after each kind of token. */
export function stateAfterLiteral(state: number): number {
  return state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
}

export function stateAfterMatch(state: number): number {
  return state < FIRST_MATCH_STATE ? 7 : 10;
}

export function stateAfterRep(state: number): number {
  return state < FIRST_MATCH_STATE ? 8 : 11;
}

export function stateAfterShortRep(state: number): number {
  return state < FIRST_MATCH_STATE ? 9 : 11;
}

/** Index of `state` in the parts with one model per position state. */
export function perPosition(state: number, positionState: number): number {
  return state * POSITION_STATES + positionState;
}

/**
 * The slot tree, one of {@link LENGTH_CLASSES}, that codes the distance of a match of this length.
 */
export function lengthClass(length: number): number {
  return Math.min(length - SHORTEST_MATCH, LENGTH_CLASSES - 1);
}

/** Slot of a distance, in bytes from 1: its two highest bits and the number of bits after them. */
export function slotOf(distance: number): number {
  const value = distance - 1;
  if (value < 4) return value;
  const below = 30 - Math.clz32(value);
  return 2 * (below + 1) + ((value >>> below) & 1);
}

/** Smallest distance of a slot, in bytes from 1. */
export function slotStart(slot: number): number {
  return slot < 4 ? slot + 1 : (((2 | (slot & 1)) << ((slot >> 1) - 1)) >>> 0) + 1;
}
