// An ONNX graph of a decoder-only language model, run by onnxruntime. What it takes and gives is
// read off its names, which are those of Hugging Face's exports: `input_ids`, `attention_mask`,
// `position_ids`, `past_key_values.N.key|value` in; `logits`, `present.N.key|value` out. A graph
// may keep its cache in two parts, as training/export.py's do: `recent_key_values` come after
// `past_key_values`, and `present` is these with what a pass adds, so that most is not copied.

import { UsageError } from '../../errors.js';
import {
  type Cache,
  type CacheShape,
  type CacheSizes,
  CacheTensors,
  cacheShape,
  segmentsOf,
  type Tensors,
  tokensIn,
} from './cache.js';
import { floatsOf, hasNaN, isNear } from './logits.js';
import type { Runtime, Session, Tensor, TensorInfo } from './runtime.js';

/** Logits of one pass. */
export interface Pass {
  /** `vocabulary` numbers for each token given, in that order: of what comes after it. */
  readonly logits: Float32Array;
  /** What to go on from; undefined if the graph keeps none. */
  readonly cache: Cache | undefined;
}

/** Recent keys and values are moved to the past when they are of so many tokens. */
export const MOST_RECENT = 64;

/** Some more tokens of a text, and the cache of those before; undefined for none. */
export interface Continuation {
  readonly tokens: readonly number[];
  readonly cache?: Cache | undefined;
}

/** What a pass takes of the cache: each input of it is a part, padded to `most` tokens. */
interface Part {
  readonly prefix: string;
  readonly tensors: Tensors;
  /** Tokens of each text. */
  readonly times: readonly number[];
  readonly most: number;
  /** Called after the pass. */
  release(): void;
}

/** What is needed for a graph that does not fix it. */
export interface GraphSizes extends CacheSizes {
  /** Number of symbols. */
  readonly vocabulary?: number | undefined;
  /** Whether padding between tokens may be harmless, as it is if it is left out. */
  readonly canPad?: boolean | undefined;
}

/** A cache of more segments is joined. */
const MOST_SEGMENTS = 8;

