// Rows to prove the contract on: a predictor, and a black box read by recompressing.

import { gzip, ungzip } from 'pako';
import { order0 } from '../src/compressors/order0.js';
import { recompressReading } from '../src/readings/recompress.js';
import type { CompressorEntry, Registry } from '../src/registry.js';

const pako: CompressorEntry = {
  summary: 'gzip as pako writes it',
  accepts: ['bytes'],
  options: {},
  open() {
    const codeLength = (data: Uint8Array) => gzip(data).length * 8;
    return {
      name: 'pako',
      version: 'pako 3',
      readings: ['recompress'],
      start(reading = 'recompress') {
        if (reading !== 'recompress') {
          throw new RangeError(`"reading" expected recompress, got ${reading}`);
        }
        return recompressReading(codeLength);
      },
      codeLength,
      compress: (data) => gzip(data),
      decompress: (data) => ungzip(data),
    };
  },
};

/** The same black box behind promises that settle out of order. */
const pakoLater: CompressorEntry = {
  ...pako,
  open() {
    let calls = 0;
    const codeLength = async (data: Uint8Array) => {
      for (let wait = calls++ % 7; wait > 0; wait--) await null;
      return gzip(data).length * 8;
    };
    return {
      ...(pako.open({ kind: 'bytes' }, {}) as Awaited<ReturnType<typeof pako.open>>),
      name: 'pako-later',
      codeLength,
      start(reading = 'recompress') {
        if (reading !== 'recompress') {
          throw new RangeError(`"reading" expected recompress, got ${reading}`);
        }
        return recompressReading(codeLength);
      },
    };
  },
};

export const registry: Registry = { order0, pako, 'pako-later': pakoLater };
