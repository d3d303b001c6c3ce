// A language model of bytes as a predictor: of one text, and of many that step together.

import type { LockstepModel, Predictor } from '../../types.js';
import type { LanguageGraph } from './graph.js';
import { Window, type WindowOptions } from './window.js';

/** −log2 P of the next byte. */
export class ByteLanguageModel implements Predictor {
  readonly alphabetSize = 256;
  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
  }

  fork(): ByteLanguageModel {
    return new ByteLanguageModel(this.#window.fork());
  }

  update(symbol: number): void {
    this.#window.push([symbol]);
  }

  /** @throws UsageError if the graph fails. */
  async predict(out: Float64Array): Promise<void> {
    bitsOf(await this.#window.logits(), this.#window.options.firstByte, out, 0);
  }

  /**
   * −log2 P of each of some bytes, each after those before it, in passes of many at once; up to
   * rounding what `predict` and `update` would say in turn. The state stays as it is.
   *
   * @throws UsageError if the graph fails.
   */
  surprisals(bytes: Uint8Array): Promise<Float64Array> {
    return surprisalsAfter(this.#window, bytes);
  }

  /** What `predict` would say at each place, some places at a time. The state stays as it is. */
  async *nexts(bytes: Uint8Array): AsyncGenerator<Float64Array, void, void> {
    const { graph, options } = this.#window;
    const { vocabulary } = graph;
    let bits = new Float64Array();
    for await (const logits of logitsAlong(this.#window, bytes)) {
      const length = (256 * logits.length) / vocabulary;
      if (bits.length !== length) bits = new Float64Array(length);
      for (let at = 0, to = 0; at < logits.length; at += vocabulary, to += 256) {
        bitsOf(logits, options.firstByte + at, bits, to);
      }
      yield bits;
    }
  }
}

/** −log2 P of the next byte of each of some texts. */
export class ByteLockstep implements LockstepModel {
  readonly #window: Window;

  constructor(graph: LanguageGraph, options: WindowOptions, rows: number) {
    this.#window = new Window(graph, options, rows);
  }

  update(bytes: Uint8Array): void {
    this.#window.push(bytes);
  }

  /** @throws UsageError if the graph fails. */
  async predict(out: Float64Array): Promise<void> {
    const { graph, options } = this.#window;
    const logits = await this.#window.logits();
    for (let row = 0; 256 * row < out.length; row++) {
      bitsOf(logits, options.firstByte + row * graph.vocabulary, out, 256 * row);
    }
  }
}

async function surprisalsAfter(before: Window, bytes: Uint8Array): Promise<Float64Array> {
  const { vocabulary } = before.graph;
  const { firstByte } = before.options;
  const surprisals = new Float64Array(bytes.length);
  let done = 0;
  for await (const logits of logitsAlong(before, bytes)) {
    for (let at = firstByte; at < logits.length; at += vocabulary, done++) {
      surprisals[done] = (logOfSum(logits, at) - logits[at + bytes[done]!]!) / Math.LN2;
    }
  }
  return surprisals;
}

/** The logits at each byte, of what the model expects there, some bytes at a time. */
async function* logitsAlong(
  before: Window,
  bytes: Uint8Array,
): AsyncGenerator<Float32Array, void, void> {
  const { vocabulary } = before.graph;
  const window = before.fork();
  for (let done = 0; done < bytes.length; ) {
    const part = bytes.subarray(done, done + window.room + 1);
    for await (const logits of window.ahead(part.subarray(0, -1))) {
      done += logits.length / vocabulary;
      yield logits;
    }
    for (const byte of part) window.push([byte]);
  }
}

/** `out[to + b]` = −log2 of the softmax over the 256 logits from `at`. */
function bitsOf(logits: Float32Array, at: number, out: Float64Array, to: number): void {
  const all = logOfSum(logits, at);
  for (let b = 0; b < 256; b++) out[to + b] = (all - logits[at + b]!) / Math.LN2;
}

/** ln Σ e^logit over the 256 logits from `at`. */
function logOfSum(logits: Float32Array, at: number): number {
  let most = -Infinity;
  for (let b = 0; b < 256; b++) most = Math.max(most, logits[at + b]!);
  let sum = 0;
  for (let b = 0; b < 256; b++) sum += Math.exp(logits[at + b]! - most);
  return most + Math.log(sum);
}
