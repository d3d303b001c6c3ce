// The names that `--alphabet` takes.

import { ALPHABETS } from '../sampling/constraints.js';

/** The bytes of corpus and prompt. */
export const GIVEN = 'given';
/** Every byte. */
export const ALL = 'all';

export const ALPHABET_NAMES: readonly string[] = [...Object.keys(ALPHABETS), GIVEN, ALL];
