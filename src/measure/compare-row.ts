// The record of one comparison cell: everything that determines its result, and what was measured.
// Plain JSON data, used by result files, tables, reports and queues.

import type { GivenPart } from '../modality/image-given.js';
import type { Unit } from '../passage/units.js';
import type { Format, Reading } from '../types.js';
import type { CellMeasure, DrawnMeasure } from './cell.js';
import type { ContinuationMeasure } from './continuation.js';

/**
 * What a cell can measure: rates, which all cells have; calibration; samples drawn by the
 * compressor; and how well each compressor predicts the samples of the others.
 */
export type Metric = 'rates' | 'calibration' | 'samples' | 'cross';
/** All metrics that a comparison can measure. */
export const METRICS: readonly Metric[] = ['rates', 'calibration', 'samples', 'cross'];

/** Name of the first control: the true continuation, measured as if it had been drawn. */
export const HELD_OUT = 'held-out';

/**
 * Controls that exploit a judge: a sharpened predictor, without any compressor, each byte drawn
 * with its probability raised to the power of 1.5 and normalised.
 */
export const SHARPENED: readonly string[] = ['order3^1.5', 'ppm^1.5'];

/** True if a row's `spec` names a control rather than a compressor. */
export function isControl(spec: string): boolean {
  return spec === HELD_OUT || SHARPENED.includes(spec);
}

/** Everything that determines the result of a cell, except the machine. */
export interface CellIdentity {
  /** Hash of all fields below, in hex. */
  readonly id: string;
  /** Version of this package. */
  readonly zipdream: string;
  /** SHA-256 of the message, in hex. */
  readonly sha256: string;
  /** The compressor's spec, or a control. */
  readonly spec: string;
  /** Undefined for the compressor's own code lengths and for controls. */
  readonly reading?: Reading | undefined;
  /** Meaning of the message's bytes; undefined: bytes. */
  readonly format?: Format | undefined;
  /** Number of given bytes: the first ones of the message, except in a picture with `given`. */
  readonly from: number;
  /** The given part of a picture. */
  readonly given?: GivenPart | undefined;
  /** `whole`: all chunks of an input as one message, whose length alone is measured. */
  readonly scope?: 'whole' | undefined;
  /** Bytes per context; undefined: one context. */
  readonly fresh?: number | undefined;
  /** Prefix lengths in bytes at which the code of each context is measured. */
  readonly at?: readonly number[] | undefined;
  /** What was measured; without `rates`, only what the other fields request. */
  readonly metrics: readonly Metric[];
  /** Spec of the judge, if anything was drawn. */
  readonly judge?: string | undefined;
  /** Seed of the random numbers, if anything was drawn. */
  readonly seed?: string | undefined;
  /** SHA-256 of the corpus given for words, in hex. */
  readonly corpus?: string | undefined;
}

/** A cell, the origin of its message, and what was measured. */
export interface CompareRow extends CellIdentity {
  /** Name of the input. */
  readonly input: string;
  /** The file of a folder, or the tile of a picture, that the message is from. */
  readonly part?: string | undefined;
  /** Position of the message in the part, in bytes. */
  readonly start: number;
  /** Version of the compressor, as in `Compressor.version`. */
  readonly version: string;
  /** Natural unit of the input. */
  readonly unit?: Unit | undefined;
  /** Number of held-out units. */
  readonly units?: number | undefined;
  /** The machine that measured it: processors, operating system and version of Node. */
  readonly machine?: string | undefined;
  /** Source of the sample that this row scores, for a cross cell. */
  readonly cross?: CrossSource | undefined;
  /** Why there is no measure; other cells are not affected. */
  readonly error?: string;
  /** Measure of a compressor. */
  readonly measure?: CellMeasure;
  /** Measure of a cell that only draws. */
  readonly drawn?: DrawnMeasure;
  /** Bits of each context up to each length in `at`; for compressed files, in whole bytes. */
  readonly prefixes?: readonly (readonly number[])[];
  /** Measure of a control. */
  readonly control?: ContinuationMeasure;
}

/** The cell that drew a sample scored by another cell. */
export interface CrossSource {
  /** Identity of that cell. */
  readonly id: string;
  /** The compressor that drew. */
  readonly spec: string;
  /** The reading it drew with. */
  readonly reading?: Reading | undefined;
}

/** Input of a worker: plain data that can be sent to threads and queues. */
export interface CellTask {
  /** The message, including its given part. */
  readonly bytes: Uint8Array;
  /** The fields of the row that are known before measuring. */
  readonly row: Omit<CompareRow, 'measure' | 'drawn' | 'prefixes' | 'control' | 'error'>;
  /**
   * True if its specs come from an untrusted source: they may start no program and open no file.
   */
  readonly fromOutside?: boolean | undefined;
}

/** The row of a cell that failed. */
export function failedRow({ row }: CellTask, error: unknown): CompareRow {
  return { ...row, error: error instanceof Error ? error.message : String(error) };
}
