// What a comparison is asked for.

import type { CellTask, CompareRow, Metric } from '../measure/compare-row.js';
import type { GivenPart } from '../modality/image-given.js';
import type { Registry } from '../registry.js';
import type { Abort, Format, Reading } from '../types.js';
import type { Runner } from './runner.js';

/** Some data to compare on. Inputs of one name are parts of one: the files of a folder, say. */
export interface CompareInput {
  /** Names it in rows and tables. */
  readonly name: string;
  /** Which part of the input it is. */
  readonly part?: string | undefined;
  /** Text or any bytes; or, with a format, pixels or samples as it says. */
  readonly data: Uint8Array;
  /** What the bytes mean, where they are pixels or samples. */
  readonly format?: Exclude<Format, { kind: 'bytes' }> | undefined;
  /** Of a picture: what of it is given (default: the left half). */
  readonly given?: GivenPart | undefined;
}

/**
 * `best`: a compressor's first, and only own code lengths where that is `recompress`, which takes
 * 256 compressions a byte; `all` it has; or these, where it has them.
 */
export type ReadingChoice = 'best' | 'all' | readonly Reading[];

/** A compressor with readings of its own. */
export interface CompressorChoice {
  /** What opens it. */
  readonly spec: string;
  /** Which of its readings are measured. */
  readonly readings: ReadingChoice;
}

/** The grid: inputs, compressors, chunks, and what is measured. */
export interface CompareOptions {
  /** What to compare on. */
  readonly inputs: readonly CompareInput[];
  /** Compressors by their specs, with readings of their own if need be. */
  readonly compressors: readonly (string | CompressorChoice)[];
  /** Of compressors without any of their own (default: `best`). */
  readonly readings?: ReadingChoice | undefined;
  /**
   * Bytes of a chunk, or samples of a sound's channel, each a fresh context (default: 2048); `whole`:
   * as long as the input. A picture is one message, whatever this says.
   */
  readonly chunk?: number | 'whole' | undefined;
  /** As many of each chunk are given (default: half of it). */
  readonly from?: number | undefined;
  /** Chunks, or pictures, of each input at most; of several parts they are taken in turn. */
  readonly limit?: number | undefined;
  /** Measures the length of all chunks of an input as one message too. */
  readonly whole?: boolean | undefined;
  /** What to measure (default: rates alone). */
  readonly metrics?: readonly Metric[] | undefined;
  /** Spec of the model that judges what is drawn; it never judges its own (default: ppm). */
  readonly judge?: string | undefined;
  /** Text whose words exist (default: the rest of the input). */
  readonly corpus?: readonly Uint8Array[] | undefined;
  /** Of what is drawn (default: 0). */
  readonly seed?: string | undefined;
  /** Threads (default: as many as there are cores); 0: in the one that asks. */
  readonly workers?: number | undefined;
  /** Rows of your own beside those of Node, for specs to name; threads need `registryUrl` too. */
  readonly registry?: Registry | undefined;
  /** URL of a module that exports the same as `registry`, for threads to load. */
  readonly registryUrl?: string | undefined;
  /** Rows that are known already, by identity: they are yielded and not measured. */
  readonly known?: ReadonlyMap<string, CompareRow> | undefined;
  /** Ends the comparison, which throws its reason. */
  readonly signal?: Abort | undefined;
  /** Called with how many cells there are to measure, before the first; again if more are found. */
  readonly onPlan?: ((cells: number) => void) | undefined;
  /** Opens what measures the cells instead of threads here; it is closed at the end. */
  readonly openRunner?: (() => Promise<Runner<CellTask, CompareRow>>) | undefined;
}
