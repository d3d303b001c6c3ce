// Groups rows of results into the sections of a report, one per input and set of conditions, so
// that no average combines rows that were measured differently.

import { UsageError } from '../../errors.js';
import { type CompareRow, isControl } from '../../measure/compare-row.js';
import { type CompareSummary, summarize } from '../../measure/compare-summary.js';

export interface Section {
  readonly input: string;
  /** One row per cell, including cross cells. */
  readonly rows: readonly CompareRow[];
  readonly summaries: readonly CompareSummary[];
  /** The judge's spec; undefined if nothing was drawn. */
  readonly judge: string | undefined;
  readonly seed: string | undefined;
  /** Number of given bytes; for pictures of different sizes, that of the first row. */
  readonly from: number;
  /** Size of the largest message in bytes. */
  readonly chunkBytes: number;
  /** Number of messages. */
  readonly messages: number;
}

/**
 * Groups rows into sections, sorted by input and by the number of given bytes.
 *
 * @throws UsageError if no row has a measure, or if cells at one place have different data because
 * they were cut into chunks of two sizes or the file has changed.
 */
export function sectionsOf(rows: readonly CompareRow[]): Section[] {
  if (!rows.some(({ measure }) => measure)) {
    const failed = rows.find(({ error }) => error !== undefined);
    const why = failed ? `: ${failed.spec} failed, ${failed.error}` : '';
    throw new UsageError(`the results have no measured cell${why}`);
  }
  return groupBy(rows, conditionsOf)
    .flatMap(splitByDraws)
    .map(createSection)
    .sort((a, b) => (a.input < b.input ? -1 : a.input > b.input ? 1 : a.from - b.from));
}

function conditionsOf({ input, format, given, from }: CompareRow): string {
  // Pictures of different sizes have different numbers of given bytes.
  return JSON.stringify(format?.kind === 'image' ? [input, 'image'] : [input, format, given, from]);
}

/**
 * One group per judge, seed and corpus. Cells without samples, and the judge's own samples, belong
 * to every group.
 */
function splitByDraws(rows: readonly CompareRow[]): CompareRow[][] {
  const key = ({ seed, judge, corpus }: CompareRow): string =>
    JSON.stringify([seed, judge, corpus]);
  const draws = groupBy(
    rows.filter(({ judge }) => judge !== undefined),
    key,
  );
  if (draws.length < 2) return [[...rows]];
  return draws.map((group) => {
    const { seed, corpus } = group[0]!;
    const shared = rows.filter(
      (row) =>
        row.judge === undefined &&
        (row.seed === undefined || (row.seed === seed && row.corpus === corpus)),
    );
    return [...shared, ...group];
  });
}

function createSection(all: readonly CompareRow[]): Section {
  const rows = oneACell(all).sort(byPlaceAndModel);
  const judged = rows.find(({ judge }) => judge !== undefined);
  const seeded = rows.find(({ seed }) => seed !== undefined);
  const plain = rows.filter(({ cross, scope }) => !cross && scope === undefined);
  const places = new Set(plain.map(({ part, start }) => JSON.stringify([part, start])));
  const sizes = plain.flatMap(({ measure }) => measure?.messageBytes ?? []);
  return {
    input: rows[0]!.input,
    rows,
    summaries: summarize(rows),
    judge: judged?.judge,
    seed: seeded?.seed,
    from: rows[0]!.from,
    chunkBytes: Math.max(0, ...sizes),
    messages: places.size,
  };
}

/** Orders rows by place and model, independently of the order in which they were measured. */
function byPlaceAndModel(a: CompareRow, b: CompareRow): number {
  const keys = [a, b].map(({ part = '', spec, reading = '', cross }) =>
    JSON.stringify([part, spec, reading, cross?.spec ?? '', cross?.reading ?? '']),
  );
  return (a.part ?? '') === (b.part ?? '') && a.start !== b.start
    ? a.start - b.start
    : keys[0]! < keys[1]!
      ? -1
      : 1;
}

/** One row per cell: of several rows the one with the most metrics, and of equal ones the last. */
function oneACell(rows: readonly CompareRow[]): CompareRow[] {
  const cells = new Map<string, CompareRow>();
  const hashes = new Map<string, string>();
  for (const row of rows) {
    const { input, part, start, scope, spec, reading, cross } = row;
    const place = JSON.stringify([part, start, scope]);
    if (!cross) {
      const sha256 = hashes.get(place) ?? row.sha256;
      hashes.set(place, sha256);
      if (sha256 !== row.sha256) {
        throw new UsageError(
          `"${input}" was measured in chunks of two sizes, or has changed; report one of them`,
        );
      }
    }
    const key = JSON.stringify([place, spec, reading, cross?.spec, cross?.reading]);
    const other = cells.get(key);
    if (!other || weight(row) >= weight(other)) cells.set(key, row);
  }
  return [...cells.values()];
}

function weight({ error, metrics }: CompareRow): number {
  return error === undefined ? metrics.length : 0;
}

export function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()];
}

/** The display name of a compressor and reading. */
export function modelName({ spec, reading }: Pick<CompareRow, 'spec' | 'reading'>): string {
  if (spec === 'held-out') return 'true continuation (control)';
  if (isControl(spec)) return `${spec} (control)`;
  return reading === undefined ? `${spec} (own rate)` : `${spec} ${reading}`;
}
