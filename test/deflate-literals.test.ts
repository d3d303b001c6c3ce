import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { Block, BlockPricer } from '../src/engines/deflate/codec/block.js';
import { Tail } from '../src/engines/deflate/codec/tail.js';
import { LiteralPricer } from '../src/engines/deflate/twin/literals.js';
import { createLiteralPricer } from '../src/engines/deflate/twin/literals-wasm.js';
import type { Random } from '../src/types.js';

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

test('the price of every literal is that of a block built anew with it', () => {
  const random = createRandom('literals');
  const pricer = new BlockPricer();
  const inTypeScript = new LiteralPricer(new BlockPricer());
  const inWebAssembly = createLiteralPricer(new BlockPricer());
  expect(inWebAssembly).not.toBeInstanceOf(LiteralPricer);
  const tail = new Tail();
  const a = new Float64Array(256);
  const b = new Float64Array(256);
  for (let i = 0; i < 400; i++) {
    const block = randomBlock(random);
    inTypeScript.price(block, tail, a);
    inWebAssembly.price(block, tail, b);
    for (let literal = 0; literal < 256; literal++) {
      block.addLiteral(literal);
      const expected = pricer.dynamicBits(block);
      block.removeLiteral(literal);
      if (a[literal] !== expected || b[literal] !== expected) {
        expect.fail(`block ${i}, literal ${literal}: ${a[literal]}, ${b[literal]}, ${expected}`);
      }
    }
  }
});
