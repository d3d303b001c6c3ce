// Measures the cells of the paper's figures, with the cells, workers and results of `compare`.

import { CompressorUnavailableError } from '../../errors.js';
import type { CellTask, CompareRow } from '../../measure/compare-row.js';
import type { Passage } from '../../passage/passage.js';
import type { Abort, Format, Reading } from '../../types.js';
import { VERSION } from '../../version.js';
import { cellRunner, measureCells } from '../compare.js';
import { type CellOrder, cellTask } from '../compare-plan.js';
import { openCompressor } from '../open.js';
import type { ResultsFile } from '../results.js';

interface LabOptions {
  readonly workers?: number | undefined;
  readonly results?: ResultsFile | undefined;
  readonly signal?: Abort | undefined;
  /** Called with the number of cells to measure, before the first. */
  readonly onPlan?: ((cells: number) => void) | undefined;
  readonly onCell?: (() => unknown) | undefined;
}

/** A compressor as used in a figure. */
export interface Instrument {
  readonly spec: string;
  readonly format: Format;
  /** Undefined: sizes of the files it writes. */
  readonly reading: Reading | undefined;
  readonly version: string;
  readonly modelBytes: number;
}

export class Lab {
  /** What is missing from the figure, and why. */
  readonly notes: string[] = [];
  readonly #options: LabOptions;
  readonly #known: Map<string, CompareRow>;

  constructor(options: LabOptions = {}) {
    this.#options = options;
    const good = (options.results?.rows ?? []).filter(
      ({ error, zipdream }) => error === undefined && zipdream === VERSION,
    );
    this.#known = new Map(good.map((row) => [row.id, row]));
  }

  /** Opens a compressor; adds a note and returns undefined if something it needs is missing. */
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

  /** A cell of an instrument: the code of each context at some lengths, or what it draws. */
  cell(
    { spec, format, reading, version }: Instrument,
    place: {
      readonly input: string;
      readonly start: number;
      readonly passage: Omit<Passage, 'format'>;
    },
    order: Pick<CellOrder, 'at' | 'seed'>,
  ): CellTask {
    const passage = { ...place.passage, format };
    const at = { ...place, part: undefined, unit: undefined, passage };
    const metrics = order.seed === undefined ? [] : (['samples'] as const);
    return cellTask(at, { spec, reading, version, metrics, ...order });
  }

  /**
   * The results of the tasks, in their order.
   *
   * @throws the reason of the signal if it aborts before all are done.
   */
  async run(tasks: readonly CellTask[]): Promise<CompareRow[]> {
    const { workers, results, signal, onPlan, onCell } = this.#options;
    const rows = new Map<string, CompareRow>();
    const cells = [...new Map(tasks.map((task) => [task.row.id, { task }])).values()];
    const runner = cellRunner(workers);
    // A copy, as sending a view to a thread would send its whole buffer.
    const run = (task: CellTask): Promise<CompareRow> =>
      runner.run({ ...task, bytes: task.bytes.slice() });
    try {
      const watch = { known: this.#known, onPlan, signal };
      for await (const row of measureCells(cells, watch, { ...runner, run })) {
        rows.set(row.id, row);
        if (this.#known.has(row.id)) continue;
        results?.append(row);
        if (row.error === undefined) this.#known.set(row.id, row);
        else this.notes.push(`${row.spec} failed on ${row.input}: ${row.error}`);
        await onCell?.();
      }
    } finally {
      await runner.close();
    }
    signal?.throwIfAborted();
    return tasks.map(({ row }) => rows.get(row.id)!);
  }
}

/** What is missing, in words. @throws the error if it is a different one. */
function missing(error: unknown): string {
  if (error instanceof CompressorUnavailableError) return `${error.message}; ${error.hint}`;
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  if (cause?.code === 'ENOENT') return 'its model is missing';
  throw error;
}
