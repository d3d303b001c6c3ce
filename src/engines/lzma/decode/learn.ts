// Models that learn from the encoder's fast parse and from drawn tokens.

import { FastParse } from '../codec/fast-parse.js';
import type { SearchLimits } from '../codec/matches.js';
import { adapted } from '../codec/models.js';
import type { Decisions } from '../codec/tokens.js';
import { LITERAL, MATCH, REP, SHORT_REP, type Step } from './hypotheses.js';
import type { ForwardPass } from './pass.js';

/** Search limits of the parse: roughly those of xz −3. */
const SEARCH: Omit<SearchLimits, 'dictionary'> = { nice: 273, depth: 48 };

/** Continues from the start of a pass, with a copy of the models at that point. */
export class LearningParse implements Decisions {
  readonly models: Uint16Array;
  readonly #pass: ForwardPass;
  readonly #parse: FastParse;

  constructor(pass: ForwardPass) {
    const { odds, start, window } = pass;
    const { state, reps } = pass.levels[0]!.hypotheses[0]!;
    this.#pass = pass;
    this.models = odds.models.slice();
    const options = { ...odds.properties, ...SEARCH, dictionary: window.dictionary };
    this.#parse = new FastParse(options, this.models, this);
    this.#parse.position = start;
    this.#parse.speller.state = state;
    this.#parse.speller.reps.set(reps);
  }

  decide(model: number, bit: number): void {
    this.models[model] = adapted(this.models[model]!, bit);
  }

  decideEvenly(): void {}

  get position(): number {
    return this.#parse.position;
  }

  get state(): number {
    return this.#parse.speller.state;
  }

  get reps() {
    const [a, b, c, d] = this.#parse.speller.reps;
    return [a!, b!, c!, d!] as const;
  }

  /** Learns all tokens that no later byte can change and that end at or before `limit`. */
  advance(limit: number): void {
    this.#parse.advance(this.#pass.window.history, limit);
  }

  /** Learns the next token; its bytes must be in the window. */
  take({ kind, length, distance }: Step): void {
    const { speller, position } = this.#parse;
    const { bytes } = this.#pass.window.history;
    if (kind === LITERAL) speller.literal(this, bytes, position);
    else if (kind === SHORT_REP) speller.shortRep(this, position);
    else if (kind === MATCH) speller.match(this, position, distance, length);
    else speller.rep(this, position, kind - REP, length);
    this.#parse.position += length;
  }
}
