// The forward pass of LZMA's `decode` reading: all token sequences that may have led from a known
// boundary to this byte, with the models fixed as at that boundary. P(x) = Σ over parses; the parse
// is at a boundary between tokens, or inside a rep or a match that started m bytes ago. Sequences
// with distances beyond the first byte or the dictionary are excluded, and the rest scaled up.

import {
  FIRST_MATCH_STATE,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from '../codec/models.js';
import {
  type Gathering,
  type Hypothesis,
  LITERAL,
  MATCH,
  type PassLimits,
  REP,
  type Reps,
  repsAfterMatch,
  repsAfterRep,
  SHORT_REP,
} from './hypotheses.js';
import type { LengthOdds } from './lengths.js';
import { LiveMatches } from './matches.js';
import type { TokenOdds } from './odds.js';
import { Scratch } from './scratch.js';
import type { DecodeWindow } from './window.js';

/** A position that the pass has processed. */
export interface Level {
  /** Hypotheses, heaviest first. */
  readonly hypotheses: readonly Hypothesis[];
  /** Share of a new match from each, in the weights of this level. */
  readonly starts: Float64Array;
  /** Their sum. */
  readonly matchStart: number;
}

/** A rep in progress that predicted all its bytes so far. */
export interface LiveRep {
  readonly from: Hypothesis;
  readonly index: number;
  readonly distance: number;
  readonly lengths: LengthOdds;
  /** In units of the level where it started; fixed once that level is complete. */
  weight: number;
}

/** Upper limit of the units: weights of levels that old are negligible. */
const MOST_UNIT = 2 ** 900;

export class ForwardPass {
  readonly window: DecodeWindow;
  odds: TokenOdds;
  readonly limits: PassLimits;
  /** Start of the pass. */
  start = 0;
  /** Levels from `start` to this position. */
  levels: Level[] = [];
  /** For each level: the factor that converts its weights to those of the current level. */
  units: number[] = [];
  reps: LiveRep[] = [];
  matches = new LiveMatches();
  /** Divisor of this level's weights relative to the previous level. */
  scale = 1;
  readonly scratch: Scratch;

  constructor(
    window: DecodeWindow,
    odds: TokenOdds,
    limits: PassLimits,
    scratch = new Scratch(limits),
  ) {
    this.window = window;
    this.odds = odds;
    this.limits = limits;
    this.scratch = scratch;
  }

  /** A copy of the pass on a fork of the window. */
  fork(window: DecodeWindow): ForwardPass {
    const copy = new ForwardPass(window, this.odds, this.limits, this.scratch);
    copy.start = this.start;
    copy.levels = this.levels.slice();
    copy.units = this.units.slice();
    copy.reps = this.reps;
    copy.matches = this.matches.fork();
    copy.scale = this.scale;
    return copy;
  }

  get position(): number {
    return this.start + this.levels.length - 1;
  }

  get level(): Level {
    return this.levels.at(-1)!;
  }

  /** Starts at a known boundary. */
  restart(odds: TokenOdds, position: number, state: number, reps: Reps): void {
    this.odds = odds;
    this.start = position;
    this.levels = [];
    this.units = [];
    this.reps = [];
    this.matches.clear();
    this.#addLevel([{ position, state, reps, weight: 1, cost: 0, step: undefined }]);
  }

  /**
   * Mass, in units of this level, of the new matches that started `m` bytes ago; 0 before the
   * start.
   */
  startMass(m: number): number {
    const at = this.levels.length - 1 - m;
    return at < 0 ? 0 : this.levels[at]!.matchStart * this.units[at]!;
  }

  /** Mass of a rep in progress that has not ended; it predicts the byte at its distance. */
  repMass(rep: LiveRep): number {
    const { position } = rep.from;
    const tail = rep.lengths.beyond[this.position - position]!;
    return rep.weight * this.units[position - this.start]! * tail;
  }

  /** Advances by the byte at this position, which must be in the window. */
  observe(): void {
    const { window, position } = this;
    const { gathering } = this.scratch;
    gathering.start(position + 1);
    const reps: LiveRep[] = [];
    const byte = window.byteAt(position);
    const previous = window.byteBefore(position);
    for (const from of this.level.hypotheses) this.#leave(from, byte, previous, gathering, reps);
    this.#goOn(byte, gathering, reps);
    if (position > this.start) {
      this.matches.observe(window, position, position + 1 - this.start, this.scratch.starts);
      this.#endMatches(gathering);
    }
    const { total } = gathering;
    const { units } = this;
    for (let i = 0; i < units.length; i++) units[i] = Math.min(units[i]! / total, MOST_UNIT);
    this.scale = total;
    this.reps = reps;
    this.#addLevel(gathering.finish());
  }

  /** Adds literals, short reps, and reps that start at a boundary. */
  #leave(
    from: Hypothesis,
    byte: number,
    previous: number,
    gathering: Gathering,
    reps: LiveRep[],
  ): void {
    const { odds, window } = this;
    const { position, state, weight } = from;
    const kinds = odds.kinds(state, position);
    const last = from.reps[0];
    const matchByte = state < FIRST_MATCH_STATE ? 0 : window.byteAt(position - last);
    const literal = kinds.literal * odds.literal(state, position, previous, matchByte, byte);
    const literalStep = { from, kind: LITERAL, length: 1, distance: 0 };
    gathering.add(stateAfterLiteral(state), from.reps, weight * literal, literal, literalStep);
    for (let index = 0; index < 4; index++) {
      const distance = from.reps[index]!;
      if (distance > position || window.byteAt(position - distance) !== byte) continue;
      const lengths = odds.repLengths(position);
      this.#startRep({ from, index, distance, lengths, weight: weight * kinds.reps[index]! }, reps);
      if (index > 0) continue;
      const step = { from, kind: SHORT_REP, length: 1, distance: 0 };
      const odd = kinds.shortRep;
      gathering.add(stateAfterShortRep(state), from.reps, weight * odd, odd, step);
    }
  }

  /**
   * Among reps that start here at the same distance, only the heaviest is followed, with the mass
   * of all.
   */
  #startRep(rep: LiveRep, reps: LiveRep[]): void {
    let at = this.limits.negligible > 0 ? 0 : reps.length;
    while (at < reps.length && reps[at]!.distance !== rep.distance) at++;
    if (at === reps.length) reps.push(rep);
    else {
      const other = reps[at]!;
      const weight = other.weight + rep.weight;
      if (other.weight < rep.weight) reps[at] = rep;
      reps[at]!.weight = weight;
    }
  }

  /** Ends reps according to their length; drops those that predicted another byte. */
  #goOn(byte: number, gathering: Gathering, reps: LiveRep[]): void {
    const { odds, position, start, units } = this;
    const { bytes } = this.window.history;
    for (let i = 0; i < this.reps.length; i++) {
      const rep = this.reps[i]!;
      const { distance, from, index } = rep;
      if (bytes[position - distance] !== byte) continue;
      const length = position + 1 - from.position;
      const lengthOdds = rep.lengths.exactly[length]!;
      const weight = rep.weight * units[from.position - start]! * lengthOdds;
      const state = stateAfterRep(from.state);
      if (gathering.isNegligible(weight)) gathering.handOn(state, weight);
      else {
        const kindOdds = odds.kinds(from.state, from.position).reps[index]!;
        const after = repsAfterRep(from.reps, index);
        const step = { from, kind: REP + index, length, distance: 0 };
        gathering.add(state, after, weight, kindOdds * lengthOdds, step);
      }
      if (length < odds.maxMatch) reps.push(rep);
    }
  }

  /** Ends new matches according to their length. */
  #endMatches(gathering: Gathering): void {
    const { odds, position } = this;
    const most = Math.min(this.matches.longestRun, odds.maxMatch);
    if (most < 2) return;
    const { matches, window } = this;
    const { ending } = this.scratch;
    ending.start(matches, odds);
    for (let length = most; length >= 2; length--) {
      const at = this.levels.length - length;
      const lengthOdds = odds.lengths(position + 1 - length).exactly[length]!;
      const top =
        length > 2
          ? ending.ofLength(length)
          : ending.ofTwo(window, position + 1, this.limits.pairs);
      const { count, distances, probabilities, total, rest } = top;
      if (total === 0) continue;
      const mass = this.levels[at]!.matchStart * this.units[at]! * lengthOdds * total;
      if (gathering.isNegligible(mass)) {
        gathering.handOn(stateAfterMatch(this.levels[at]!.hypotheses[0]!.state), mass);
        continue;
      }
      const { hypotheses, starts } = this.levels[at]!;
      const unit = this.units[at]! * lengthOdds;
      for (let j = 0; j < hypotheses.length; j++) {
        const from = hypotheses[j]!;
        const state = stateAfterMatch(from.state);
        const start = starts[j]! * unit;
        if (gathering.isNegligible(start * total)) {
          gathering.handOn(state, start * total);
          continue;
        }
        for (let i = 0; i < count; i++) {
          const weight = start * (probabilities[i]! + (i === 0 ? rest : 0));
          if (gathering.isNegligible(weight)) gathering.handOn(state, weight);
          else {
            const distance = distances[i]!;
            const reps = repsAfterMatch(from.reps, distance);
            const step = { from, kind: MATCH, length, distance };
            const odd = (starts[j]! / from.weight) * lengthOdds * probabilities[i]!;
            gathering.add(state, reps, weight, odd, step);
          }
        }
      }
    }
  }

  #addLevel(hypotheses: Hypothesis[]): void {
    const starts = new Float64Array(hypotheses.length);
    let matchStart = 0;
    for (let i = 0; i < starts.length; i++) {
      const { weight, state, position } = hypotheses[i]!;
      starts[i] = weight * this.odds.kinds(state, position).match;
      matchStart += starts[i]!;
    }
    this.levels.push({ hypotheses, starts, matchStart });
    this.units.push(1);
  }

  /**
   * Adds to `out`, from an index, the mass of each class that continues, per distance, of the
   * matches that started `m` bytes ago.
   */
  goingOn(m: number, out: Float64Array, from: number): void {
    const mass = this.startMass(m);
    if (mass === 0 || m >= this.odds.maxMatch) return;
    this.odds.lengths(this.position - m).addBeyond(m, mass, out, from);
  }
}
