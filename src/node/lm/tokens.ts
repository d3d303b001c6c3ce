// A language model of tokens: what it says after some of them, and the bits of a whole text in the
// tokenizer's own tokens. Special tokens and numbers without a token are left out of the
// distribution, which is normalised over the rest.

import type { Cache, LanguageGraph } from '../../engines/lm/graph.js';
import { UsageError } from '../../errors.js';
import type { Vocabulary } from './vocabulary.js';

/** Tokens in one pass, so that the logits of a long text need not be held all at once. */
const PIECE = 128;

export interface TokenModel {
  readonly graph: LanguageGraph;
  readonly vocabulary: Vocabulary;
  /** Tokens that the graph may see at once, the start symbol among them. */
  readonly context: number;
  /** The number of the token that stands before the first. */
  readonly start: number;
}

/**
 * A place behind some tokens. It never changes: `after` gives another. The window begins with the
 * start symbol; when it is full, all but its later half is forgotten and that is read as a text of
 * its own.
 */
export class TokenContext {
  readonly #model: TokenModel;
  /** The window, in the model's numbers. */
  readonly #window: readonly number[];
  /** After the first tokens of the window; undefined for none. */
  #cache: Cache | undefined;
  #probabilities: Promise<Float64Array> | undefined;

  private constructor(model: TokenModel, window: readonly number[], cache?: Cache) {
    this.#model = model;
    this.#window = window;
    this.#cache = cache;
  }

  static start(model: TokenModel): TokenContext {
    return new TokenContext(model, [model.start]);
  }

  /** The place behind one token more. */
  after(rank: number): TokenContext {
    const { context, start, vocabulary } = this.#model;
    const id = vocabulary.ids[rank]!;
    if (this.#window.length < context) {
      return new TokenContext(this.#model, [...this.#window, id], this.#cache);
    }
    const kept = this.#window.slice(context - (context >> 1) + 1);
    return new TokenContext(this.#model, [start, ...kept, id]);
  }

  /**
   * P of each token that may come next, by rank; not to be written to. Each is at least 2^−200.
   *
   * @throws UsageError if the graph fails.
   */
  probabilities(): Promise<Float64Array> {
    this.#probabilities ??= this.#pass();
    return this.#probabilities;
  }

  async #pass(): Promise<Float64Array> {
    const { graph } = this.#model;
    let row: Float32Array | undefined;
    for await (const { logits, cache } of passes(graph, this.#window, this.#cache)) {
      row = logits.subarray(logits.length - graph.vocabulary);
      this.#cache = cache;
    }
    return softmax(this.#model, row!);
  }
}

/**
 * Σ −log2 P over the tokenizer's own tokens of a text, from the start: what it takes to code them.
 *
 * @throws UsageError if the graph fails.
 */
export async function tokenBits(model: TokenModel, data: Uint8Array): Promise<number> {
  const { graph, vocabulary, context, start } = model;
  const ranks = vocabulary.segment(data);
  let bits = 0;
  let window = [start];
  for (let done = 0; done < ranks.length; ) {
    const part = ranks.slice(done, done + context - window.length + 1);
    const tokens = [...window, ...part.map((rank) => vocabulary.ids[rank]!)];
    let at = 1 - window.length;
    for await (const { logits } of passes(graph, tokens.slice(0, -1))) {
      for (let i = 0; i < logits.length; i += graph.vocabulary, at++) {
        if (at < 0) continue;
        const row = logits.subarray(i, i + graph.vocabulary);
        bits -= Math.log2(softmax(model, row)[part[at]!]!);
      }
    }
    window = [start, ...tokens.slice(tokens.length - (context >> 1))];
    done += part.length;
  }
  return bits;
}

/** Passes over tokens that follow what a cache stands for, in pieces if the graph keeps one. */
async function* passes(graph: LanguageGraph, tokens: readonly number[], cache?: Cache) {
  let before = cache;
  for (let from = cache?.length ?? 0; from < tokens.length; ) {
    const to = graph.hasCache ? Math.min(from + PIECE, tokens.length) : tokens.length;
    const pass = await graph.run(tokens.slice(from, to), before);
    yield pass;
    before = pass.cache;
    from = to;
  }
}

/** No token is quite impossible, so that any bytes can be coded. */
const LEAST = 2 ** -200;

function softmax({ graph, vocabulary }: TokenModel, logits: Float32Array): Float64Array {
  const { ids, size } = vocabulary;
  const probabilities = new Float64Array(size);
  let most = -Infinity;
  for (let rank = 0; rank < size; rank++) most = Math.max(most, logits[ids[rank]!]!);
  let sum = 0;
  for (let rank = 0; rank < size; rank++) {
    probabilities[rank] = Math.exp(logits[ids[rank]!]! - most);
    sum += probabilities[rank]!;
  }
  if (!(sum < Infinity)) throw new UsageError(`"${graph.path}" gives logits that are not numbers`);
  for (let rank = 0; rank < size; rank++) {
    probabilities[rank] = Math.max(probabilities[rank]! / sum, LEAST);
  }
  return probabilities;
}
