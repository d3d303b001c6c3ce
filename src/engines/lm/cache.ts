// Keys and values of the tokens that a language model has seen, as segments, each after the one
// before it. None is changed once it is made, so that caches with the same beginning share it.

import type { Runtime, Tensor } from './runtime.js';

/** By layer and kind, as in `0.key`. */
export type Tensors = Readonly<Record<string, Tensor>>;

export interface Cache {
  /** Tokens that it stands for. */
  readonly length: number;
  /** What the tensors follow on; undefined for nothing. */
  readonly before: Cache | undefined;
  /** Of the tokens from the end of `before` on; they may have more than `length` says. */
  readonly tensors: Tensors;
}

/** The shape of a tensor for no tokens and one text, and the axis that grows. */
export interface CacheShape {
  readonly type: string;
  readonly dims: readonly number[];
  readonly timeAxis: number;
}

/** What is needed for a graph that does not fix it. */
export interface CacheSizes {
  /** Heads of the cache, and numbers in each. */
  readonly heads?: number | undefined;
  readonly headWidth?: number | undefined;
}

/**
 * The shape of a cache for no tokens: heads and width are fixed by the graph or known from its
 * config.json, and the axis that is left grows. Undefined if more than one is left.
 */
export function cacheShape(
  shape: readonly (number | string)[],
  { heads, headWidth }: CacheSizes,
): Omit<CacheShape, 'type'> | undefined {
  if (shape.length !== 4) return undefined;
  const isFixed = (axis: number): boolean => typeof shape[axis] === 'number';
  // Some exports have the axes of the keys swapped: batch, heads, width, time.
  const timeAxis = isFixed(2) && !isFixed(3) ? 3 : 2;
  const widthAxis = 5 - timeAxis;
  const count = isFixed(1) ? Number(shape[1]) : heads;
  const width = isFixed(widthAxis) ? Number(shape[widthAxis]) : headWidth;
  if (count === undefined || width === undefined || isFixed(timeAxis)) return undefined;
  return { dims: timeAxis === 2 ? [1, count, 0, width] : [1, count, width, 0], timeAxis };
}

/** The segments of a cache, the first one first. */
export function segmentsOf(cache: Cache): Cache[] {
  const segments: Cache[] = [];
  for (let at: Cache | undefined = cache; at; at = at.before) segments.push(at);
  return segments.reverse();
}

/** Tokens in some segments. */
export function tokensIn(segments: readonly Cache[]): number {
  return segments.reduce((sum, { length, before }) => sum + length - (before?.length ?? 0), 0);
}

/** The cache of the first tokens of a text. */
export function prefixOf(cache: Cache, length: number): Cache {
  let { before, tensors } = cache;
  while (before && before.length >= length) ({ before, tensors } = before);
  return length === cache.length ? cache : { length, before, tensors };
}

/** Tensors for one pass, whose arrays are used again after it. */
export interface Loan {
  readonly tensors: Tensors;
  release(): void;
}

/** Makes the tensors of the caches of one graph. */
export class CacheTensors {
  /** Bytes of the keys and values of one token. */
  readonly bytesPerToken: number;
  readonly #runtime: Runtime;
  readonly #shapes: ReadonlyMap<string, CacheShape>;
  /** Arrays to be used again: memory that is new to the process costs more than filling it. */
  readonly #spare = new Map<string, Float32Array[]>();

  constructor(runtime: Runtime, shapes: ReadonlyMap<string, CacheShape>) {
    this.#runtime = runtime;
    this.#shapes = shapes;
    let bytes = 0;
    for (const { type, dims, timeAxis } of shapes.values()) {
      bytes += (type === 'float16' ? 2 : 4) * product(dims.filter((_, axis) => axis !== timeAxis));
    }
    this.bytesPerToken = bytes;
  }

