// The code of a worker thread of compare.ts: measures one cell. Compressors stay open between
// tasks.

import { arch, cpus, platform } from 'node:os';
import { createRandom } from '../bits/random.js';
import { UsageError } from '../errors.js';
import {
  measureCell,
  measureDrawn,
  measureHeldOut,
  measurePrefixes,
  measureSharpened,
  measureWhole,
} from '../measure/cell.js';
import {
  type CellTask,
  type CompareRow,
  failedRow,
  HELD_OUT,
  isControl,
} from '../measure/compare-row.js';
import { openFromOutside, type Registry } from '../registry.js';
import type { Compressor, Format } from '../types.js';
import { commandEntry } from './command.js';
import { nodeRegistry } from './registry.js';

/** A cell, and additional rows for its specs besides those of Node: the rows, or a module's URL. */
export interface WorkerTask extends CellTask {
  readonly own?: Registry | string | undefined;
}

/** Open compressors, by the registry they were opened from. */
const opened = new Map<Registry, Map<string, Promise<Compressor>>>();

function openedFrom(registry: Registry): Map<string, Promise<Compressor>> {
  let found = opened.get(registry);
  if (!found) opened.set(registry, (found = new Map()));
  return found;
}

/** Registries with a caller's own rows, by the value that identifies them. */
const tables = new Map<Registry | string, Promise<Registry>>();

function tableOf(own: Registry | string | undefined): Promise<Registry> | Registry {
  if (own === undefined) return nodeRegistry;
  let table = tables.get(own);
  if (!table) tables.set(own, (table = loadTable(own)));
  return table;
}

async function loadTable(own: Registry | string): Promise<Registry> {
  const rows = typeof own === 'string' ? (await import(own)).registry : own;
  if (typeof rows !== 'object') throw new UsageError(`"${own}" exports no "registry"`);
  return { ...nodeRegistry, ...rows };
}

/** Limit on open compressors: each width of a picture is a different format. */
const MOST_OPEN = 64;

/** A program may take as long for one message as for a large file. */
const PATIENT = { ...nodeRegistry, command: commandEntry({ timeoutMs: 24 * 3600 * 1000 }) };

const ADVICE = 'start the worker with --programs to allow it';

function open(
  spec: string,
  format: Format | undefined,
  fromOutside: boolean,
  registry: Registry,
): Promise<Compressor> {
  const opened = openedFrom(registry);
  const key = JSON.stringify([spec, format, fromOutside]);
  let compressor = opened.get(key);
  if (!compressor) {
    if (opened.size >= MOST_OPEN) opened.clear();
    const options = { format, allowed: !fromOutside, advice: ADVICE };
    opened.set(key, (compressor = openFromOutside(spec, registry, options)));
  }
  return compressor;
}

/**
 * The row with its measure, or with its error. The same on every machine except for `machine`,
 * `msPerByte` and `peakBytes`.
 */
export async function runCell(task: WorkerTask): Promise<CompareRow> {
  const { bytes, fromOutside = false } = task;
  const row = { ...task.row, machine: MACHINE };
  const { spec, reading, format, from, given, fresh, metrics, seed, sha256 } = row;
  const passage = { bytes, format, from, given, fresh };
  try {
    const table = await tableOf(task.own);
    const judge =
      row.judge === undefined ? undefined : await open(row.judge, format, fromOutside, table);
    const random =
      seed === undefined ? undefined : createRandom(`${seed}:${spec}:${reading}:${sha256}`);
    if (spec === HELD_OUT) return { ...row, control: await measureHeldOut(passage, judge) };
    if (isControl(spec)) {
      return { ...row, control: await measureSharpened(spec, passage, random!, judge) };
    }
    if (row.at) {
      const compressor = await open(spec, format, fromOutside, PATIENT);
      return { ...row, prefixes: await measurePrefixes(compressor, reading, passage, row.at) };
    }
    const compressor = await open(spec, format, fromOutside, table);
    if (row.scope === 'whole') return { ...row, measure: await measureWhole(compressor, passage) };
    const watch = { judge, clock: () => performance.now(), memory: memoryInUse };
    if (!metrics.includes('rates') && reading && random) {
      return { ...row, drawn: await measureDrawn({ compressor, reading }, passage, random, watch) };
    }
    const calibration = metrics.includes('calibration');
    const options = { ...watch, reading, random, calibration };
    return { ...row, measure: await measureCell(compressor, passage, options) };
  } catch (error) {
    return failedRow(task, error);
  }
}

const [cpu] = cpus();
const MACHINE = [
  ...(cpu ? [`${cpus().length} × ${cpu.model.trim()}`] : []),
  `${platform()} ${arch()}, Node ${process.versions.node}`,
].join(', ');

/** Memory of this thread's heap and buffers, without native code and WebAssembly. */
function memoryInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
