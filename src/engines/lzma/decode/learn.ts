// Models that learn from the tokens of a parse, told one after another.

import {
  adapted,
  FIRST_MATCH_STATE,
  type LzmaProperties,
  literalModels,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from '../codec/models.js';
import {
  type Decisions,
  spellLiteral,
  spellMatch,
  spellRep,
  spellShortRep,
} from '../codec/tokens.js';
import {
  LITERAL,
  MATCH,
  REP,
  type Reps,
  repsAfterMatch,
  repsAfterRep,
  SHORT_REP,
  type Step,
} from './hypotheses.js';
import type { TokenOdds } from './odds.js';
import type { DecodeWindow } from './window.js';

export class LearningParse implements Decisions {
  /** A copy of those at the start, and learning. */
  readonly models: Uint16Array;
  position: number;
  state: number;
  reps: Reps;
  readonly #properties: LzmaProperties;
  readonly #window: DecodeWindow;

  constructor(
    { models, properties }: TokenOdds,
    { position, state, reps }: { position: number; state: number; reps: Reps },
    window: DecodeWindow,
  ) {
    this.models = models.slice();
    this.position = position;
    this.state = state;
    this.reps = reps;
    this.#properties = properties;
    this.#window = window;
  }

  decide(model: number, bit: number): void {
    this.models[model] = adapted(this.models[model]!, bit);
  }

  decideEvenly(): void {}

  /** The next token; the window has its bytes. */
  take({ kind, length, distance }: Pick<Step, 'kind' | 'length' | 'distance'>): void {
    const { state, reps } = this;
    const positionState = this.position & ((1 << this.#properties.pb) - 1);
    if (kind === LITERAL) {
      this.#takeLiteral(positionState);
      this.state = stateAfterLiteral(state);
    } else if (kind === SHORT_REP) {
      spellShortRep(this, state, positionState);
      this.state = stateAfterShortRep(state);
    } else if (kind === MATCH) {
      spellMatch(this, state, positionState, distance, length);
      this.reps = repsAfterMatch(reps, distance);
      this.state = stateAfterMatch(state);
    } else {
      spellRep(this, state, positionState, kind - REP, length);
      this.reps = repsAfterRep(reps, kind - REP);
      this.state = stateAfterRep(state);
    }
    this.position += length;
  }

  #takeLiteral(positionState: number): void {
    const { position, state } = this;
    const window = this.#window;
    const models = literalModels(this.#properties, position, window.byteBefore(position));
    const beside = state < FIRST_MATCH_STATE ? 0 : window.byteAt(position - this.reps[0]);
    spellLiteral(this, state, positionState, models, beside, window.byteAt(position));
  }
}
