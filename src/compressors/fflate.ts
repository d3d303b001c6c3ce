// Row `fflate`: the fflate library, a DEFLATE encoder with its own parser, measured as a black box.
// `recompress` is its only reading.

import { type DeflateOptions, deflateSync } from 'fflate';
import { chooseReading } from '../readings/choose.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { Bytes } from '../types.js';
import { unwrapRaw } from './gzip.js';

/** Row `fflate`: the library fflate, recompress. */
export const fflate: CompressorEntry = {
  summary: 'the fflate library, raw DEFLATE, as a black box',
  accepts: ['bytes'],
  reach: 'nothing',
  options: {
    level: { type: 'integer', min: 0, max: 9, default: 9, summary: 'effort, 0 stores' },
  },
  open(_format, options) {
    const settings = options as unknown as DeflateOptions;
    const compress = (data: Uint8Array): Bytes => deflateSync(data, settings) as Bytes;
    const codeLength = (data: Uint8Array): number => 8 * compress(data).length;
    return {
      name: 'fflate',
      version: 'fflate 0.8',
      ...chooseReading('fflate', { recompress: () => recompressReading(codeLength) }),
      codeLength,
      compress,
      decompress: unwrapRaw,
    };
  },
};
