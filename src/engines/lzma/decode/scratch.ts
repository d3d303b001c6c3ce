// Memory that is used again at each position, shared by forks: nothing in it outlives a call.

import { LENGTH_CLASSES, SLOTS } from '../codec/models.js';
import { EndingMatches } from './ends.js';
import { Gathering, type PassLimits } from './hypotheses.js';
import { MOST_PAIRS, MOST_WALKED } from './matches.js';
import { LiteralMasses } from './odds.js';
import { RunMasses } from './run-masses.js';

export class Scratch {
  readonly literals = new LiteralMasses();
  readonly runMasses = new RunMasses();
  readonly ending: EndingMatches;
  readonly gathering: Gathering;
  /** By class of lengths. */
  readonly classes = new Float64Array(LENGTH_CLASSES);
  /** By slot. */
  readonly slots = new Float64Array(SLOTS);
  /** By far slot. */
  readonly far = new Float64Array(SLOTS);
  /** Positions with the same last three bytes, and one more. */
  readonly starts = new Int32Array(MOST_WALKED + 1);
  /** Distances of the last pair of bytes. */
  readonly pairs = new Int32Array(MOST_PAIRS);

  constructor(limits: PassLimits) {
    this.ending = new EndingMatches(limits.distances);
    this.gathering = new Gathering(limits);
  }
}
