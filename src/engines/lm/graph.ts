// An ONNX graph of a decoder-only language model, run by onnxruntime. What it takes and gives is
// read off its names, which are those of Hugging Face's exports: `input_ids`, `attention_mask`,
// `position_ids`, `past_key_values.N.key|value` in; `logits`, `present.N.key|value` out. A graph
// may keep its cache in two parts, as training/export.py's do: `recent_key_values` come after
// `past_key_values`, and `present` is these with what a pass adds, so that most is not copied.

import { UsageError } from '../../errors.js';
import type { Runtime, Session, Tensor, TensorInfo } from './runtime.js';

/** Keys and values of every layer for the tokens seen: never changed, so it can be shared. */
export interface Cache {
  /** Tokens that it stands for. */
  readonly length: number;
  /** By the names of the inputs. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Logits of one pass. */
export interface Pass {
  /** `vocabulary` numbers for each token given, in that order: of what comes after it. */
  readonly logits: Float32Array;
  /** What to go on from; undefined if the graph keeps none. */
  readonly cache: Cache | undefined;
}

/** Recent keys and values are moved to the past when they are of so many tokens. */
export const MOST_RECENT = 64;

/** What is needed for a graph that does not fix it. */
export interface GraphSizes {
  /** Number of symbols. */
  readonly vocabulary?: number | undefined;
  /** Heads of the cache, and numbers in each. */
  readonly heads?: number | undefined;
  readonly headWidth?: number | undefined;
}

/** Inputs beside the cache that can be fed. */
const KNOWN_INPUTS = [
  'input_ids',
  'attention_mask',
  'position_ids',
  'cache_position',
  'use_cache_branch',
  'num_logits_to_keep',
  'logits_to_keep',
];

export class LanguageGraph {
  readonly path: string;
  /** Symbols that the logits tell of. */
  readonly vocabulary: number;
  readonly hasCache: boolean;
  /** Whether it takes several texts at once. */
  readonly hasBatch: boolean;
  readonly #runtime: Runtime;
  readonly #session: Session;
  /** Inputs that `present` follows on, what is before them if that is a part of its own. */
  readonly #grownNames: readonly string[];
  readonly #pastNames: readonly string[];

  /** By cache input, its shape for no tokens and a batch of 1, and the axis that grows. */
  readonly #caches = new Map<string, { shape: readonly number[]; timeAxis: number }>();

  /**
   * @param path of the graph, for messages.
   * @throws UsageError if it is not the graph of a language model.
   */
  constructor(path: string, runtime: Runtime, session: Session, sizes: GraphSizes = {}) {
    this.path = path;
    this.#runtime = runtime;
    this.#session = session;
    const { inputNames, outputNames } = session;
    const refuse = (why: string): never => {
      throw new UsageError(`"${path}" is not a language model: ${why}`);
    };
    if (!inputNames.includes('input_ids')) refuse('it has no input "input_ids"');
    if (!outputNames.includes('logits')) refuse('it has no output "logits"');
    const named = (start: string): string[] => inputNames.filter((name) => name.startsWith(start));
    const past = named('past_key_values.');
    const recent = named('recent_key_values.');
    for (const name of inputNames) {
      if (!KNOWN_INPUTS.includes(name) && !past.includes(name) && !recent.includes(name)) {
        refuse(`its input "${name}" is unknown`);
      }
    }
    const twoParts = recent.length > 0;
    this.#grownNames = twoParts ? recent : past;
    this.#pastNames = twoParts ? past : [];
    for (const name of this.#grownNames) {
      if (!outputNames.includes(presentName(name))) refuse(`"${name}" has no "present" beside it`);
      if (twoParts && !past.includes(pastName(name))) refuse(`"${name}" has no past before it`);
    }
    this.hasCache = past.length > 0;
    this.hasBatch = typeof shapeOf(session.inputMetadata, 'input_ids')[0] !== 'number';
    const logits = shapeOf(session.outputMetadata, 'logits');
    if (logits.length !== 3) refuse('its logits have not three dimensions: batch, time, symbol');
    const width = typeof logits[2] === 'number' ? logits[2] : sizes.vocabulary;
    if (width === undefined) refuse('the width of its logits is not fixed');
    this.vocabulary = Number(width);
    for (const name of [...past, ...recent]) {
      const shape = shapeOf(session.inputMetadata, name);
      const cache = cacheShape(shape, sizes);
      if (!cache) refuse(`the shape of "${name}" is not fixed: [${shape.join(', ')}]`);
      if (twoParts && cache!.timeAxis !== 2) refuse(`"${name}" does not grow along its third axis`);
      this.#caches.set(name, cache!);
    }
  }

