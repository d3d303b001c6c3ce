// Powers of two by table and series, against Math.pow.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exp2Minus } from '../src/bits/exp2.js';

test('2^−x has a relative error of at most 1e-15', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1022, noNaN: true }), (x) => {
      expect(Math.abs(exp2Minus(x) / 2 ** -x - 1)).toBeLessThanOrEqual(1e-15);
    }),
  );
});

test('whole powers are exact, and the smallest ones and infinity have the right limits', () => {
  for (let x = 0; x < 1080; x++) expect(exp2Minus(x)).toBe(2 ** -x);
  expect(exp2Minus(Infinity)).toBe(0);
  expect(exp2Minus(Number.NaN)).toBeNaN();
});
