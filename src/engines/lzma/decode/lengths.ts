// Probabilities of the lengths of matches, or of reps, tabulated for each position state on demand.

import {
  LENGTH_CHOICE,
  LENGTH_CHOICE_2,
  LENGTH_CLASSES,
  LENGTH_HIGH,
  LENGTH_LOW,
  LENGTH_MIDDLE,
  LONGEST_MATCH,
  PROBABILITY_ONE,
  SHORTEST_MATCH,
} from '../codec/models.js';

const LAST_CLASS = LENGTH_CLASSES - 1;
/** The longest length of a class of its own. */
const LONGEST_ALONE = SHORTEST_MATCH + LAST_CLASS - 1;
/** The shortest length in the tree of the longest, which all position states share. */
const SHORTEST_HIGH = 18;

/** Probabilities of match lengths at one position state. */
export class LengthOdds {
  /** P(length), indexed by length. */
  readonly exactly: Float64Array;
  /** P(length > matched), indexed by matched. */
  readonly beyond: Float64Array;

  constructor(exactly: Float64Array) {
    this.exactly = exactly;
    this.beyond = new Float64Array(exactly.length);
    for (let m = exactly.length - 2; m >= 0; m--) {
      this.beyond[m] = this.beyond[m + 1]! + exactly[m + 1]!;
    }
  }

  /** Adds to `out`, from an index, `mass` · P(length > matched and its class) for each class. */
  addBeyond(matched: number, mass: number, out: Float64Array, from: number): void {
    const { exactly, beyond } = this;
    for (let c = Math.max(0, matched - SHORTEST_MATCH + 1); c < LAST_CLASS; c++) {
      const length = SHORTEST_MATCH + c;
      if (length < exactly.length) out[from + c]! += mass * exactly[length]!;
    }
    const longer = Math.min(Math.max(matched, LONGEST_ALONE), exactly.length - 1);
    out[from + LAST_CLASS]! += mass * beyond[longer]!;
  }
}

export class LengthTables {
  readonly #models: Uint16Array;
  /** First model of the length coder. */
  readonly #first: number;
  readonly #maxMatch: number;
  readonly #known: (LengthOdds | undefined)[] = [];
  /** P(length) from {@link SHORTEST_HIGH} on. */
  #high: Float64Array | undefined;

  constructor(models: Uint16Array, first: number, maxMatch: number) {
    this.#models = models;
    this.#first = first;
    this.#maxMatch = maxMatch;
  }

  of(positionState: number): LengthOdds {
    this.#known[positionState] ??= this.#tabulate(positionState);
    return this.#known[positionState];
  }

  #tabulate(positionState: number): LengthOdds {
    const models = this.#models;
    const first = this.#first;
    const maxMatch = this.#maxMatch;
    const low = models[first + LENGTH_CHOICE]! / PROBABILITY_ONE;
    const middle = (1 - low) * (models[first + LENGTH_CHOICE_2]! / PROBABILITY_ONE);
    const all = new Float64Array(LONGEST_MATCH + 1);
    all.set(leaves(models, first + LENGTH_LOW + 8 * positionState, 3, low), 2);
    all.set(leaves(models, first + LENGTH_MIDDLE + 8 * positionState, 3, middle), 10);
    if (maxMatch >= SHORTEST_HIGH) {
      this.#high ??= leaves(models, first + LENGTH_HIGH, 8, 1 - low - middle);
      all.set(this.#high, SHORTEST_HIGH);
    }
    const exactly = all.subarray(0, maxMatch + 1);
    if (maxMatch < LONGEST_MATCH) {
      let total = 0;
      for (const odds of exactly) total += odds;
      for (let i = 0; i <= maxMatch; i++) exactly[i]! /= total;
    }
    return new LengthOdds(exactly);
  }
}

/** The leaf probabilities of a tree whose root has weight `weight`. */
export function leaves(
  models: Uint16Array,
  first: number,
  depth: number,
  weight: number,
): Float64Array {
  const size = 1 << depth;
  const tree = new Float64Array(2 * size);
  tree[1] = weight;
  for (let node = 1; node < size; node++) {
    const zero = tree[node]! * (models[first + node]! / PROBABILITY_ONE);
    tree[2 * node] = zero;
    tree[2 * node + 1] = tree[node]! - zero;
  }
  return tree.subarray(size);
}
