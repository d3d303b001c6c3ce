// Matches found by match finders, and the limits of their search.

import { LONGEST_MATCH } from './models.js';

export interface SearchLimits {
  /** Largest distance in bytes. */
  readonly dictionary: number;
  /** Number of positions with the same four bytes to try. */
  readonly depth: number;
  /** A match of at least this length is taken without further search. */
  readonly nice: number;
}

/** Matches in increasing order of length, and of distance. */
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
