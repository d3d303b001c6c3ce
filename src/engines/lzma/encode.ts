// Writes LZMA: a parser's tokens to the range encoder.

import { type FastOptions, FastParse } from './fast-parse.js';
import { History } from './history.js';
import { createModels } from './models.js';
import { type OptimalOptions, OptimalParse } from './optimal-parse.js';
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

/** The same with the optimal parse. */
export function encodeOptimal(data: Uint8Array, options: OptimalOptions): LzmaRangeEncoder {
  const models = createModels(options);
  const coder = new LzmaRangeEncoder(models);
  new OptimalParse(data, options, models, coder).run();
  return coder;
}
