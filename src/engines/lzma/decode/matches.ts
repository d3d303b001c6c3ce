// The distances at which the last two bytes also stand: where a match may be copying from that has
// gone on for two bytes or more. All matches that started at one place share a factor, so a distance
// is listed once, with its run: how many of the last bytes it foretold.

import type { DecodeWindow } from './window.js';

/**
 * Distances listed at most, nearest first; what is further away is left out until its run is rare
 * enough to be listed again.
 */
const MOST_LISTED = 4096;

export class LiveMatches {
  /** How many distances are listed. */
  count = 0;
  /** Nearest first. */
  distances = new Int32Array(64);
  /** Of each: 2 or more, as far as the pass goes back. */
  runs = new Uint16Array(64);
  /** The longest of the runs; 1 if none is listed. */
  longestRun = 1;
  #otherDistances = new Int32Array(64);
  #otherRuns = new Uint16Array(64);
  /** Distances up to here are all listed if the pair of bytes stands there. */
  #listedUpTo = Infinity;

  fork(): LiveMatches {
    const copy = new LiveMatches();
    copy.count = this.count;
    copy.distances = this.distances.slice();
    copy.runs = this.runs.slice();
    copy.longestRun = this.longestRun;
    copy.#listedUpTo = this.#listedUpTo;
    copy.#otherDistances = new Int32Array(this.#otherDistances.length);
    copy.#otherRuns = new Uint16Array(this.#otherRuns.length);
    return copy;
  }

  clear(): void {
    this.count = 0;
    this.longestRun = 1;
    this.#listedUpTo = Infinity;
  }

  /**
   * Moves on by the byte at `position`, which the window has.
   *
   * @param limit no run is longer: so many bytes are there since the pass began.
   */
  observe(window: DecodeWindow, position: number, limit: number): void {
    const { distances: known, runs: knownRuns, count: knownCount } = this;
    let distances = this.#otherDistances;
    let runs = this.#otherRuns;
    let count = 0;
    let longest = 1;
    let k = 0;
    let listedUpTo = Infinity;
    for (let p = window.earlierPair(position); p >= 0; p = window.earlierPair(p)) {
      const distance = position - p;
      if (distance > window.dictionary) break;
      if (count === MOST_LISTED) {
        listedUpTo = distance - 1;
        break;
      }
      if (count === distances.length) {
        distances = this.#otherDistances = widened(distances, new Int32Array(2 * count));
        runs = this.#otherRuns = widened(runs, new Uint16Array(2 * count));
      }
      // Known distances that are passed over foretold another byte.
      while (k < knownCount && known[k]! < distance) k++;
      let run = 2;
      if (k < knownCount && known[k] === distance) run = knownRuns[k++]! + 1;
      else if (distance > this.#listedUpTo) run = window.countRun(position + 1, distance, limit);
      if (run > longest) longest = run;
      distances[count] = distance;
      runs[count++] = run;
    }
    this.#otherDistances = known;
    this.#otherRuns = knownRuns;
    this.distances = distances;
    this.runs = runs;
    this.count = count;
    this.longestRun = longest;
    this.#listedUpTo = listedUpTo;
  }
}

function widened<T extends Int32Array | Uint16Array>(array: T, wider: T): T {
  wider.set(array);
  return wider;
}
