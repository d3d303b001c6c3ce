import { describe, test } from 'vitest';
import { checkCase } from './deflate-checks.js';
import { randomCase } from './deflate-inputs.js';

describe('the encoder twin against pako, at length', () => {
  const batches = 10;
  const each = 2_100;
  for (let batch = 0; batch < batches; batch++) {
    test(`fuzzed inputs ${batch * each}–${(batch + 1) * each - 1}: the same bytes and bits`, () => {
      for (let i = 0; i < each; i++) {
        checkCase(randomCase(`slow ${batch} ${i}`, i % 15 ? 8000 : 200_000));
      }
    });
  }
});
