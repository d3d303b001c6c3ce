// The rows of the pure core, in the order in which they are listed.

import type { Registry } from '../registry.js';
import { fflate } from './fflate.js';
import { deflate, gzip, zlib } from './gzip.js';
import { order0 } from './order0.js';
import { pako } from './pako.js';

export const coreRegistry: Registry = { gzip, zlib, deflate, pako, fflate, order0 };
