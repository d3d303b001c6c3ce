import type { BitCoder } from '../types.js';

/** A coder without output, used to walk a model along a symbol that is already known. */
export const KNOWN: BitCoder = { code: (bit) => bit };
