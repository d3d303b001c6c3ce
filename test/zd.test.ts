import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { decodeZd, encodeZd } from '../src/coding/zd.js';
import { coreRegistry } from '../src/compressors/index.js';
import { CorruptDataError } from '../src/errors.js';
import { openCompressor } from '../src/registry.js';
import { bytesOf } from './contract.js';
import { makeInput } from './deflate-inputs.js';

async function pack(spec: string, data: Uint8Array, chunkBytes?: number): Promise<Uint8Array> {
  const compressor = await openCompressor(spec, coreRegistry);
  const pieces: number[] = [];
  const options = { spec, reading: 'decode', chunkBytes } as const;
  for await (const piece of encodeZd(compressor, data, options)) pieces.push(...piece);
  return Uint8Array.from(pieces);
}

async function unpack(file: Uint8Array, salvage = false) {
  const bytes: number[] = [];
  const lost: string[] = [];
  for await (const part of decodeZd(file, { registry: coreRegistry, salvage, maxBytes: 1e6 })) {
    bytes.push(...part.bytes);
    if (part.lost) lost.push(part.lost.message);
  }
  return { bytes: Uint8Array.from(bytes), lost };
}

const inputs = {
  text: makeInput('english', 3000, createRandom('zd')),
  noise: makeInput('random', 1000, createRandom('zd')),
  'one byte': Uint8Array.of(255),
  nothing: new Uint8Array(0),
};

describe.each(['gzip', 'ppm', 'mix:memory=18', 'ctw:memory=16', 'order0'])('%s', (spec) => {
  test.each(Object.entries(inputs))('packs and unpacks %s', async (_name, data) => {
    expect((await unpack(await pack(spec, data))).bytes).toEqual(data);
  });
});

test('gzip coded by its decode reading is smaller than what gzip writes', async () => {
  const text = makeInput('english', 20_000, createRandom('smaller'));
  const gzip = await openCompressor('gzip', coreRegistry);
  const written = await gzip.compress!(text);
  expect((await pack('gzip', text)).length).toBeLessThan(0.95 * written.length);
});

describe('a damaged file', () => {
  const text = bytesOf('a rose is a rose is a rose');

  test('is found out, whichever bit is turned', async () => {
    const file = await pack('order0', text);
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const damaged = file.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await expect(unpack(damaged), `bit ${bit}`).rejects.toThrow(Error);
    }
  });

  test('is found out, wherever it is cut', async () => {
    const file = await pack('order0', text);
    for (let end = 0; end < file.length; end++) {
      await expect(unpack(file.subarray(0, end)), `${end} bytes`).rejects.toThrow(CorruptDataError);
    }
  });

  test('names the chunk that is lost and gives back the others', async () => {
    const file = await pack('order0', text, 8);
    const damaged = file.slice();
    damaged[file.length - 30]! ^= 1;
    await expect(unpack(damaged)).rejects.toThrow(/chunk \d/);
    const { bytes, lost } = await unpack(damaged, true);
    expect(lost).toHaveLength(1);
    expect(bytes.length).toBe(text.length);
    expect(bytes.subarray(0, 16)).toEqual(text.subarray(0, 16));
  });

  test('never does worse than throw, however it is damaged', async () => {
    const random = createRandom('mutations');
    const file = await pack('order0', text, 8);
    for (let i = 0; i < 1500; i++) {
      const damaged = file.slice();
      for (let n = 1 + random() * 6; n > 0; n--) {
        damaged[Math.floor(random() * damaged.length)] = random() * 256;
      }
      const outcome = await unpack(damaged, random() < 0.5).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) expect(outcome).toHaveProperty('bytes');
    }
  });
});
