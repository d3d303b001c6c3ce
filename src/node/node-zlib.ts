// Row `node-zlib`: Node's own zlib as a black box. Node ships Chromium's fork, whose hash differs
// from stock zlib's, so its lengths are not those of the row `deflate`.

import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CorruptDataError } from '../errors.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { DecompressLimits } from '../types.js';

export const nodeZlib: CompressorEntry = {
  summary: "Node's own zlib (Chromium's fork), raw DEFLATE, as a black box",
  accepts: ['bytes'],
  options: {
    level: { type: 'integer', min: 0, max: 9, default: 9, summary: 'effort, 0 stores' },
    memLevel: { type: 'integer', min: 1, max: 9, default: 8, summary: 'hash and block size' },
    windowBits: { type: 'integer', min: 9, max: 15, default: 15, summary: 'log2 of the window' },
  },
  open(_format, options) {
    const settings = {
      level: Number(options.level),
      memLevel: Number(options.memLevel),
      windowBits: Number(options.windowBits),
    };
    const codeLength = (data: Uint8Array): number => 8 * deflateRawSync(data, settings).length;
    return {
      name: 'node-zlib',
      version: `node:zlib ${process.versions.zlib}`,
      readings: ['recompress'],
      start(reading = 'recompress') {
        if (reading !== 'recompress') {
          throw new RangeError(`"reading" expected recompress, got ${reading}`);
        }
        return recompressReading(codeLength);
      },
      codeLength,
      compress: (data) => new Uint8Array(deflateRawSync(data, settings)),
      decompress,
    };
  },
};

const GIBIBYTE = 2 ** 30;

/** What `info: true` returns; the types of Node 20 do not know it. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/** zlib does not tell where a stream goes wrong: the offset is 0 unless it ends too soon or late. */
function decompress(data: Uint8Array, { maxBytes = GIBIBYTE }: DecompressLimits = {}): Uint8Array {
  const settings = { maxOutputLength: Math.max(1, maxBytes), info: true };
  let inflated: Inflated;
  try {
    inflated = inflateRawSync(data, settings) as unknown as Inflated;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLong(maxBytes, error);
    const offset = code === 'Z_BUF_ERROR' ? data.length : 0;
    throw new CorruptDataError(message, offset, { cause: error });
  }
  const { buffer, engine } = inflated;
  if (buffer.length > maxBytes) throw tooLong(maxBytes);
  if (engine.bytesWritten < data.length) {
    throw new CorruptDataError('data after the end of the stream', engine.bytesWritten);
  }
  return new Uint8Array(buffer);
}

function tooLong(maxBytes: number, cause?: unknown): CorruptDataError {
  return new CorruptDataError(`output of more than ${maxBytes} bytes`, 0, { cause });
}
