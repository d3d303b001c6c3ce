// Row `ppm`: prediction by partial matching, after PPMd var. H. It is a predictor, so `decode` is its
// only reading.

import { ppmPredictor } from '../engines/ppm/predictor.js';
import type { IntegerOption } from '../options.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import { type CompressorEntry, compressorRow } from '../registry.js';
import { VERSION } from '../version.js';

/** Row `ppm`: prediction by partial matching, decode. */
export const ppm: CompressorEntry<Readonly<Record<'order' | 'memory', IntegerOption>>> =
  compressorRow({
    summary: 'prediction by partial matching, after PPMd var. H',
    accepts: ['bytes'],
    reach: 'nothing',
    options: {
      order: {
        type: 'integer',
        min: 1,
        max: 16,
        default: 6,
        summary: 'bytes in the longest context',
      },
      memory: {
        type: 'integer',
        min: 1,
        max: 1024,
        default: 64,
        summary: 'MiB for contexts; the model restarts empty when they are full',
      },
    },
    open(_format, options) {
      const { order, memory } = options as { order: number; memory: number };
      const initial = ppmPredictor({ order, memoryBytes: memory * 2 ** 20 });
      return {
        name: 'ppm',
        version: `zipdream ${VERSION}`,
        ...chooseReading('ppm', { decode: () => decodeReading(initial.fork()) }),
        codeLength: (data) => initial.fork().learn(data),
      };
    },
  });
