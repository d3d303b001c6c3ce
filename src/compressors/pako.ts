// Row `pako`: zlib in JavaScript as a black box. By default it uses the hash of Chromium's zlib, so
// its lengths equal those of `node-zlib`, not of `deflate`.

import { deflateRaw } from 'pako';
import { chooseReading } from '../readings/choose.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { Bytes } from '../types.js';
import { deflateOptions, unwrapRaw } from './gzip.js';

type DeflateRawOptions = NonNullable<Parameters<typeof deflateRaw>[1]>;

/** Row `pako`: the library pako, recompress. */
export const pako: CompressorEntry = {
  summary: 'the pako library, raw DEFLATE, as a black box',
  accepts: ['bytes'],
  reach: 'nothing',
  options: deflateOptions,
  open(_format, options) {
    const settings = options as unknown as DeflateRawOptions;
    const compress = (data: Uint8Array): Bytes => deflateRaw(data, settings) as Bytes;
    const codeLength = (data: Uint8Array): number => 8 * compress(data).length;
    return {
      name: 'pako',
      version: 'pako 3',
      ...chooseReading('pako', { recompress: () => recompressReading(codeLength) }),
      codeLength,
      compress,
      decompress: unwrapRaw,
    };
  },
};
