// An ONNX graph of a decoder-only language model, run by onnxruntime. What it takes and gives is
// read off its names, which are those of Hugging Face's exports: `input_ids`, `attention_mask`,
// `position_ids`, `past_key_values.N.key|value` in; `logits`, `present.N.key|value` out.

import { readFile } from 'node:fs/promises';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { CompressorUnavailableError, UsageError } from '../../errors.js';
import { FileError, reason } from '../files.js';

type Runtime = typeof import('onnxruntime-node');

/** Keys and values of every layer for the tokens seen: never changed, so it can be shared. */
export interface Cache {
  /** Tokens that it stands for. */
  readonly length: number;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Logits of one pass. */
export interface Pass {
  /** A row of `vocabulary` numbers for each token given: of what comes after it. */
  readonly logits: Float32Array;
  /** What to go on from; undefined if the graph keeps none. */
  readonly cache: Cache | undefined;
}

export interface GraphOptions {
  /** Threads for one pass. The last digits of the logits may depend on it. */
  readonly threads: number;
}

/**
 * Loads a graph.
 *
 * @throws CompressorUnavailableError if onnxruntime-node is not installed.
 * @throws FileError if the file cannot be read.
 * @throws UsageError if it is no ONNX graph, or not one of a language model.
 */
export async function openGraph(path: string, { threads }: GraphOptions): Promise<LanguageGraph> {
  const runtime = await loadRuntime();
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
  }
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw new UsageError(`"${path}" is not an ONNX model that can be run`, { cause: error });
  }
  return new LanguageGraph(path, runtime, session, bytes);
}

async function loadRuntime(): Promise<Runtime> {
  try {
    const module = await import('onnxruntime-node');
    return module.default ?? module;
  } catch (error) {
    throw new CompressorUnavailableError(
      'language models need the package onnxruntime-node',
      'npm install onnxruntime-node --onnxruntime-node-install=skip',
      { cause: error },
    );
  }
}

export class LanguageGraph {
  readonly path: string;
  /** The file. */
  readonly bytes: Uint8Array;
  /** Symbols that the logits tell of. */
  readonly vocabulary: number;
  readonly hasCache: boolean;
  readonly version: string;
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  /** Inputs of the cache, and the outputs that hold their next value. */
  readonly #pastNames: readonly string[];
  readonly #empty: Cache;

  constructor(path: string, runtime: Runtime, session: InferenceSession, bytes: Uint8Array) {
    this.path = path;
    this.bytes = bytes;
    this.#runtime = runtime;
    this.#session = session;
    this.version = `onnxruntime ${runtime.env.versions.node ?? runtime.env.versions.common}, cpu`;
    const { inputNames, outputNames } = session;
    const refuse = (why: string): never => {
      throw new UsageError(`"${path}" is not a language model: ${why}`);
    };
    if (!inputNames.includes('input_ids')) refuse('it has no input "input_ids"');
    if (!outputNames.includes('logits')) refuse('it has no output "logits"');
    this.#pastNames = inputNames.filter((name) => name.startsWith('past_key_values.'));
    for (const name of inputNames) {
      const known = ['input_ids', 'attention_mask', 'position_ids'].includes(name);
      if (!known && !this.#pastNames.includes(name)) refuse(`its input "${name}" is unknown`);
    }
    for (const name of this.#pastNames) {
      if (!outputNames.includes(presentName(name))) refuse(`"${name}" has no "present" beside it`);
    }
    this.hasCache = this.#pastNames.length > 0;
    this.vocabulary = Number(shapeOf(session.outputMetadata, 'logits').at(-1));
    if (!Number.isInteger(this.vocabulary)) refuse('the width of its logits is not fixed');
    const tensors: Record<string, Tensor> = {};
    for (const name of this.#pastNames) {
      const [, heads, , width] = shapeOf(session.inputMetadata, name);
      if (typeof heads !== 'number' || typeof width !== 'number') {
        refuse(`the shape of "${name}" is not fixed`);
      }
      const shape = [1, Number(heads), 0, Number(width)];
      tensors[name] = new runtime.Tensor('float32', new Float32Array(0), shape);
    }
    this.#empty = { length: 0, tensors };
  }

  /**
   * Logits after each of some tokens that follow what a cache stands for, nothing if left out. The
   * same tokens in the same pieces give the same bits.
   *
   * @throws UsageError if a logit is not a number, or the graph fails.
   */
  async run(tokens: readonly number[], cache: Cache = this.#empty): Promise<Pass> {
    const { Tensor } = this.#runtime;
    const { inputNames } = this.#session;
    const integers = (values: ArrayLike<number>): Tensor =>
      new Tensor('int64', BigInt64Array.from(values as number[], BigInt), [1, values.length]);
    const feeds: Record<string, Tensor> = { ...cache.tensors, input_ids: integers(tokens) };
    const length = cache.length + tokens.length;
    if (inputNames.includes('position_ids')) {
      feeds.position_ids = integers(tokens.map((_, i) => cache.length + i));
    }
    if (inputNames.includes('attention_mask')) {
      feeds.attention_mask = integers(new Array<number>(length).fill(1));
    }
    let outputs: InferenceSession.OnnxValueMapType;
    try {
      outputs = await this.#session.run(feeds);
    } catch (error) {
      throw new UsageError(`"${this.path}" cannot be run on a text`, { cause: error });
    }
    const logits = outputs.logits!.data as Float32Array;
    if (logits.length !== tokens.length * this.vocabulary || logits.some(Number.isNaN)) {
      throw new UsageError(`"${this.path}" gives logits that are not numbers`);
    }
    if (!this.hasCache) return { logits, cache: undefined };
    const tensors: Record<string, Tensor> = {};
    for (const name of this.#pastNames) tensors[name] = outputs[presentName(name)] as Tensor;
    return { logits, cache: { length, tensors } };
  }
}

function presentName(pastName: string): string {
  return pastName.replace('past_key_values', 'present');
}

function shapeOf(
  metadata: readonly InferenceSession.ValueMetadata[],
  name: string,
): readonly (number | string)[] {
  const value = metadata.find((entry) => entry.name === name);
  return value?.isTensor ? value.shape : [];
}
