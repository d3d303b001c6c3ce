// Files of our language model at the size of real ones.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { nodeRegistry as registry } from '../src/node/registry.js';
import { fromZd, toZd } from './coding-inputs.js';
import { fuzzCount } from './deep.js';

const path = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'text/wiki-test.txt');

const CHUNKS = fuzzCount(256);
const NOISE_CHUNKS = fuzzCount(64);

test.skipIf(!existsSync(path))(
  `${CHUNKS} KiB of Wikipedia and 100 bytes round trip through lm in chunks (skipped without the data)`,
  async () => {
    const data = new Uint8Array(readFileSync(path).subarray(0, 1024 * CHUNKS + 100));
    const file = await toZd('lm:size=200k', data, { chunkBytes: 1024 }, registry);
    expect(file.length).toBeLessThan(0.35 * data.length);
    expect(await fromZd(file, { registry })).toEqual(data);
  },
);

test(`${NOISE_CHUNKS} chunks of noise and 7 bytes round trip through lm`, async () => {
  const random = createRandom('noise');
  const data = Uint8Array.from({ length: 256 * NOISE_CHUNKS + 7 }, () => 256 * random());
  const file = await toZd('lm', data, { chunkBytes: 256 }, registry);
  expect(await fromZd(file, { registry })).toEqual(data);
});
