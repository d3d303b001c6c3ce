/**
 * The public API for Node, `zipdream/node`: the pure core, plus everything that needs processes or
 * native code. Re-exports only; `openCompressor` here opens all compressors available in Node.
 *
 * @module zipdream/node
 */

export * from '../index.js';
export type { CalibrationBin } from '../measure/calibration.js';
export type { CellMeasure, DrawnMeasure } from '../measure/cell.js';
export {
  type CellIdentity,
  type CellTask,
  type CompareRow,
  type CrossSource,
  HELD_OUT,
  isControl,
  METRICS,
  type Metric,
  SHARPENED,
} from '../measure/compare-row.js';
export { type CompareSummary, summarize } from '../measure/compare-summary.js';
export type { ContinuationMeasure } from '../measure/continuation.js';
export { type CrossEntry, crossMatrix } from '../measure/cross.js';
export {
  METRIC_NAMES,
  METRIC_TABLE,
  type MetricFamily,
  type MetricInfo,
  type MetricName,
} from '../measure/metrics.js';
export {
  type Contender,
  compareRankings,
  type Disagreement,
  type RankingAgreement,
} from '../measure/ranking.js';
export { readSample, type SampleRead, type StoredSample } from '../measure/stored-sample.js';
export { type TidyRow, tidyRows } from '../measure/tidy.js';
export type { GivenPart } from '../modality/image-given.js';
export { brotli } from './brotli.js';
export { command, commandEntry } from './command.js';
export { compare } from './compare.js';
export type {
  CompareInput,
  CompareOptions,
  CompressorChoice,
  ReadingChoice,
} from './compare-options.js';
export { flacLib } from './flac-lib.js';
export { lm, onnx } from './lm/rows.js';
export { nodeZlib } from './node-zlib.js';
export { openCompressor } from './open.js';
export type { ProgramLimits } from './program.js';
export { nodeRegistry } from './registry.js';
export { openResults, type ResultRow, type ResultsFile } from './results.js';
export type { Runner } from './runner.js';
export { jxl, webp } from './webp-jxl.js';
export { withWorkers } from './workers.js';
export { bzip2, xz } from './xz-bzip2.js';
