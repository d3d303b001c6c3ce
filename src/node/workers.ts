// Spreads the candidates of a black box over worker threads. Each worker opens the same compressor
// and measures its share of the candidates against the same context, so the bits are the same with
// any number of them. Idle threads end, and they do not keep the process alive.

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import { BYTES } from '../bits/bytes.js';
import { expectInteger } from '../expect.js';
import { splitSpec } from '../options.js';
import type { CodeLengthModel, Compressor, MaybePromise, Reading } from '../types.js';
import type { Task } from './worker.js';

/** Rows that run one process per core already: threads would not help. */
const PROGRAMS = new Set(['command', 'xz', 'bzip2']);

/**
 * Total bytes that a step must compress for threads to be worthwhile: 256 times a context of 8 KiB.
 */
const LEAST_WORK_BYTES = 2 ** 21;

/** Time after which an idle thread ends. */
const IDLE_MS = 1_000;

/**
 * The compressor with its `recompress` reading spread over `count` worker threads (default: as many
 * as there are cores). Small steps (context × candidates under 2 MiB) stay in this thread. With one
 * worker, and for rows that run programs, the compressor is returned unchanged.
 *
 * @param spec the spec the compressor was opened with, from Node's registry.
 * @throws RangeError or TypeError unless `count` is an integer from 1.
 */
export function withWorkers(
  compressor: Compressor,
  spec: string,
  count: number = availableParallelism(),
): Compressor {
  expectInteger('workers', count, { min: 1 });
  const hasRecompress = compressor.readings.includes('recompress');
  if (count === 1 || !hasRecompress || PROGRAMS.has(splitSpec(spec).name)) return compressor;
  let pool: Tinypool | undefined;
  const run = (task: Task): Promise<Float64Array> => {
    pool ??= new Tinypool({
      filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
      name: 'measure',
      maxThreads: count,
      minThreads: 0,
      idleTimeout: IDLE_MS,
      isolateWorkers: false,
    });
    return pool.run(task);
  };
  const shares: Shares = { spec, count, run };
  return {
    ...compressor,
    start(reading: Reading = compressor.readings[0]!) {
      const model = compressor.start(reading);
      return reading === 'recompress' ? new SpreadModel(model, [], shares) : model;
    },
  };
}

interface Shares {
  readonly spec: string;
  readonly count: number;
  run(task: Task): Promise<Float64Array>;
}

class SpreadModel implements CodeLengthModel {
  /** Measures the steps that stay in this thread. */
  readonly #own: CodeLengthModel;
  /** The context, in pieces. */
  #parts: Uint8Array[];
  #length: number;
  readonly #shares: Shares;

  constructor(own: CodeLengthModel, parts: Uint8Array[], shares: Shares) {
    this.#own = own;
    this.#parts = parts;
    this.#length = parts.reduce((sum, part) => sum + part.length, 0);
    this.#shares = shares;
  }

  push(bytes: Uint8Array): void {
    this.#own.push(bytes);
    this.#parts.push(bytes.slice());
    this.#length += bytes.length;
  }

  fork(): CodeLengthModel {
    return new SpreadModel(this.#own.fork(), this.#parts.slice(), this.#shares);
  }

  next(out: Float64Array): MaybePromise<void> {
    if (!this.#pays(BYTES.length)) return this.#own.next(out);
    return this.#spread(BYTES).then((deltas) => out.set(deltas));
  }

  score(candidates: readonly Uint8Array[]): MaybePromise<Float64Array> {
    return this.#pays(candidates.length) ? this.#spread(candidates) : this.#own.score(candidates);
  }

  #pays(candidates: number): boolean {
    return candidates > 1 && this.#length * candidates >= LEAST_WORK_BYTES;
  }

  async #spread(candidates: readonly Uint8Array[]): Promise<Float64Array> {
    const { spec, count, run } = this.#shares;
    const context = Buffer.concat(this.#parts);
    this.#parts = [context];
    const each = Math.ceil(candidates.length / count);
    const tasks: Promise<Float64Array>[] = [];
    for (let from = 0; from < candidates.length; from += each) {
      tasks.push(run({ spec, context, candidates: candidates.slice(from, from + each) }));
    }
    const deltas = new Float64Array(candidates.length);
    for (const [i, part] of (await Promise.all(tasks)).entries()) deltas.set(part, i * each);
    return deltas;
  }
}
