// The fast parse, after liblzma's lzma_encoder_optimum_fast.c (Collin, Pavlov): takes the longest
// match, or a rep that is nearly as long, unless something better starts one byte later. In
// addition it uses short reps where the models make them cheaper than a literal. Each token is
// decided as soon as no later byte can change it.

import { matchLength, NextBytes, searchChains } from './chain-search.js';
import type { History } from './history.js';
import { Matches, type SearchLimits } from './matches.js';
import { type LzmaProperties, literalModels, SHORTEST_MATCH } from './models.js';
import { literalPrice, shortRepPrice } from './prices.js';
import { Speller } from './speller.js';
import type { Decisions } from './tokens.js';

/** Bytes that must be known for the strings at this position and the next to be complete. */
const WHOLE_STRINGS = 5;

/** The choice for a position, until it is emitted. */
type Choice = 'literal' | 'rep' | 'match';

/** The properties of the stream and the search limits. */
export interface FastOptions extends LzmaProperties, SearchLimits {}

export class FastParse {
  readonly speller: Speller;
  /** Start of the next token. */
  position = 0;
  readonly #limits: FastOptions;
  readonly #models: Uint16Array;
  readonly #to: Decisions;
  #matches = new Matches();
  /** The matches of the position after the last one searched. */
  #ahead = new Matches();
  #aheadOf = -1;
  readonly #undecided = new NextBytes();
  readonly #marked: Speller;
  #markedPosition = 0;
  // Index of the chosen rep, or distance of the chosen match.
  #length = 0;
  #index = 0;
  #distance = 0;

  /** @param models those that `to` updates; used to weigh literals against short reps. */
  constructor(options: FastOptions, models: Uint16Array, to: Decisions) {
    this.speller = new Speller(options);
    this.#marked = new Speller(options);
    this.#limits = options;
    this.#models = models;
    this.#to = to;
  }

  /** Takes over the state of another parse with the same options. */
  copyFrom(other: FastParse): void {
    this.position = other.position;
    this.speller.copyFrom(other.speller);
  }

  /** Saves the state of the parse, for one `rollback`. */
  mark(): void {
    this.#markedPosition = this.position;
    this.#marked.copyFrom(this.speller);
  }

  rollback(): void {
    this.position = this.#markedPosition;
    this.speller.copyFrom(this.#marked);
  }

  /** Emits all tokens that no later byte can change and that end at or before `limit`. */
  advance(history: History, limit = Infinity): void {
    const undecided = this.#undecided;
    this.#aheadOf = -1;
    while (history.end - this.position >= WHOLE_STRINGS) {
      undecided.clear();
      const choice = this.#choose(history, undecided);
      if (undecided.count > 0) return;
      if (this.position + (choice === 'literal' ? 1 : this.#length) > limit) return;
      this.#tell(history, choice);
    }
  }

  /** Emits all tokens up to the end of the message. */
  finish(history: History): void {
    this.#aheadOf = -1;
    while (this.position < history.end) this.#tell(history, this.#choose(history));
  }

  /**
   * Emits all tokens up to and including one unknown byte that is assumed to extend no match, and
   * adds to `next` all bytes for which the tokens might differ.
   */
  finishOpen(history: History, next: NextBytes): void {
    this.#aheadOf = -1;
    while (this.position < history.end) this.#tell(history, this.#choose(history, next));
    matchLength(history, this.position, this.speller.reps[0]!, next);
  }

  #tell(history: History, choice: Choice): void {
    const { speller, position } = this;
    const to = this.#to;
    if (choice === 'literal') {
      this.#tellOneByte(history);
    } else if (choice === 'rep') {
      speller.rep(to, position, this.#index, this.#length);
      this.position += this.#length;
    } else {
      speller.match(to, position, this.#distance, this.#length);
      this.position += this.#length;
    }
  }

  #tellOneByte({ bytes }: History): void {
    const { speller, position } = this;
    this.position++;
    const last = position - speller.reps[0]!;
    if (last >= 0 && bytes[last] === bytes[position] && this.#prefersShortRep(bytes, position)) {
      speller.shortRep(this.#to, position);
    } else {
      speller.literal(this.#to, bytes, position);
    }
  }

  #prefersShortRep(bytes: Uint8Array, position: number): boolean {
    const { speller } = this;
    const models = this.#models;
    const { state } = speller;
    const positionState = speller.positionState(position);
    const byte = bytes[position]!;
    const first = literalModels(speller.properties, position, speller.previous(bytes, position));
    return (
      shortRepPrice(models, state, positionState) <
      literalPrice(models, state, positionState, first, byte, byte)
    );
  }

  #choose(history: History, next?: NextBytes): Choice {
    const { position } = this;
    const { nice } = this.#limits;
    const { reps } = this.speller;
    let repLength = 0;
    for (let i = 0; i < 4; i++) {
      const length = matchLength(history, position, reps[i]!, next);
      if (length <= repLength) continue;
      repLength = length;
      this.#index = i;
      if (length >= nice) return this.#takeRep(length);
    }
    this.#findMatches(history, next);
    const matches = this.#matches;
    let longest = matches.longest;
    let distance = longest > 0 ? matches.distances[matches.count - 1]! : 0;
    if (longest >= nice) return this.#takeMatch(longest, distance);

    // One byte shorter at a much smaller distance is better.
    for (let i = matches.count - 2; i >= 0; i--) {
      const nearer = matches.distances[i]!;
      if (longest !== matches.lengths[i]! + 1 || !muchNearer(nearer, distance)) break;
      longest--;
      distance = nearer;
    }
    if (repLength >= SHORTEST_MATCH && repLength + allowance(distance) >= longest) {
      return this.#takeRep(repLength);
    }
    if (longest < SHORTEST_MATCH || this.#betterAhead(history, longest, distance, next)) {
      return 'literal';
    }
    return this.#takeMatch(longest, distance);
  }

  #takeRep(length: number): Choice {
    this.#length = length;
    return 'rep';
  }

  #takeMatch(length: number, distance: number): Choice {
    this.#length = length;
    this.#distance = distance;
    return 'match';
  }

  #findMatches(history: History, next: NextBytes | undefined): void {
    if (this.#aheadOf === this.position) {
      const found = this.#ahead;
      this.#ahead = this.#matches;
      this.#matches = found;
    } else {
      searchChains(history, this.position, this.#limits, this.#matches, next);
    }
  }

  /** True if a literal followed by the next match is better than this match. */
  #betterAhead(
    history: History,
    length: number,
    distance: number,
    next: NextBytes | undefined,
  ): boolean {
    const after = this.position + 1;
    const ahead = this.#ahead;
    searchChains(history, after, this.#limits, ahead, next);
    this.#aheadOf = after;
    const longest = ahead.longest;
    if (longest >= SHORTEST_MATCH) {
      const farther = ahead.distances[ahead.count - 1]!;
      if (
        (longest >= length && farther < distance) ||
        (longest === length + 1 && !muchNearer(distance, farther)) ||
        longest > length + 1 ||
        (longest + 1 >= length && length > SHORTEST_MATCH && muchNearer(farther, distance))
      ) {
        return true;
      }
    }
    const enough = Math.max(SHORTEST_MATCH, length - 1);
    for (const rep of this.speller.reps) {
      if (matchLength(history, after, rep, next) >= enough) return true;
    }
    return false;
  }
}

/** The number of bytes by which a rep may be shorter than a match at this distance. */
function allowance(distance: number): number {
  return distance > 1 << 15 ? 3 : distance > 1 << 9 ? 2 : 1;
}

function muchNearer(near: number, far: number): boolean {
  return near < far / 128;
}
