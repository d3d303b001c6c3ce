// The grid of a comparison: which messages of which inputs, by which readings of which compressors,
// each cell with the identity under which its result is stored.

import { createHash } from 'node:crypto';
import { CompressorUnavailableError, UsageError } from '../errors.js';
import { expectInteger } from '../expect.js';
import {
  type CellTask,
  type CompareRow,
  type CrossSource,
  HELD_OUT,
  isControl,
  METRICS,
  type Metric,
  SHARPENED,
} from '../measure/compare-row.js';
import { bytesPerFrame } from '../modality/audio-bytes.js';
import { type GivenPart, givenPart } from '../modality/image-given.js';
import { splitSpec } from '../options.js';
import { heldOutLength, type Passage } from '../passage/passage.js';
import { countUnits, type Unit, unitOf } from '../passage/units.js';
import type { Registry } from '../registry.js';
import type { Format, Reading } from '../types.js';
import { VERSION } from '../version.js';
import type { CompareInput, CompareOptions, ReadingChoice } from './compare-options.js';
import { openCompressor } from './open.js';
import { nodeRegistry } from './registry.js';

/** A passage and its origin. */
export interface Place {
  readonly input: string;
  readonly part: string | undefined;
  readonly start: number;
  readonly passage: Passage;
  readonly unit: Unit | undefined;
  readonly scope?: 'whole' | undefined;
}

/** A compressor that could not be opened for a format has an error and no reading. */
export interface PlannedModel {
  readonly spec: string;
  readonly reading: Reading | undefined;
  readonly version: string;
  readonly error?: string;
}

export interface Plan {
  readonly places: readonly Place[];
  /** The models for a format, in the order requested. */
  modelsOf(format: Format | undefined): readonly PlannedModel[];
  /** The task of a cell. */
  taskOf(place: Place, model: PlannedModel, cross?: CrossSource): CellTask;
}

/** @throws UsageError for an unknown compressor or judge, RangeError for sizes. */
export async function planGrid(options: CompareOptions): Promise<Plan> {
  const { judge = 'ppm', metrics = ['rates'], seed = '0' } = options;
  const registry = { ...nodeRegistry, ...options.registry };
  const places = planPlaces(options);
  const formats = new Map(places.map(({ passage }) => [keyOf(passage.format), passage.format]));
  const models = new Map<string, readonly PlannedModel[]>();
  const judges = new Map<string, string>();
  const draws = metrics.includes('samples') || metrics.includes('cross');
  for (const [key, format] of formats) {
    models.set(key, await planModels(options, format, registry));
    if (draws) judges.set(key, (await openCompressor(judge, { format, registry })).version);
  }
  if (formats.size === 0) await planModels(options, undefined, registry);
  const corpus = options.corpus && hashOf(Buffer.concat(options.corpus));
  // Metrics that all cells measure count as requested, so that requesting more metrics finds known
  // results.
  const own = METRICS.filter((metric) =>
    metric === 'samples'
      ? draws
      : metric === 'rates' || (metric !== 'cross' && metrics.includes(metric)),
  );
  return {
    places,
    modelsOf: (format) => models.get(keyOf(format)) ?? [],
    taskOf(place, { spec, reading, version }, cross) {
      const { passage, unit, scope } = place;
      const canDraw = reading !== undefined || isControl(spec);
      const samples = draws && canDraw && !cross && !scope;
      const judged = samples && !isSameRow(judge, spec);
      return cellTask(place, {
        ...{ spec, reading, version, cross },
        metrics: cross ? CROSS : isControl(spec) ? SAMPLES : canDraw && !scope ? own : RATES,
        judge: judged ? judge : undefined,
        judgeVersion: judged ? judges.get(keyOf(passage.format)) : '',
        seed: samples ? seed : undefined,
        corpus: samples && unit === 'character' ? corpus : undefined,
      });
    },
  };
}

/** What to measure in a cell. */
export type CellOrder = Pick<CompareRow, 'spec' | 'reading' | 'version' | 'metrics'> &
  Pick<CompareRow, 'at' | 'judge' | 'seed' | 'corpus' | 'cross'> & {
    readonly judgeVersion?: string | undefined;
  };

/** The task of a cell, with its identity derived from everything that determines the result. */
export function cellTask(place: Place, order: CellOrder): CellTask {
  const { passage, input, part, start, unit, scope } = place;
  const { bytes, format, from, given, fresh } = passage;
  const { spec, reading, version, metrics, at, judge, seed, corpus, cross } = order;
  const identity = {
    zipdream: VERSION,
    sha256: hashOf(bytes),
    ...{ spec, reading, format, from, given, fresh, scope, at, metrics, judge, seed, corpus },
  };
  const versions = [version, order.judgeVersion];
  const id = hashOf(JSON.stringify([identity, versions])).slice(0, 24);
  const units = unit && countUnits(passage, unit);
  return { bytes, row: { id, ...identity, input, part, start, version, unit, units, cross } };
}

const CROSS: readonly Metric[] = ['cross'];
const RATES: readonly Metric[] = ['rates'];
const SAMPLES: readonly Metric[] = ['samples'];

