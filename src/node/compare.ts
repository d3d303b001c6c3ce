// A comparison as an experiment: a grid of cells, compressor × reading × message, spread over
// worker threads. Every cell has an identity derived from everything that determines its result, so
// results in a file are never measured twice, whatever the rest of the grid is.

import { UsageError } from '../errors.js';
import { type CellTask, type CompareRow, failedRow, isControl } from '../measure/compare-row.js';
import { readSample } from '../measure/stored-sample.js';
import { withHeldOut } from '../passage/passage.js';
import type { Registry } from '../registry.js';
import type { CompareOptions } from './compare-options.js';
import { type Place, type Plan, type PlannedModel, planGrid } from './compare-plan.js';
import { createLexicon } from './compare-words.js';
import { runCell, type WorkerTask } from './compare-worker.js';
import { QueueError } from './queue-error.js';
import { inCompletionOrder, type Runner, threadRunner } from './runner.js';

/**
 * Yields the row of every cell of the grid: known rows first, the others as they finish. A failed
 * cell has an `error` and does not affect the others. Rows are plain objects; `tidyRows` converts
 * them to flat records for tables and plots, `summarize` to the table of the command line.
 *
 *     for await (const row of compare({ inputs: [{ name: 'tale', data }], compressors: ['ppm'] })) {
 *       records.push(...tidyRows(row));
 *     }
 *
 * @throws UsageError for an unknown compressor or judge, or if there is nothing to measure,
 * RangeError for sizes.
 */
export async function* compare(options: CompareOptions): AsyncGenerator<CompareRow> {
  if (options.compressors.length === 0)
    throw new UsageError('compare expected a compressor, got none');
  const { registry, registryUrl, workers } = options;
  if (registry && registryUrl === undefined && workers !== 0 && !options.openRunner) {
    throw new UsageError('"registry" needs "registryUrl" for threads, or "workers": 0');
  }
  if (options.inputs.length === 0) throw new UsageError('compare expected an input, got none');
  const plan = await planGrid(options);
  if (plan.places.length === 0) {
    const names = [...new Set(options.inputs.map(({ name }) => `"${name}"`))].join(', ');
    throw new UsageError(
      `nothing to compare: nothing is held out of ${names}; reduce --from, or use more data`,
    );
  }
  const finish = createLexicon(options);
  const tasks = plan.places.flatMap((place) => tasksAt(plan, place));
  const drawn: { readonly place: Place; readonly row: CompareRow }[] = [];
  const runner = (await options.openRunner?.()) ?? cellRunner(workers, registryUrl ?? registry);
  try {
    for await (const { place, row } of measure(tasks, options, runner)) {
      if (row.measure?.drawn?.sample) drawn.push({ place, row });
      yield finish(row, place);
    }
    if (!options.metrics?.includes('cross')) return;
    const crossed = drawn.flatMap(({ place, row }) => crossTasks(plan, place, row));
    for await (const { row } of measure(crossed, options, runner)) yield row;
  } finally {
    await runner.close();
  }
}

/**
 * Measures cells on `workers` threads, or sequentially in this thread if 0.
 *
 * @param own rows besides those of Node: the rows, or the URL of a module that exports them.
 */
export function cellRunner(
  workers?: number,
  own?: Registry | string,
): Runner<CellTask, CompareRow> {
  if (workers === 0) {
    // Without threads, the one task that is queued runs alone.
    return { width: 0, run: (task) => runCell({ ...task, own }), close: async () => {} };
  }
  const url = new URL('./compare-worker.js', import.meta.url).href;
  const threads = threadRunner<WorkerTask, CompareRow>(url, 'runCell', workers);
  return { ...threads, run: (task) => threads.run({ ...task, own }) };
}

interface PlacedTask {
  readonly place: Place;
  readonly task: CellTask;
  /** Why it cannot be measured. */
  readonly error?: string | undefined;
}

function tasksAt(plan: Plan, place: Place): PlacedTask[] {
  const models = plan.modelsOf(place.passage.format);
  if (place.scope !== 'whole') return models.map((model) => placed(plan, place, model));
  const specs = new Map(models.map((model) => [model.spec, model]));
  return [...specs.values()]
    .filter(({ spec, error }) => !isControl(spec) && error === undefined)
    .map((model) => placed(plan, place, { ...model, reading: undefined }));
}

function placed(plan: Plan, place: Place, model: PlannedModel): PlacedTask {
  return { place, task: plan.taskOf(place, model), error: model.error };
}

/** The cells in which the other compressors score a sample. */
function crossTasks(plan: Plan, place: Place, row: CompareRow): PlacedTask[] {
  const { id, spec, reading } = row;
  const drawn = readSample(row.measure!.drawn!.sample!).bytes;
  const sample = { ...place, passage: withHeldOut(place.passage, drawn) };
  return plan
    .modelsOf(place.passage.format)
    .filter((model) => !isControl(model.spec) && model.error === undefined)
    .filter((model) => model.spec !== spec || model.reading !== reading)
    .map((model) => ({ place, task: plan.taskOf(sample, model, { id, spec, reading }) }));
}

/** Yields each task's row at its place, known ones first. Equal cells are measured once. */
async function* measure(
  tasks: readonly PlacedTask[],
  options: CellsOptions,
  runner: Runner<CellTask, CompareRow>,
): AsyncGenerator<{ readonly place: Place; readonly row: CompareRow }> {
  const byId = new Map<string, PlacedTask[]>();
  for (const task of tasks) {
    const alike = byId.get(task.task.row.id);
    if (alike) alike.push(task);
    else byId.set(task.task.row.id, [task]);
  }
  const cells = [...byId.values()].map(([first]) => first!);
  for await (const row of measureCells(cells, options, runner)) {
    yield* byId.get(row.id)!.map((task) => relabel(task, row));
  }
}

/** Options for measuring cells. */
type CellsOptions = Pick<CompareOptions, 'known' | 'onPlan' | 'signal'>;

/** Rows of different cells: known ones first, the others as they finish. */
export async function* measureCells(
  cells: readonly { readonly task: CellTask; readonly error?: string | undefined }[],
  { known, onPlan, signal }: CellsOptions,
  { width, run }: Runner<CellTask, CompareRow>,
): AsyncGenerator<CompareRow> {
  const unknown = cells.filter(({ task }) => !known?.has(task.row.id));
  onPlan?.(unknown.length);
  for (const { task } of cells) {
    const row = known?.get(task.row.id);
    if (row) yield row;
  }
  const runOne = async ({ task, error }: (typeof cells)[number]): Promise<CompareRow> =>
    error === undefined
      ? run(task).catch((reason) => failedUnlessLost(task, reason))
      : { ...task.row, error };
  yield* inCompletionOrder(unknown, { width, run: runOne }, signal);
}

/** @throws QueueError if the error is not specific to the cell: all others would fail too. */
function failedUnlessLost(task: CellTask, reason: unknown): CompareRow {
  if (reason instanceof QueueError) throw reason;
  return failedRow(task, reason);
}

/** Copies the row of a cell to the same cell at another place. */
function relabel({ place, task }: PlacedTask, row: CompareRow) {
  const { input, part, start, unit, units, cross } = task.row;
  return { place, row: { ...row, input, part, start, unit, units, cross } };
}
