// The rows of the pure core, in the order in which they are listed.

import type { Registry } from '../registry.js';
import { ctw } from './ctw.js';
import { fflate } from './fflate.js';
import { flac } from './flac.js';
import { deflate, gzip, zlib } from './gzip.js';
import { mix } from './mix.js';
import { order0 } from './order0.js';
import { pako } from './pako.js';
import { ppm } from './ppm.js';

export const coreRegistry: Registry = {
  gzip,
  zlib,
  deflate,
  pako,
  fflate,
  ppm,
  mix,
  ctw,
  flac,
  order0,
};
