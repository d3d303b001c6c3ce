// The compressors of the page, one by one, so that what it does not use is not in it.

import { blend } from '../compressors/blend.js';
import { ctw } from '../compressors/ctw.js';
import { fflate } from '../compressors/fflate.js';
import { flac } from '../compressors/flac.js';
import { deflate, gzip, zlib } from '../compressors/gzip.js';
import { lzma } from '../compressors/lzma.js';
import { mix } from '../compressors/mix.js';
import { order0 } from '../compressors/order0.js';
import { pako } from '../compressors/pako.js';
import { png } from '../compressors/png.js';
import { ppm } from '../compressors/ppm.js';
import type { Registry } from '../registry.js';
import { lm } from './lm.js';

export const pageRegistry: Registry = {
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
  png,
  flac,
  lm,
  blend,
};
