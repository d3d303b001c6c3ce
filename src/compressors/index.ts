// The registry of the pure core, in listing order.

import type { Registry } from '../registry.js';
import { blend } from './blend.js';
import { ctw } from './ctw.js';
import { fflate } from './fflate.js';
import { flac } from './flac.js';
import { deflate, gzip, zlib } from './gzip.js';
import { lzma } from './lzma.js';
import { lzmaJs } from './lzma-js.js';
import { mix } from './mix.js';
import { order0 } from './order0.js';
import { pako } from './pako.js';
import { png } from './png.js';
import { ppm } from './ppm.js';
import { zstd } from './zstd.js';

/** Compressors that run anywhere, by name: none needs Node, a program or a file. */
export const coreRegistry: Registry = {
  gzip,
  zlib,
  deflate,
  pako,
  fflate,
  lzma,
  zstd,
  'lzma-js': lzmaJs,
  ppm,
  mix,
  ctw,
  flac,
  png,
  order0,
  blend,
};