function hashOf(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function keyOf(format: Format | undefined): string {
  return JSON.stringify(format ?? null);
}

function isSameRow(judge: string, spec: string): boolean {
  return splitSpec(judge).name === splitSpec(spec).name;
}

/**
 * Passages of each input in turn; with several parts, the first passage of each part comes before
 * any second one.
 */
function planPlaces(options: CompareOptions): Place[] {
  const { limit = Infinity, whole = false } = options;
  if (limit !== Infinity) expectInteger('limit', limit, { min: 1 });
  const places: Place[] = [];
  for (const name of new Set(options.inputs.map((input) => input.name))) {
    const parts = options.inputs.filter((input) => input.name === name);
    const chunks = parts.map((input) => placesOf(input, options));
    const most = Math.max(0, ...chunks.map(({ length }) => length));
    const inTurn = Array.from({ length: most }, (_, i) => chunks.flatMap((all) => all[i] ?? []));
    const chosen = inTurn.flat().slice(0, limit);
    if (whole)
      places.push(
        ...chunks.flatMap((all) =>
          wholeOf(
            all.filter((at) => chosen.includes(at)),
            parts,
          ),
        ),
      );
    places.push(...chosen);
  }
  return places;
}

/** Several chunks of one part joined to one passage. A picture is already whole. */
function wholeOf(chunks: readonly Place[], parts: readonly CompareInput[]): Place[] {
  const last = chunks.at(-1);
  if (!last || last.passage.format?.kind === 'image') return [];
  const { data } = parts.find(({ part }) => part === last.part)!;
  const bytes = data.slice(0, last.start + last.passage.bytes.length);
  const passage = { bytes, from: 0, format: last.passage.format };
  return [{ ...last, start: 0, passage, unit: undefined, scope: 'whole' }];
}

function placesOf(input: CompareInput, options: CompareOptions): Place[] {
  const { name, part, format } = input;
  // Slices of a Buffer would be views, and drawing would overwrite the input.
  const data = new Uint8Array(input.data.buffer, input.data.byteOffset, input.data.length);
  const head = { input: name, part };
  if (format?.kind === 'image') {
    const given = input.given ?? halfOf(data, format);
    const held = heldOutLength({ bytes: data, from: 0, format, given });
    if (held === 0) return [];
    const passage = { bytes: data, from: data.length - held, format, given };
    return [{ ...head, start: 0, passage, unit: unitOf(data, format) }];
  }
  const frameBytes = format ? bytesPerFrame(format) : 1;
  const { chunk = 2048 } = options;
  const size = chunk === 'whole' ? Math.floor(data.length / frameBytes) : chunk;
  const { from = size >> 1 } = options;
  expectInteger('chunk', Math.max(1, size), { min: 1 });
  expectInteger('from', from, { min: 0, ...(chunk !== 'whole' && { max: size - 1 }) });
  const unit = unitOf(data, format);
  const places: Place[] = [];
  const given = from * frameBytes;
  for (let start = 0; start + given < data.length; start += size * frameBytes) {
    const bytes = data.slice(start, start + size * frameBytes);
    places.push({ ...head, start, passage: { bytes, from: given, format }, unit });
  }
  return places;
}

function halfOf(
  data: Uint8Array,
  { width, channels }: { width: number; channels: number },
): GivenPart {
  return givenPart(
    { side: 'left', amount: 0.5 },
    { width, height: data.length / width / channels },
  );
}

async function planModels(
  options: CompareOptions,
  format: Format | undefined,
  registry: Registry,
): Promise<PlannedModel[]> {
  const { compressors, readings = 'best', metrics = ['rates'] } = options;
  const models: PlannedModel[] = [];
  for (const one of compressors) {
    const { spec, readings: wanted = readings } = typeof one === 'string' ? { spec: one } : one;
    models.push(...(await planReadings(spec, wanted, format, registry)));
  }
  const draws = metrics.includes('samples') || metrics.includes('cross');
  const controls = [HELD_OUT, ...SHARPENED].map((spec) => ({
    ...{ spec, reading: undefined, version: `zipdream ${VERSION}` },
  }));
  return draws ? [...models, ...controls] : models;
}

async function planReadings(
  spec: string,
  wanted: ReadingChoice,
  format: Format | undefined,
  registry: Registry,
): Promise<PlannedModel[]> {
  const failed = (error: Error): PlannedModel[] => [
    { spec, reading: undefined, version: '', error: error.message },
  ];
  let has: readonly Reading[];
  let version: string;
  try {
    ({ readings: has, version } = await openCompressor(spec, { format, registry }));
  } catch (error) {
    const isThere = error instanceof CompressorUnavailableError || refuses(spec, format, registry);
    if (isThere) return failed(error as Error);
    throw error;
  }
  const readings = choose(has, wanted);
  if (readings.length === 0) {
    throw new UsageError(`${spec} has no reading of ${wanted}; it has ${has.join(', ')}`);
  }
  return readings.map((reading) => {
    const isOwn = wanted === 'best' && reading === 'recompress';
    return { spec, reading: isOwn ? undefined : reading, version };
  });
}

function choose(has: readonly Reading[], wanted: ReadingChoice): readonly Reading[] {
  if (wanted === 'all') return has;
  return wanted === 'best' ? has.slice(0, 1) : has.filter((reading) => wanted.includes(reading));
}

/** True if there is such a row, but for other formats. */
function refuses(spec: string, format: Format | undefined, registry: Registry): boolean {
  const { name } = splitSpec(spec);
  const row = Object.hasOwn(registry, name) ? registry[name] : undefined;
  const kind = format?.kind ?? 'bytes';
  return row !== undefined && !row.accepts.includes(kind) && !row.accepts.includes('bytes');
}
