// The one record of a comparison: what a cell is, by all that decides its result, and what was
// measured. Plain data, as JSON keeps it: files of results, tables, reports and queues all use it.

import type { GivenPart } from '../modality/image-given.js';
import type { Unit } from '../passage/units.js';
import type { Format, Reading } from '../types.js';
import type { CellMeasure, DrawnMeasure } from './cell.js';
import type { ContinuationMeasure } from './continuation.js';

/**
 * What a cell may measure: rates, which all do; calibration; what the compressor draws; and how
 * each expects what the others drew.
 */
export type Metric = 'rates' | 'calibration' | 'samples' | 'cross';
/** All that a comparison may measure. */
export const METRICS: readonly Metric[] = ['rates', 'calibration', 'samples', 'cross'];

/** The name of the first control: what truly comes, measured as if it had been drawn. */
export const HELD_OUT = 'held-out';

/**
 * The controls that flatter a judge: a predictor sharpened without a compressor, each byte drawn
 * with its probability to the power of 1.5 and normalised.
 */
export const SHARPENED: readonly string[] = ['order3^1.5', 'ppm^1.5'];

/** Whether a row's `spec` names a control and no compressor. */
export function isControl(spec: string): boolean {
  return spec === HELD_OUT || SHARPENED.includes(spec);
}

/** What decides the result of a cell, but for the machine. */
export interface CellIdentity {
  /** A hash of all that follows, in hex. */
  readonly id: string;
  /** Version of this package. */
  readonly zipdream: string;
  /** SHA-256 of the message, in hex. */
  readonly sha256: string;
  /** The compressor, or a control. */
  readonly spec: string;
  /** Undefined for own code lengths alone, and for controls. */
  readonly reading?: Reading | undefined;
  /** What the message's bytes mean; undefined: bytes. */
  readonly format?: Format | undefined;
  /** Bytes of the message that are given: its first ones, but in a picture with `given`. */
  readonly from: number;
  /** What is given of a picture. */
  readonly given?: GivenPart | undefined;
  /** `whole`: all chunks of an input as one message, of which only the length is measured. */
  readonly scope?: 'whole' | undefined;
  /** Bytes after which the model starts afresh; undefined: never. */
  readonly fresh?: number | undefined;
  /** Lengths in bytes at which the code of each context is measured. */
  readonly at?: readonly number[] | undefined;
  /** What was measured; without `rates`, only what the other fields ask for. */
  readonly metrics: readonly Metric[];
  /** Spec of the judge, where anything was drawn. */
  readonly judge?: string | undefined;
  /** Of the random numbers, where anything was drawn. */
  readonly seed?: string | undefined;
  /** SHA-256 of a corpus that was named for words, in hex. */
  readonly corpus?: string | undefined;
}

/** A cell, where its message is from, and what was measured. */
export interface CompareRow extends CellIdentity {
  /** Name of the input. */
  readonly input: string;
  /** Which file of a folder, or tile of a picture, the message is of. */
  readonly part?: string | undefined;
  /** Where in the part, in bytes, the message begins. */
  readonly start: number;
  /** Of the compressor, as `Compressor.version` says. */
  readonly version: string;
  /** What one counts in beside bytes, and how many of them are held out. */
  readonly unit?: Unit | undefined;
  /** Of these, how many are held out. */
  readonly units?: number | undefined;
  /** What measured it: processors, system and version of Node. */
  readonly machine?: string | undefined;
  /** Who drew the message's end, where this row is another's opinion of it: a cross cell. */
  readonly cross?: CrossSource | undefined;
  /** Why there is no measure: the other cells go on. */
  readonly error?: string;
  /** Of a compressor. */
  readonly measure?: CellMeasure;
  /** Of a cell that only draws. */
  readonly drawn?: DrawnMeasure;
  /** Of a cell with `at`: bits of each context up to each length; of files, in whole bytes. */
  readonly prefixes?: readonly (readonly number[])[];
  /** Of a control alone. */
  readonly control?: ContinuationMeasure;
}

/** The cell whose sample another one looked at. */
export interface CrossSource {
  /** Identity of the cell that drew. */
  readonly id: string;
  /** The compressor that drew. */
  readonly spec: string;
  /** The reading that it drew by. */
  readonly reading?: Reading | undefined;
}

/** What a worker is given: plain data, that goes through threads and queues. */
export interface CellTask {
  /** The message, given part and all. */
  readonly bytes: Uint8Array;
  /** What is known of the row before it is measured. */
  readonly row: Omit<CompareRow, 'measure' | 'drawn' | 'prefixes' | 'control' | 'error'>;
  /** Whether a stranger may have written its specs: they may start no program and open no file. */
  readonly fromOutside?: boolean | undefined;
}

/** The row of a cell that could not be measured. */
export function failedRow({ row }: CellTask, error: unknown): CompareRow {
  return { ...row, error: error instanceof Error ? error.message : String(error) };
}
