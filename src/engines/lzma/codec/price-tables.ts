// Tables of the prices of lengths and distances, as a parser needs them for every length of every
// match. They are updated from the models only on request.

import {
  ALIGN,
  FIRST_ALIGNED_SLOT,
  LENGTH,
  LENGTH_CHOICE,
  LENGTH_CHOICE_2,
  LENGTH_CLASSES,
  LENGTH_HIGH,
  LENGTH_LOW,
  LENGTH_MIDDLE,
  LONGEST_MATCH,
  lengthClass,
  REP_LENGTH,
  SHORTEST_MATCH,
  SLOT,
  SLOTS,
  SPECIAL,
  slotOf,
  slotStart,
} from './models.js';
import { PRICE_OF_BIT, priceOf } from './prices.js';

/** Distances up to here have no aligned tail, and a separate price in each class. */
const NEAR = 128;
const LENGTHS = LONGEST_MATCH + 1;

/** All prices in units of 1/64 bit, see prices.ts. */
export class PriceTables {
  readonly #models: Uint16Array;
  readonly #positionStates: number;
  /** `[positionState * LENGTHS + length]`. */
  readonly #matchLengths: Int32Array;
  readonly #repLengths: Int32Array;
  /** `[class * SLOTS + slot]`, including the direct bits of the slot. */
  readonly #slots = new Int32Array(LENGTH_CLASSES * SLOTS);
  /** `[class * NEAR + distance − 1]`. */
  readonly #near = new Int32Array(LENGTH_CLASSES * NEAR);
  readonly #align = new Int32Array(16);

  constructor(models: Uint16Array, pb: number) {
    this.#models = models;
    this.#positionStates = 1 << pb;
    this.#matchLengths = new Int32Array(LENGTHS << pb);
    this.#repLengths = new Int32Array(LENGTHS << pb);
    this.update();
  }

  matchLength(length: number, positionState: number): number {
    return this.#matchLengths[positionState * LENGTHS + length]!;
  }

  repLength(length: number, positionState: number): number {
    return this.#repLengths[positionState * LENGTHS + length]!;
  }

  /** Price of the distance of a match of this length. */
  distance(distance: number, length: number): number {
    const of = lengthClass(length);
    if (distance <= NEAR) return this.#near[of * NEAR + distance - 1]!;
    return this.#slots[of * SLOTS + slotOf(distance)]! + this.#align[(distance - 1) & 15]!;
  }

  /** Updates the prices from the models. */
  update(): void {
    this.#updateLengths(LENGTH, this.#matchLengths);
    this.#updateLengths(REP_LENGTH, this.#repLengths);
    const models = this.#models;
    for (let of = 0; of < LENGTH_CLASSES; of++) {
      const slots = this.#slots.subarray(of * SLOTS, (of + 1) * SLOTS);
      fillTree(models, SLOT + of * SLOTS, 6, 0, slots);
      for (let slot = FIRST_ALIGNED_SLOT; slot < SLOTS; slot++) {
        slots[slot]! += PRICE_OF_BIT * ((slot >> 1) - 1 - 4);
      }
    }
    for (let value = 0; value < 16; value++) {
      this.#align[value] = reverseTreePrice(models, ALIGN, 4, value);
    }
    for (let distance = 1; distance <= NEAR; distance++) {
      const slot = slotOf(distance);
      const start = slotStart(slot);
      const first = SPECIAL + start - 1 - slot;
      const below = slot < 4 ? 0 : (slot >> 1) - 1;
      const rest = reverseTreePrice(models, first, below, distance - start);
      for (let of = 0; of < LENGTH_CLASSES; of++) {
        this.#near[of * NEAR + distance - 1] = this.#slots[of * SLOTS + slot]! + rest;
      }
    }
  }

  #updateLengths(first: number, prices: Int32Array): void {
    const models = this.#models;
    const choice = [0, 1].map((bit) => priceOf(models, first + LENGTH_CHOICE, bit));
    const choice2 = [0, 1].map((bit) => choice[1]! + priceOf(models, first + LENGTH_CHOICE_2, bit));
    for (let state = 0; state < this.#positionStates; state++) {
      const from = state * LENGTHS + SHORTEST_MATCH;
      const low = prices.subarray(from, from + 8);
      const middle = prices.subarray(from + 8, from + 16);
      fillTree(models, first + LENGTH_LOW + 8 * state, 3, choice[0]!, low);
      fillTree(models, first + LENGTH_MIDDLE + 8 * state, 3, choice2[0]!, middle);
      const high = prices.subarray(from + 16, from + 16 + 256);
      if (state === 0) fillTree(models, first + LENGTH_HIGH, 8, choice2[1]!, high);
      else high.set(prices.subarray(SHORTEST_MATCH + 16, SHORTEST_MATCH + 16 + 256));
    }
  }
}

/** `out[value]` = `base` plus the price of each value of a tree, highest bit first. */
function fillTree(
  models: Uint16Array,
  first: number,
  depth: number,
  base: number,
  out: Int32Array,
): void {
  const leaves = 1 << depth;
  const nodes = new Int32Array(2 * leaves);
  nodes[1] = base;
  for (let node = 1; node < leaves; node++) {
    nodes[2 * node] = nodes[node]! + priceOf(models, first + node, 0);
    nodes[2 * node + 1] = nodes[node]! + priceOf(models, first + node, 1);
  }
  out.set(nodes.subarray(leaves));
}

function reverseTreePrice(
  models: Uint16Array,
  first: number,
  depth: number,
  value: number,
): number {
  let price = 0;
  let node = 1;
  for (let i = 0; i < depth; i++) {
    const bit = (value >> i) & 1;
    price += priceOf(models, first + node, bit);
    node = (node << 1) | bit;
  }
  return price;
}
