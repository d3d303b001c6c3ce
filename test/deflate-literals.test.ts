import { expect, test, vi } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { Block, BlockPricer } from '../src/engines/deflate/codec/block.js';
import { Tail } from '../src/engines/deflate/codec/tail.js';
import { createLiteralPricer, plainLiteralPricer } from '../src/engines/deflate/twin/literals.js';
import type { Random } from '../src/types.js';
import { cases } from './deep.js';

/** A block with counts of every temper: flat, skewed beyond 15 bits, full of equals, nearly empty. */
function randomBlock(random: Random): Block {
  const block = new Block();
  const used = 1 + Math.floor(random() ** 2 * 256);
  const steepness = random() * 12;
  const total = Math.floor(random() ** 2 * 12_000);
  const first = Math.floor(random() * 256);
  for (let i = 0; i < total; i++) {
    const rank = Math.floor(used * random() ** (1 + steepness));
    if (random() < 0.8) block.addLiteral((first + rank * (steepness > 6 ? 1 : 7)) & 255);
    else {
      const length = 3 + Math.floor(random() ** 4 * 255);
      block.addMatch(length, 1 + Math.floor(random() ** 3 * 32_000));
    }
  }
  return block;
}

/** A block of nearly equal counts, sorted or not, so that its header may have long runs. */
function flatBlock(random: Random): Block {
  const block = new Block();
  const used = 1 + Math.floor(random() ** 0.5 * 256);
  const each = Math.floor(random() ** 3 * 40);
  const noise = Math.floor(random() * used * 12);
  for (let i = 0; i < used * each; i++) block.addLiteral(i % used);
  for (let i = 0; i < noise; i++) {
    const a = Math.floor(random() * used);
    block.addLiteral(random() < 0.5 ? a : Math.floor(a * random()));
  }
  return block;
}

test('the cost of every literal equals that of a block rebuilt with it', () => {
  const random = createRandom('literals');
  const plain = plainLiteralPricer(new BlockPricer());
  const fast = createLiteralPricer(new BlockPricer());
  expect(fast.constructor).not.toBe(plain.constructor);
  const tail = new Tail();
  const a = new Float64Array(256);
  const b = new Float64Array(256);
  for (let i = 0; i < cases(60, 400); i++) {
    const block = randomBlock(random);
    plain.price(block, tail, Infinity, a);
    fast.price(block, tail, Infinity, b);
    for (let c = 0; c < 256; c++) {
      if (a[c] !== b[c]) expect.fail(`block ${i}, literal ${c}: ${b[c]}, expected ${a[c]}`);
    }
  }
});

test('a price is exact or at least the limit that makes it irrelevant', () => {
  const random = createRandom('limits');
  const pricer = createLiteralPricer(new BlockPricer());
  const tail = new Tail();
  const exact = new Float64Array(256);
  const limited = new Float64Array(256);
  let replaced = 0;
  for (let i = 0; i < cases(200, 1_000); i++) {
    const block = i % 2 ? randomBlock(random) : flatBlock(random);
    pricer.price(block, tail, Infinity, exact);
    const limit = exact[Math.floor(random() * 256)]! + 20 - Math.floor(random() ** 2 * 400);
    pricer.price(block, tail, limit, limited);
    for (let c = 0; c < 256; c++) {
      if (limited[c] === exact[c]) continue;
      replaced++;
      expect(Math.min(limited[c]!, exact[c]!)).toBeGreaterThanOrEqual(limit);
    }
  }
  expect(replaced).toBeGreaterThan(1_000);
});

test('the plain loop computes the literal costs without WebAssembly', () => {
  vi.stubGlobal('WebAssembly', undefined);
  const pricer = createLiteralPricer(new BlockPricer());
  vi.unstubAllGlobals();
  expect(pricer.constructor).toBe(plainLiteralPricer(new BlockPricer()).constructor);
  const block = randomBlock(createRandom('plain'));
  const out = new Float64Array(256);
  pricer.price(block, new Tail(), Infinity, out);
  block.addLiteral(7);
  expect(out[7]).toBe(new BlockPricer().dynamicBits(block));
});
