// `zipdream compare`: measures the cells that are not in the result file yet, and prints a summary
// of all rows.

import { Command } from 'commander';
import { UsageError } from '../errors.js';
import { type CompareRow, METRICS, type Metric } from '../measure/compare-row.js';
import { summarize } from '../measure/compare-summary.js';
import { crossMatrix } from '../measure/cross.js';
import { compareRankings } from '../measure/ranking.js';
import { compare } from '../node/compare.js';
import type { CompareOptions, ReadingChoice } from '../node/compare-options.js';
import { type FileError, readInput } from '../node/files.js';
import { openCellQueue, type QueuePlace, queuePlace } from '../node/queue.js';
import { openResults, type ResultsFile } from '../node/results.js';
import { splitOutside, splitSpec } from '../options.js';
import type { Reading } from '../types.js';
import { VERSION } from '../version.js';
import { type InputFlags, readCompareInputs } from './compare-inputs.js';
import { READINGS } from './flag-table.js';
import { addFlags, checkFlags } from './flags.js';
import { type Io, listenForInterrupt, notify, paletteOf, write } from './io.js';
import { toCrossTables, toCsv, toRankingLines, toTables } from './views/compare-table.js';
import { count, duration, plural } from './views/numbers.js';
import { createProgress } from './views/progress.js';

export function compareCommand(io: Io): Command {
  const command = new Command('compare')
    .description(
      'Measures compressors on the same chunks of files: bits per byte of what is held out, with ' +
        'intervals, what predicting byte by byte loses, and what they draw instead. Of a folder, ' +
        'all files of a kind are one input.',
    )
    .argument('<inputs...>', 'texts, pictures and sounds, or folders of them')
    .addHelpText('after', HELP)
    .action((inputs: string[], flags, self: Command) => {
      checkFlags(self);
      return run(io, inputs, flags);
    });
  return addFlags(command, {
    '': [
      ...(['compressors', 'readings', 'metrics', 'compareChunk', 'compareFrom'] as const),
      ...(['compareLimit', 'whole', 'judge', 'wordCorpus', 'compareSeed', 'cellThreads'] as const),
      ...(['queue', 'results', 'retryFailed', 'wide', 'linesJson', 'csv'] as const),
    ],
    'Of pictures': ['compareGiven', 'maxSize', 'grey'],
  });
}

const HELP = `
Examples:
  zipdream compare wiki.txt -c gzip,lzma,ppm,mix --limit 64 -o results.jsonl
  zipdream compare wiki.txt -c gzip,ppm --readings gzip=all --metrics rates,calibration
  zipdream compare letters/ --metrics samples --judge mix --csv > table.csv
  zipdream compare photos/ -c png,mix,gzip --grey --max-size 128 --metrics samples
  zipdream compare speech/ -c flac,mix --chunk 2048 --limit 50`;

interface CompareFlags extends InputFlags {
  readonly compressors: string;
  readonly readings: string;
  readonly metrics: string;
  readonly chunk: number | 'whole';
  readonly from?: number;
  readonly limit?: number;
  readonly whole?: boolean;
  readonly judge: string;
  readonly corpus?: readonly string[];
  readonly seed: string;
  readonly workers?: number;
  readonly queue?: string;
  readonly output?: string;
  readonly retryFailed?: boolean;
  readonly wide?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
}

async function run(io: Io, paths: readonly string[], flags: CompareFlags): Promise<void> {
  const options = await readOptions(io, paths, flags);
  const place = flags.queue === undefined ? undefined : queuePlace(flags.queue, io.env.REDIS_URL);
  const results = flags.output === undefined ? undefined : await openResults(flags.output);
  if (results?.warning !== undefined) notify(io, results.warning);
  const openRunner = place && (() => openCellQueue(place, () => notify(io, noWorker(place))));
  const known = knownRows(io, results, flags);
  const interrupt = listenForInterrupt(io);
  void interrupt.arrived.then(() =>
    notify(io, 'finishing running cells; press Ctrl-C again to stop now'),
  );
  const startMs = performance.now();
  const rows: CompareRow[] = [];
  const measured = new Set<string>();
  const places = new Set<string>();
  const progress = createProgress(io, 'cells');
  let [done, planned] = [0, 0];
  let failure: unknown;
  try {
    const onPlan = (cells: number): void => {
      planned += cells;
    };
    const watch = { openRunner, signal: interrupt.signal, onPlan, known };
    for await (const row of compare({ ...options, ...watch })) {
      rows.push(row);
      places.add(row.input);
      if (known.has(row.id) || measured.has(row.id)) continue;
      measured.add(row.id);
      results?.append(row);
      await progress.step(++done, planned);
    }
  } catch (error) {
    // Results are printed before an error is reported, such as a full disk.
    if (interrupt.exitCode === undefined) {
      if (rows.length === 0) throw error;
      failure = error;
    }
  } finally {
    progress.clear();
    results?.close();
    interrupt.release();
  }
  const isWhole = failure === undefined && interrupt.exitCode === undefined;
  for (const name of new Set(options.inputs.map((input) => input.name))) {
    if (isWhole && !places.has(name))
      notify(io, `${name}: nothing left to score after the given part`);
  }
  await print(io, rows, flags);
  const again = rows.filter(({ id }) => known.has(id)).length;
  const kept = again > 0 ? `, ${count(again)} known` : '';
  const took = duration(performance.now() - startMs);
  notify(io, `${plural(measured.size, 'cell')} measured${kept}, ${took}`);
  if (failure !== undefined) throw failure as FileError;
}

