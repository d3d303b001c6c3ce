// What match finders find, and how hard they try.

import { LONGEST_MATCH } from './models.js';

export interface SearchLimits {
  /** The farthest distance, in bytes. */
  readonly dictionary: number;
  /** How many places with the same four bytes are looked at. */
  readonly depth: number;
  /** A match so long is taken at once. */
  readonly nice: number;
}

/** Matches in the order of their lengths, and of their distances too. */
export class Matches {
  readonly lengths = new Int32Array(LONGEST_MATCH);
  readonly distances = new Int32Array(LONGEST_MATCH);
  count = 0;

  get longest(): number {
    return this.count > 0 ? this.lengths[this.count - 1]! : 0;
  }

  add(length: number, distance: number): void {
    this.lengths[this.count] = length;
    this.distances[this.count++] = distance;
  }
}

/** A match of two bytes from farther away costs more than two literals. */
export const FARTHEST_OF_TWO = 128;
