// A comparison as an experiment: a grid of cells, compressor × reading × input × chunk, spread over
// worker threads. Every cell has an identity by all that decides its result, so that results in a
// file are never measured twice, whatever the rest of the grid is.

import { createHash } from 'node:crypto';
import { UsageError } from '../errors.js';
import { expectInteger } from '../expect.js';
import type { CellMeasure, ContinuationMeasure } from '../measure/cell.js';
import type { Reading } from '../types.js';
import { VERSION } from '../version.js';
import { openCompressor } from './open.js';
import { type Abort, asTheyCome, type Runner, threadRunner } from './runner.js';

/** What a cell may measure besides rates: calibration, and what the compressor draws. */
export type Metric = 'rates' | 'calibration' | 'samples';
export const METRICS: readonly Metric[] = ['rates', 'calibration', 'samples'];

/** The name of the control: what truly comes, measured as if it had been drawn. */
export const HELD_OUT = 'held-out';

export interface CompareInput {
  readonly name: string;
  readonly data: Uint8Array;
}

export interface CompareOptions {
  readonly inputs: readonly CompareInput[];
  /** Compressors by their specs. */
  readonly compressors: readonly string[];
  /**
   * `best` (default): each compressor's first, and only own code lengths where that is
   * `recompress`, which takes 256 compressions a byte; `all` it has; or these, where it has them.
   */
  readonly readings?: 'best' | 'all' | readonly Reading[] | undefined;
  /** Bytes of a chunk, each a fresh context (default: 2048). */
  readonly chunk?: number | undefined;
  /** Bytes of each chunk that are given (default: half of it). */
  readonly from?: number | undefined;
  /** Chunks of each input at most. */
  readonly limit?: number | undefined;
  readonly metrics?: readonly Metric[] | undefined;
  /** Spec of the model that judges what is drawn; it never judges its own (default: ppm). */
  readonly judge?: string | undefined;
  readonly seed?: string | undefined;
  /** Threads (default: as many as there are cores). */
  readonly workers?: number | undefined;
  /** Opens what measures the cells instead of threads here; it is closed at the end. */
  readonly openRunner?: (() => Promise<Runner<CellTask, CompareRow>>) | undefined;
  /** Identities of cells that are known already and left out. */
  readonly known?: Pick<ReadonlySet<string>, 'has'> | undefined;
  /** Ends the comparison: cells that are not done are not yielded. */
  readonly signal?: Abort | undefined;
  /** Hears how many cells there are to measure, before the first. */
  readonly onPlan?: ((cells: number) => void) | undefined;
}

/** What decides the result of a cell, but for the machine. */
export interface CellIdentity {
  readonly id: string;
  readonly zipdream: string;
  /** SHA-256 of the chunk, in hex. */
  readonly sha256: string;
  readonly spec: string;
  /** Undefined for own code lengths alone, and for the control. */
  readonly reading: Reading | undefined;
  readonly from: number;
  readonly metrics: readonly Metric[];
  readonly judge: string | undefined;
  readonly seed: string | undefined;
}

export interface CompareRow extends CellIdentity {
  readonly input: string;
  /** Where in the input the chunk begins. */
  readonly start: number;
  readonly version: string;
  /** Why there is no measure: the other cells go on. */
  readonly error?: string;
  readonly measure?: CellMeasure;
  /** Of the control alone. */
  readonly control?: ContinuationMeasure;
}

/** What a worker thread is given. */
export interface CellTask {
  readonly bytes: Uint8Array;
  readonly row: Omit<CompareRow, 'measure' | 'control' | 'error'>;
}

/**
 * Measures the cells that are not known yet, and yields each when it is done.
 *
 * @throws UsageError for a compressor or judge that cannot be opened, RangeError for sizes.
 */
export async function* compare(options: CompareOptions): AsyncGenerator<CompareRow> {
  const tasks = (await planCells(options)).filter(({ row }) => !options.known?.has(row.id));
  options.onPlan?.(tasks.length);
  if (tasks.length === 0) return;
  const runner = (await options.openRunner?.()) ?? cellThreads(options.workers);
  try {
    yield* asTheyCome(tasks, runner, options.signal);
  } finally {
    await runner.close();
  }
}

/** Measures cells on so many threads (default: as many as there are cores). */
export function cellThreads(workers?: number): Runner<CellTask, CompareRow> {
  return threadRunner(new URL('./compare-worker.js', import.meta.url), 'runCell', workers);
}

async function planCells(options: CompareOptions): Promise<CellTask[]> {
  const { inputs, limit = Infinity, metrics = ['rates'], seed = '0' } = options;
  const { chunk = 2048, from = chunk >> 1, judge = 'ppm' } = options;
  expectInteger('chunk', chunk, { min: 1 });
  expectInteger('from', from, { min: 0, max: chunk - 1 });
  const draws = metrics.includes('samples');
  if (draws) await openCompressor(judge);
  const models = await planModels(options);
  const tasks: CellTask[] = [];
  for (const { name, data } of inputs) {
    for (let start = 0, i = 0; start + from < data.length && i < limit; start += chunk, i++) {
      const bytes = data.slice(start, start + chunk);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      for (const { spec, reading, version } of models) {
        const identity = {
          ...{ zipdream: VERSION, sha256, spec, reading, from, metrics },
          judge: draws && !judgesItself(judge, spec) ? judge : undefined,
          seed: draws ? seed : undefined,
        };
        const text = JSON.stringify([...Object.values(identity), version]);
        const id = createHash('sha256').update(text).digest('hex').slice(0, 24);
        tasks.push({ bytes, row: { id, input: name, start, ...identity, version } });
      }
    }
  }
  return tasks;
}

interface PlannedModel {
  readonly spec: string;
  readonly reading: Reading | undefined;
  readonly version: string;
}

async function planModels(options: CompareOptions): Promise<PlannedModel[]> {
  const { compressors, readings = 'best', metrics = ['rates'] } = options;
  const models: PlannedModel[] = [];
  for (const spec of compressors) {
    const { readings: has, version } = await openCompressor(spec);
    const wanted =
      readings === 'all'
        ? has
        : readings === 'best'
          ? has.slice(0, 1)
          : has.filter((r) => readings.includes(r));
    if (wanted.length === 0) {
      throw new UsageError(`${spec} has no reading of ${readings}; it has ${has.join(', ')}`);
    }
    for (const reading of wanted) {
      const isOwn = readings === 'best' && reading === 'recompress';
      models.push({ spec, reading: isOwn ? undefined : reading, version });
    }
  }
  const control = { spec: HELD_OUT, reading: undefined, version: VERSION };
  return metrics.includes('samples') ? [...models, control] : models;
}

function judgesItself(judge: string, spec: string): boolean {
  return judge.split(':')[0] === spec.split(':')[0];
}
