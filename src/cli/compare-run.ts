// What `zipdream compare` does: measures the cells that its file of results does not have yet, and
// prints what all of them say together.

import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../errors.js';
import { type CompareRow, compare, HELD_OUT, METRICS, type Metric } from '../node/compare.js';
import { type CompareSummary, summarize } from '../node/compare-summary.js';
import { readInput } from '../node/files.js';
import { openCellQueue, type QueuePlace, queuePlace } from '../node/queue.js';
import { openResults, type ResultsFile } from '../node/results.js';
import type { Reading } from '../types.js';
import { VERSION } from '../version.js';
import { colourDepth, createPalette, type Palette } from './colour.js';
import { READINGS } from './flags.js';
import { listenForInterrupt } from './interrupt.js';
import { notify } from './notify.js';
import { count, duration, plural, signed } from './numbers.js';
import { writeStdout } from './output.js';

export interface CompareFlags {
  readonly compressors: string;
  readonly readings: string;
  readonly metrics: string;
  readonly chunk: number;
  readonly from?: number;
  readonly limit?: number;
  readonly judge: string;
  readonly seed: string;
  readonly workers?: number;
  readonly queue?: string;
  readonly output?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

export async function runCompare(paths: readonly string[], flags: CompareFlags): Promise<void> {
  const { chunk, from = chunk >> 1, limit, judge, seed, workers } = flags;
  if (from >= chunk) {
    throw new UsageError(`"--from" expected integer below --chunk ${chunk}, got ${from}`);
  }
  const compressors = splitSpecs(flags.compressors);
  const readings = parseReadings(flags.readings);
  const metrics = parseMetrics(flags.metrics);
  const inputs = await readInputs(paths, from);
  const results = flags.output === undefined ? undefined : await openResults(flags.output);
  const known = knownRows(results);

  const place =
    flags.queue === undefined ? undefined : queuePlace(flags.queue, process.env.REDIS_URL);
  const openRunner = place && (() => openCellQueue(place, () => notify(noWorker(place))));
  const interrupt = listenForInterrupt();
  const abort = new AbortController();
  void interrupt.arrived.then(() => abort.abort());
  const startMs = performance.now();
  const rows: CompareRow[] = [];
  const wanted = new Set<string>();
  const progress = createProgress();
  try {
    const grid = { inputs, compressors, readings, metrics, chunk, from, limit, judge, seed };
    const watch = { workers, openRunner, signal: abort.signal, onPlan: progress.begin };
    const isKnown = {
      has(id: string): boolean {
        wanted.add(id);
        return known.has(id);
      },
    };
    for await (const row of compare({ ...grid, ...watch, known: isKnown })) {
      rows.push(row);
      results?.append(row);
      progress.step();
    }
  } finally {
    progress.clear();
    results?.close();
    interrupt.release();
  }
  const again = [...wanted].flatMap((id) => known.get(id) ?? []);
  const summaries = summarize([...again, ...rows]);
  if (flags.json) await writeStdout(summaries.map((one) => `${JSON.stringify(one)}\n`).join(''));
  else if (flags.csv) await writeStdout(toCsv(summaries));
  else
    await writeStdout(toTables(summaries, createPalette(colourDepth(process.stdout, process.env))));
  const kept = again.length > 0 ? `, ${count(again.length)} known` : '';
  notify(
    `${plural(rows.length, 'cell')} measured${kept}, ${duration(performance.now() - startMs)}`,
  );
  if (interrupt.exitCode !== undefined) process.exitCode = interrupt.exitCode;
}

function noWorker({ shown }: QueuePlace): string {
  return `no worker is there yet; on any machine: zipdream worker --queue ${shown}`;
}

/** Those of this version that did not fail, by identity. */
function knownRows(results: ResultsFile | undefined): ReadonlyMap<string, CompareRow> {
  const rows = results?.rows ?? [];
  const others = rows.filter(({ zipdream }) => zipdream !== VERSION).length;
  if (others > 0) notify(`${plural(others, 'cell')} of other versions of zipdream stay unused`);
  return new Map(rows.filter(({ error }) => error === undefined).map((row) => [row.id, row]));
}

/** Specs between commas, of which options have some too: `gzip:level=6,memLevel=9,ppm`. */
function splitSpecs(text: string): string[] {
  const specs: string[] = [];
  for (const part of text.split(',')) {
    if (/^\w+=/.test(part) && specs.length > 0) specs[specs.length - 1] += `,${part}`;
    else if (part.trim() !== '') specs.push(part.trim());
  }
  if (specs.length === 0) throw new UsageError('--compressors expected at least one');
  return [...new Set(specs)];
}

function parseReadings(text: string): 'best' | 'all' | Reading[] {
  if (text === 'best' || text === 'all') return text;
  return splitNames('--readings', text, READINGS);
}

function parseMetrics(text: string): Metric[] {
  const chosen = splitNames('--metrics', text, METRICS);
  return METRICS.filter((metric) => chosen.includes(metric));
}

function splitNames<T extends string>(flag: string, text: string, names: readonly T[]): T[] {
  return text.split(',').map((name) => {
    const found = names.find((one) => one === name.trim());
    if (found) return found;
    throw new UsageError(`${flag} has no "${name.trim()}"; there are ${names.join(', ')}`);
  });
}

/** The files that are named, and those in folders that are, in the order of their names. */
async function readInputs(paths: readonly string[], from: number) {
  const files: string[] = [];
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (there) => there.isDirectory(),
      () => false,
    );
    if (!isFolder) files.push(path);
    else {
      const names = (await readdir(path, { withFileTypes: true }))
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => join(path, entry.name));
      files.push(...names.sort());
    }
  }
  const inputs = await Promise.all(
    files.map(async (file) => ({ name: basename(file), data: await readInput(file) })),
  );
  for (const { name, data } of inputs) {
    if (data.length <= from) notify(`${name} has nothing behind its first ${count(from)} bytes`);
  }
  const names = inputs.map(({ name }) => name);
  const double = names.find((name, i) => names.indexOf(name) !== i);
  if (double !== undefined) throw new UsageError(`two inputs are called "${double}"`);
  return inputs;
}

