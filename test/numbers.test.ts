import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { count } from '../src/cli/views/numbers.js';

test('numbers are written as Intl writes them', () => {
  const random = createRandom('numbers');
  const some = Array.from({ length: 2000 }, (_, i) => (random() - 0.2) * 10 ** (i % 12));
  for (const value of [
    0,
    7,
    1000,
    123_456,
    1e6,
    ...some,
    ...some.map((value) => Math.round(value) + 0),
  ]) {
    expect(count(value)).toBe(value.toLocaleString('en-US'));
  }
});
