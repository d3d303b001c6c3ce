// Summaries of a comparison: one per compressor and reading of an input, the best predictor first.

import type { Unit } from '../passage/units.js';
import type { Reading } from '../types.js';
import { ratioInterval } from './bootstrap.js';
import { addBins, type CalibrationBin, calibrationError } from './calibration.js';
import type { CellMeasure } from './cell.js';
import { type CompareRow, HELD_OUT, isControl } from './compare-row.js';
import type { ContinuationMeasure } from './continuation.js';

/**
 * Rates in bits per byte; intervals are 95 % by a bootstrap over cells. Formulas and sources are in
 * metrics.ts.
 */
export interface CompareSummary {
  /** Name of the input. */
  readonly input: string;
  /** The compressor's spec, or a control. */
  readonly spec: string;
  /** Undefined for the compressor's own code lengths and for controls. */
  readonly reading: Reading | undefined;
  /** Version of the compressor. */
  readonly version: string;
  /** Number of cells of this input, compressor and reading. */
  readonly cells: number;
  /** Number of cells that failed. */
  readonly failed: number;
  /** Error of the first failed cell. */
  readonly error?: string;
  /** Bits per held-out byte under the reading. */
  readonly bpb?: number;
  /** 95 % interval of `bpb`: lower and upper end. */
  readonly bpbInterval?: readonly [number, number];
  /**
   * Bits per byte above the best model of the input, over the messages that both measured; own code
   * lengths are used if there is no reading. Undefined for the best model and for controls.
   */
  readonly bpbDifference?: number;
  /**
   * 95 % interval of `bpbDifference`, by pairs of messages; if it excludes zero, the two differ.
   */
  readonly bpbDifferenceInterval?: readonly [number, number];
  /** Bits per held-out byte that the compressor itself spends. */
  readonly ownBpb?: number;
  /** `bpb − ownBpb`: the cost of predicting byte by byte. */
  readonly conversionLoss?: number;
  /** 95 % interval of `conversionLoss`: lower and upper end. */
  readonly conversionLossInterval?: readonly [number, number];
  /** Natural unit of the input. */
  readonly unit?: Unit;
  /** As `bpb`, per unit. */
  readonly bitsPerUnit?: number;
  /** As `ownBpb`, per unit. */
  readonly ownBitsPerUnit?: number;
  /** Compressed size of the chunks, each as its own file, over their bytes. */
  readonly rawRate?: number;
  /** The same with the header counted once: the paper's raw rate. */
  readonly rawRateOneHeader?: number;
  /** `rawRateOneHeader` with the model's parameters included: the paper's adjusted rate. */
  readonly adjustedRate?: number;
  /** Raw rate of all chunks compressed as one file. */
  readonly wholeRawRate?: number;
  /** The same with the model's parameters included. */
  readonly wholeAdjustedRate?: number;
  /** Time to score a byte, in ms. */
  readonly msPerByte?: number;
  /** Bits per byte in each sixteenth of the held-out bytes. */
  readonly curve?: readonly number[];
  /** Calibration bins, summed over all cells. */
  readonly calibration?: readonly CalibrationBin[];
  /**
   * Σ over bins of |expected − observed| over all held-out bytes: 0 if events with P = 0.3 occur 30 %
   * of the time.
   */
  readonly calibrationError?: number;
  /** Bits per byte of the samples under the judge. */
  readonly judgeBpb?: number;
  /** 95 % interval of `judgeBpb`: lower and upper end. */
  readonly judgeInterval?: readonly [number, number];
  /** Bits per byte of the samples under the reading that drew them. */
  readonly drawnBpb?: number;
  /** Bits per byte of the samples as L(xy) − L(x). */
  readonly drawnOwnBpb?: number;
  /** Distinct-1: different bytes over all bytes. */
  readonly distinct1?: number;
  /** Distinct-2: different pairs of adjacent bytes over all pairs. */
  readonly distinct2?: number;
  /** Distinct-3. */
  readonly distinct3?: number;
  /** Distinct-4. */
  readonly distinct4?: number;
  /** 1 − distinct-8. */
  readonly repetition?: number;
  /** Share of the 4-grams that occur in the truth. */
  readonly overlap4?: number;
  /** Mean over samples, in bytes. */
  readonly longestCopy?: number;
  /** Share of the words that occur in the corpus. */
  readonly knownWords?: number;
  /** Pictures: dB. */
  readonly psnr?: number;
  /** Pictures: 1 for the truth. */
  readonly ssim?: number;
  /** Pictures: grey levels. */
  readonly gradientDistance?: number;
  /** Sound: dB. */
  readonly spectralDistance?: number;
  /** Sound: dB. */
  readonly energyModulation?: number;
  /** Time to draw a byte, in ms. */
  readonly drawMsPerByte?: number;
  /** Peak memory while drawing, minus the level before, in bytes. */
  readonly drawPeakBytes?: number;
}

