// The compressors of the page, one by one, so that what it does not use is not in it. Those of
// pictures and sounds alone are not loaded for texts.

import { blend } from '../compressors/blend.js';
import { ctw } from '../compressors/ctw.js';
import { fflate } from '../compressors/fflate.js';
import { deflate, gzip, zlib } from '../compressors/gzip.js';
import { lzma } from '../compressors/lzma.js';
import { lzmaJs } from '../compressors/lzma-js.js';
import { mix } from '../compressors/mix.js';
import { order0 } from '../compressors/order0.js';
import { pako } from '../compressors/pako.js';
import { ppm } from '../compressors/ppm.js';
import { zstd } from '../compressors/zstd.js';
import type { Registry } from '../registry.js';
import { lm } from './lm.js';

export const textRegistry: Registry = {
  gzip,
  zlib,
  deflate,
  lzma,
  ppm,
  mix,
  ctw,
  order0,
  pako,
  fflate,
  zstd,
  'lzma-js': lzmaJs,
  lm,
  blend,
};