  /** The cache of no tokens of some texts. */
  none(texts: number): Cache {
    return { length: 0, before: undefined, tensors: this.#all((name) => this.#empty(name, texts)) };
  }

  /** The segments of a text behind each other. */
  join(segments: readonly Cache[]): Tensors {
    return this.#all((name) => this.#stacked(name, [segments], tokensIn(segments), numbersLike));
  }

  /**
   * The segments of each of some texts behind each other, and these beside each other, padded with
   * any numbers to so many tokens.
   */
  stack(texts: readonly (readonly Cache[])[], time: number): Loan {
    const lent: [string, Float32Array][] = [];
    const tensors = this.#all((name) =>
      this.#stacked(name, texts, time, (data, length) => {
        const spare = this.#spare.get(name)?.pop();
        const fits = spare?.constructor === data.constructor && spare.length >= length;
        const array = fits ? spare : numbersLike(data, length + (length >> 1));
        lent.push([name, array]);
        return array.subarray(0, length);
      }),
    );
    const release = (): void => {
      for (const [name, array] of lent.splice(0)) {
        const spare = this.#spare.get(name);
        if (spare) spare.push(array);
        else this.#spare.set(name, [array]);
      }
    };
    return { tensors, release };
  }

  /** A copy of the tokens in [from, to) of one of some texts. */
  slice(tensors: Tensors, text: number, from: number, to: number): Tensors {
    return this.#all((name) => {
      const { type, dims, data } = tensors[name]!;
      const { timeAxis } = this.#shapes.get(name)!;
      const outer = product(dims.slice(1, timeAxis));
      const inner = product(dims.slice(timeAxis + 1));
      const step = dims[timeAxis]! * inner;
      const width = (to - from) * inner;
      const part = numbersLike(data, outer * width);
      for (let i = 0; i < outer; i++) {
        const start = (text * outer + i) * step + from * inner;
        part.set((data as Float32Array).subarray(start, start + width), i * width);
      }
      const shape = dims.map((n, axis) => (axis === 0 ? 1 : axis === timeAxis ? to - from : n));
      return this.#tensor(type, part, shape);
    });
  }

  #stacked(
    name: string,
    texts: readonly (readonly Cache[])[],
    time: number,
    allocate: typeof numbersLike,
  ): Tensor {
    const { timeAxis } = this.#shapes.get(name)!;
    const first = texts[0]![0]?.tensors[name] ?? this.#empty(name, 1);
    if (texts.length === 1 && texts[0]!.length === 1 && first.dims[timeAxis] === time) return first;
    const outer = product(first.dims.slice(0, timeAxis));
    const inner = product(first.dims.slice(timeAxis + 1));
    const all = allocate(first.data, texts.length * outer * time * inner);
    for (const [row, segments] of texts.entries()) {
      let start = row * outer * time * inner;
      for (const segment of segments) {
        const { dims, data } = segment.tensors[name]!;
        const step = dims[timeAxis]! * inner;
        const width = tokensIn([segment]) * inner;
        for (let i = 0; i < outer; i++) {
          const part = (data as Float32Array).subarray(i * step, i * step + width);
          all.set(part, start + i * time * inner);
        }
        start += width;
      }
    }
    const shape = first.dims.map((n, axis) =>
      axis === 0 ? n * texts.length : axis === timeAxis ? time : n,
    );
    return this.#tensor(first.type, all, shape);
  }

  #empty(name: string, texts: number): Tensor {
    const { type, dims } = this.#shapes.get(name)!;
    const data = type === 'float16' ? new Uint16Array(0) : new Float32Array(0);
    return this.#tensor(type, data, [texts, ...dims.slice(1)]);
  }

  #all(make: (name: string) => Tensor): Tensors {
    return Object.fromEntries(Array.from(this.#shapes.keys(), (name) => [name, make(name)]));
  }

  #tensor(type: string, data: ArrayLike<unknown>, dims: readonly number[]): Tensor {
    return new this.#runtime.Tensor(type as never, data as never, dims);
  }
}

/** Zeros of the same kind. */
function numbersLike(data: ArrayLike<unknown>, length: number): Float32Array {
  return new (data.constructor as new (length: number) => Float32Array)(length);
}

const product = (numbers: readonly number[]): number => numbers.reduce((a, b) => a * b, 1);
