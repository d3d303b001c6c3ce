// Writes LZMA: a parser's tokens to the range encoder.

import { type FastOptions, FastParse } from './fast-parse.js';
import { History } from './history.js';
import { createModels } from './models.js';
import { LzmaRangeEncoder } from './range-encoder.js';

/** The range coder of all of `data`, every token told, its stream not finished. */
export function encodeFast(data: Uint8Array, options: FastOptions): LzmaRangeEncoder {
  const models = createModels(options);
  const coder = new LzmaRangeEncoder(models);
  const history = new History();
  history.append(data);
  new FastParse(options, models, coder).finish(history);
  return coder;
}
