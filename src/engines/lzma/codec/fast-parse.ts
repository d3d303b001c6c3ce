// The fast parse, after liblzma's lzma_encoder_optimum_fast.c (Collin, Pavlov): the longest match or
// a rep that is nearly as long, unless one byte later begins something better. Short reps are added,
// where the models make them cheaper than a literal. Decides one token after another, each as soon
// as no later byte can change it.

import { matchLength, NextBytes, searchChains } from './chain-search.js';
import type { History } from './history.js';
import { Matches, type SearchLimits } from './matches.js';
import { type LzmaProperties, literalModels, SHORTEST_MATCH } from './models.js';
import { literalPrice, shortRepPrice } from './prices.js';
import { Speller } from './speller.js';
import type { Decisions } from './tokens.js';

/** So many bytes have to be known for the strings of this position and of the next to be whole. */
const WHOLE_STRINGS = 5;

/** The choice for a position, until it is told. */
type Choice = 'literal' | 'rep' | 'match';

/** The properties of the stream, and how hard to search. */
export interface FastOptions extends LzmaProperties, SearchLimits {}

export class FastParse {
  readonly speller: Speller;
  /** Where the next token begins. */
  position = 0;
  readonly #limits: FastOptions;
  readonly #models: Uint16Array;
  readonly #to: Decisions;
  #matches = new Matches();
  /** The matches of the position after the last one looked at. */
  #ahead = new Matches();
  #aheadOf = -1;
  readonly #undecided = new NextBytes();
  readonly #marked: Speller;
  #markedPosition = 0;
  // What was chosen: of a rep the index, of a match the distance.
  #length = 0;
  #index = 0;
  #distance = 0;

  /** @param models those that `to` learns: literals and short reps are weighed by them. */
  constructor(options: FastOptions, models: Uint16Array, to: Decisions) {
    this.speller = new Speller(options);
    this.#marked = new Speller(options);
    this.#limits = options;
    this.#models = models;
    this.#to = to;
  }

  /** Continues where the other stands, of the same options. */
  copyFrom(other: FastParse): void {
    this.position = other.position;
    this.speller.copyFrom(other.speller);
  }

  /** Remembers where the parse stands, for one `rollback`. */
  mark(): void {
    this.#markedPosition = this.position;
    this.#marked.copyFrom(this.speller);
  }

  rollback(): void {
    this.position = this.#markedPosition;
    this.speller.copyFrom(this.#marked);
  }

  /** Tells all tokens that no later byte can change, as far as they end at `limit` or before. */
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

  /** Tells all tokens up to the end of the message. */
  finish(history: History): void {
    this.#aheadOf = -1;
    while (this.position < history.end) this.#tell(history, this.#choose(history));
  }

  /**
   * Tells all tokens up to one more byte, of which is known only that it goes on with nothing, and
   * adds to `next` all bytes for which the tokens might be others.
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

    // One byte less from very much nearer is better.
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

  /** Whether a literal and what begins behind it are better than this match. */
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

/** By how many bytes a rep may be shorter than a match at this distance. */
function allowance(distance: number): number {
  return distance > 1 << 15 ? 3 : distance > 1 << 9 ? 2 : 1;
}

function muchNearer(near: number, far: number): boolean {
  return near < far / 128;
}
