// The distances at which the last three bytes also occur: sources of a match that has continued for
// three bytes or more. All matches that started at the same position share a factor, so a distance
// is listed once, with its run: the number of last bytes it predicted. Runs of two are too many to
// list; the nearest of these are searched on demand.

import type { DecodeWindow } from './window.js';

/**
 * Limit on the positions with the same three bytes to visit, nearest first. Farther ones are found
 * where three bytes are rarer, and then stay listed.
 */
export const MOST_WALKED = 512;
/** Limit on the distances of the last pair of bytes. */
export const MOST_PAIRS = 256;
/** The shortest listed run. */
const LISTED_RUN = 3;

export class LiveMatches {
  /** Number of listed distances. */
  count = 0;
  /** Nearest first. */
  distances = new Int32Array(64);
  /** Run of each distance: 3 or more, limited by the start of the pass. */
  runs = new Uint16Array(64);
  /** The longest of the runs; 1 or 2 if none is listed: the number of bytes the pass has seen. */
  longestRun = 1;
  #otherDistances = new Int32Array(64);
  #otherRuns = new Uint16Array(64);
  /** All distances up to here at which the three bytes occur are listed. */
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
   * Advances by the byte at `position`, which must be in the window.
   *
   * @param limit longest possible run: the number of bytes since the start of the pass.
   * @param starts memory for MOST_WALKED + 1 positions.
   */
  observe(window: DecodeWindow, position: number, limit: number, starts: Int32Array): void {
    if (limit < LISTED_RUN) {
      this.longestRun = limit;
      return;
    }
    const { bytes } = window.history;
    const { distances: known, runs: knownRuns, count: knownCount } = this;
    if (this.#otherDistances.length < knownCount + MOST_WALKED) {
      this.#otherDistances = new Int32Array(2 * (knownCount + MOST_WALKED));
      this.#otherRuns = new Uint16Array(2 * (knownCount + MOST_WALKED));
    }
    this.distances = this.#otherDistances;
    this.runs = this.#otherRuns;
    this.#otherDistances = known;
    this.#otherRuns = knownRuns;
    let walked = window.history.walk3(position - 2, starts);
    while (walked > 0 && position - 2 - starts[walked - 1]! > window.dictionary) walked--;
    let upTo = Infinity;
    if (walked > MOST_WALKED) upTo = position - 3 - starts[--walked]!;
    const found = equalThree(bytes, position - 2, starts, walked);

    const { distances, runs } = this;
    const listedUpTo = this.#listedUpTo;
    let longest = 2;
    let k = 0;
    for (let i = 0; i < found; i++) {
      const distance = position - 2 - starts[i]!;
      // Known distances that are skipped predicted another byte.
      while (k < knownCount && known[k]! < distance) k++;
      let run = LISTED_RUN;
      if (k < knownCount && known[k] === distance) run = knownRuns[k++]! + 1;
      else if (distance > listedUpTo) run = window.countRun(position + 1, distance, limit);
      if (run > longest) longest = run;
      distances[i] = distance;
      runs[i] = run;
    }
    this.count = found;
    this.longestRun = longest;
    this.#listedUpTo = upTo;
    if (upTo < Infinity) this.#keepFarther(bytes, position, k, knownCount);
  }

  /** Adds the known distances, from an index on, that were too far to be walked. */
  #keepFarther(bytes: Uint8Array, position: number, from: number, knownCount: number): void {
    const known = this.#otherDistances;
    const byte = bytes[position]!;
    for (let k = from; k < knownCount; k++) {
      const distance = known[k]!;
      if (distance <= this.#listedUpTo || bytes[position - distance] !== byte) continue;
      const run = this.#otherRuns[k]! + 1;
      if (run > this.longestRun) this.longestRun = run;
      this.distances[this.count] = distance;
      this.runs[this.count++] = run;
    }
  }
}

/**
 * Keeps the positions with the same three bytes as `position`, in order; returns their number. It
 * has no branch, so that many cache misses are waited for at the same time.
 */
function equalThree(
  bytes: Uint8Array,
  position: number,
  starts: Int32Array,
  count: number,
): number {
  const byte0 = bytes[position]!;
  const byte1 = bytes[position + 1]!;
  const byte2 = bytes[position + 2]!;
  let found = 0;
  for (let i = 0; i < count; i++) {
    const p = starts[i]!;
    starts[found] = p;
    const other = (bytes[p]! ^ byte0) | (bytes[p + 1]! ^ byte1) | (bytes[p + 2]! ^ byte2);
    found += (other - 1) >>> 31;
  }
  return found;
}

/**
 * Fills `out` with the nearest distances at which the two bytes before `end` also occur, nearest
 * first; returns their number.
 */
export function pairDistances(window: DecodeWindow, end: number, out: Int32Array): number {
  const walked = window.history.walk2(end - 2, out);
  for (let i = 0; i < walked; i++) {
    const distance = end - 2 - out[i]!;
    if (distance > window.dictionary) return i;
    out[i] = distance;
  }
  return walked;
}