/** The fields of a summary that are 95 % intervals. */
export type IntervalName =
  | 'bpbInterval'
  | 'bpbDifferenceInterval'
  | 'conversionLossInterval'
  | 'judgeInterval';

/**
 * Summarises rows independently of their order. For two rows of the same cell the later one counts.
 */
export function summarize(rows: Iterable<CompareRow>): CompareSummary[] {
  const groups = new Map<string, CompareRow[]>();
  const wholes = new Map<string, CompareRow[]>();
  for (const row of latestRows(rows)) {
    if (row.cross) continue;
    const isWhole = row.scope === 'whole';
    const key = JSON.stringify([row.input, row.spec, ...(isWhole ? [] : [row.reading])]);
    const all = isWhole ? wholes : groups;
    const group = all.get(key);
    if (group) group.push(row);
    else all.set(key, [row]);
  }
  const ranked = [...groups.values()]
    .map((group) => {
      const whole = wholes.get(JSON.stringify([group[0]!.input, group[0]!.spec])) ?? [];
      return { group, summary: summarizeGroup(group.sort(byPlace), whole) };
    })
    .sort((a, b) => byRank(a.summary, b.summary));
  return ranked.map(({ group, summary }) => {
    const { input, spec } = summary;
    const best = ranked.find((one) => one.summary.input === input && !isControl(one.summary.spec));
    if (!best || best.group === group || isControl(spec)) return summary;
    return { ...summary, ...differenceSummary(group, best.group) };
  });
}

/** Pairs the cells of a model with those of the best one, by message. */
function differenceSummary(
  rows: readonly CompareRow[],
  best: readonly CompareRow[],
): Partial<CompareSummary> {
  const place = ({ part, start }: CompareRow): string => JSON.stringify([part, start]);
  const bestBits = new Map(best.map((row) => [place(row), bitsOf(row)]));
  const pairs = rows.flatMap((row) => {
    const [bits, other] = [bitsOf(row), bestBits.get(place(row))];
    if (bits === undefined || other === undefined) return [];
    return { bits: bits - other, bytes: row.measure!.bytes };
  });
  if (pairs.length === 0) return {};
  const bits = pairs.map((pair) => pair.bits);
  const bytes = pairs.map((pair) => pair.bytes);
  return {
    bpbDifference: sum(bits) / sum(bytes),
    bpbDifferenceInterval: ratioInterval(bits, bytes),
  };
}

/** True if the paired interval excludes zero, and for the best model itself. */
export function isDistinguished({ bpbDifference, bpbDifferenceInterval }: CompareSummary): boolean {
  if (bpbDifference === undefined) return true;
  const [low, high] = bpbDifferenceInterval!;
  return low > 0 || high < 0;
}

const bitsOf = ({ measure }: CompareRow): number | undefined => measure?.bits ?? measure?.ownBits;

/** The rows without those replaced by a later row of the same cell at the same place. */
export function latestRows(rows: Iterable<CompareRow>): CompareRow[] {
  const places = Array.from(rows, (row) => {
    const { id, input, part, start } = row;
    return [JSON.stringify([id, input, part, start]), row] as const;
  });
  return [...new Map(places).values()];
}

function byPlace(a: CompareRow, b: CompareRow): number {
  const [one = '', other = ''] = [a.part, b.part];
  return one === other ? a.start - b.start : one < other ? -1 : 1;
}

function byRank(a: CompareSummary, b: CompareSummary): number {
  if (a.input !== b.input) return a.input < b.input ? -1 : 1;
  const rank = ({ bpb, ownBpb = Infinity, spec }: CompareSummary) =>
    spec === HELD_OUT ? -2 : isControl(spec) ? -1 : (bpb ?? ownBpb);
  return rank(a) - rank(b) || (a.spec < b.spec ? -1 : 1);
}

function summarizeGroup(rows: readonly CompareRow[], whole: readonly CompareRow[]): CompareSummary {
  const { input, spec, reading, version } = rows[0]!;
  const errors = [...rows, ...whole].flatMap(({ error }) => error ?? []);
  const continuations = rows.flatMap(({ control, measure }) => control ?? measure?.drawn ?? []);
  return {
    ...{ input, spec, reading, version, cells: rows.length, failed: errors.length },
    ...(errors[0] !== undefined && { error: errors[0] }),
    ...readingSummary(rows.flatMap(({ measure }) => (measure?.bits === undefined ? [] : measure))),
    ...rateSummary(rows.flatMap(({ measure }) => measure ?? [])),
    ...wholeSummary(whole.flatMap(({ measure }) => measure ?? [])),
    ...unitSummary(rows),
    ...continuationSummary(continuations),
    ...drawnSummary(rows.flatMap(({ measure }) => measure?.drawn ?? [])),
  };
}

