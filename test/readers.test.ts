// Damaged files of every format are read or refused by name. The long run is in slow-readers.test.ts.

import { expect, test } from 'vitest';
import { cases } from './deep.js';
import { FUZZED, fuzz } from './reader-fuzz.js';

test.each(FUZZED)('damaged $name files are read or refused with a named error', async (format) => {
  const { refused } = await fuzz(format, cases(40, 150));
  expect(refused).toBeGreaterThan(cases(8, 30));
});
