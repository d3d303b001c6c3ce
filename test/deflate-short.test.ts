// The shortest stream that a search finds: still DEFLATE of the same bytes, and no longer than zlib's.

import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { encodeDeflateShort } from '../src/engines/deflate/codec/encode.js';
import { cases, DEEP } from './deep.js';

const SEARCH = { chain: 64, rounds: 3 };

test('zlib reads its output', () => {
  const alphabets = fc.constantFrom(1, 2, 5, 40, 256);
  const messages = alphabets.chain((size) =>
    fc.uint8Array({ min: 0, max: size - 1, minLength: 0, maxLength: 2000 }),
  );
  const searches = fc.record({
    chain: fc.integer({ min: 1, max: 9 }),
    rounds: fc.constantFrom(1, 3),
  });
  fc.assert(
    fc.property(messages, searches, (message, search) => {
      const stream = encodeDeflateShort(message, search);
      expect(new Uint8Array(inflateRawSync(stream))).toEqual(message);
    }),
    { numRuns: cases(100, 300) },
  );
});

test.runIf(DEEP)('matches cross the ends of stretches, and noise is stored', () => {
  const random = createRandom('stretches');
  const noise = Uint8Array.from({ length: 30_000 }, () => 256 * random());
  const message = new Uint8Array(40 * noise.length);
  for (let at = 0; at < message.length; at += noise.length) message.set(noise, at);
  const stream = encodeDeflateShort(message, { chain: 8, rounds: 2 });
  expect(Buffer.compare(inflateRawSync(stream), message)).toBe(0);
  expect(stream.length).toBeLessThan(noise.length + 10_000);
  expect(encodeDeflateShort(noise, SEARCH).length).toBeLessThan(noise.length + 16);
});

test('on text it is 3 % shorter than level 9 of zlib', () => {
  const text = readFileSync(new URL('../samples/text/tale.txt', import.meta.url));
  const stream = encodeDeflateShort(text, SEARCH);
  expect(inflateRawSync(stream).equals(text)).toBe(true);
  expect(stream.length).toBeLessThan(0.97 * deflateRawSync(text, { level: 9 }).length);
});
