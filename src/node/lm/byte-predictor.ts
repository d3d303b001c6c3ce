// A language model of bytes as a predictor. Passes through the graph are cut at fixed places of the
// window, whatever was pushed at once, so that encoder and decoder compute the same last digits.

import type { Predictor } from '../../types.js';
import type { Cache, LanguageGraph, Pass } from './graph.js';

/** Tokens that are passed together once they are all there; until then they go one by one. */
const BLOCK = 64;

export interface ByteModelOptions {
  /** Tokens the graph may see at once, the start symbol among them. */
  readonly context: number;
  /** The token that stands before the first byte. */
  readonly start: number;
}

/**
 * −log2 P of the next byte. The window begins with the start symbol; when it is full, the model
 * forgets all but the later half of it and reads that as a text of its own.
 */
export class ByteLanguageModel implements Predictor {
  readonly alphabetSize = 256;
  readonly #graph: LanguageGraph;
  readonly #options: ByteModelOptions;
  /** The window, start symbol first. */
  #tokens: number[];
  /** After the whole blocks of the window that have been passed; undefined for none. */
  #blocks: Cache | undefined;
  /** After some tokens more, passed one by one. */
  #steps: Cache | undefined;
  /** What comes after the last token, once it has been passed. */
  #last: Float32Array | undefined;

  constructor(graph: LanguageGraph, options: ByteModelOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#tokens = [options.start];
  }

  fork(): ByteLanguageModel {
    const fork = new ByteLanguageModel(this.#graph, this.#options);
    fork.#tokens = this.#tokens.slice();
    fork.#blocks = this.#blocks;
    fork.#steps = this.#steps;
    fork.#last = this.#last;
    return fork;
  }

  update(symbol: number): void {
    const { context, start } = this.#options;
    this.#last = undefined;
    if (this.#tokens.length === context) {
      this.#tokens = [start, ...this.#tokens.slice(context - (context >> 1) + 1)];
      this.#blocks = undefined;
      this.#steps = undefined;
    }
    this.#tokens.push(symbol);
  }

  /** @throws UsageError if the graph fails. */
  async predict(out: Float64Array): Promise<void> {
    this.#last ??= this.#graph.hasCache
      ? await this.#passNew()
      : lastRow(await this.#graph.run(this.#tokens), this.#graph.vocabulary);
    bitsOf(this.#last, 0, out);
  }

  /**
   * −log2 P of each of some bytes, each after those before it, in passes of a window; up to
   * rounding what `predict` and `update` would say in turn. The state stays as it is.
   *
   * @throws UsageError if the graph fails.
   */
  async surprisals(bytes: Uint8Array): Promise<Float64Array> {
    const surprisals = new Float64Array(bytes.length);
    const reader = this.fork();
    const row = new Float64Array(256);
    for (let done = 0; done < bytes.length; ) {
      const tokens = reader.#tokens;
      const first = tokens.length - 1;
      const count = Math.min(this.#options.context - first, bytes.length - done);
      const part = bytes.subarray(done, done + count);
      const { logits } = await this.#graph.run([...tokens, ...part.subarray(0, -1)]);
      for (let i = 0; i < count; i++) {
        bitsOf(logits, (first + i) * this.#graph.vocabulary, row);
        surprisals[done + i] = row[part[i]!]!;
      }
      for (const byte of part) reader.update(byte);
      done += count;
    }
    return surprisals;
  }

  /** Passes the tokens that have not been, and gives the logits after the last. */
  async #passNew(): Promise<Float32Array> {
    const tokens = this.#tokens;
    let pass: Pass | undefined;
    while (tokens.length - (this.#blocks?.length ?? 0) >= BLOCK) {
      const from = this.#blocks?.length ?? 0;
      pass = await this.#graph.run(tokens.slice(from, from + BLOCK), this.#blocks);
      this.#blocks = pass.cache;
      this.#steps = undefined;
    }
    for (;;) {
      const cache = this.#steps ?? this.#blocks;
      const from = cache?.length ?? 0;
      if (from === tokens.length) return lastRow(pass!, this.#graph.vocabulary);
      pass = await this.#graph.run(tokens.slice(from, from + 1), cache);
      this.#steps = pass.cache;
    }
  }
}

function lastRow({ logits }: Pass, vocabulary: number): Float32Array {
  return logits.slice(logits.length - vocabulary);
}

/** `out[b]` = −log2 of the softmax over the first 256 logits from `at`. */
function bitsOf(logits: Float32Array, at: number, out: Float64Array): void {
  let most = -Infinity;
  for (let b = 0; b < 256; b++) most = Math.max(most, logits[at + b]!);
  let sum = 0;
  for (let b = 0; b < 256; b++) sum += Math.exp(logits[at + b]! - most);
  const all = most + Math.log(sum);
  for (let b = 0; b < 256; b++) out[b] = (all - logits[at + b]!) / Math.LN2;
}
