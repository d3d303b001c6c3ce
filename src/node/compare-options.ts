// The options of a comparison.

import type { CellTask, CompareRow, Metric } from '../measure/compare-row.js';
import type { GivenPart } from '../modality/image-given.js';
import type { Registry } from '../registry.js';
import type { Abort, Format, Reading } from '../types.js';
import type { Runner } from './runner.js';

/**
 * Data to compare on. Inputs with the same name are parts of one input, such as the files of a
 * folder.
 */
export interface CompareInput {
  /** Name in rows and tables. */
  readonly name: string;
  /** Name of the part of the input. */
  readonly part?: string | undefined;
  /** Text or any bytes; with a format, pixels or samples in that format. */
  readonly data: Uint8Array;
  /** Meaning of the bytes, if they are pixels or samples. */
  readonly format?: Exclude<Format, { kind: 'bytes' }> | undefined;
  /** The given part of a picture (default: the left half). */
  readonly given?: GivenPart | undefined;
}

/**
 * `best`: a compressor's first reading, or only its own code lengths if that is `recompress`, which
 * takes 256 compressions per byte; `all`: all its readings; or those of a list that it has.
 */
export type ReadingChoice = 'best' | 'all' | readonly Reading[];

/** A compressor with its own choice of readings. */
export interface CompressorChoice {
  /** Spec of the compressor. */
  readonly spec: string;
  /** The readings to measure. */
  readonly readings: ReadingChoice;
}

/** The grid: inputs, compressors, chunks, and what is measured. */
export interface CompareOptions {
  /** What to compare on. */
  readonly inputs: readonly CompareInput[];
  /** Specs of compressors, optionally with their own readings. */
  readonly compressors: readonly (string | CompressorChoice)[];
  /** Readings of compressors without their own choice (default: `best`). */
  readonly readings?: ReadingChoice | undefined;
  /**
   * Bytes per chunk, or samples per channel of a sound, each a fresh context (default: 2048);
   * `whole`: the whole input. A picture is always one message.
   */
  readonly chunk?: number | 'whole' | undefined;
  /** Given bytes or samples of each chunk (default: half of it). */
  readonly from?: number | undefined;
  /** Limit on the chunks, or pictures, of each input; taken from several parts in turn. */
  readonly limit?: number | undefined;
  /** True to measure the length of all chunks of an input as one message too. */
  readonly whole?: boolean | undefined;
  /** What to measure (default: rates alone). */
  readonly metrics?: readonly Metric[] | undefined;
  /** Spec of the model that judges samples; it never judges its own (default: ppm). */
  readonly judge?: string | undefined;
  /** Text in which words are looked up (default: the rest of the input). */
  readonly corpus?: readonly Uint8Array[] | undefined;
  /** Seed for drawing (default: 0). */
  readonly seed?: string | undefined;
  /** Number of threads (default: number of cores); 0: run in the calling thread. */
  readonly workers?: number | undefined;
  /** Additional rows besides those of Node; threads need `registryUrl` too. */
  readonly registry?: Registry | undefined;
  /** URL of a module that exports the same rows as `registry`, loaded by threads. */
  readonly registryUrl?: string | undefined;
  /** Known rows by identity: they are yielded and not measured again. */
  readonly known?: ReadonlyMap<string, CompareRow> | undefined;
  /** Stops the comparison, which throws the reason. */
  readonly signal?: Abort | undefined;
  /**
   * Called with the number of cells to measure, before the first; called again if more are found.
   */
  readonly onPlan?: ((cells: number) => void) | undefined;
  /** Opens a runner that measures the cells instead of threads; it is closed at the end. */
  readonly openRunner?: (() => Promise<Runner<CellTask, CompareRow>>) | undefined;
}
