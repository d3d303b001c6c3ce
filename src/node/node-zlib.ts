// Row `node-zlib`: Node's own zlib as a black box. Node ships Chromium's fork, whose hash function
// differs from stock zlib's, so its lengths are not those of the row `deflate`.

import { deflateRawSync } from 'node:zlib';
import { deflateOptions, unwrapRaw } from '../compressors/gzip.js';
import { chooseReading } from '../readings/choose.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';

/** Row `node-zlib`: Node's zlib, recompress. */
export const nodeZlib: CompressorEntry = {
  summary: "Node's own zlib (Chromium's fork), raw DEFLATE, as a black box",
  accepts: ['bytes'],
  reach: 'nothing',
  options: deflateOptions,
  open(_format, { level, memLevel, windowBits }) {
    const settings = {
      level: Number(level),
      memLevel: Number(memLevel),
      windowBits: Number(windowBits),
    };
    const codeLength = (data: Uint8Array): number => 8 * deflateRawSync(data, settings).length;
    return {
      name: 'node-zlib',
      version: `node:zlib ${process.versions.zlib}`,
      ...chooseReading('node-zlib', { recompress: () => recompressReading(codeLength) }),
      codeLength,
      compress: (data) => new Uint8Array(deflateRawSync(data, settings)),
      decompress: unwrapRaw,
    };
  },
};
