// Where the figures of the paper have their cells measured: by the cells, workers and results of
// `compare`.

import { CompressorUnavailableError } from '../../errors.js';
import type { CellTask, CompareRow } from '../../measure/compare-row.js';
import type { Passage } from '../../passage/passage.js';
import type { Abort, Format, Reading } from '../../types.js';
import { VERSION } from '../../version.js';
import { cellRunner, measureCells } from '../compare.js';
import { type CellOrder, cellTask } from '../compare-plan.js';
import { openCompressor } from '../open.js';
import type { ResultsFile } from '../results.js';

export interface LabOptions {
  readonly workers?: number | undefined;
  readonly results?: ResultsFile | undefined;
  readonly signal?: Abort | undefined;
  /** Called with how many cells are to be measured, before the first. */
  readonly onPlan?: ((cells: number) => void) | undefined;
  readonly onCell?: (() => unknown) | undefined;
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

export class Lab {
  /** What is missing of the figure, and why. */
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
   * What came of the tasks, in their order.
   *
   * @throws the reason of the signal if it came before all were done.
   */
  async run(tasks: readonly CellTask[]): Promise<CompareRow[]> {
    const { workers, results, signal, onPlan, onCell } = this.#options;
    const rows = new Map<string, CompareRow>();
    const cells = [...new Map(tasks.map((task) => [task.row.id, { task }])).values()];
    const runner = cellRunner(workers);
    // A copy: a view would take all that it is a view of to the thread.
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

/** What is missing, in words. @throws the error if it is another. */
function missing(error: unknown): string {
  if (error instanceof CompressorUnavailableError) return `${error.message}; ${error.hint}`;
  const { cause } = error as { cause?: NodeJS.ErrnoException };
  if (cause?.code === 'ENOENT') return 'its model is not there';
  throw error;
}
