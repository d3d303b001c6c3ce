// Row `brotli`: Node's Brotli (RFC 7932) as a black box. A stream may end within a byte, and the
// position is not known without decoding it, so lengths are in whole bytes. There is no checksum.

import { type BrotliOptions, brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { DEFAULT_MAX_BYTES } from '../bits/limited-buffer.js';
import { CorruptDataError, UsageError } from '../errors.js';
import { expectNumber } from '../expect.js';
import { chooseReading } from '../readings/choose.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { Bytes, DecompressLimits } from '../types.js';

/** Row `brotli`: Node's Brotli (RFC 7932), recompress. */
export const brotli: CompressorEntry = {
  summary: "Node's Brotli (RFC 7932), as a black box",
  accepts: ['bytes'],
  reach: 'nothing',
  options: {
    quality: { type: 'integer', min: 0, max: 11, default: 11, summary: 'effort: 11 is slow' },
    window: { type: 'integer', min: 10, max: 24, default: 22, summary: 'log2 of the window' },
    mode: { type: 'integer', min: 0, max: 2, default: 0, summary: '0 any data, 1 text, 2 font' },
  },
  open(_format, { quality, window, mode }) {
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: Number(quality),
      [constants.BROTLI_PARAM_LGWIN]: Number(window),
      [constants.BROTLI_PARAM_MODE]: Number(mode),
    };
    const codeLength = (data: Uint8Array) => 8 * brotliCompressSync(data, { params }).length;
    return {
      name: 'brotli',
      version: `node:zlib brotli ${process.versions.brotli}`,
      ...chooseReading('brotli', { recompress: () => recompressReading(codeLength) }),
      codeLength,
      compress: (data) => new Uint8Array(brotliCompressSync(data, { params })),
      decompress,
    };
  },
};

function decompress(data: Uint8Array, limits: DecompressLimits = {}): Bytes {
  const { maxBytes = DEFAULT_MAX_BYTES } = limits;
  expectNumber('maxBytes', maxBytes, { min: 0 });
  const tooLong = `output would exceed ${maxBytes} bytes; a higher maxBytes (--max-bytes) allows more`;
  // Node accepts a limit from 1 to its maximum buffer length.
  const maxOutputLength = Math.max(1, Math.min(Math.floor(maxBytes), 2 ** 32));
  let bytes: Bytes;
  let end: number;
  try {
    const options: BrotliOptions & { info: true } = { maxOutputLength, info: true };
    const result: unknown = brotliDecompressSync(data, options);
    const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
    bytes = new Uint8Array(buffer);
    end = engine.bytesWritten;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new UsageError(tooLong, { cause: error });
    const at = code === 'Z_BUF_ERROR' ? data.length : 0;
    throw new CorruptDataError(`brotli cannot decode the data (${message})`, at, { cause: error });
  }
  if (bytes.length > maxBytes) throw new UsageError(tooLong);
  if (end < data.length) throw new CorruptDataError('data after the brotli stream', end);
  return bytes;
}
