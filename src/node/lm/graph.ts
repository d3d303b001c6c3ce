// An ONNX graph of a decoder-only language model, run by onnxruntime. What it takes and gives is
// read off its names, which are those of Hugging Face's exports: `input_ids`, `attention_mask`,
// `position_ids`, `past_key_values.N.key|value` in; `logits`, `present.N.key|value` out.

import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { CompressorUnavailableError, UsageError } from '../../errors.js';

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
 * @throws UsageError if it is no ONNX graph, or not one of a language model.
 */
export async function openGraph(path: string, { threads }: GraphOptions): Promise<LanguageGraph> {
  const runtime = await loadRuntime();
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw new UsageError(`"${path}" is not an ONNX model that can be run`, { cause: error });
  }
  return new LanguageGraph(path, runtime, session);
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
  /** Symbols that the logits tell of. */
  readonly vocabulary: number;
  readonly hasCache: boolean;
  readonly version: string;
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  /** Inputs of the cache, and the outputs that hold their next value. */
  readonly #pastNames: readonly string[];
  readonly #empty: Cache;

  constructor(path: string, runtime: Runtime, session: InferenceSession) {
    this.path = path;
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
    const logits = shapeOf(session.outputMetadata, 'logits');
    this.vocabulary = Number(logits.at(-1));
    if (logits.length !== 3) refuse('its logits have not three dimensions: batch, time, symbol');
    if (!Number.isInteger(this.vocabulary)) refuse('the width of its logits is not fixed');
    const tensors: Record<string, Tensor> = {};
    for (const name of this.#pastNames) {
      const [, heads, , width] = shapeOf(session.inputMetadata, name);
      if (typeof heads !== 'number' || typeof width !== 'number') {
        refuse(`the shape of "${name}" is not fixed`);
      }
      const shape = [1, Number(heads), 0, Number(width)];
      const isHalf = typeOf(session.inputMetadata, name) === 'float16';
      tensors[name] = isHalf
        ? new runtime.Tensor('float16', new Uint16Array(0), shape)
        : new runtime.Tensor('float32', new Float32Array(0), shape);
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
    const logits = floatsOf(outputs.logits!.data);
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

/** Numbers in 32 bits; halves come as such, or as their bits where there is no Float16Array. */
function floatsOf(data: Tensor['data']): Float32Array {
  if (data instanceof Float32Array) return data;
  if (data instanceof Uint16Array) return Float32Array.from(data, fromHalf);
  return Float32Array.from(data as ArrayLike<number>);
}

/** The number with these 16 bits (IEEE 754 binary16). */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function typeOf(metadata: readonly InferenceSession.ValueMetadata[], name: string): string {
  const value = metadata.find((entry) => entry.name === name);
  return value?.isTensor ? value.type : '';
}

function shapeOf(
  metadata: readonly InferenceSession.ValueMetadata[],
  name: string,
): readonly (number | string)[] {
  const value = metadata.find((entry) => entry.name === name);
  return value?.isTensor ? value.shape : [];
}
