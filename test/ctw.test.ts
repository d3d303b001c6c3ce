import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { CtwModel } from '../src/engines/ctw/model.js';

test('ctw codes a tree source within the bound of Willems et al. 1995', () => {
  // A source of the bytes a and b: P(b) by the last byte, and after a by the one before that.
  // a = 97 and b = 98 differ in two bits; the second is a function of the first.
  const random = createRandom('tree source');
  const model = CtwModel.create(3, 18);
  const n = 20_000;
  const counts = new Map<string, number>();
  let ideal = 0;
  let actual = 0;
  let last = 'aaa';
  for (let i = 0; i < n; i++) {
    const leaf = last[2] === 'b' ? 'b' : last.slice(1);
    const p = { b: 0.1, aa: 0.7, ba: 0.95 }[leaf]!;
    const bit = random() < p ? 1 : 0;
    ideal -= Math.log2(bit ? p : 1 - p);
    counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
    actual += model.surprisal(97 + bit);
    model.update(97 + bit);
    last = last.slice(1) + 'ab'[bit];
  }
  let leaves = 0;
  for (const count of counts.values()) leaves += 0.5 * Math.log2(count) + 1;
  // Six bits never vary and the last follows from the one before, in either of its nodes: eight
  // trees of one leaf, for which theorem 2 gives ½ log2 n + 1 and a bit for the shape.
  const fixed = 8 * (0.5 * Math.log2(n) + 2);
  const shape = 7; // nodes of the source's tree that are seen: root, a, b, aa, ba and the first two
  expect(actual - ideal).toBeLessThan(leaves + fixed + shape + 4);
  expect(actual - ideal).toBeGreaterThan(-3 * Math.sqrt(n));
});
