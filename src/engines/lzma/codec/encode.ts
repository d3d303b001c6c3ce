// Writes .lzma files (LZMA-alone): passes the tokens of a parse to the range encoder, after a
// header with the length of the contents, so that no end marker is needed.

import type { Bytes } from '../../../types.js';
import { ALONE_HEADER_BYTES, writeAloneHeader } from './alone.js';
import { FastParse } from './fast-parse.js';
import { History } from './history.js';
import type { SearchLimits } from './matches.js';
import { createModels, type LzmaProperties } from './models.js';
import { OptimalParse } from './optimal-parse.js';
import { LzmaRangeEncoder } from './range-encoder.js';

export interface EncodeOptions extends LzmaProperties, SearchLimits {
  readonly parser: 'fast' | 'optimal';
}

/** Header and flush: bits of a file other than those of its tokens, before padding. */
const ALONE_OVERHEAD_BITS = 8 * (ALONE_HEADER_BYTES + 4);

/** Bits of the file that `encodeAlone` writes, before padding. */
export function aloneCodeLength(data: Uint8Array, options: EncodeOptions): number {
  return ALONE_OVERHEAD_BITS + encodeTokens(data, options).bits;
}

/** Encodes a .lzma file. xz can read it if lc + lp ≤ 4 and the dictionary size is 2^n bytes. */
export function encodeAlone(data: Uint8Array, options: EncodeOptions): Bytes {
  const stream = encodeTokens(data, options).finish();
  const file = new Uint8Array(ALONE_HEADER_BYTES + stream.length);
  file.set(writeAloneHeader({ ...options, length: data.length }));
  file.set(stream, ALONE_HEADER_BYTES);
  return file;
}

/** An encoder that has received all tokens of the data. */
function encodeTokens(data: Uint8Array, options: EncodeOptions): LzmaRangeEncoder {
  const models = createModels(options);
  const coder = new LzmaRangeEncoder(models);
  if (options.parser === 'optimal') {
    new OptimalParse(data, options, models, coder).run();
  } else {
    const history = new History();
    history.append(data);
    new FastParse(options, models, coder).finish(history);
  }
  return coder;
}
