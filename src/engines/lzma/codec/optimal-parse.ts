// The optimal parse, after the normal mode of the LZMA SDK (Pavlov): finds the cheapest path, at
// the models' current prices, to every position ahead, until all paths meet or a match is long
// enough to be taken at once. Only the cheapest path to a position is kept, with the state it
// leaves. To avoid losing a better state, the sequence of a token, a literal and a rep of its
// distance is also tried as one step.

import { BinaryTreeFinder } from './binary-tree.js';
import { Matches, type SearchLimits } from './matches.js';
import {
  LONGEST_MATCH,
  type LzmaProperties,
  literalModels,
  SHORTEST_MATCH,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
} from './models.js';
import { PriceTables } from './price-tables.js';
import { literalPrice, matchPrice, repPrice, shortRepPrice } from './prices.js';
import { Speller } from './speller.js';
import type { Decisions } from './tokens.js';
import { FIRST_DISTANCE, LITERAL_STEP, SHORT_REP_STEP, WAYS_AHEAD, Ways } from './ways.js';

export interface OptimalOptions extends LzmaProperties, SearchLimits {}

/** Prices of lengths and distances are updated from the models after this many tokens. */
const TOKENS_BETWEEN_UPDATES = 64;

export class OptimalParse {
  readonly #data: Uint8Array;
  readonly #options: OptimalOptions;
  readonly #models: Uint16Array;
  readonly #to: Decisions;
  readonly #speller: Speller;
  readonly #tables: PriceTables;
  readonly #finder: BinaryTreeFinder;
  readonly #matches = new Matches();
  readonly #ways: Ways;
  /** Start of the next token. */
  #position = 0;
  /** True if `#matches` is already for that position. */
  #searched = false;
  #sinceUpdate = 0;

  /** @param models those that `to` updates. */
  constructor(data: Uint8Array, options: OptimalOptions, models: Uint16Array, to: Decisions) {
    this.#data = data;
    this.#options = options;
    this.#models = models;
    this.#to = to;
    this.#speller = new Speller(options);
    this.#tables = new PriceTables(models, options.pb);
    this.#finder = new BinaryTreeFinder(data, options);
    this.#ways = new Ways(data.length);
  }