async function print(
  io: Io,
  rows: readonly CompareRow[],
  { json, csv, judge, wide }: CompareFlags,
): Promise<void> {
  const summaries = summarize(rows);
  const cross = rows.some((row) => row.cross) ? crossMatrix(rows) : [];
  const rankings = compareRankings(summaries);
  if (csv) return write(io, toCsv(summaries));
  if (json) {
    const judged = rankings.filter(({ pairs }) => pairs > 0).map((ranking) => ({ ranking }));
    const lines = [...summaries, ...cross.map((entry) => ({ cross: entry })), ...judged];
    return write(io, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  const palette = paletteOf(io);
  const tables = toTables(summaries, { judge, wide }, palette) + toCrossTables(cross, palette);
  return write(io, tables + toRankingLines(rankings));
}

async function readOptions(
  io: Io,
  paths: readonly string[],
  flags: CompareFlags,
): Promise<CompareOptions> {
  const { chunk, from, limit, whole, judge, seed, workers } = flags;
  if (from !== undefined && chunk !== 'whole' && from >= chunk) {
    throw new UsageError(`"--from" expected integer below --chunk ${chunk}, got ${from}`);
  }
  const metrics = parseMetrics(flags.metrics);
  const compressors = parseCompressors(flags);
  const corpus = flags.corpus && (await Promise.all(flags.corpus.map((path) => readInput(path))));
  const inputs = await readCompareInputs(io, paths, flags);
  const grid = { inputs, compressors, metrics, chunk, from, limit, whole };
  return { ...grid, judge, corpus, seed, workers };
}

function noWorker({ shown }: QueuePlace): string {
  return `no worker is there yet; on any machine: zipdream worker --queue ${shown}`;
}

/** Existing rows of this version by identity; with `--retry-failed`, without failed ones. */
function knownRows(
  io: Io,
  results: ResultsFile | undefined,
  { retryFailed }: CompareFlags,
): ReadonlyMap<string, CompareRow> {
  const rows = results?.rows ?? [];
  const ours = rows.filter(({ zipdream }) => zipdream === VERSION);
  const others = rows.length - ours.length;
  if (others > 0) notify(io, `${plural(others, 'cell')} of other versions of zipdream stay unused`);
  const kept = ours.filter(({ error }) => !retryFailed || error === undefined);
  return new Map(kept.map((row) => [row.id, row]));
}

/** Parses `--readings`: `best`, `all` or names for all compressors, and `gzip=all` for one. */
function parseCompressors({ compressors, readings }: CompareFlags) {
  const specs = splitSpecs(compressors);
  const items = readings.split(',').map((item) => item.trim());
  const general = items.filter((item) => !item.includes('='));
  const own = new Map<string, ReadingChoice>();
  for (const item of items.filter((one) => one.includes('='))) {
    const [name = '', choice = ''] = item.split('=', 2);
    if (!specs.some((spec) => splitSpec(spec).name === name)) {
      throw new UsageError(`--readings says "${item}", and "${name}" is not compared`);
    }
    own.set(name, parseChoice(choice.split('+')));
  }
  const others = general.length === 0 ? 'best' : parseChoice(general);
  return specs.map((spec) => ({ spec, readings: own.get(splitSpec(spec).name) ?? others }));
}

function parseChoice(names: readonly string[]): ReadingChoice {
  const [only] = names;
  if (names.length === 1 && (only === 'best' || only === 'all')) return only;
  return splitNames('--readings', names, READINGS) satisfies Reading[];
}

/** Splits specs at commas, except those within the options of a spec: `gzip:level=6,memLevel=9`. */
function splitSpecs(text: string): string[] {
  const specs: string[] = [];
  for (const part of splitOutside(text, ',')) {
    if (/^(\w+=|[-+.\d])/.test(part.trim()) && specs.length > 0)
      specs[specs.length - 1] += `,${part}`;
    else if (part.trim() !== '') specs.push(part.trim());
  }
  if (specs.length === 0) throw new UsageError('--compressors expected at least one');
  return [...new Set(specs)];
}

function parseMetrics(text: string): readonly Metric[] {
  if (text.trim() === 'all') return METRICS;
  const chosen = splitNames('--metrics', text.split(','), METRICS);
  return METRICS.filter((metric) => chosen.includes(metric));
}

function splitNames<T extends string>(
  flag: string,
  given: readonly string[],
  names: readonly T[],
): T[] {
  return given.map((name) => {
    const found = names.find((one) => one === name.trim());
    if (found) return found;
    throw new UsageError(`${flag} has no "${name.trim()}"; there are ${names.join(', ')}`);
  });
}
