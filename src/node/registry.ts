// All compressors available in Node: those of the core, and those that need processes or native
// code.

import { coreRegistry } from '../compressors/index.js';
import type { Registry } from '../registry.js';
import { brotli } from './brotli.js';
import { command } from './command.js';
import { flacLib } from './flac-lib.js';
import { lm, onnx } from './lm/rows.js';
import { nodeZlib } from './node-zlib.js';
import { jxl, webp } from './webp-jxl.js';
import { bzip2, xz } from './xz-bzip2.js';

/**
 * All compressors available in Node, by name: those of the core, libraries, programs and models.
 */
export const nodeRegistry: Registry = {
  ...coreRegistry,
  'node-zlib': nodeZlib,
  brotli,
  bzip2,
  xz,
  'flac-lib': flacLib,
  webp,
  jxl,
  lm,
  onnx,
  command,
};
