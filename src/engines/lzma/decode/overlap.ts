// The same distribution over parses, given that a match or rep is in progress which began at least
// N bytes ago, with no literal or other match since. It keeps drawn words together. The forward
// pass covers the last 8 to 24 bytes; for longer overlaps the bytes before are compared.

import type { DrawnPositions } from '../../../bits/drawn-positions.js';
import { slotOf } from '../codec/models.js';
import type { ForwardPass } from './pass.js';

/** The shortest overlap: a source is found by two bytes. */
const LEAST_OVERLAP = 2;

/** The positions in the dictionary that match the last bytes and continue with a given byte. */
export class Sources {
  readonly #pass: ForwardPass;
  readonly #drawn: DrawnPositions;
  /** The position for which they were found. */
  #position = -1;
  #count = 0;
  /** Nearest first. */
  #distances = new Int32Array(256);
  /** Run of each distance, the number of last bytes that it matches: 2 or more. */
  #runs = new Uint16Array(256);
  #longest = 0;
  /** Runs are counted up to here: longer ones make no difference. */
  #limit = 0;

  constructor(pass: ForwardPass, drawn: DrawnPositions) {
    this.#pass = pass;
    this.#drawn = drawn;
  }

  /**
   * Fills `out` with the mass of each next byte under a copy of at least `overlap` bytes. If there
   * is none, the overlap is reduced, down to 2.
   *
   * @returns the overlap used; 0 if there is no such copy, with `out` unchanged.
   */
  fill(overlap: number, out: Float64Array): number {
    const pass = this.#pass;
    const { odds, position, window } = pass;
    const known = Math.min(pass.levels.length, odds.maxMatch) - 1;
    this.#find(Math.max(overlap, known));
    const covered = Math.min(overlap, this.#longest);
    if (covered < LEAST_OVERLAP) return 0;
    const since = Math.min(covered, known);
    const { runMasses } = pass.scratch;
    runMasses.fill(pass, Math.min(this.#longest, known), since);
    out.fill(0);
    for (let i = 0; i < this.#count; i++) {
      if (this.#runs[i]! < covered) continue;
      const distance = this.#distances[i]!;
      const run = Math.min(this.#runs[i]!, known);
      const mass = runMasses.of(run, slotOf(distance)) * odds.inSlot(distance);
      out[window.byteAt(position - distance)]! += mass;
    }
    for (const rep of pass.reps) {
      const { distance } = rep;
      if (position - rep.from.position < since || this.#drawn.has(position - distance)) continue;
      if (window.countRun(position, distance, covered) < covered) continue;
      out[window.byteAt(position - distance)]! += pass.repMass(rep);
    }
    return covered;
  }

  /**
   * The distances, nearest first, of copies that cover `covered` bytes and continue with `byte`.
   */
  of(byte: number, covered: number): number[] {
    this.#find(covered);
    const { position, window } = this.#pass;
    const found = [];
    for (let i = 0; i < this.#count; i++) {
      const distance = this.#distances[i]!;
      if (this.#runs[i]! < covered || window.byteAt(position - distance) !== byte) continue;
      found.push(distance);
    }
    return found;
  }

  /** Searches the window, as the matches of the pass are cut off for frequent pairs. */
  #find(limit: number): void {
    const { position, window } = this.#pass;
    if (this.#position === position && this.#limit >= limit) return;
    this.#position = position;
    this.#limit = limit;
    this.#count = 0;
    this.#longest = 0;
    if (position === 0) return;
    const last = position - 1;
    for (let p = window.earlierPair(last); p >= 0; p = window.earlierPair(p)) {
      const distance = last - p;
      if (distance > window.dictionary) break;
      if (this.#drawn.has(p + 1)) continue;
      const run = window.countRun(position, distance, limit);
      if (run > this.#longest) this.#longest = run;
      if (this.#count === this.#distances.length) this.#widen();
      this.#distances[this.#count] = distance;
      this.#runs[this.#count++] = run;
    }
  }

  #widen(): void {
    const distances = new Int32Array(2 * this.#count);
    const runs = new Uint16Array(2 * this.#count);
    distances.set(this.#distances);
    runs.set(this.#runs);
    this.#distances = distances;
    this.#runs = runs;
  }
}