const PROGRESS_MS = 200;

/** A line on stderr with the time left, on a terminal only. */
export function createProgress() {
  const shows = process.stderr.isTTY;
  let total = 0;
  let done = 0;
  let startMs = 0;
  let lastMs = 0;
  return {
    begin(cells: number): void {
      total = cells;
      startMs = performance.now();
    },
    step(): void {
      done++;
      const now = performance.now();
      if (!shows || now - lastMs < PROGRESS_MS) return;
      lastMs = now;
      const left = duration(((now - startMs) / done) * (total - done));
      process.stderr.write(`\r${count(done)} of ${count(total)} cells, ${left} left\x1b[K`);
    },
    clear(): void {
      if (shows && lastMs > 0) process.stderr.write('\r\x1b[K');
    },
  };
}

interface Column {
  readonly title: string;
  readonly cell: (summary: CompareSummary) => string | undefined;
}

const COLUMNS: readonly Column[] = [
  { title: 'bits/byte', cell: ({ bpb }) => bpb?.toFixed(3) },
  { title: '95 %', cell: ({ bpbInterval }) => interval(bpbInterval) },
  { title: 'own', cell: ({ ownBpb }) => ownBpb?.toFixed(3) },
  { title: 'loss', cell: ({ conversionLoss }) => loss(conversionLoss) },
  { title: '95 %', cell: ({ conversionLossInterval: both }) => interval(both) },
  { title: 'raw %', cell: ({ rawRate }) => percent(rawRate) },
  { title: 'calib.', cell: ({ calibrationError }) => calibrationError?.toFixed(3) },
  { title: 'judge', cell: ({ judgeBpb }) => judgeBpb?.toFixed(3) },
  { title: 'drawn', cell: ({ drawnBpb }) => drawnBpb?.toFixed(3) },
  { title: 'as file', cell: ({ drawnOwnBpb }) => drawnOwnBpb?.toFixed(3) },
  { title: 'distinct3', cell: ({ distinct3 }) => distinct3?.toFixed(3) },
  { title: 'copy', cell: ({ longestCopy }) => longestCopy?.toFixed(1) },
  { title: 'ms/byte', cell: ({ msPerByte }) => msPerByte?.toPrecision(2) },
];

function percent(share: number | undefined): string | undefined {
  return share === undefined ? undefined : (100 * share).toFixed(1);
}

function interval(both: readonly [number, number] | undefined): string | undefined {
  if (!both || Number.isNaN(both[0])) return undefined;
  return `${loss(both[0])!.replace('+', '')}–${loss(both[1])!.replace('+', '')}`;
}

/** What is smaller comes of adding up in another order. */
function loss(value: number | undefined): string | undefined {
  return value === undefined ? undefined : signed(Math.abs(value) < 1e-9 ? 0 : value, 3);
}

/** A table for each input; columns that say nothing are left out. */
function toTables(summaries: readonly CompareSummary[], { bold, dim, reset }: Palette): string {
  let text = '';
  for (const input of new Set(summaries.map((summary) => summary.input))) {
    const lines = summaries.filter((summary) => summary.input === input);
    const columns = COLUMNS.map(({ title, cell }) => ({ title, cells: lines.map(cell) })).filter(
      ({ cells }) => cells.some((value) => value !== undefined),
    );
    const names = lines.map(nameOf);
    const nameWidth = Math.max(...names.map(({ length }) => length));
    const widths = columns.map(({ title, cells }) =>
      Math.max(title.length, ...cells.map((value = '') => value.length)),
    );
    const chunks = plural(Math.max(...lines.map(({ cells }) => cells)), 'chunk');
    text += `${bold}${input}${reset} ${dim}${chunks}${reset}\n`;
    const head = columns.map(({ title }, i) => title.padStart(widths[i]!));
    text += `${dim}${''.padEnd(nameWidth)}  ${head.join('  ')}${reset}\n`;
    lines.forEach((line, row) => {
      const cells = columns.map(({ cells }, i) => (cells[row] ?? '').padStart(widths[i]!));
      text += `${names[row]!.padEnd(nameWidth)}  ${cells.join('  ')}`.trimEnd();
      text += `${line.failed > 0 ? `  ${plural(line.failed, 'cell')} failed: ${line.error}` : ''}\n`;
    });
  }
  return text;
}

function nameOf({ spec, reading }: CompareSummary): string {
  if (spec === HELD_OUT) return 'held out (control)';
  return reading ? `${spec} ${reading}` : `${spec} (own rate)`;
}

const CSV_FIELDS = [
  ...['input', 'spec', 'reading', 'version', 'cells', 'failed', 'bpb', 'bpbInterval', 'ownBpb'],
  ...['conversionLoss', 'conversionLossInterval', 'rawRate', 'calibrationError', 'judgeBpb'],
  ...['judgeInterval', 'drawnBpb', 'drawnOwnBpb', 'distinct3', 'longestCopy', 'msPerByte', 'error'],
] as const satisfies readonly (keyof CompareSummary)[];

function toCsv(summaries: readonly CompareSummary[]): string {
  const quote = (value: unknown): string => {
    const text = Array.isArray(value) ? value.join(' ') : String(value ?? '');
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = summaries.map((one) => CSV_FIELDS.map((field) => quote(one[field])).join(','));
  return [CSV_FIELDS.join(','), ...lines, ''].join('\n');
}
