// The compressors of Node: those of the core, and those that need processes or native code.

import { coreRegistry } from '../compressors/index.js';
import type { Registry } from '../registry.js';
import { command } from './command.js';
import { lm, onnx } from './lm/rows.js';
import { nodeZlib } from './node-zlib.js';

export const nodeRegistry: Registry = { ...coreRegistry, 'node-zlib': nodeZlib, command, lm, onnx };