  /**
   * Logits after each of some tokens that follow what a cache stands for, nothing if left out. The
   * same tokens in the same pieces give the same bits.
   *
   * @throws UsageError if a logit is not a number, or the graph fails.
   */
  run(tokens: readonly number[], cache?: Cache): Promise<Pass> {
    return this.runRows([tokens], cache);
  }

  /**
   * As `run`, of several texts at once, as many tokens of each; a cache is of as many texts. What
   * comes of a text does not depend on the others, but it may on how many there are.
   *
   * @throws UsageError if a logit is not a number, or the graph fails.
   */
  async runRows(
    rows: readonly (readonly number[])[],
    cache: Cache = this.#empty(rows.length),
  ): Promise<Pass> {
    const { inputNames } = this.#session;
    const time = rows[0]!.length;
    const length = cache.length + time;
    const feeds: Record<string, Tensor> = { ...cache.tensors };
    feeds.input_ids = this.#integers('input_ids', rows.length, time, (row, i) => rows[row]![i]!);
    if (inputNames.includes('position_ids')) {
      const at = (_row: number, i: number): number => cache.length + i;
      feeds.position_ids = this.#integers('position_ids', rows.length, time, at);
    }
    if (inputNames.includes('attention_mask')) {
      feeds.attention_mask = this.#integers('attention_mask', rows.length, length, () => 1);
    }
    if (inputNames.includes('cache_position')) {
      const all = this.#integers('cache_position', 1, time, (_row, i) => cache.length + i);
      feeds.cache_position = this.#tensor(all.type, all.data, [time]);
    }
    if (inputNames.includes('use_cache_branch')) {
      feeds.use_cache_branch = this.#tensor('bool', [cache.length > 0], [1]);
    }
    for (const name of inputNames.filter((it) => it.endsWith('logits_to_keep'))) {
      // 0 is all.
      const all = this.#integers(name, 1, 1, () => 0);
      const shape = shapeOf(this.#session.inputMetadata, name).map(() => 1);
      feeds[name] = this.#tensor(all.type, all.data, shape);
    }
    let outputs: Readonly<Record<string, Tensor>>;
    try {
      outputs = await this.#session.run(feeds);
    } catch (error) {
      const message = `"${this.path}" cannot be run on a text: ${lineOf(error)}`;
      throw new UsageError(message, { cause: error });
    }
    const logits = floatsOf(outputs.logits!.data);
    const each = logits.length / rows.length / this.vocabulary;
    if (each !== time) {
      const only = each === 1 ? ', of the last alone' : '';
      throw new UsageError(
        `"${this.path}" gives logits of ${each} tokens for ${time}${only}: export it with all of them`,
      );
    }
    if (hasNaN(logits)) throw new UsageError(`"${this.path}" gives logits that are not numbers`);
    if (!this.hasCache) return { logits, cache: undefined };
    const tensors: Record<string, Tensor> = {};
    for (const name of this.#grownNames) tensors[name] = outputs[presentName(name)]!;
    for (const name of this.#pastNames) tensors[name] = cache.tensors[name]!;
    const recent = this.#pastNames.length > 0 ? tensors[this.#grownNames[0]!]!.dims[2]! : 0;
    if (recent >= MOST_RECENT) this.#settle(tensors);
    return { logits, cache: { length, tensors } };
  }

  /** Caches with equal shapes can be stacked. */
  shapeOf({ tensors }: Cache): string {
    return [...this.#pastNames.slice(0, 1), ...this.#grownNames.slice(0, 1)]
      .map((name) => tensors[name]!.dims.join())
      .join(' ');
  }

  /** The caches of texts, of one row each and of equal shapes, as one of as many rows. */
  stack(caches: readonly Cache[]): Cache {
    const tensors: Record<string, Tensor> = {};
    for (const name of [...this.#pastNames, ...this.#grownNames]) {
      const { type, dims, data, size } = caches[0]!.tensors[name]!;
      const Numbers = data.constructor as new (length: number) => Float32Array;
      const all = new Numbers(size * caches.length);
      for (const [row, cache] of caches.entries()) {
        all.set(cache.tensors[name]!.data as Float32Array, row * size);
      }
      tensors[name] = this.#tensor(type, all, [caches.length, ...dims.slice(1)]);
    }
    return { length: caches[0]!.length, tensors };
  }

  /** The cache of each of some texts, given that of all; the numbers are shared. */
  split({ length, tensors }: Cache, rows: number): Cache[] {
    return Array.from({ length: rows }, (_, row) => {
      const one = Object.entries(tensors).map(([name, { type, dims, data, size }]) => {
        const each = size / rows;
        const part = (data as Float32Array).subarray(row * each, (row + 1) * each);
        return [name, this.#tensor(type, part, [1, ...dims.slice(1)])];
      });
      return { length, tensors: Object.fromEntries(one) };
    });
  }

  /** Of the cache of one text, that of its first tokens; it copies numbers when they are asked for. */
  prefix(cache: Cache, length: number): Cache {
    if (length === cache.length) return cache;
    let tensors: Record<string, Tensor> | undefined;
    const first = (): Record<string, Tensor> => {
      const found: Record<string, Tensor> = {};
      let rest = length;
      for (const names of [this.#pastNames, this.#grownNames]) {
        for (const name of names) found[name] = this.#firstOf(cache.tensors[name]!, name, rest);
        const [name] = names;
        if (name) rest -= found[name]!.dims[this.#caches.get(name)!.timeAxis]!;
      }
      return found;
    };
    return {
      length,
      get tensors() {
        tensors ??= first();
        return tensors;
      },
    };
  }

  /** A tensor of a cache, for its first tokens, at most so many. */
  #firstOf(tensor: Tensor, name: string, most: number): Tensor {
    const { timeAxis } = this.#caches.get(name)!;
    const time = tensor.dims[timeAxis]!;
    if (time <= most) return tensor;
    const inner = tensor.dims.slice(timeAxis + 1).reduce((a, b) => a * b, 1);
    const outer = tensor.size / (inner * time);
    const data = tensor.data as Float32Array;
    const part = new (data.constructor as new (length: number) => Float32Array)(
      outer * most * inner,
    );
    for (let i = 0; i < outer; i++) {
      const from = i * time * inner;
      part.set(data.subarray(from, from + most * inner), i * most * inner);
    }
    const dims = tensor.dims.map((size, axis) => (axis === timeAxis ? most : size));
    return this.#tensor(tensor.type, part, dims);
  }

  #tensor(type: string, data: ArrayLike<unknown>, dims: readonly number[]): Tensor {
    return new this.#runtime.Tensor(type as never, data as never, dims);
  }

  /** [batch, time], of the type that the input has. */
  #integers(
    name: string,
    batch: number,
    time: number,
    at: (row: number, i: number) => number,
  ): Tensor {
    if (typeOf(this.#session.inputMetadata, name) === 'int32') {
      const values = Int32Array.from({ length: batch * time }, (_, k) =>
        at(Math.floor(k / time), k % time),
      );
      return this.#tensor('int32', values, [batch, time]);
    }
    const values = new BigInt64Array(batch * time);
    // Their low halves: all are in [0, 2^31), and making a BigInt of each would take longer.
    const low = new Int32Array(values.buffer);
    for (let row = 0, to = 0; row < batch; row++) {
      for (let i = 0; i < time; i++, to += 2) low[to] = at(row, i);
    }
    return this.#tensor('int64', values, [batch, time]);
  }

  #empty(batch: number): Cache {
    const tensors: Record<string, Tensor> = {};
    for (const name of [...this.#grownNames, ...this.#pastNames]) {
      tensors[name] = this.#noTokens(name, batch);
    }
    return { length: 0, tensors };
  }

  #noTokens(name: string, batch: number): Tensor {
    const shape = [batch, ...this.#caches.get(name)!.shape.slice(1)];
    if (typeOf(this.#session.inputMetadata, name) === 'float16') {
      return this.#tensor('float16', new Uint16Array(0), shape);
    }
    return this.#tensor('float32', new Float32Array(0), shape);
  }

  /** Moves the recent part of a cache behind its past. */
  #settle(tensors: Record<string, Tensor>): void {
    for (const name of this.#grownNames) {
      const before = tensors[pastName(name)]!;
      const after = tensors[name]!;
      tensors[pastName(name)] = this.#join(before, after);
      tensors[name] = this.#noTokens(name, before.dims[0]!);
    }
  }

  /** One behind the other in time, [batch, heads, time, width] each. */
  #join(before: Tensor, after: Tensor): Tensor {
    const [batch = 0, heads = 0, time = 0, width = 0] = before.dims;
    const step = time * width;
    const stepAfter = after.dims[2]! * width;
    const joined = new Float32Array(before.size + after.size);
    const [first, second] = [before.data as Float32Array, after.data as Float32Array];
    for (let i = 0, at = 0; i < batch * heads; i++, at += step + stepAfter) {
      joined.set(first.subarray(i * step, (i + 1) * step), at);
      joined.set(second.subarray(i * stepAfter, (i + 1) * stepAfter), at + step);
    }
    const shape = [batch, heads, time + after.dims[2]!, width];
    return this.#tensor('float32', joined, shape);
  }
}

/**
 * The shape of a cache for no tokens: heads and width are fixed by the graph or known from its
 * config.json, and the axis that is left grows. Undefined if more than one is left.
 */
function cacheShape(
  shape: readonly (number | string)[],
  { heads, headWidth }: GraphSizes,
): { shape: readonly number[]; timeAxis: number } | undefined {
  if (shape.length !== 4) return undefined;
  const isFixed = (axis: number): boolean => typeof shape[axis] === 'number';
  // Some exports have the axes of the keys swapped: batch, heads, width, time.
  const timeAxis = isFixed(2) && !isFixed(3) ? 3 : 2;
  const widthAxis = 5 - timeAxis;
  const count = isFixed(1) ? Number(shape[1]) : heads;
  const width = isFixed(widthAxis) ? Number(shape[widthAxis]) : headWidth;
  if (count === undefined || width === undefined || isFixed(timeAxis)) return undefined;
  return { shape: timeAxis === 2 ? [1, count, 0, width] : [1, count, width, 0], timeAxis };
}

/** What the runtime says, in one line, without the place in its source. */
export function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replace(/\s+/g, ' ').replace(/\/\S+\.(?:cc|h):\d+ .+?\) (?=[A-Z])/, '');
  return line.trim().slice(0, MOST_MESSAGE);
}

const MOST_MESSAGE = 300;

/** The output that is an input's next value. */
function presentName(name: string): string {
  return name.replace(/^(past|recent)_key_values/, 'present');
}

function pastName(recentName: string): string {
  return recentName.replace('recent', 'past');
}

function hasNaN(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isNaN(sum);
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

function typeOf(metadata: readonly TensorInfo[], name: string): string {
  const value = metadata.find((entry) => entry.name === name);
  return value?.type ?? '';
}

function shapeOf(metadata: readonly TensorInfo[], name: string): readonly (number | string)[] {
  const value = metadata.find((entry) => entry.name === name);
  return value?.shape ?? [];
}