/** What inputs and outputs of a cache begin with. */
const PAST = 'past_key_values.';
const RECENT = 'recent_key_values.';
const PRESENT = 'present.';

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
  /** What the inputs of the cache begin with; the last part is the one that `present` goes on. */
  readonly #parts: readonly string[];
  readonly #tensors: CacheTensors;
  readonly #canPad: boolean;
  #mayPad: Promise<boolean> | undefined;

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
    const past = named(PAST);
    const recent = named(RECENT);
    for (const name of inputNames) {
      if (!KNOWN_INPUTS.includes(name) && !past.includes(name) && !recent.includes(name)) {
        refuse(`its input "${name}" is unknown`);
      }
    }
    const twoParts = recent.length > 0;
    this.#parts = twoParts ? [PAST, RECENT] : past.length > 0 ? [PAST] : [];
    for (const name of twoParts ? recent : past) {
      if (!outputNames.includes(`${PRESENT}${keyOf(name)}`)) {
        refuse(`"${name}" has no "present" beside it`);
      }
      if (!past.includes(`${PAST}${keyOf(name)}`)) refuse(`"${name}" has no past before it`);
    }
    this.hasCache = past.length > 0;
    this.hasBatch = typeof shapeOf(session.inputMetadata, 'input_ids')[0] !== 'number';
    const logits = shapeOf(session.outputMetadata, 'logits');
    if (logits.length !== 3) refuse('its logits have not three dimensions: batch, time, symbol');
    const width = typeof logits[2] === 'number' ? logits[2] : sizes.vocabulary;
    if (width === undefined) refuse('the width of its logits is not fixed');
    this.vocabulary = Number(width);
    const shapes = new Map<string, CacheShape>();
    for (const name of [...past, ...recent]) {
      const shape = shapeOf(session.inputMetadata, name);
      const cache = cacheShape(shape, sizes);
      if (!cache) refuse(`the shape of "${name}" is not fixed: [${shape.join(', ')}]`);
      if (twoParts && cache!.timeAxis !== 2) refuse(`"${name}" does not grow along its third axis`);
      shapes.set(keyOf(name), {
        ...cache!,
        type: typeOf(session.inputMetadata, name) || 'float32',
      });
    }
    this.#tensors = new CacheTensors(runtime, shapes);
    const hasMask = inputNames.includes('attention_mask');
    this.#canPad = this.hasCache && this.hasBatch && hasMask && sizes.canPad !== false;
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
    cache: Cache = this.#tensors.none(rows.length),
  ): Promise<Pass> {
    const segments = segmentsOf(cache);
    const parts = this.#partsOf([segments]);
    const positions = rows.map(() => cache.length);
    const { logits, present } = await this.#pass(rows, positions, parts);
    if (!this.hasCache) return { logits, cache: undefined };
    const length = cache.length + rows[0]!.length;
    const before = parts.length > 1 ? this.#pastOf(segments) : undefined;
    return { logits, cache: this.#settled({ length, before, tensors: present }) };
  }

  /**
   * As `run`, of several texts at once. Unless `mayPad`, they have one token each and the same of
   * `shapeOf`. The last digits of a text may depend on the others.
   *
   * @param keepsCaches whether the passes have caches, if the graph has.
   * @throws UsageError if a logit is not a number, or the graph fails.
   */
  async runTexts(texts: readonly Continuation[], keepsCaches = true): Promise<Pass[]> {
    if (texts.length === 1 && keepsCaches)
      return [await this.run(texts[0]!.tokens, texts[0]!.cache)];
    const caches = texts.map(({ cache }) => cache ?? this.#tensors.none(1));
    const parts = this.#partsOf(caches.map(segmentsOf));
    const time = Math.max(...texts.map(({ tokens }) => tokens.length));
    const rows = texts.map(({ tokens }) => tokens);
    const positions = caches.map(({ length }) => length);
    const { logits, present } = await this.#pass(rows, positions, parts, keepsCaches);
    const from = parts.at(-1)?.most ?? 0;
    return texts.map(({ tokens }, row) => {
      const start = row * time * this.vocabulary;
      const own = logits.subarray(start, start + tokens.length * this.vocabulary);
      if (!this.hasCache || !keepsCaches) return { logits: own, cache: undefined };
      const before = caches[row]!;
      const length = before.length + tokens.length;
      const tensors = this.#tensors.slice(present, row, from, from + tokens.length);
      return { logits: own, cache: this.#settled({ length, before, tensors }) };
    });
  }

  /** Bytes of the keys and values of a token. */
  get cacheBytes(): number {
    return this.#tensors.bytesPerToken;
  }

  /** Whether `runTexts` takes any texts together: tried once, since not every graph heeds its mask. */
  mayPad(): Promise<boolean> {
    this.#mayPad ??= this.#tryPadding();
    return this.#mayPad;
  }

  async #tryPadding(): Promise<boolean> {
    if (!this.#canPad) return false;
    try {
      const short = await this.run([1, 2]);
      const long = await this.run(Array.from({ length: 16 }, (_, i) => i));
      const shortAlone = await this.run([3, 4, 5], short.cache);
      const longAlone = await this.run([6, 7, 8], long.cache);
      const first = await this.runTexts([
        { tokens: [3, 4], cache: short.cache },
        { tokens: [6], cache: long.cache },
      ]);
      const then = await this.runTexts([
        { tokens: [5], cache: first[0]!.cache },
        { tokens: [7, 8], cache: first[1]!.cache },
      ]);
      return [shortAlone, longAlone].every(({ logits }, i) =>
        isNear(logits, [...first[i]!.logits, ...then[i]!.logits]),
      );
    } catch {
      return false;
    }
  }

  /** Texts whose caches are of the same parts can always share a pass. */
  shapeOf(cache: Cache): string {
    const segments = segmentsOf(cache);
    return this.#parts.length > 1 ? `${segments[0]!.length} ${cache.length}` : `${cache.length}`;
  }

  /** The caches of some texts, given their segments, as the graph takes them. */
  #partsOf(texts: readonly (readonly Cache[])[]): Part[] {
    return this.#parts.map((prefix, i) => {
      const last = i === this.#parts.length - 1;
      const own = texts.map((segments) => (last ? segments.slice(i) : segments.slice(i, i + 1)));
      const times = own.map(tokensIn);
      const most = Math.max(...times);
      return { prefix, times, most, ...this.#tensors.stack(own, most) };
    });
  }

  /** The first segment, without what is not its own. */
  #pastOf([first]: readonly Cache[]): Cache {
    return { ...first!, tensors: this.#tensors.join([first!]) };
  }

  /** A cache of few segments: with two parts, the second is moved behind the first if it is long. */
  #settled(cache: Cache): Cache {
    const segments = segmentsOf(cache);
    const { length } = cache;
    const join = (parts: readonly Cache[]): Tensors =>
      this.#tensors.join(parts.filter((part) => tokensIn([part]) > 0));
    if (this.#parts.length > 1) {
      const [past, ...recent] = segments as [Cache, ...Cache[]];
      if (length - past.length >= MOST_RECENT) {
        return { length, before: undefined, tensors: join(segments) };
      }
      if (recent.length <= MOST_SEGMENTS) return cache;
      return { length, before: past, tensors: join(recent) };
    }
    return segments.length > MOST_SEGMENTS
      ? { length, before: undefined, tensors: join(segments) }
      : cache;
  }

  /**
   * Logits of some tokens of each text, and what `present` says; shorter texts are padded.
   *
   * @param positions of the first of the tokens of each text.
   */
  async #pass(
    rows: readonly (readonly number[])[],
    positions: readonly number[],
    parts: readonly Part[],
    keepsCaches = true,
  ): Promise<{ logits: Float32Array; present: Tensors }> {
    const { inputNames } = this.#session;
    const time = Math.max(...rows.map(({ length }) => length));
    const before = parts.reduce((sum, { most }) => sum + most, 0);
    const feeds: Record<string, Tensor> = {};
    for (const { prefix, tensors } of parts) {
      for (const [key, tensor] of Object.entries(tensors)) feeds[`${prefix}${key}`] = tensor;
    }
    const place = (row: number, i: number): number => Math.min(i, rows[row]!.length - 1);
    const tokenAt = (row: number, i: number): number => rows[row]![place(row, i)]!;
    feeds.input_ids = this.#integers('input_ids', rows.length, time, tokenAt);
    if (inputNames.includes('position_ids')) {
      const positionOf = (row: number, i: number): number => positions[row]! + place(row, i);
      feeds.position_ids = this.#integers('position_ids', rows.length, time, positionOf);
    }
    if (inputNames.includes('attention_mask')) {
      const isSeen = (row: number, i: number): number => {
        let at = i;
        for (const { times, most } of parts) {
          // The cache of a whole batch is one text's.
          if (at < most) return at < (times[row] ?? most) ? 1 : 0;
          at -= most;
        }
        return at < rows[row]!.length ? 1 : 0;
      };
      feeds.attention_mask = this.#integers('attention_mask', rows.length, before + time, isSeen);
    }
    if (inputNames.includes('cache_position')) {
      const all = this.#integers('cache_position', 1, time, (_row, i) => before + i);
      feeds.cache_position = this.#tensor(all.type, all.data, [time]);
    }
    if (inputNames.includes('use_cache_branch')) {
      feeds.use_cache_branch = this.#tensor('bool', [before > 0], [1]);
    }
    for (const name of inputNames.filter((it) => it.endsWith('logits_to_keep'))) {
      // 0 is all.
      const all = this.#integers(name, 1, 1, () => 0);
      const shape = shapeOf(this.#session.inputMetadata, name).map(() => 1);
      feeds[name] = this.#tensor(all.type, all.data, shape);
    }
    const keys = Object.keys(parts[0]?.tensors ?? {});
    let outputs: Readonly<Record<string, Tensor>>;
    try {
      const wanted = keepsCaches ? keys.map((key) => `${PRESENT}${key}`) : [];
      outputs = await this.#session.run(feeds, ['logits', ...wanted]);
    } catch (error) {
      const message = `"${this.path}" cannot be run on a text: ${lineOf(error)}`;
      throw new UsageError(message, { cause: error });
    } finally {
      for (const part of parts) part.release();
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
    const kept = keepsCaches ? keys : [];
    const present = Object.fromEntries(kept.map((key) => [key, outputs[`${PRESENT}${key}`]!]));
    return { logits, present };
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
}

/** What the runtime says, in one line, without the place in its source. */
export function lineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.replace(/\s+/g, ' ').replace(/\/\S+\.(?:cc|h):\d+ .+?\) (?=[A-Z])/, '');
  return line.trim().slice(0, MOST_MESSAGE);
}

const MOST_MESSAGE = 300;

/** The layer and kind of an input of the cache, as in `0.key`. */
function keyOf(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

function typeOf(metadata: readonly TensorInfo[], name: string): string {
  const value = metadata.find((entry) => entry.name === name);
  return value?.type ?? '';
}

function shapeOf(metadata: readonly TensorInfo[], name: string): readonly (number | string)[] {
  const value = metadata.find((entry) => entry.name === name);
  return value?.shape ?? [];
}
