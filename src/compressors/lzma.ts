// Row `lzma`: LZMA in .lzma files, as xz --format=lzma reads and writes them. Code lengths include
// the header (104 bits) and the flush (32 bits), which cancel in every Δ; no end marker is written.
//
// `decode` does not depend on the level: its models learn from one fast parse. `exact` is the twin
// of the fast parse of the level, up to 3; above that it uses level 3, while `codeLength` and
// `recompress` measure what `compress` writes at the level.

import { decompressAlone } from '../engines/lzma/codec/decompress.js';
import { aloneCodeLength, type EncodeOptions, encodeAlone } from '../engines/lzma/codec/encode.js';
import type { SearchLimits } from '../engines/lzma/codec/matches.js';
import { createLzmaDecoder, type LzmaDecoder } from '../engines/lzma/decode/decode.js';
import { EncoderTwin } from '../engines/lzma/twin/encoder-twin.js';
import { UsageError } from '../errors.js';
import type { IntegerOption, OptionValues } from '../options.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import { exactReading } from '../readings/exact.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry, FileCompressor } from '../registry.js';
import { VERSION } from '../version.js';

/** Options of row `lzma`, all of them integers. */
export type LzmaOptionSpecs = Readonly<
  Record<'level' | 'dictionary' | 'lc' | 'lp' | 'pb' | 'maxMatch', IntegerOption>
>;

const lzmaOptions: LzmaOptionSpecs = {
  level: {
    type: 'integer',
    min: 1,
    max: 9,
    default: 9,
    summary: 'effort: fast parse up to 3, optimal parse from 4',
  },
  dictionary: {
    type: 'integer',
    min: 12,
    max: 26,
    default: 23,
    summary: 'log2 of the largest match distance in bytes',
  },
  lc: {
    type: 'integer',
    min: 0,
    max: 4,
    default: 3,
    summary: 'high bits of the previous byte in the context of a literal; lc + lp ≤ 4',
  },
  lp: {
    type: 'integer',
    min: 0,
    max: 4,
    default: 0,
    summary: 'low bits of the position in the context of a literal',
  },
  pb: {
    type: 'integer',
    min: 0,
    max: 4,
    default: 2,
    summary: 'low bits of the position in the context of a match',
  },
  maxMatch: {
    type: 'integer',
    min: 2,
    max: 273,
    default: 273,
    summary: 'longest match that decode considers, in bytes',
  },
};

/** Search limits of levels 1–9; levels 3 and 9 roughly match xz's −3 and −9e. */
const LEVELS: readonly Omit<SearchLimits, 'dictionary'>[] = [
  { nice: 32, depth: 4 },
  { nice: 128, depth: 16 },
  { nice: 273, depth: 48 },
  { nice: 16, depth: 24 },
  { nice: 32, depth: 32 },
  { nice: 64, depth: 48 },
  { nice: 128, depth: 80 },
  { nice: 273, depth: 152 },
  { nice: 273, depth: 512 },
];
const FAST_LEVELS = 3;
/**
 * Must be incremented when the bits predicted by `decode` change, as files coded with it depend on
 * them.
 */
const DECODE_VERSION = 2;

/** Row `lzma`: LZMA in .lzma files, all three readings. */
export const lzma: CompressorEntry<LzmaOptionSpecs, FileCompressor> = {
  summary: 'LZMA in the .lzma container: a large dictionary, adaptive bit models, a range coder',
  accepts: ['bytes'],
  reach: 'nothing',
  options: lzmaOptions,
  open: (_format, options) => openLzma(options),
};

function openLzma(options: OptionValues): FileCompressor {
  const { level, dictionary, lc, lp, pb, maxMatch } = options as Record<string, number>;
  if (lc! + lp! > 4) throw new UsageError(`"lzma" expected lc + lp <= 4, got ${lc! + lp!}`);
  const atLevel = (level: number): EncodeOptions => ({
    lc: lc!,
    lp: lp!,
    pb: pb!,
    dictionary: 2 ** dictionary!,
    parser: level <= FAST_LEVELS ? 'fast' : 'optimal',
    ...LEVELS[level - 1]!,
  });
  const encoding = atLevel(level!);
  const fast = atLevel(Math.min(level!, FAST_LEVELS));
  const codeLength = (data: Uint8Array): number => aloneCodeLength(data, encoding);
  const startDecoder = (): LzmaDecoder => createLzmaDecoder({ ...encoding, maxMatch: maxMatch! });
  return {
    name: 'lzma',
    version: `zipdream ${VERSION}, decode ${DECODE_VERSION}`,
    exactResolution: 'fractional',
    ...chooseReading('lzma', {
      decode: () => decodeReading(startDecoder()),
      exact: () => exactReading(new EncoderTwin(fast)),
      recompress: () => recompressReading((data) => 8 * Math.ceil(codeLength(data) / 8)),
    }),
    startTokens: startDecoder,
    codeLength,
    compress: (data) => encodeAlone(data, encoding),
    decompress: (data, limits) => decompressAlone(data, limits),
  };
}
