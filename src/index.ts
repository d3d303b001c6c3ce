/**
 * The public API of the pure core, `zipdream`: re-exports only. Runs in a browser; `zipdream/node`
 * is the same with the compressors that need Node added.
 *
 * @module zipdream
 */

export type { ReadingNotes } from './bits/not-kept.js';
export { createRandom } from './bits/random.js';
export { surprisal, toProbabilities, totalBits } from './bits/units.js';
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
export { blend } from './compressors/blend.js';
export { ctw } from './compressors/ctw.js';
export { fflate } from './compressors/fflate.js';
export { flac } from './compressors/flac.js';
export { type DeflateOptionSpecs, deflate, gzip, zlib } from './compressors/gzip.js';
export { coreRegistry } from './compressors/index.js';
export { type LzmaOptionSpecs, lzma } from './compressors/lzma.js';
export { lzmaJs } from './compressors/lzma-js.js';
export { mix } from './compressors/mix.js';
export { order0 } from './compressors/order0.js';
export { pako } from './compressors/pako.js';
export { png } from './compressors/png.js';
export { ppm } from './compressors/ppm.js';
export { zstd } from './compressors/zstd.js';
export type { Picture } from './engines/png/picture.js';
export { type PngLimits, type PngRead, readPng } from './engines/png/read.js';
export { type FilterChoice, type PngEffort, writePng } from './engines/png/write.js';
export { CompressorUnavailableError, CorruptDataError, UsageError } from './errors.js';
export { type Copy, longestCopy } from './measure/longest-copy.js';
export { type ScoreOptions, type ScoreResult, score } from './measure/score.js';
export { bytesOfSamples, samplesOfBytes } from './modality/audio-bytes.js';
export { formatOfPicture, shrink, toGrey } from './modality/image.js';
export { readWav, type Sound, type SoundRead, writeWav } from './modality/wav.js';
export { type OpenOptions, openCompressor } from './open.js';
export type {
  IntegerOption,
  OptionSpec,
  OptionSpecs,
  OptionsOf,
  OptionValue,
  OptionValues,
} from './options.js';
export type { Unit } from './passage/units.js';
export { decodeReading } from './readings/decode.js';
export { exactReading, type IncrementalEncoder } from './readings/exact.js';
export { type CodeLength, recompressReading } from './readings/recompress.js';
export {
  type CompressorEntry,
  compressorRow,
  type FileCompressor,
  type OutsideOptions,
  open,
  openCompressor as openFrom,
  openFromOutside,
  type Reach,
  type Registry,
} from './registry.js';
export {
  type DataTableOptions,
  dataTable,
  type TableColumn,
  type TableValue,
} from './report/data-table.js';
export {
  type Display,
  type ShowMediaOptions,
  type ShowTableOptions,
  showBeside,
  showDistribution,
  showPicture,
  showSound,
  showSurprisal,
  showTable,
  showTokens,
} from './report/display.js';
export { type DistributionBarsOptions, distributionBars } from './report/distribution-bars.js';
export { escapeHtml } from './report/escape-html.js';
export { heatColour, heatStep } from './report/heat.js';
export {
  type PictureFigureOptions,
  pictureFigure,
  type SoundPlayerOptions,
  soundPlayer,
} from './report/media.js';
export { ShareCourse, type ShareStretch, shareStrip } from './report/shares.js';
export { FRAGMENT_STYLE, withStyle } from './report/style.js';
export { heatLegend, type SurprisalMapOptions, surprisalMap } from './report/surprisal-map.js';
export { type TokensViewOptions, tokensView } from './report/tokens-view.js';
export { type ChoiceOptions, type ChoiceStep, generateChoices } from './sampling/choices.js';
export { ALPHABETS, alphabetOf, namedAlphabet } from './sampling/constraints.js';
export { CopyGuard } from './sampling/copy-guard.js';
export { type GenerateOptions, generate, type Step } from './sampling/generate.js';
export { type LookaheadOptions, lookaheadPredictor } from './sampling/lookahead.js';
export { copyPredictor, NgramCounts, ngramPredictor } from './sampling/ngram.js';
export type { Overlap } from './sampling/overlap.js';
export { type PatchExample, PatchPlaces, patchPredictor } from './sampling/patch.js';
export { generatePieces } from './sampling/pieces.js';
export { modelPredictor } from './sampling/proposals.js';
export { measureSpanNoise, type SpanNoise } from './sampling/span-noise.js';
export { generateSpans, type SpanOptions, type SpanStep } from './sampling/spans.js';
export { type GenerateTokensOptions, generateTokens, type TokenStep } from './sampling/tokens.js';
export type { Warps } from './sampling/warps.js';
export { membersOf } from './specs.js';
export {
  type Abort,
  type AudioFormat,
  type BitCoder,
  type Bytes,
  type BytesFormat,
  type CodeLengthModel,
  type Compressor,
  type DecompressLimits,
  type Format,
  type ImageFormat,
  type Lockstep,
  type LockstepModel,
  type MaybePromise,
  type MemberPredictions,
  type MemberShares,
  type Predictor,
  type Random,
  type Reading,
  type Resolution,
  resolutionOf,
  type SampleModel,
  type Token,
  type TokenSource,
} from './types.js';
export { VERSION } from './version.js';
