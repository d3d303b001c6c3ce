// Row `ctw`: context tree weighting (Willems et al. 1995), a model with a proven bound on its
// redundancy. `decode` is its only reading.

import { CtwModel, compileCtw } from '../engines/ctw/model.js';
import { chooseReading } from '../readings/choose.js';
import { codeLengthUnder, decodeReading } from '../readings/decode.js';
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
      summary: 'log2 of the size of the table of contexts, in units of 16 bytes',
    },
  },
  open: (_format, options): Compressor => {
    const order = Number(options.order);
    const memory = Number(options.memory);
    const code = compileCtw();
    const create = (): CtwModel => CtwModel.create(order, memory, code);
    return {
      name: 'ctw',
      version: `zipdream ${VERSION}, ctw 2`,
      ...chooseReading('ctw', { decode: () => decodeReading(create()) }),
      codeLength: (data) => codeLengthUnder(create(), data),
    };
  },
};
