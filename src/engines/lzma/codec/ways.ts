// The cheapest known way to each place ahead of a parser, step by step (Dijkstra's, on places that
// come in order).

import {
  LONGEST_MATCH,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from './models.js';
import type { Speller } from './speller.js';

/** Ways are followed for so many places; a step from the last of them ends farther. */
export const WAYS_AHEAD = 4096;
/** How far a step may reach: two matches and a literal. */
const LONGEST_STEP = 2 * LONGEST_MATCH + 1;

// Steps: a rep by its index 0–3, a match by FIRST_DISTANCE and its distance, or one of these.
export const LITERAL_STEP = -1;
export const SHORT_REP_STEP = -2;
export const FIRST_DISTANCE = 4;

/** There is no way there yet. */
const NO_WAY = 2 ** 30;

export class Ways {
  /** Of the cheapest way, in units of 1/64 bit. */
  readonly price: Int32Array;
  /** The last step of that way: from where, and what. */
  readonly from: Int32Array;
  readonly step: Int32Array;
  /**
   * −1; or the step is `step` for so many bytes (0: none), then a literal, then a rep of the last
   * distance.
   */
  readonly lead: Int32Array;
  /** Of settled places: the state that the way leaves, and the last four distances. */
  readonly state: Uint8Array;
  readonly reps: Uint32Array;
  /** No way goes beyond. */
  farthest = 0;
  readonly #path: number[] = [];

  /** @param length bytes of the message: no way is longer. */
  constructor(length: number) {
    const places = Math.min(length, WAYS_AHEAD + LONGEST_STEP) + 1;
    this.price = new Int32Array(places);
    this.from = new Int32Array(places);
    this.step = new Int32Array(places);
    this.lead = new Int32Array(places);
    this.state = new Uint8Array(places);
    this.reps = new Uint32Array(4 * places);
  }

  begin({ state, reps }: Speller): void {
    this.farthest = 0;
    this.price[0] = 0;
    this.state[0] = state;
    this.reps.set(reps);
    this.extend(1);
  }

  /** Makes room for ways up to a place. */
  extend(place: number): void {
    while (this.farthest < place) this.price[++this.farthest] = NO_WAY;
  }

  /** A way to `to` by a step from `from`; true if it is the cheapest. */
  try(from: number, to: number, price: number, step: number, lead = -1): boolean {
    if (to > this.farthest) this.extend(to);
    if (price >= this.price[to]!) return false;
    this.price[to] = price;
    this.from[to] = from;
    this.step[to] = step;
    this.lead[to] = lead;
    return true;
  }

  /** Finds out state and distances of a place to which no cheaper way can come. */
  settle(place: number): void {
    const { reps, state } = this;
    const from = this.from[place]!;
    const lead = this.lead[place]!;
    const step = this.step[place]!;
    const to = 4 * place;
    reps.copyWithin(to, 4 * from, 4 * from + 4);
    let after = state[from]!;
    if (lead !== 0) {
      if (step === LITERAL_STEP) after = stateAfterLiteral(after);
      else if (step === SHORT_REP_STEP) after = stateAfterShortRep(after);
      else {
        const isRep = step < FIRST_DISTANCE;
        after = isRep ? stateAfterRep(after) : stateAfterMatch(after);
        const distance = isRep ? reps[to + step]! : step - FIRST_DISTANCE;
        for (let i = isRep ? step : 3; i > 0; i--) reps[to + i] = reps[to + i - 1]!;
        reps[to] = distance;
      }
    }
    if (lead >= 0) after = stateAfterRep(stateAfterLiteral(after));
    state[place] = after;
  }

  /** The places on the way there, in order, without its beginning. */
  pathTo(place: number): readonly number[] {
    const path = this.#path;
    path.length = 0;
    for (let at = place; at > 0; at = this.from[at]!) path.push(at);
    return path.reverse();
  }
}
