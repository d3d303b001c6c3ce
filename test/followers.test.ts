import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Followers } from '../src/sampling/followers.js';

test('followers are those that a search of the whole text finds, as it grows', () => {
  const letters = fc.array(fc.integer({ min: 97, max: 99 }), { maxLength: 40 });
  const runs = fc.property(letters, letters, fc.integer({ min: 1, max: 5 }), (a, b, order) => {
    const followers = new Followers([Uint8Array.from(a)]);
    const all = [...a];
    for (const byte of b) {
      followers.append(byte);
      all.push(byte);
      if (all.length < order) continue;
      const expected = new Set<number>();
      for (let at = order; at < all.length; at++) {
        const isSame = all.slice(at - order, at).join() === all.slice(-order).join();
        if (isSame) expected.add(all[at]!);
      }
      const found: number[] = [];
      followers.forEach(all, order, (next) => found.push(next));
      expect(found.sort()).toEqual([...expected].sort());
      expect(followers.has(all, order)).toBe(found.length > 0);
    }
  });
  fc.assert(runs, { numRuns: 500 });
});

test('tables grow with the text', () => {
  const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => (i * i * 7 + (i >> 3)) & 255);
  const grown = new Followers([]);
  for (const byte of bytes) grown.append(byte);
  const whole = new Followers([bytes]);
  for (let at = 3; at < bytes.length; at += 97) {
    const before = bytes.subarray(0, at);
    const found = [grown, whole].map((followers) => {
      const next: number[] = [];
      followers.forEach(before, 3, (byte) => next.push(byte));
      return next;
    });
    expect(found[0]).toContain(bytes[at]);
    expect(found[0]).toEqual(found[1]);
  }
});
