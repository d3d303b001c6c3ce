// Ways in which tokens may have led to a boundary: the state and last distances that they left, with
// the mass of all of them and a link back along the best single one. Equal ones are merged; of the
// many that remain a few are kept, and the mass of the others is handed on to these.

/** Kinds of tokens: a new match, a literal, a short rep; a rep of index i is `REP + i`. */
export const MATCH = 0;
export const LITERAL = 1;
export const SHORT_REP = 2;
export const REP = 3;

/** The last four distances, in bytes from 1, the last one first. */
export type Reps = readonly [number, number, number, number];

/** How the best way reached a boundary. */
export interface Step {
  readonly from: Hypothesis;
  readonly kind: number;
  readonly length: number;
  /** Of a new match; 0 for other kinds. */
  readonly distance: number;
}

/** Never changed once its level is made. */
export interface Hypothesis {
  readonly position: number;
  readonly state: number;
  readonly reps: Reps;
  /** Share of all hypotheses at this position. */
  readonly weight: number;
  /** Bits of the best single way here. */
  readonly cost: number;
  /** Undefined where the pass began. */
  readonly step: Step | undefined;
}

/** How much of the sum over all parses is kept; Infinity, Infinity and 0 keep everything. */
export interface PassLimits {
  /** Hypotheses at each position. */
  readonly hypotheses: number;
  /** Distances told apart among the matches that end at once with the same length. */
  readonly distances: number;
  /** Distances at which matches of two bytes may end, nearest first. */
  readonly pairs: number;
  /** Ways whose share of the boundary is less are handed on at once. */
  readonly negligible: number;
}

/** Gathers the hypotheses at one position. */
export class Gathering {
  readonly #position: number;
  readonly #limits: PassLimits;
  readonly #found: { -readonly [K in keyof Hypothesis]: Hypothesis[K] }[] = [];
  #total = 0;
  /** Mass to hand on, by state. */
  readonly #left = new Float64Array(12);

  constructor(position: number, limits: PassLimits) {
    this.#position = position;
    this.#limits = limits;
  }

  /** Whether a way so heavy would be told apart. */
  isNegligible(weight: number): boolean {
    return weight <= this.#total * this.#limits.negligible;
  }

  /** Adds mass to whatever will be kept, best of the same state. */
  handOn(state: number, weight: number): void {
    this.#left[state]! += weight;
    this.#total += weight;
  }

  /** @param odds of the token alone, for the cost of the best way. */
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

  /** All mass that was added or handed on. */
  get total(): number {
    return this.#total;
  }

  /** What is kept, heaviest first, with a total weight of 1. */
  finish(): Hypothesis[] {
    const { hypotheses, negligible } = this.#limits;
    const left = this.#left;
    let heaviest = 0;
    for (const { weight } of this.#found) heaviest = Math.max(heaviest, weight);
    const least = negligible * heaviest;
    const found = [];
    for (const hypothesis of this.#found) {
      if (hypothesis.weight >= least) found.push(hypothesis);
      else left[hypothesis.state]! += hypothesis.weight;
    }
    found.sort((a, b) => b.weight - a.weight);
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

/** The last distances after a match at a new one. */
export function repsAfterMatch([first, second, third]: Reps, distance: number): Reps {
  return [distance, first, second, third];
}

/** The last distances after a rep: the one of that index moves to the front. */
export function repsAfterRep(reps: Reps, index: number): Reps {
  const [a, b, c, d] = reps;
  if (index === 0) return reps;
  if (index === 1) return [b, a, c, d];
  return index === 2 ? [c, a, b, d] : [d, a, b, c];
}

function sameReps(a: Reps, b: Reps): boolean {
  return a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
}
