// Draws the tokens of a language model, one by one.

import { drawIndex } from '../../sampling/draw.js';
import { warpTemperature } from '../../sampling/warps.js';
import type { Random, Token, TokenSource } from '../../types.js';
import { TokenContext, type TokenModel } from './tokens.js';

/** Pushed bytes are read in the tokenizer's own tokens, all those since the last draw together. */
export class LanguageTokens implements TokenSource {
  readonly #model: TokenModel;
  #context: TokenContext;
  #pending: number[] = [];

  constructor(model: TokenModel, context = TokenContext.start(model)) {
    this.#model = model;
    this.#context = context;
  }

  push(bytes: Uint8Array): void {
    for (const byte of bytes) this.#pending.push(byte);
  }

  fork(): LanguageTokens {
    const fork = new LanguageTokens(this.#model, this.#context);
    fork.#pending = this.#pending.slice();
    return fork;
  }

  /**
   * Draws ∝ P^(1/temperature); at 0 the most probable, ties drawn uniformly.
   *
   * @throws UsageError if the graph fails.
   */
  async draw(random: Random, temperature: number): Promise<Token> {
    const { vocabulary } = this.#model;
    const given = Uint8Array.from(this.#pending.splice(0));
    for (const rank of vocabulary.segment(given)) this.#context = this.#context.after(rank);
    const bits = (await this.#context.distribution()).bits();
    const warped = bits.slice();
    warpTemperature(warped, temperature);
    const rank = drawIndex(warped, random);
    this.#context = this.#context.after(rank);
    return { kind: 'token', bytes: vocabulary.bytesAt(rank).slice(), bits: bits[rank]! };
  }
}
