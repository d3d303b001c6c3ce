// Hypotheses at a boundary: the state and last distances left by a token sequence, with the total
// mass of all sequences that leave them, and a link back along the best one. Equal ones are merged;
// only some are kept, and the mass of the others is redistributed to these.

/** Kinds of tokens: a new match, a literal, a short rep; a rep with index i is `REP + i`. */
export const MATCH = 0;
export const LITERAL = 1;
export const SHORT_REP = 2;
export const REP = 3;

/** The last four distances, in bytes from 1, latest first. */
export type Reps = readonly [number, number, number, number];

/** The last token on the best path to a boundary. */
export interface Step {
  readonly from: Hypothesis;
  readonly kind: number;
  readonly length: number;
  /** Distance of a new match; 0 for other kinds. */
  readonly distance: number;
}

/** Immutable once its level is complete. */
export interface Hypothesis {
  readonly position: number;
  readonly state: number;
  readonly reps: Reps;
  /** Share of all hypotheses at this position. */
  readonly weight: number;
  /** Bits of the best single path here. */
  readonly cost: number;
  /** Undefined at the start of the pass. */
  readonly step: Step | undefined;
}

/** Pruning limits of the sum over all parses; Infinity, Infinity and 0 keep everything. */
export interface PassLimits {
  /** Limit on the hypotheses at each position. */
  readonly hypotheses: number;
  /** Limit on the distances distinguished among matches of the same length that end together. */
  readonly distances: number;
  /** Limit on the distances of matches of two bytes, nearest first. */
  readonly pairs: number;
  /** Hypotheses with a smaller share of the boundary are redistributed at once. */
  readonly negligible: number;
}

type Found = { -readonly [K in keyof Hypothesis]: Hypothesis[K] };

/** Collects the hypotheses at one position. */
export class Gathering {
  readonly #limits: PassLimits;
  #position = 0;
  #found: Found[] = [];
  #total = 0;
  /** Mass to redistribute, by state. */
  readonly #left = new Float64Array(12);

  constructor(limits: PassLimits) {
    this.#limits = limits;
  }

  start(position: number): void {
    this.#position = position;
    this.#found = [];
    this.#total = 0;
    this.#left.fill(0);
  }

  /** True if a hypothesis of this weight would not be kept separately. */
  isNegligible(weight: number): boolean {
    return weight <= this.#total * this.#limits.negligible;
  }

  /** Adds mass to be redistributed to kept hypotheses, preferably of the same state. */
  handOn(state: number, weight: number): void {
    this.#left[state]! += weight;
    this.#total += weight;
  }

  /** @param odds of the token alone, for the cost of the best path. */
  add(state: number, reps: Reps, weight: number, odds: number, step: Step): void {
    this.#total += weight;
    const cost = step.from.cost - Math.log2(odds);
    for (const other of this.#found) {
      if (other.state !== state || !sameReps(other.reps, reps)) continue;
      other.weight += weight;
      if (cost < other.cost) {
        other.cost = cost;
        other.step = step;
      }
      return;
    }
    this.#found.push({ position: this.#position, state, reps, weight, cost, step });
  }

  /** Total mass added or redistributed. */
  get total(): number {
    return this.#total;
  }

  /** The kept hypotheses, heaviest first, with a total weight of 1. */
  finish(): Hypothesis[] {
    const { hypotheses, negligible } = this.#limits;
    const left = this.#left;
    let heaviest = 0;
    for (const { weight } of this.#found) heaviest = Math.max(heaviest, weight);
    const least = negligible * heaviest;
    const found: Found[] = [];
    for (const hypothesis of this.#found) {
      if (hypothesis.weight >= least) insertByWeight(found, hypothesis);
      else left[hypothesis.state]! += hypothesis.weight;
    }
    for (let i = hypotheses; i < found.length; i++) left[found[i]!.state]! += found[i]!.weight;
    if (found.length > hypotheses) found.length = hypotheses;
    for (let state = 0; state < left.length; state++) {
      if (left[state] === 0) continue;
      (found.find((h) => h.state === state) ?? found[0]!).weight += left[state]!;
    }
    for (const hypothesis of found) hypothesis.weight /= this.#total;
    return found;
  }
}

/** Keeps the heaviest first, and equal ones in the order in which they came. */
function insertByWeight(found: Found[], hypothesis: Found): void {
  let at = found.length;
  found.push(hypothesis);
  for (; at > 0 && found[at - 1]!.weight < hypothesis.weight; at--) found[at] = found[at - 1]!;
  found[at] = hypothesis;
}

/** The last distances after a match at a new distance. */
export function repsAfterMatch([first, second, third]: Reps, distance: number): Reps {
  return [distance, first, second, third];
}

/** The last distances after a rep: the one with that index moves to the front. */
export function repsAfterRep(reps: Reps, index: number): Reps {
  const [a, b, c, d] = reps;
  if (index === 0) return reps;
  if (index === 1) return [b, a, c, d];
  return index === 2 ? [c, a, b, d] : [d, a, b, c];
}

function sameReps(a: Reps, b: Reps): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}
