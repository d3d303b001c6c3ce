// A language model of tokens: the distribution after some of them, and the bits of a whole text in
// the tokenizer's own tokens. Special tokens and symbols without a token are left out of the
// distribution, which is normalised over the rest.

import type { Cache, LanguageGraph, Pass } from '../../engines/lm/graph.js';
import { TokenDistribution } from './token-distribution.js';
import type { Vocabulary } from './vocabulary.js';

/** Tokens in one pass, so that the logits of a long text need not be held all at once. */
const PIECE = 128;

/** Texts in one pass, so that the copies of their caches need not be held all at once. */
const MOST_ROWS = 16;

/** A graph, and how texts are given to it. */
export interface TokenModel {
  readonly graph: LanguageGraph;
  readonly vocabulary: Vocabulary;
  /** Tokens that the graph may see at once, including the start symbol. */
  readonly context: number;
  /** The model's number of the token before the first. */
  readonly start: number;
}

/**
 * The tokens so far; `after` returns another context. The window begins with the start symbol; when
 * it is full, only its later half is kept, and it is read as a new text.
 */
export class TokenContext {
  readonly #model: TokenModel;
  /** The window, in the model's numbers. */
  readonly #window: readonly number[];
  /** Of the first tokens of the window; undefined for none. */
  #cache: Cache | undefined;
  #distribution: TokenDistribution | undefined;
  /** The window that the next token starts, if this one is full. */
  #restart: TokenContext | undefined;
  /** All but the last token, where a window has just been started. */
  #before: TokenContext | undefined;
  readonly #children = new Map<number, TokenContext>();

  private constructor(model: TokenModel, window: readonly number[], cache?: Cache) {
    this.#model = model;
    this.#window = window;
    this.#cache = cache;
  }

  static start(model: TokenModel): TokenContext {
    return new TokenContext(model, [model.start]);
  }

  /** Tokens in the window. */
  get length(): number {
    return this.#window.length;
  }

  /** The distribution of the next token; undefined if it is not computed. */
  get known(): TokenDistribution | undefined {
    return this.#distribution;
  }

  /** An equal context that has no children. */
  copy(): TokenContext {
    const copy = new TokenContext(this.#model, this.#window, this.#cache);
    copy.#distribution = this.#distribution;
    copy.#before = this.#before;
    return copy;
  }

  /** The context after one more token. */
  after(rank: number): TokenContext {
    const { context, start, vocabulary } = this.#model;
    const id = vocabulary.ids[rank]!;
    if (this.#window.length < context) {
      return new TokenContext(this.#model, [...this.#window, id], this.#cache);
    }
    const kept = this.#window.slice(context - (context >> 1) + 1);
    this.#restart ??= new TokenContext(this.#model, [start, ...kept]);
    const next = new TokenContext(this.#model, [start, ...kept, id]);
    next.#before = this.#restart;
    return next;
  }

  /** As `after`; the same object for the same token. */
  child(rank: number): TokenContext {
    let child = this.#children.get(rank);
    if (!child) {
      child = this.after(rank);
      this.#children.set(rank, child);
    }
    return child;
  }

  /**
   * The distribution of the next token.
   *
   * @throws UsageError if the graph fails.
   */
  async distribution(): Promise<TokenDistribution> {
    await TokenContext.evaluate([this]);
    return this.#distribution!;
  }

  /**
   * Computes the distributions of contexts of one model. Those of equal length share a pass, so the
   * last digits may depend on which contexts are evaluated together.
   *
   * @throws UsageError if the graph fails.
   */
  static async evaluate(contexts: Iterable<TokenContext>): Promise<void> {
    const groups = new Map<string, TokenContext[]>();
    for (const context of new Set(contexts)) {
      if (context.#distribution) continue;
      await context.#followRestart();
      const { graph } = context.#model;
      const cache = context.#cache;
      if (!graph.hasBatch || cache?.length !== context.length - 1) {
        await context.#pass();
        continue;
      }
      const shape = graph.shapeOf(cache);
      const group = groups.get(shape);
      if (group) group.push(context);
      else groups.set(shape, [context]);
    }
    for (const group of groups.values()) {
      for (let from = 0; from < group.length; from += MOST_ROWS) {
        await TokenContext.#step(group.slice(from, from + MOST_ROWS));
      }
    }
  }

  /**
   * As `evaluate`, of contexts of which each is the child of the one before it: in one pass, unless a
   * window is full.
   *
   * @throws UsageError if the graph fails.
   */
  static async evaluateChain(contexts: readonly TokenContext[]): Promise<void> {
    for (let from = 0; from < contexts.length; ) {
      let to = from + 1;
      while (to < contexts.length && contexts[to]!.length > contexts[to - 1]!.length) to++;
      await TokenContext.#passChain(contexts.slice(from, to));
      from = to;
    }
  }

  static async #passChain(contexts: readonly TokenContext[]): Promise<void> {
    const first = contexts[0]!;
    const { graph } = first.#model;
    await first.#followRestart();
    const known = first.#cache?.length ?? 0;
    const { logits, cache } = await graph.run(contexts.at(-1)!.#window.slice(known), first.#cache);
    for (const context of contexts) {
      const { length } = context;
      context.#cache = cache && graph.prefix(cache, length);
      context.#setLogits(logits.subarray((length - 1 - known) * graph.vocabulary));
    }
  }

  /** Takes the cache of a window that has just been started. */
  async #followRestart(): Promise<void> {
    if (!this.#before) return;
    await TokenContext.evaluate([this.#before]);
    this.#cache = this.#before.#cache;
    this.#before = undefined;
  }

  /** Passes the last token of each of some contexts with caches of equal shapes. */
  static async #step(contexts: readonly TokenContext[]): Promise<void> {
    const { graph } = contexts[0]!.#model;
    const rows = contexts.map((context) => context.#window.slice(-1));
    const caches = contexts.map((context) => context.#cache!);
    const pass = await graph.runRows(rows, caches.length > 1 ? graph.stack(caches) : caches[0]);
    const after = caches.length > 1 ? graph.split(pass.cache!, rows.length) : [pass.cache!];
    for (const [row, context] of contexts.entries()) {
      context.#cache = after[row];
      context.#setLogits(pass.logits.subarray(row * graph.vocabulary));
    }
  }

  async #pass(): Promise<void> {
    const { graph } = this.#model;
    let last: Pass | undefined;
    for await (const pass of passes(graph, this.#window, this.#cache)) last = pass;
    this.#cache = last!.cache;
    this.#setLogits(last!.logits.subarray(-graph.vocabulary));
  }

  #setLogits(logits: Float32Array): void {
    const { graph, vocabulary } = this.#model;
    const row = logits.subarray(0, graph.vocabulary);
    this.#distribution = new TokenDistribution(vocabulary, row, graph.path);
  }
}

/**
 * Σ −log2 P over the tokenizer's own tokens of a text, from the start: the bits to code them.
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
        bits -= Math.log2(new TokenDistribution(vocabulary, row, graph.path).at(part[at]!));
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
