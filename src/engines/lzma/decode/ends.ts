// The matches that end at one position, by length: among all distances whose run is long enough,
// the few most probable ones and the sum over the others. The probability of a distance depends
// only on the class of the length, so for lengths of 5 and more the sums grow as the length
// decreases.

import { LENGTH_CLASSES, lengthClass, SHORTEST_MATCH } from '../codec/models.js';
import type { LiveMatches } from './matches.js';
import type { TokenOdds } from './odds.js';
import type { DecodeWindow } from './window.js';

const LAST_CLASS = LENGTH_CLASSES - 1;
/** The shortest length of the last class, which all longer lengths share. */
const SHORTEST_OF_LAST = SHORTEST_MATCH + LAST_CLASS;

/** Distances, most probable first. */
export class TopDistances {
  readonly distances: Int32Array;
  readonly probabilities: Float64Array;
  /** Number of listed distances. */
  count = 0;
  /** Sum over all distances. */
  total = 0;
  /** Sum over the distances that are not listed. */
  rest = 0;

  constructor(most: number) {
    this.distances = new Int32Array(most);
    this.probabilities = new Float64Array(most);
  }

  clear(): void {
    this.count = 0;
    this.total = 0;
    this.rest = 0;
  }

  add(distance: number, probability: number): void {
    const { distances, probabilities } = this;
    const most = probabilities.length;
    this.total += probability;
    let at = this.count;
    if (at === most) {
      if (probability <= probabilities[most - 1]!) {
        this.rest += probability;
        return;
      }
      this.rest += probabilities[--at]!;
    } else this.count++;
    for (; at > 0 && probabilities[at - 1]! < probability; at--) {
      distances[at] = distances[at - 1]!;
      probabilities[at] = probabilities[at - 1]!;
    }
    distances[at] = distance;
    probabilities[at] = probability;
  }

  /** Adds all distances with a run of at least `least`, for lengths of a class. */
  addRuns(
    { count, distances, runs }: LiveMatches,
    least: number,
    ofClass: number,
    odds: TokenOdds,
  ) {
    const { probabilities } = this;
    const last = probabilities.length - 1;
    let { total, rest } = this;
    for (let i = 0; i < count; i++) {
      if (runs[i]! < least) continue;
      const probability = odds.distance(ofClass, distances[i]!);
      if (this.count > last && probability <= probabilities[last]!) {
        total += probability;
        rest += probability;
      } else {
        this.total = total;
        this.rest = rest;
        this.add(distances[i]!, probability);
        total = this.total;
        rest = this.rest;
      }
    }
    this.total = total;
    this.rest = rest;
  }
}

/** The matches that end at the current position of the pass, after the byte just listed. */
export class EndingMatches {
  /** By class of lengths. */
  readonly #tops: readonly TopDistances[];
  #matches!: LiveMatches;
  #odds!: TokenOdds;
  /** Pending distances of the last class by run, each list linked by index. */
  #heads = new Int32Array(64);
  #links = new Int32Array(64);

  /** @param distances limit on the distances listed for each class. */
  constructor(distances: number) {
    this.#tops = Array.from({ length: LENGTH_CLASSES }, () => new TopDistances(distances));
  }

  start(matches: LiveMatches, odds: TokenOdds): void {
    this.#matches = matches;
    this.#odds = odds;
    for (const top of this.#tops) top.clear();
    this.#tops[1]!.addRuns(matches, 3, 1, odds);
    this.#tops[2]!.addRuns(matches, 4, 2, odds);
    const { longestRun } = matches;
    if (longestRun < SHORTEST_OF_LAST) return;
    this.#linkRuns(matches);
    for (let run = longestRun; run > odds.maxMatch; run--) this.#release(run);
  }

  #linkRuns({ count, runs, longestRun }: LiveMatches): void {
    if (this.#heads.length <= longestRun) this.#heads = new Int32Array(2 * longestRun);
    if (this.#links.length < count) this.#links = new Int32Array(2 * count);
    const heads = this.#heads.fill(0, 0, longestRun + 1);
    const links = this.#links;
    for (let i = 0; i < count; i++) {
      const run = runs[i]!;
      if (run < SHORTEST_OF_LAST) continue;
      links[i] = heads[run]!;
      heads[run] = i + 1;
    }
  }

  /** Must be called from the longest length down, and not for length 2. */
  ofLength(length: number): TopDistances {
    if (length >= SHORTEST_OF_LAST) this.#release(length);
    return this.#tops[lengthClass(length)]!;
  }

  /** Matches of two bytes, at no more than `most` distances, nearest first. */
  ofTwo(window: DecodeWindow, end: number, most: number): TopDistances {
    const top = this.#tops[0]!;
    const { previous2 } = window.history;
    let first = previous2[end - 2]! - 1;
    for (let i = 0; i < most && first >= 0; i++, first = previous2[first]! - 1) {
      const distance = end - 2 - first;
      if (distance > window.dictionary) break;
      top.add(distance, this.#odds.distance(0, distance));
    }
    return top;
  }

  #release(run: number): void {
    const { distances } = this.#matches;
    for (let i = this.#heads[run]!; i > 0; i = this.#links[i - 1]!) {
      const distance = distances[i - 1]!;
      this.#tops[LAST_CLASS]!.add(distance, this.#odds.distance(LAST_CLASS, distance));
    }
  }
}
