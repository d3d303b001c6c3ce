// Codes tokens one after another, keeping the state of the token kinds, the last four distances,
// and the position of each token. The receiver of the decisions writes, prices or learns them.

import {
  FIRST_MATCH_STATE,
  type LzmaProperties,
  literalModels,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from './models.js';
import { type Decisions, spellLiteral, spellMatch, spellRep, spellShortRep } from './tokens.js';

export class Speller {
  readonly properties: LzmaProperties;
  readonly #positionMask: number;
  state = 0;
  /** The last four distances, in bytes from 1, latest first. */
  readonly reps = Uint32Array.of(1, 1, 1, 1);

  constructor(properties: LzmaProperties) {
    this.properties = properties;
    this.#positionMask = (1 << properties.pb) - 1;
  }

  copyFrom(other: Speller): void {
    this.state = other.state;
    this.reps.set(other.reps);
  }

  positionState(position: number): number {
    return position & this.#positionMask;
  }

  /** Codes the byte at `position` as a literal. */
  literal(to: Decisions, bytes: Uint8Array, position: number): void {
    const models = literalModels(this.properties, position, this.previous(bytes, position));
    const beside = this.state < FIRST_MATCH_STATE ? 0 : bytes[position - this.reps[0]!]!;
    const { state } = this;
    spellLiteral(to, state, this.positionState(position), models, beside, bytes[position]!);
    this.state = stateAfterLiteral(state);
  }

  previous(bytes: Uint8Array, position: number): number {
    return position > 0 ? bytes[position - 1]! : 0;
  }

  shortRep(to: Decisions, position: number): void {
    spellShortRep(to, this.state, this.positionState(position));
    this.state = stateAfterShortRep(this.state);
  }

  /** Codes a match of `length` bytes at the last distance but `index`, which becomes the latest. */
  rep(to: Decisions, position: number, index: number, length: number): void {
    spellRep(to, this.state, this.positionState(position), index, length);
    this.#moveToFront(index, this.reps[index]!);
    this.state = stateAfterRep(this.state);
  }

  /** Codes a match at a new distance; length 2 at distance 2^32 is the end marker. */
  match(to: Decisions, position: number, distance: number, length: number): void {
    spellMatch(to, this.state, this.positionState(position), distance, length);
    this.#moveToFront(3, distance);
    this.state = stateAfterMatch(this.state);
  }

  #moveToFront(index: number, distance: number): void {
    this.reps.copyWithin(1, 0, index);
    this.reps[0] = distance;
  }
}