  /** Emits all tokens of the data. */
  run(): void {
    const tables = this.#tables;
    while (this.#position < this.#data.length) {
      if (this.#sinceUpdate >= TOKENS_BETWEEN_UPDATES) {
        tables.update();
        this.#sinceUpdate = 0;
      }
      if (!this.#searched) this.#finder.search(this.#matches);
      this.#searched = false;
      if (!this.#takeLong()) this.#takeCheapest();
    }
  }

  /** Takes a rep or a match that is long enough, if there is one. */
  #takeLong(): boolean {
    const position = this.#position;
    const { nice } = this.#options;
    const { reps } = this.#speller;
    for (let i = 0; i < 4; i++) {
      const length = this.#matchLength(position, reps[i]!);
      if (length < nice) continue;
      this.#tell(i, length);
      this.#finder.skip(length - 1);
      return true;
    }
    const matches = this.#matches;
    if (matches.longest < nice) return false;
    const distance = matches.distances[matches.count - 1]!;
    const length = this.#matchLength(position, distance);
    this.#tell(FIRST_DISTANCE + distance, length);
    this.#finder.skip(length - 1);
    return true;
  }

  /** Emits the cheapest path from here to where all paths meet. */
  #takeCheapest(): void {
    const ways = this.#ways;
    const matches = this.#matches;
    const start = this.#position;
    ways.begin(this.#speller);
    this.#relax(0);
    let at = 1;
    for (; at < ways.farthest && at < WAYS_AHEAD; at++) {
      ways.settle(at);
      this.#finder.search(matches);
      if (matches.longest >= this.#options.nice) {
        this.#searched = true;
        break;
      }
      this.#relax(at);
    }
    for (const place of ways.pathTo(at)) {
      const lead = ways.lead[place]!;
      const length = start + place - this.#position;
      if (lead < 0) {
        this.#tell(ways.step[place]!, length);
        continue;
      }
      if (lead > 0) this.#tell(ways.step[place]!, lead);
      this.#tell(LITERAL_STEP, 1);
      this.#tell(0, length - lead - 1);
    }
  }

  #tell(step: number, length: number): void {
    const speller = this.#speller;
    const position = this.#position;
    const to = this.#to;
    if (step === LITERAL_STEP) speller.literal(to, this.#data, position);
    else if (step === SHORT_REP_STEP) speller.shortRep(to, position);
    else if (step < FIRST_DISTANCE) speller.rep(to, position, step, length);
    else speller.match(to, position, step - FIRST_DISTANCE, length);
    this.#position += length;
    this.#sinceUpdate++;
  }

  /** Tries all steps from a settled position; `#matches` are its matches. */
  #relax(at: number): void {
    const ways = this.#ways;
    const data = this.#data;
    const models = this.#models;
    const tables = this.#tables;
    const speller = this.#speller;
    const position = this.#position + at;
    const state = ways.state[at]!;
    const positionState = speller.positionState(position);
    const base = ways.price[at]!;
    const rep0 = ways.reps[4 * at]!;

    const byte = data[position]!;
    const matchByte = rep0 <= position ? data[position - rep0]! : -1;
    const first = literalModels(speller.properties, position, speller.previous(data, position));
    const asLiteral = base + literalPrice(models, state, positionState, first, matchByte, byte);
    const literalIsBest = ways.try(at, at + 1, asLiteral, LITERAL_STEP);
    let shortRepIsBest = false;
    if (byte === matchByte) {
      const price = base + shortRepPrice(models, state, positionState);
      shortRepIsBest = ways.try(at, at + 1, price, SHORT_REP_STEP);
    }
    if ((!literalIsBest || shortRepIsBest) && rep0 <= position) {
      this.#tryRepBehind(at, 0, LITERAL_STEP, state, asLiteral, rep0);
    }

    let shortest = SHORTEST_MATCH;
    for (let i = 0; i < 4; i++) {
      const distance = ways.reps[4 * at + i]!;
      const length = this.#matchLength(position, distance);
      if (length < SHORTEST_MATCH) continue;
      const price = base + repPrice(models, state, positionState, i);
      ways.extend(at + length);
      for (let l = length; l >= SHORTEST_MATCH; l--) {
        ways.try(at, at + l, price + tables.repLength(l, positionState), i);
      }
      const whole = price + tables.repLength(length, positionState);
      this.#tryLiteralAndRep(at, length, i, stateAfterRep(state), whole, distance);
      if (i === 0) shortest = length + 1;
    }

    const { lengths, distances, count, longest } = this.#matches;
    if (longest < shortest) return;
    const price = base + matchPrice(models, state, positionState);
    ways.extend(at + longest);
    let nth = 0;
    while (lengths[nth]! < shortest) nth++;
    for (let l = shortest; nth < count; l++) {
      const distance = distances[nth]!;
      const whole = price + tables.matchLength(l, positionState) + tables.distance(distance, l);
      ways.try(at, at + l, whole, FIRST_DISTANCE + distance);
      if (l !== lengths[nth]) continue;
      nth++;
      const step = FIRST_DISTANCE + distance;
      this.#tryLiteralAndRep(at, l, step, stateAfterMatch(state), whole, distance);
    }
  }

  /**
   * Tries a token of `lead` bytes with cost `price`, leaving `state`, then a literal, then a rep.
   */
  #tryLiteralAndRep(
    at: number,
    lead: number,
    step: number,
    state: number,
    price: number,
    distance: number,
  ): void {
    const data = this.#data;
    const position = this.#position + at + lead;
    // No gain unless at least two bytes match after the one that differs.
    if (position + 2 >= data.length) return;
    if (data[position + 1] !== data[position + 1 - distance]) return;
    if (data[position + 2] !== data[position + 2 - distance]) return;
    const { properties } = this.#speller;
    const first = literalModels(properties, position, data[position - 1]!);
    const positionState = this.#speller.positionState(position);
    const beside = data[position - distance]!;
    const byte = data[position]!;
    const literal = literalPrice(this.#models, state, positionState, first, beside, byte);
    this.#tryRepBehind(at, lead, step, state, price + literal, distance);
  }

  /** The rep after a literal coded in `state`; `price` covers everything before the rep. */
  #tryRepBehind(
    at: number,
    lead: number,
    step: number,
    state: number,
    price: number,
    distance: number,
  ): void {
    const position = this.#position + at + lead + 1;
    const length = this.#matchLength(position, distance);
    if (length < SHORTEST_MATCH) return;
    const positionState = this.#speller.positionState(position);
    const rep =
      repPrice(this.#models, stateAfterLiteral(state), positionState, 0) +
      this.#tables.repLength(length, positionState);
    const to = at + lead + 1 + length;
    this.#ways.extend(to);
    this.#ways.try(at, to, price + rep, step, lead);
  }

  #matchLength(position: number, distance: number): number {
    if (distance > position) return 0;
    const data = this.#data;
    const longest = Math.min(data.length - position, LONGEST_MATCH);
    const start = position - distance;
    let length = 0;
    while (length < longest && data[start + length] === data[position + length]) length++;
    return length;
  }
}
