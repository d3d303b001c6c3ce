// Rows as tidy data (Wickham 2014): one flat record per measured number, for notebooks and plots.

import type { CompareRow } from './compare-row.js';

/** One measured number of one cell. */
export interface TidyRow {
  /** Identity of the cell. */
  readonly id: string;
  /** Name of the input. */
  readonly input: string;
  /** The file of a folder, or the tile of a picture. */
  readonly part: string | null;
  /** Offset in the part, in bytes. */
  readonly start: number;
  /** The compressor's spec, or a control. */
  readonly spec: string;
  /** Null for the compressor's own code lengths and for controls. */
  readonly reading: string | null;
  /** `held-out`: the true continuation; `drawn`: what was drawn instead; `whole`; `cross`. */
  readonly of: 'held-out' | 'drawn' | 'whole' | 'cross';
  /** Source of the sample that a cross cell scores: `lzma decode`. */
  readonly drawnBy: string | null;
  /** Name as in the measure: `bits`, `ownBits`, `judgeBits`, `distinct3` … */
  readonly metric: string;
  /** The value. */
  readonly value: number;
  /** Number of bytes that were measured. */
  readonly bytes: number;
}

/** All numbers of a row; none for a row with an error. */
export function tidyRows(row: CompareRow): TidyRow[] {
  const { id, input, part = null, start, spec, reading = null, scope, cross, measure } = row;
  const head = { id, input, part, start, spec, reading };
  const drawnBy = cross ? [cross.spec, cross.reading ?? ''].join(' ').trim() : null;
  const numbers = (measured: object, bytes: number, of: TidyRow['of']): TidyRow[] =>
    Object.entries(measured).flatMap(([metric, value]) =>
      typeof value === 'number' ? { ...head, of, drawnBy, metric, value, bytes } : [],
    );
  const continuation = row.control ?? measure?.drawn;
  return [
    ...(measure ? numbers(measure, measure.bytes, scope ?? (cross ? 'cross' : 'held-out')) : []),
    ...(continuation ? numbers(continuation, continuation.bytes, 'drawn') : []),
  ];
}
