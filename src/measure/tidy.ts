// Rows as tidy data (Wickham 2014): a record for each number that was measured, flat, for notebooks
// and plots.

import type { CompareRow } from './compare-row.js';

/** One number of one cell. */
export interface TidyRow {
  /** Identity of the cell. */
  readonly id: string;
  /** Name of the input. */
  readonly input: string;
  /** Which file of a folder, or tile of a picture. */
  readonly part: string | null;
  /** Bytes into the part. */
  readonly start: number;
  /** The compressor, or a control. */
  readonly spec: string;
  /** Null for own code lengths alone, and for controls. */
  readonly reading: string | null;
  /** `held-out`: of what truly comes; `drawn`: of what was drawn instead; `whole`; `cross`. */
  readonly of: 'held-out' | 'drawn' | 'whole' | 'cross';
  /** Who drew what a cross cell scores: `lzma decode`. */
  readonly drawnBy: string | null;
  /** As in the measure: `bits`, `ownBits`, `judgeBits`, `distinct3` … */
  readonly metric: string;
  /** The number. */
  readonly value: number;
  /** Bytes that the number is of. */
  readonly bytes: number;
}

/** All numbers of a row; none of a row with an error. */
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
