// Rows of results sorted into the sections of a report: one for each input under the same
// conditions, so that nothing is averaged that was measured differently.

import { UsageError } from '../../errors.js';
import { type CompareRow, isControl } from '../../measure/compare-row.js';
import { type CompareSummary, summarize } from '../../measure/compare-summary.js';

export interface Section {
  readonly input: string;
  /** One row a cell, cross cells too. */
  readonly rows: readonly CompareRow[];
  readonly summaries: readonly CompareSummary[];
  /** Undefined where nothing was drawn. */
  readonly judge: string | undefined;
  readonly seed: string | undefined;
  /** Of the most cells; bytes. */
  readonly from: number;
  readonly chunkBytes: number;
  /** Messages of the input. */
  readonly messages: number;
}

/**
 * @throws UsageError if no row has a measure, or cells at one place are of different data: chunks
 *   of two sizes, or a file that has changed.
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
  // Of pictures of different sizes different numbers of bytes are given.
  return JSON.stringify(format?.kind === 'image' ? [input, 'image'] : [input, format, given, from]);
}

/** Cells without samples, and a judge's own samples, go with every judge and seed there is. */
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

/** Whatever the order in which they were done. */
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

/** Of cells that were measured twice, the one that measures more; of equal ones the later. */
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

/** A compressor and reading as people read them. */
export function modelName({ spec, reading }: Pick<CompareRow, 'spec' | 'reading'>): string {
  if (spec === 'held-out') return 'true continuation (control)';
  if (isControl(spec)) return `${spec} (control)`;
  return reading === undefined ? `${spec} (own rate)` : `${spec} ${reading}`;
}
