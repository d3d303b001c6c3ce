// Where the figures of the paper have their cells measured: worker threads, and a file of results in
// which none is measured twice.

import { createHash } from 'node:crypto';
import { CompressorUnavailableError } from '../../errors.js';
import type { Format, Reading } from '../../types.js';
import { VERSION } from '../../version.js';
import { openCompressor } from '../open.js';
import type { ResultsFile } from '../results.js';
import { type Abort, asTheyCome, threadRunner } from '../runner.js';
import type { PaperIdentity, PaperRow } from './cell.js';
import { sha256 } from './data.js';
import type { PaperTask } from './worker.js';

export interface LabOptions {
  readonly workers?: number | undefined;
  readonly results?: ResultsFile<PaperRow> | undefined;
  readonly signal?: Abort | undefined;
  /** Hears how many cells are to be measured, before the first. */
  readonly onPlan?: ((cells: number) => void) | undefined;
  readonly onCell?: (() => void) | undefined;
}

/** A compressor as a figure uses it. */
export interface Instrument {
  readonly spec: string;
  readonly format: Format;
  /** Undefined: sizes of files that it writes. */
  readonly reading: Reading | undefined;
  readonly version: string;
  readonly modelBytes: number;
}

/** The work was interrupted; what is in the file of results stays. */
export class LabInterruptedError extends Error {}

export class Lab {
  /** What is missing of the figure, and why. */
  readonly notes: string[] = [];
  readonly #options: LabOptions;
  readonly #known: Map<string, PaperRow>;

  constructor(options: LabOptions = {}) {
    this.#options = options;
    const good = (options.results?.rows ?? []).filter(({ error }) => error === undefined);
    this.#known = new Map(good.map((row) => [row.id, row]));
  }

  /** The compressor, or undefined and a note where something that it needs is missing. */
  async open(
    spec: string,
    format: Format,
    reading: Reading | undefined,
  ): Promise<Instrument | undefined> {
    try {
      const { version, modelBytes = 0 } = await openCompressor(spec, { format });
      return { spec, format, reading, version, modelBytes };
    } catch (error) {
      const note = `${spec} is left out: ${missing(error)}`;
      if (!this.notes.includes(note)) this.notes.push(note);
      return undefined;
    }
  }

  /** A cell of an instrument. */
  task(
    { spec, format, reading, version }: Instrument,
    { bytes, ...place }: Pick<PaperTask, 'bytes'> & Pick<PaperIdentity, 'input' | 'start' | 'work'>,
  ): PaperTask {
    const { work } = place;
    const core = { zipdream: VERSION, sha256: sha256(bytes), spec, version, format, reading, work };
    const id = createHash('sha256').update(JSON.stringify(core)).digest('hex').slice(0, 24);
    return { bytes, row: { id, ...place, ...core } };
  }

  /**
   * What came of the tasks, in their order.
   *
   * @throws LabInterruptedError if the signal came before all were done.
   */
  async run(tasks: readonly PaperTask[]): Promise<PaperRow[]> {
    const { workers, results, signal, onPlan, onCell } = this.#options;
    const rows = new Map(this.#known);
    const wanted = new Map(tasks.map((task) => [task.row.id, task]));
    const left = [...wanted.values()].filter(({ row }) => !rows.has(row.id));
    onPlan?.(left.length);
    if (left.length > 0) {
      const file = new URL('./worker.js', import.meta.url).href;
      const threads = threadRunner<PaperTask, PaperRow>(file, 'runTask', workers);
      // A copy: a view would take all that it is a view of to the thread.
      const run = (task: PaperTask): Promise<PaperRow> =>
        threads.run({ ...task, bytes: task.bytes.slice() });
      try {
        for await (const row of asTheyCome(left, { width: threads.width, run }, signal)) {
          rows.set(row.id, row);
          results?.append(row);
          if (row.error === undefined) this.#known.set(row.id, row);
          else this.notes.push(`${row.spec} failed on ${row.input}: ${row.error}`);
          onCell?.();
        }
      } finally {
        await threads.close();
      }
    }
    if (signal?.aborted) throw new LabInterruptedError('interrupted');
    return tasks.map(({ row }) => rows.get(row.id)!);
  }
}

/** What is missing, in words. @throws the error if it is another. */
function missing(error: unknown): string {
  if (error instanceof CompressorUnavailableError) return `${error.message}; ${error.hint}`;
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  if (cause?.code === 'ENOENT') return 'its model is not there';
  throw error;
}
