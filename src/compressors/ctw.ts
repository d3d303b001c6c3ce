// Row `ctw`: context tree weighting (Willems et al. 1995), a model with a proven bound on its
// redundancy. `decode` is its only reading.

import { CtwModel } from '../engines/ctw/model.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import type { CompressorEntry } from '../registry.js';
import type { Compressor } from '../types.js';
import { VERSION } from '../version.js';

/** Row `ctw`: context tree weighting (Willems et al. 1995), decode. */
export const ctw: CompressorEntry = {
  summary: 'context tree weighting: all context trees up to an order at once',
  accepts: ['bytes'],
  reach: 'nothing',
  options: {
    order: { type: 'integer', min: 0, max: 12, default: 5, summary: 'deepest context, in bytes' },
    memory: {
      type: 'integer',
      min: 10,
      max: 25,
      default: 21,
      summary: 'log2 of the number of contexts kept, 16 bytes each',
    },
  },
  open: (_format, options): Compressor => {
    const order = Number(options.order);
    const memory = Number(options.memory);
    return {
      name: 'ctw',
      version: `zipdream ${VERSION}`,
      ...chooseReading('ctw', { decode: () => decodeReading(CtwModel.create(order, memory)) }),
      codeLength: (data) => {
        const model = CtwModel.create(order, memory);
        let bits = 0;
        for (let i = 0; i < data.length; i++) {
          bits += model.surprisal(data[i]!);
          model.update(data[i]!);
        }
        return bits;
      },
    };
  },
};
