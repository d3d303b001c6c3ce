// A language model of tokens: the distribution after some of them, and the bits of a whole text in
// the tokenizer's own tokens. Special tokens and symbols without a token are left out of the
// distribution, which is normalised over the rest.

import { type Cache, prefixOf } from '../../engines/lm/cache.js';
import type { LanguageGraph } from '../../engines/lm/graph.js';
import { TokenDistribution } from './token-distribution.js';
import type { Vocabulary } from './vocabulary.js';

/** Tokens in one pass, so that the logits of a long text need not be held all at once. */
const PIECE = 128;

/** Texts in one pass, and bytes of their caches, which are copied for it. */
const MOST_ROWS = 16;
const MOST_CACHE_BYTES = 2 ** 27;

/** Tokens that are passed again rather than that their keys and values are kept. */
const MOST_AGAIN = 3;

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
   * Computes the distributions of contexts of one model.
   *
   * @param keepsCaches whether it is likely that they are gone on from.
   * @throws UsageError if the graph fails.
   */
  static async evaluate(contexts: Iterable<TokenContext>, keepsCaches = true): Promise<void> {
    const unknown = new Set(contexts);
    for (const context of unknown) if (context.known) unknown.delete(context);
    const chains = Array.from(unknown, (context) => [context]);
    await TokenContext.evaluateChains(chains, keepsCaches);
  }

  /**
   * As `evaluate`, of chains of contexts, in each of which every context is the child of the one
   * before it. The chains share passes as far as the graph allows it, so the last digits may depend
   * on which are evaluated together.
   *
   * @param keepsCaches whether it is likely that they are gone on from.
   * @throws UsageError if the graph fails.
   */
  static async evaluateChains(
    chains: readonly (readonly TokenContext[])[],
    keepsCaches = true,
  ): Promise<void> {
    const groups = new Map<string, (readonly TokenContext[])[]>();
    for (const chain of chains.flatMap(withoutRestarts)) {
      const first = chain[0]!;
      await first.#prepare();
      const kind = await first.#kindOfPass(chain.at(-1)!.length);
      const group = kind === undefined ? undefined : groups.get(kind);
      if (kind === undefined) await TokenContext.#pass([chain], keepsCaches);
      else if (group) group.push(chain);
      else groups.set(kind, [chain]);
    }
    for (const group of groups.values()) {
      const { graph } = group[0]![0]!.#model;
      const longest = Math.max(...group.map(([first]) => first!.length));
      const fitting = Math.floor(MOST_CACHE_BYTES / (longest * graph.cacheBytes));
      const rows = Math.max(1, Math.min(MOST_ROWS, fitting));
      // Those with as many tokens together, since the others are padded.
      group.sort((a, b) => TokenContext.#pendingOf(a) - TokenContext.#pendingOf(b));
      for (let from = 0; from < group.length; from += rows) {
        await TokenContext.#pass(group.slice(from, from + rows), keepsCaches);
      }
    }
  }

  /** Takes the cache of a window that has just been started, and passes all but the last tokens. */
  async #prepare(): Promise<void> {
    if (this.#before) {
      await TokenContext.evaluate([this.#before]);
      this.#cache = this.#before.#cache;
      this.#before = undefined;
    }
    const { graph } = this.#model;
    if (!graph.hasCache) return;
    for (let from = this.#cache?.length ?? 0; this.length - from > PIECE; from += PIECE) {
      const pass = await graph.run(this.#window.slice(from, from + PIECE), this.#cache);
      this.#cache = pass.cache;
    }
  }

  /** Chains of the same kind, up to such a length, can share a pass; undefined if this cannot share any. */
  async #kindOfPass(length: number): Promise<string | undefined> {
    const { graph } = this.#model;
    if (!graph.hasBatch || !this.#cache) return undefined;
    if (await graph.mayPad()) return '';
    return length - this.#cache.length === 1 ? graph.shapeOf(this.#cache) : undefined;
  }

  /** Tokens that a chain is evaluated by. */
  static #pendingOf(chain: readonly TokenContext[]): number {
    return chain.at(-1)!.length - (chain[0]!.#cache?.length ?? 0);
  }

  static async #pass(
    chains: readonly (readonly TokenContext[])[],
    keepsCaches: boolean,
  ): Promise<void> {
    const { graph } = chains[0]![0]!.#model;
    const texts = chains.map((chain) => {
      const cache = chain[0]!.#cache;
      return { tokens: chain.at(-1)!.#window.slice(cache?.length ?? 0), cache };
    });
    const most = Math.max(...texts.map(({ tokens }) => tokens.length));
    const keeps = keepsCaches || most > MOST_AGAIN || !(await graph.mayPad());
    const passes = await graph.runTexts(texts, keeps);
    for (const [row, chain] of chains.entries()) {
      const { logits, cache } = passes[row]!;
      const known = texts[row]!.cache?.length ?? 0;
      for (const context of chain) {
        const { length } = context;
        if (length <= known) continue; // evaluated with another chain that begins with it
        if (cache) context.#cache = prefixOf(cache, length);
        context.#setLogits(logits.subarray((length - 1 - known) * graph.vocabulary));
      }
    }
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

/** A chain in parts, so that each is in one window. */
function withoutRestarts(chain: readonly TokenContext[]): (readonly TokenContext[])[] {
  const parts: (readonly TokenContext[])[] = [];
  for (let from = 0; from < chain.length; ) {
    let to = from + 1;
    while (to < chain.length && chain[to]!.length > chain[to - 1]!.length) to++;
    parts.push(chain.slice(from, to));
    from = to;
  }
  return parts;
}

/** Passes over the tokens of a text, in pieces if the graph keeps a cache. */
async function* passes(graph: LanguageGraph, tokens: readonly number[]) {
  let before: Cache | undefined;
  for (let from = 0; from < tokens.length; ) {
    const to = graph.hasCache ? Math.min(from + PIECE, tokens.length) : tokens.length;
    const pass = await graph.run(tokens.slice(from, to), before);
    yield pass;
    before = pass.cache;
    from = to;
  }
}
