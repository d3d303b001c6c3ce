// Prices of decisions, by which parsers compare tokens: integers in units of 1/64 bit, so that a
// parse is the same on every machine. The models are read, not updated.

import {
  BITS_OF,
  FIRST_MATCH_STATE,
  IS_MATCH,
  IS_REP,
  IS_REP_0,
  IS_REP_0_LONG,
  IS_REP_1,
  IS_REP_2,
  PROBABILITY_ONE,
  perPosition,
} from './models.js';

/** Prices are in units of 1/64 bit. */
export const PRICE_OF_BIT = 64;

/** Price of a 0 by its probability; never used for a probability of 0. */
const PRICES = Int32Array.from(BITS_OF, (bits) => Math.round(PRICE_OF_BIT * Math.min(bits, 16)));

export function priceOf(models: Uint16Array, model: number, bit: number): number {
  const probability = models[model]!;
  return PRICES[bit === 0 ? probability : PROBABILITY_ONE - probability]!;
}

/** Price of a literal: `first` is the result of `literalModels`. */
export function literalPrice(
  models: Uint16Array,
  state: number,
  positionState: number,
  first: number,
  matchByte: number,
  byte: number,
): number {
  let price = priceOf(models, IS_MATCH + perPosition(state, positionState), 0);
  let node = 1;
  let depth = 7;
  if (state >= FIRST_MATCH_STATE) {
    for (let same = true; same && depth >= 0; depth--) {
      const expected = (matchByte >> depth) & 1;
      const bit = (byte >> depth) & 1;
      price += priceOf(models, first + 0x100 * (1 + expected) + node, bit);
      node = (node << 1) | bit;
      same = bit === expected;
    }
  }
  for (; depth >= 0; depth--) {
    const bit = (byte >> depth) & 1;
    price += priceOf(models, first + node, bit);
    node = (node << 1) | bit;
  }
  return price;
}

/** Price of a short rep: one byte at the last distance. */
export function shortRepPrice(models: Uint16Array, state: number, positionState: number): number {
  const kind = perPosition(state, positionState);
  return (
    priceOf(models, IS_MATCH + kind, 1) +
    priceOf(models, IS_REP + state, 1) +
    priceOf(models, IS_REP_0 + state, 0) +
    priceOf(models, IS_REP_0_LONG + kind, 0)
  );
}

/** Price of a rep at the last distance but `index`, without its length. */
export function repPrice(
  models: Uint16Array,
  state: number,
  positionState: number,
  index: number,
): number {
  const kind = perPosition(state, positionState);
  const price = priceOf(models, IS_MATCH + kind, 1) + priceOf(models, IS_REP + state, 1);
  if (index === 0) {
    return price + priceOf(models, IS_REP_0 + state, 0) + priceOf(models, IS_REP_0_LONG + kind, 1);
  }
  const later = price + priceOf(models, IS_REP_0 + state, 1);
  if (index === 1) return later + priceOf(models, IS_REP_1 + state, 0);
  return (
    later + priceOf(models, IS_REP_1 + state, 1) + priceOf(models, IS_REP_2 + state, index - 2)
  );
}

/** Price of a match without its length and distance. */
export function matchPrice(models: Uint16Array, state: number, positionState: number): number {
  return (
    priceOf(models, IS_MATCH + perPosition(state, positionState), 1) +
    priceOf(models, IS_REP + state, 0)
  );
}
