// The matches that end at one position, by length: of all the distances whose run is long enough the
// most probable few, and the sum over the others. The probability of a distance depends on the class
// of the length alone, so for lengths of 5 and more the sums grow as the length goes down.

import { LENGTH_CLASSES, lengthClass, SHORTEST_MATCH } from '../codec/models.js';
import { type LiveMatches, MOST_PAIRS, pairDistances } from './matches.js';
import type { TokenOdds } from './odds.js';
import type { DecodeWindow } from './window.js';

const LAST_CLASS = LENGTH_CLASSES - 1;
/** The shortest length of the last class, which all longer lengths share. */
const SHORTEST_OF_LAST = SHORTEST_MATCH + LAST_CLASS;

/** Most probable first. */
class TopDistances {
  readonly distances: number[] = [];
  readonly probabilities: number[] = [];
  /** Sum over all distances. */
  total = 0;
  /** Sum over the distances that are not listed. */
  rest = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  add(distance: number, probability: number): void {
    const { distances, probabilities } = this;
    this.total += probability;
    let at = probabilities.length;
    if (at === this.#most) {
      if (probability <= probabilities[at - 1]!) {
        this.rest += probability;
        return;
      }
      this.rest += probabilities[--at]!;
    }
    for (; at > 0 && probabilities[at - 1]! < probability; at--) {
      distances[at] = distances[at - 1]!;
      probabilities[at] = probabilities[at - 1]!;
    }
    distances[at] = distance;
    probabilities[at] = probability;
  }
}

/** The matches that end where the pass has come to by the byte just listed. */
export class EndingMatches {
  readonly #tops: readonly TopDistances[];
  readonly #odds: TokenOdds;
  /** Distances of the last class that wait for their run, by run, each list linked by index. */
  readonly #heads: Int32Array;
  readonly #links: Int32Array;
  readonly #matches: LiveMatches;

  constructor(matches: LiveMatches, odds: TokenOdds, most: number) {
    this.#matches = matches;
    this.#odds = odds;
    this.#tops = Array.from({ length: LENGTH_CLASSES }, () => new TopDistances(most));
    this.#heads = new Int32Array(matches.longestRun + 1);
    this.#links = new Int32Array(matches.longestRun < SHORTEST_OF_LAST ? 0 : matches.count);
    const [, ofThree, ofFour] = this.#tops;
    const { count, distances, runs } = matches;
    for (let i = 0; i < count; i++) {
      const distance = distances[i]!;
      const run = runs[i]!;
      ofThree!.add(distance, odds.distance(1, distance));
      if (run > 3) ofFour!.add(distance, odds.distance(2, distance));
      if (run < SHORTEST_OF_LAST) continue;
      this.#links[i] = this.#heads[run]!;
      this.#heads[run] = i + 1;
    }
    const most5 = Math.min(matches.longestRun, odds.maxMatch);
    for (let run = matches.longestRun; run > most5; run--) this.#release(run);
  }

  /** To be asked for lengths from the longest down, and for no length of 2. */
  ofLength(length: number): TopDistances {
    if (length >= SHORTEST_OF_LAST) this.#release(length);
    return this.#tops[lengthClass(length)]!;
  }

  /** Those of two bytes. */
  ofTwo(window: DecodeWindow, end: number): TopDistances {
    const top = this.#tops[0]!;
    const distances = new Int32Array(MOST_PAIRS);
    const count = pairDistances(window, end, distances);
    for (let i = 0; i < count; i++) top.add(distances[i]!, this.#odds.distance(0, distances[i]!));
    return top;
  }

  #release(run: number): void {
    for (let i = this.#heads[run]!; i > 0; i = this.#links[i - 1]!) {
      const distance = this.#matches.distances[i - 1]!;
      this.#tops[LAST_CLASS]!.add(distance, this.#odds.distance(LAST_CLASS, distance));
    }
  }
}