/** Summary of measures that have bits under a reading. */
function readingSummary(measures: readonly CellMeasure[]): Partial<CompareSummary> {
  if (measures.length === 0) return {};
  const bytes = measures.map((measure) => measure.bytes);
  const bits = measures.map((measure) => measure.bits!);
  const losses = measures.map((measure) => measure.bits! - measure.ownBits);
  const curves = measures.flatMap(({ curve }) => (curve ? [curve] : []));
  const bins = addBins(measures.flatMap(({ calibration }) => (calibration ? [calibration] : [])));
  return {
    bpb: sum(bits) / sum(bytes),
    bpbInterval: ratioInterval(bits, bytes),
    conversionLoss: sum(losses) / sum(bytes),
    conversionLossInterval: ratioInterval(losses, bytes),
    msPerByte: sum(measures.map((one) => (one.msPerByte ?? 0) * one.bytes)) / sum(bytes),
    ...(curves.length > 0 && {
      curve: curves[0]!.map(
        (_, i) => (curves[0]!.length * sum(curves.map((curve) => curve[i]!))) / sum(bytes),
      ),
    }),
    ...(bins.length > 0 && { calibration: bins, calibrationError: calibrationError(bins) }),
  };
}

function rateSummary(measures: readonly CellMeasure[]): Partial<CompareSummary> {
  if (measures.length === 0) return {};
  const bytes = sum(measures.map((measure) => measure.messageBytes));
  const files = sum(measures.map(({ chunkBits }) => Math.ceil(chunkBits / 8)));
  const { headerBits = 0, modelBytes = 0 } = measures[0]!;
  const oneHeader = files - (measures.length - 1) * (headerBits / 8);
  return {
    ownBpb: sum(measures.map(({ ownBits }) => ownBits)) / sum(measures.map((one) => one.bytes)),
    rawRate: files / bytes,
    rawRateOneHeader: oneHeader / bytes,
    adjustedRate: (oneHeader + modelBytes) / bytes,
  };
}

function wholeSummary(measures: readonly CellMeasure[]): Partial<CompareSummary> {
  if (measures.length === 0) return {};
  const bytes = sum(measures.map((measure) => measure.messageBytes));
  const files = sum(measures.map(({ chunkBits }) => Math.ceil(chunkBits / 8)));
  return {
    wholeRawRate: files / bytes,
    wholeAdjustedRate: (files + (measures[0]!.modelBytes ?? 0)) / bytes,
  };
}

function unitSummary(rows: readonly CompareRow[]): Partial<CompareSummary> {
  const measured = rows.filter(({ measure, units }) => measure && units !== undefined);
  const unit = measured[0]?.unit;
  if (!unit) return {};
  const units = sum(measured.map((row) => row.units!));
  const read = measured.filter(({ measure }) => measure!.bits !== undefined);
  return {
    unit,
    ...(read.length === measured.length && {
      bitsPerUnit: sum(read.map(({ measure }) => measure!.bits!)) / units,
    }),
    ownBitsPerUnit: sum(measured.map(({ measure }) => measure!.ownBits)) / units,
  };
}

const MEANS = [
  ...['distinct1', 'distinct2', 'distinct3', 'distinct4', 'repetition', 'overlap4', 'longestCopy'],
  ...['knownWords', 'psnr', 'ssim', 'gradientDistance', 'spectralDistance', 'energyModulation'],
] as const satisfies readonly (keyof ContinuationMeasure & keyof CompareSummary)[];

function continuationSummary(all: readonly ContinuationMeasure[]): Partial<CompareSummary> {
  if (all.length === 0) return {};
  const judged = all.filter(({ judgeBits }) => judgeBits !== undefined);
  const judgeBits = judged.map((one) => one.judgeBits!);
  const bytes = judged.map((one) => one.bytes);
  const means = MEANS.flatMap((key) => {
    const values = all.flatMap((one) => one[key] ?? []);
    return values.length === 0 ? [] : [[key, sum(values) / values.length] as const];
  });
  return {
    ...(judged.length > 0 && {
      judgeBpb: sum(judgeBits) / sum(bytes),
      judgeInterval: ratioInterval(judgeBits, bytes),
    }),
    ...Object.fromEntries(means),
  };
}

function drawnSummary(
  drawn: readonly NonNullable<CellMeasure['drawn']>[],
): Partial<CompareSummary> {
  if (drawn.length === 0) return {};
  const bytes = sum(drawn.map((one) => one.bytes));
  const peaks = drawn.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    drawnBpb: sum(drawn.map((one) => one.bits)) / bytes,
    drawnOwnBpb: sum(drawn.map((one) => one.ownBits)) / bytes,
    drawMsPerByte: sum(drawn.map((one) => (one.msPerByte ?? 0) * one.bytes)) / bytes,
    ...(peaks.length > 0 && { drawPeakBytes: Math.max(...peaks) }),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
