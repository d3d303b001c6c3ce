// The names that `--alphabet` takes: those of the sampling constraints, and two that depend on the
// command line.

import { ALPHABETS } from '../sampling/constraints.js';

/** Name of the alphabet with the bytes that occur in corpus and prompt. */
export const GIVEN = 'given';
/** Name of the alphabet with all 256 bytes. */
export const ALL = 'all';

export const ALPHABET_NAMES: readonly string[] = [...Object.keys(ALPHABETS), GIVEN, ALL];
