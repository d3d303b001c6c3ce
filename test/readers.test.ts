// Damaged files of every format are read or refused by name. The long run is in slow-readers.test.ts.

import { expect, test } from 'vitest';
import { FUZZED, fuzz } from './reader-fuzz.js';

test.each(FUZZED)('150 damaged $name files are read or refused by name', async (format) => {
  const { refused } = await fuzz(format, 150);
  expect(refused).toBeGreaterThan(30);
});
