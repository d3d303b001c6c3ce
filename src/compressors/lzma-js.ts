// Row `lzma-js`: LZMA in JavaScript as a black box. Each file has a header of 13 bytes and an end
// marker, which cancel in differences. It only compresses: the package's decoder accepts truncated
// data as complete. The package is loaded when the row is opened.

import type { CompressionMode } from 'lzma1';
import { chooseReading } from '../readings/choose.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { Bytes } from '../types.js';

/** Row `lzma-js`: the library lzma1, recompress. */
export const lzmaJs: CompressorEntry = {
  summary: 'the lzma1 library, .lzma files, as a black box',
  accepts: ['bytes'],
  reach: 'nothing',
  options: {
    level: {
      type: 'integer',
      min: 1,
      max: 9,
      default: 1,
      summary: 'effort; levels above 1 gain little and are slow',
    },
  },
  async open(_format, options) {
    const level = Number(options.level) as CompressionMode;
    const library = await import('lzma1');
    const compress = (data: Uint8Array): Bytes => library.compress(data, level) as Bytes;
    const codeLength = (data: Uint8Array): number => 8 * compress(data).length;
    return {
      name: 'lzma-js',
      version: 'lzma1 0.3',
      ...chooseReading('lzma-js', { recompress: () => recompressReading(codeLength) }),
      codeLength,
      compress,
    };
  },
};
