// The cheapest known path to each position ahead of a parser, computed step by step (Dijkstra's
// algorithm on positions in order).

import {
  LONGEST_MATCH,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from './models.js';
import type { Speller } from './speller.js';

/** Paths are followed over this many positions; a step from the last of them ends farther. */
export const WAYS_AHEAD = 4096;
/** Longest step: two matches and a literal. */
const LONGEST_STEP = 2 * LONGEST_MATCH + 1;

// Step codes: the index 0–3 of a rep, FIRST_DISTANCE plus the distance of a match, or one of these.
export const LITERAL_STEP = -1;
export const SHORT_REP_STEP = -2;
export const FIRST_DISTANCE = 4;

/** No path known yet. */
const NO_WAY = 2 ** 30;

export class Ways {
  /** Price of the cheapest path, in units of 1/64 bit. */
  readonly price: Int32Array;
  /** Start and kind of the last step on that path. */
  readonly from: Int32Array;
  readonly step: Int32Array;
  /**
   * −1; or the step is `step` for so many bytes (0: none), then a literal, then a rep of the last
   * distance.
   */
  readonly lead: Int32Array;
  /** For settled positions: the state after the path, and the last four distances. */
  readonly state: Uint8Array;
  readonly reps: Uint32Array;
  /** No path goes beyond this position. */
  farthest = 0;
  readonly #path: number[] = [];

  /** @param length bytes of the message: no path is longer. */
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

  /** Makes room for paths up to a position. */
  extend(place: number): void {
    while (this.farthest < place) this.price[++this.farthest] = NO_WAY;
  }

  /** Offers a path to `to` by a step from `from`; true if it is the cheapest. */
  try(from: number, to: number, price: number, step: number, lead = -1): boolean {
    if (to > this.farthest) this.extend(to);
    if (price >= this.price[to]!) return false;
    this.price[to] = price;
    this.from[to] = from;
    this.step[to] = step;
    this.lead[to] = lead;
    return true;
  }

  /** Determines state and distances of a position to which no cheaper path can come. */
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

  /** The positions on the path to `place`, in order, without its start. */
  pathTo(place: number): readonly number[] {
    const path = this.#path;
    path.length = 0;
    for (let at = place; at > 0; at = this.from[at]!) path.push(at);
    return path.reverse();
  }
}
