// The public API for Node, `zipdream/node`: the pure core, and what needs processes or native code.
// Re-exports only; `openCompressor` here knows all the compressors of Node.

export * from '../index.js';
export { brotli } from './brotli.js';
export { command, commandEntry } from './command.js';
export {
  type CompareInput,
  type CompareOptions,
  type CompareRow,
  compare,
  type Metric,
} from './compare.js';
export { type CompareSummary, summarize } from './compare-summary.js';
export { flacLib } from './flac-lib.js';
export { lm, onnx } from './lm/rows.js';
export { nodeZlib } from './node-zlib.js';
export { openCompressor } from './open.js';
export type { ProgramLimits } from './program.js';
export { nodeRegistry } from './registry.js';
export { jxl, webp } from './webp-jxl.js';
export { withWorkers } from './workers.js';
export { bzip2, xz } from './xz-bzip2.js';
