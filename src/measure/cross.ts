// The cross matrix: how well each model predicts what the others drew.

import type { Reading } from '../types.js';
import { type CompareRow, isControl } from './compare-row.js';
import { latestRows } from './compare-summary.js';

/** Bits per byte of one model's samples under another, over all chunks of an input. */
export interface CrossEntry {
  /** Name of the input. */
  readonly input: string;
  /** The compressor that drew. */
  readonly drawnBy: string;
  /** The reading it drew with. */
  readonly drawnByReading: Reading | undefined;
  /** The compressor that scored the sample. */
  readonly scoredBy: string;
  /** The reading it scored with. */
  readonly scoredByReading: Reading | undefined;
  /** Number of samples scored. */
  readonly cells: number;
  /** Bits per byte of the samples. */
  readonly bpb: number;
}

/**
 * One entry per pair; on the diagonal each model scores its own samples. A compressor without a
 * reading scores by L(xy) − L(x). Entries are Σ bits ÷ Σ bytes, sorted by name, independent of the
 * order of the rows.
 */
export function crossMatrix(rows: Iterable<CompareRow>): CrossEntry[] {
  const sums = new Map<string, { entry: CrossEntry; bits: number; bytes: number; cells: number }>();
  const add = (entry: Omit<CrossEntry, 'cells' | 'bpb'>, bits: number, bytes: number): void => {
    const key = JSON.stringify(Object.values(entry));
    const sum = sums.get(key) ?? {
      entry: { ...entry, cells: 0, bpb: 0 },
      bits: 0,
      bytes: 0,
      cells: 0,
    };
    sums.set(key, sum);
    sum.bits += bits;
    sum.bytes += bytes;
    sum.cells++;
  };
  const byId = (a: CompareRow, b: CompareRow): number => (a.id < b.id ? -1 : 1);
  for (const { input, spec, reading, cross, measure } of latestRows(rows).sort(byId)) {
    if (!measure || isControl(spec)) continue;
    const scorer = { scoredBy: spec, scoredByReading: reading };
    if (cross) {
      const drawer = { drawnBy: cross.spec, drawnByReading: cross.reading };
      add({ input, ...drawer, ...scorer }, measure.bits ?? measure.ownBits, measure.bytes);
    } else if (measure.drawn) {
      const drawer = { drawnBy: spec, drawnByReading: reading };
      add({ input, ...drawer, ...scorer }, measure.drawn.bits, measure.drawn.bytes);
    }
  }
  const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
  return [...sums].sort(byName).map(([, { entry, bits, bytes, cells }]) => ({
    ...entry,
    cells,
    bpb: bits / bytes,
  }));
}
