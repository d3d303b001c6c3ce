// The same distribution over parses, given that a match or rep is under way which began at least so
// many bytes ago: no literal and no jump elsewhere in between. What holds words together in a draw.
// The forward pass goes back some 8 to 24 bytes; of longer overlaps the bytes before are compared.

import type { DrawnPositions } from '../../../bits/drawn-positions.js';
import { SLOTS, slotOf } from '../codec/models.js';
import { massesOfRuns } from './masses.js';
import type { ForwardPass } from './pass.js';

/** The shortest overlap: a source is found by two bytes. */
const LEAST_OVERLAP = 2;
/** Runs are counted no further. */
const LONGEST_RUN = 1024;

/** The places in the dictionary that say the last bytes and go on with one that was given. */
export class Sources {
  readonly #pass: ForwardPass;
  readonly #drawn: DrawnPositions;
  /** At which position they were found. */
  #position = -1;
  #count = 0;
  /** Nearest first. */
  #distances = new Int32Array(256);
  /** Of each, how many of the last bytes it says: from 2. */
  #runs = new Uint16Array(256);
  #longest = 0;

  constructor(pass: ForwardPass, drawn: DrawnPositions) {
    this.#pass = pass;
    this.#drawn = drawn;
  }

  /**
   * Fills `out` with the mass of each next byte under a copy of `overlap` bytes or more; of fewer,
   * down to 2, if there is none.
   *
   * @returns of how many; 0, and `out` as it was, if there is no such copy.
   */
  fill(overlap: number, out: Float64Array): number {
    this.#find();
    const covered = Math.min(overlap, this.#longest);
    if (covered < LEAST_OVERLAP) return 0;
    const pass = this.#pass;
    const { odds, position, window } = pass;
    const known = Math.min(pass.levels.length, odds.maxMatch) - 1;
    const since = Math.min(covered, known);
    const masses = massesOfRuns(pass, Math.min(this.#longest, known), since);
    out.fill(0);
    for (let i = 0; i < this.#count; i++) {
      if (this.#runs[i]! < covered) continue;
      const distance = this.#distances[i]!;
      const run = Math.min(this.#runs[i]!, known);
      const mass = masses[run * SLOTS + slotOf(distance)]! * odds.inSlot(distance);
      out[window.byteAt(position - distance)]! += mass;
    }
    for (const rep of pass.reps) {
      const distance = rep.from.reps[rep.index]!;
      if (position - rep.from.position < since || this.#drawn.has(position - distance)) continue;
      if (window.countRun(position, distance, covered) < covered) continue;
      out[window.byteAt(position - distance)]! += pass.repMass(rep);
    }
    return covered;
  }

  /** The distances, nearest first, of copies that cover so many bytes and go on with `byte`. */
  of(byte: number, covered: number): number[] {
    this.#find();
    const { position, window } = this.#pass;
    const found = [];
    for (let i = 0; i < this.#count; i++) {
      const distance = this.#distances[i]!;
      if (this.#runs[i]! < covered || window.byteAt(position - distance) !== byte) continue;
      found.push(distance);
    }
    return found;
  }

  /** The matches of the pass are not asked, as those of frequent pairs are cut off. */
  #find(): void {
    const { position, window } = this.#pass;
    if (this.#position === position) return;
    this.#position = position;
    this.#count = 0;
    this.#longest = 0;
    if (position === 0) return;
    const last = position - 1;
    for (let p = window.earlierPair(last); p >= 0; p = window.earlierPair(p)) {
      const distance = last - p;
      if (distance > window.dictionary) break;
      if (this.#drawn.has(p + 1)) continue;
      const run = window.countRun(position, distance, LONGEST_RUN);
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
