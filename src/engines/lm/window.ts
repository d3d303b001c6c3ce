// What a language model sees of some texts of equal length that step together, one row each, or of
// one alone. Passes through the graph are cut at fixed places of the window, whatever was pushed at
// once, so that encoder and decoder compute the same last digits.

import type { Cache } from './cache.js';
import { type LanguageGraph, MOST_RECENT, type Pass } from './graph.js';

/** Tokens that are passed together once they are all there; until then they go one by one. */
const BLOCK = MOST_RECENT;

/** Tokens of one pass over a text that is all there. */
const PIECE = 256;

export interface WindowOptions {
  /** Tokens the graph may see at once, the start symbol among them. */
  readonly context: number;
  /** The token that stands before the first. */
  readonly start: number;
  /** The symbol of byte 0. */
  readonly firstByte: number;
}

/**
 * Tokens, the start symbol first. When the window is full, the model forgets all but the later half
 * of it and reads that as a text of its own.
 */
export class Window {
  readonly graph: LanguageGraph;
  readonly options: WindowOptions;
  #rows: number[][];
  /** After the whole blocks of the window that have been passed; undefined for none. */
  #blocks: Cache | undefined;
  /** After some tokens more, passed one by one. */
  #steps: Cache | undefined;
  /** What comes after the last token of each row, once it has been passed. */
  #last: Float32Array | undefined;

  constructor(graph: LanguageGraph, options: WindowOptions, rows: number) {
    this.graph = graph;
    this.options = options;
    this.#rows = Array.from({ length: rows }, () => [options.start]);
  }

  fork(): Window {
    const fork = new Window(this.graph, this.options, 0);
    fork.#rows = this.#rows.map((row) => row.slice());
    fork.#blocks = this.#blocks;
    fork.#steps = this.#steps;
    fork.#last = this.#last;
    return fork;
  }

  get length(): number {
    return this.#rows[0]!.length;
  }

  /** Tokens that can still be pushed before it is full. */
  get room(): number {
    return this.options.context - this.length;
  }

  /** Appends a byte to each row. */
  push(bytes: ArrayLike<number>): void {
    const { context, start, firstByte } = this.options;
    this.#last = undefined;
    if (this.room === 0) {
      const kept = context - (context >> 1) + 1;
      this.#rows = this.#rows.map((row) => [start, ...row.slice(kept)]);
      this.#blocks = undefined;
      this.#steps = undefined;
    }
    for (const [i, row] of this.#rows.entries()) row.push(firstByte + bytes[i]!);
  }

  /**
   * What comes next in each row, `vocabulary` logits of one after the other; not to be written to.
   *
   * @throws UsageError if the graph fails.
   */
  async logits(): Promise<Float32Array> {
    this.#last ??= this.#lastOf(
      this.graph.hasCache ? await this.#passNew() : await this.graph.runRows(this.#rows),
    );
    return this.#last;
  }

  /**
   * What comes after the last token of a window of one row, and then after each of some bytes that
   * there is room for: `vocabulary` logits of one after the other, in some pieces. The digits are
   * not those of `logits`. The window stays as it is.
   *
   * @throws UsageError if the graph fails.
   */
  async *ahead(more: ArrayLike<number>): AsyncGenerator<Float32Array, void, void> {
    const { hasCache, vocabulary } = this.graph;
    const { firstByte } = this.options;
    const tokens = [...this.#rows[0]!, ...Array.from(more, (byte) => firstByte + byte)];
    let cache = this.#blocks && this.#blocks.length < this.length ? this.#blocks : undefined;
    const piece = hasCache ? PIECE : tokens.length;
    for (let from = cache?.length ?? 0; from < tokens.length; from += piece) {
      const pass = await this.graph.run(tokens.slice(from, from + piece), cache);
      cache = pass.cache;
      const known = Math.max(this.length - 1 - from, 0);
      yield pass.logits.subarray(known * vocabulary);
    }
  }

  /** Passes the tokens that have not been. */
  async #passNew(): Promise<Pass> {
    let pass: Pass | undefined;
    while (this.length - (this.#blocks?.length ?? 0) >= BLOCK) {
      pass = await this.#pass(this.#blocks, BLOCK);
      this.#blocks = pass.cache;
      this.#steps = undefined;
    }
    for (;;) {
      const cache = this.#steps ?? this.#blocks;
      if (cache?.length === this.length) return pass!;
      pass = await this.#pass(cache, 1);
      this.#steps = pass.cache;
    }
  }

  #pass(cache: Cache | undefined, count: number): Promise<Pass> {
    const from = cache?.length ?? 0;
    return this.graph.runRows(
      this.#rows.map((row) => row.slice(from, from + count)),
      cache,
    );
  }

  /** The logits after the last token of each row alone. */
  #lastOf({ logits }: Pass): Float32Array {
    const { vocabulary } = this.graph;
    const rows = this.#rows.length;
    const each = logits.length / rows;
    if (each === vocabulary) return logits;
    const last = new Float32Array(rows * vocabulary);
    for (let row = 0; row < rows; row++) {
      const end = (row + 1) * each;
      last.set(logits.subarray(end - vocabulary, end), row * vocabulary);
    }
    return last;
  }
}
