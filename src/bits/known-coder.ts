import type { BitCoder } from '../types.js';

/** Codes nothing: walks a model along a symbol that is known already. */
export const KNOWN: BitCoder = { code: (bit) => bit };
