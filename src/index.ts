// The public API of the pure core, `zipdream`: re-exports only. Runs in a browser; `zipdream/node`
// is the same with Node's compressors added.

export { createRandom } from './bits/random.js';
export { toProbabilities, totalBits } from './bits/units.js';
export {
  type CodingOptions,
  decodeSymbols,
  decodeWithPredictor,
  encodeSymbols,
  encodeWithPredictor,
  type SymbolModel,
} from './coding/symbols.js';
export {
  decodeZd,
  encodeZd,
  type ZdDecodeOptions,
  type ZdEncodeOptions,
  type ZdPart,
  type ZdProgress,
} from './coding/zd.js';
export { coreRegistry } from './compressors/index.js';
export { CompressorUnavailableError, CorruptDataError, UsageError } from './errors.js';
export { type ScoreOptions, type ScoreResult, score } from './measure/score.js';
export { surprisal } from './measure/surprisal.js';
export { type OpenOptions, openCompressor } from './open.js';
export type { OptionSpec, OptionSpecs, OptionValue, OptionValues } from './options.js';
export { decodeReading } from './readings/decode.js';
export { exactReading, type IncrementalEncoder } from './readings/exact.js';
export { type CodeLength, recompressReading } from './readings/recompress.js';
export type { CompressorEntry, Registry } from './registry.js';
export { ALPHABETS, alphabetOf, namedAlphabet } from './sampling/constraints.js';
export {
  type GenerateOptions,
  type GenerateTokensOptions,
  generate,
  generateTokens,
  type Step,
  type TokenStep,
} from './sampling/generate.js';
export type { Warps } from './sampling/warps.js';
export {
  type AudioFormat,
  type BytesFormat,
  type CodeLengthModel,
  type Compressor,
  type DecompressLimits,
  type Format,
  type ImageFormat,
  type MaybePromise,
  type Predictor,
  type Random,
  type Reading,
  type Resolution,
  resolutionOf,
  type Token,
  type TokenSource,
} from './types.js';
export { VERSION } from './version.js';
