// What the cells of a comparison say together: a line for each compressor and reading of an input,
// the best predictor first.

import { ratioInterval } from '../measure/bootstrap.js';
import type { ContinuationMeasure } from '../measure/cell.js';
import type { Reading } from '../types.js';
import { type CompareRow, HELD_OUT } from './compare.js';

/** Rates in bits per byte; intervals are 95 % by a bootstrap over chunks. */
export interface CompareSummary {
  readonly input: string;
  readonly spec: string;
  readonly reading: Reading | undefined;
  readonly version: string;
  readonly cells: number;
  /** Cells that failed, and why the first did. */
  readonly failed: number;
  readonly error?: string;
  /** Bits of the held-out bytes under the reading. */
  readonly bpb?: number;
  readonly bpbInterval?: readonly [number, number];
  /** Bits that the compressor itself spends on the held-out bytes. */
  readonly ownBpb?: number;
  /** `bpb − ownBpb`: what is lost by predicting byte by byte. */
  readonly conversionLoss?: number;
  readonly conversionLossInterval?: readonly [number, number];
  /** Size of whole chunks, each a file of its own, over their bytes (the paper's raw rate). */
  readonly rawRate?: number;
  readonly msPerByte?: number;
  /** Σ over bins of |expected − came| over all held-out bytes: 0 where P = 0.3 comes 30 % of times. */
  readonly calibrationError?: number;
  /** Bits per byte of what was drawn: under the judge, under the reading, as L(xy) − L(x). */
  readonly judgeBpb?: number;
  readonly judgeInterval?: readonly [number, number];
  readonly drawnBpb?: number;
  readonly drawnOwnBpb?: number;
  readonly distinct3?: number;
  /** Mean over samples, bytes. */
  readonly longestCopy?: number;
}

/** Whatever the order of the rows, the same summary. */
export function summarize(rows: Iterable<CompareRow>): CompareSummary[] {
  const groups = new Map<string, CompareRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.input, row.spec, row.reading]);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()]
    .map((group) => summarizeGroup(group.sort((a, b) => a.start - b.start)))
    .sort(byRank);
}

function byRank(a: CompareSummary, b: CompareSummary): number {
  if (a.input !== b.input) return a.input < b.input ? -1 : 1;
  const rank = ({ bpb, ownBpb = Infinity, spec }: CompareSummary) =>
    spec === HELD_OUT ? -1 : (bpb ?? ownBpb);
  return rank(a) - rank(b) || (a.spec < b.spec ? -1 : 1);
}

function summarizeGroup(rows: readonly CompareRow[]): CompareSummary {
  const { input, spec, reading, version } = rows[0]!;
  const errors = rows.flatMap(({ error }) => error ?? []);
  const measures = rows.flatMap(({ measure }) => measure ?? []);
  const continuations = rows.flatMap(({ control, measure }) => control ?? measure?.drawn ?? []);
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
  const head = { input, spec, reading, version, cells: rows.length, failed: errors.length };
  const bytes = measures.map((measure) => measure.bytes);
  const perByte = (values: readonly number[]): number => sum(values) / sum(bytes);
  const read = measures.filter(({ bits }) => bits !== undefined);
  const bits = read.map((measure) => measure.bits!);
  const losses = read.map((measure) => measure.bits! - measure.ownBits);
  return {
    ...head,
    ...(errors[0] !== undefined && { error: errors[0] }),
    ...(read.length > 0 && {
      bpb: perByte(bits),
      bpbInterval: ratioInterval(bits, bytes),
      conversionLoss: perByte(losses),
      conversionLossInterval: ratioInterval(losses, bytes),
      msPerByte: perByte(read.map((measure) => measure.msPerByte! * measure.bytes)),
    }),
    ...(measures.length > 0 && {
      ownBpb: perByte(measures.map(({ ownBits }) => ownBits)),
      rawRate:
        sum(measures.map(({ chunkBits }) => Math.ceil(chunkBits / 8))) /
        sum(measures.map((measure) => measure.bytes + rows[0]!.from)),
    }),
    ...calibrationOf(measures),
    ...continuationSummary(continuations),
    ...drawnSummary(measures),
  };
}

type Measures = readonly NonNullable<CompareRow['measure']>[];

function calibrationOf(measures: Measures): Partial<CompareSummary> {
  const bins = measures.flatMap(({ calibration }) => (calibration ? [calibration] : []));
  if (bins.length === 0) return {};
  const bytes = measures.reduce((sum, measure) => sum + measure.bytes, 0);
  let error = 0;
  for (let k = 0; k < bins[0]!.length; k++) {
    error += Math.abs(bins.reduce((sum, cell) => sum + cell[k]!.expected - cell[k]!.came, 0));
  }
  return { calibrationError: error / bytes };
}

function continuationSummary(all: readonly ContinuationMeasure[]): Partial<CompareSummary> {
  if (all.length === 0) return {};
  const mean = (of: (one: ContinuationMeasure) => number): number =>
    all.reduce((sum, one) => sum + of(one), 0) / all.length;
  const judged = all.filter(({ judgeBits }) => judgeBits !== undefined);
  const judgeBits = judged.map((one) => one.judgeBits!);
  const bytes = judged.map((one) => one.bytes);
  const total = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0);
  return {
    ...(judged.length > 0 && {
      judgeBpb: total(judgeBits) / total(bytes),
      judgeInterval: ratioInterval(judgeBits, bytes),
    }),
    distinct3: mean((one) => one.distinct3),
    longestCopy: mean((one) => one.longestCopy),
  };
}

function drawnSummary(measures: Measures): Partial<CompareSummary> {
  const drawn = measures.flatMap((measure) => measure.drawn ?? []);
  if (drawn.length === 0) return {};
  const bytes = drawn.reduce((sum, one) => sum + one.bytes, 0);
  return {
    drawnBpb: drawn.reduce((sum, one) => sum + one.bits, 0) / bytes,
    drawnOwnBpb: drawn.reduce((sum, one) => sum + one.ownBits, 0) / bytes,
  };
}
