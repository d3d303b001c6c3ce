// A million random cases for the coder, ten thousand mutations of files, and larger round trips.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../src/bits/checksums.js';
import { createRandom } from '../src/bits/random.js';
import { readHeader } from '../src/coding/zd-format.js';
import { CompressorUnavailableError, CorruptDataError, UsageError } from '../src/errors.js';
import { randomCase, roundTrip } from './arithmetic-cases.js';
import { failure, fromZd, toZd } from './coding-inputs.js';
import { bytesOf } from './contract.js';
import { FULL, fuzzCount } from './deep.js';

const SENTENCE = bytesOf('the rain in Spain stays mainly in the plain, '.repeat(3));

const MESSAGES = fuzzCount(1_000_000);
const MUTATIONS = fuzzCount(10_000);

test(`the range coder round trips ${MESSAGES} random messages`, () => {
  const random = createRandom('a million');
  let failures = 0;
  for (let i = 0; i < MESSAGES; i++) if (!roundTrip(randomCase(random))) failures++;
  expect(failures).toBe(0);
});

test(`${MUTATIONS} mutations of .zd files terminate with known errors, with and without salvage`, async () => {
  const random = createRandom('mutations');
  const files = [
    await toZd('order0', SENTENCE, { chunkBytes: 40 }),
    await toZd('gzip', SENTENCE, { chunkBytes: 100 }),
    await toZd('order0', new Uint8Array()),
  ];
  let slowestMs = 0;
  let whole = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const file = mutate(files[i % files.length]!, random, i % 2 === 0);
    const start = performance.now();
    const error = await failure(file, { maxBytes: 4096, salvage: random() < 0.3 });
    slowestMs = Math.max(slowestMs, performance.now() - start);
    if (error === undefined) whole++;
    else if (
      !(error instanceof CorruptDataError) &&
      !(error instanceof UsageError) &&
      !(error instanceof CompressorUnavailableError)
    ) {
      expect.fail(`mutation ${i}: ${error.stack}`);
    }
  }
  expect(slowestMs).toBeLessThan(5000);
  expect(whole).toBeLessThan(MUTATIONS / 2);
});

/** Bytes changed, taken out, put in, repeated; `mended` makes the header's CRC right again. */
function mutate(file: Uint8Array, random: () => number, mended: boolean): Uint8Array {
  let bytes = [...file];
  const { end } = readHeader(file);
  for (let times = 1 + Math.floor(4 * random()); times > 0; times--) {
    const at = Math.floor(random() * (random() < 0.5 ? end : bytes.length));
    const kind = random();
    if (kind < 0.6) bytes[at] = Math.floor(256 * random());
    else if (kind < 0.7) bytes.splice(at, 1 + Math.floor(8 * random()));
    else if (kind < 0.8) bytes.splice(at, 0, Math.floor(256 * random()));
    else if (kind < 0.9) bytes = [...bytes.slice(0, at), ...bytes.slice(Math.floor(at * random()))];
    else bytes = bytes.slice(0, at);
  }
  const mutated = Uint8Array.from(bytes);
  if (mended && mutated.length > end) {
    new DataView(mutated.buffer).setUint32(end - 4, crc32(mutated.subarray(0, end - 4)), true);
  }
  return mutated;
}

const WIKI = readWiki();

/** wiki-test, or text enough where the data is missing. */
function readWiki(): Uint8Array {
  const folder = process.env.ZIPDREAM_DATA ?? join(import.meta.dirname, '../../shared/data');
  try {
    return new Uint8Array(readFileSync(join(folder, 'text/wiki-test.txt')));
  } catch {
    const tale = readFileSync(join(import.meta.dirname, '../samples/text/tale.txt'));
    return new Uint8Array(Buffer.concat(new Array(40).fill(tale)));
  }
}

describe.each([
  ['order0', Infinity],
  ['ppm', FULL ? Infinity : 2 ** 18],
  ['ctw', FULL ? 2 ** 18 : 2 ** 16],
  ['mix', 2 ** 16],
  ['gzip', 2 ** 16],
])('a .zd by the decode reading of %s', (spec, most) => {
  const text = WIKI.subarray(0, most);

  test(`round trips ${text.length} bytes of wiki-test`, async () => {
    const file = await toZd(spec, text, { reading: 'decode' });
    expect(Buffer.compare(await fromZd(file), text)).toBe(0);
    expect(file.length).toBeLessThan(0.7 * text.length);
  });

  test('round trips noise, one byte and nothing, in chunks', async () => {
    const random = createRandom('noise');
    const noise = Uint8Array.from({ length: 20_000 }, () => 256 * random());
    for (const data of [noise, Uint8Array.of(255), new Uint8Array()]) {
      const file = await toZd(spec, data, { reading: 'decode', chunkBytes: 2 ** 14 });
      expect(Buffer.compare(await fromZd(file), data)).toBe(0);
    }
  });
});
