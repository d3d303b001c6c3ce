// webp and jxl: their own decoders give the pixels back.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PNG } from 'pngjs';
import { beforeAll, expect, test } from 'vitest';
import { openCompressor } from '../src/node/open.js';
import type { ImageFormat } from '../src/types.js';

const require = createRequire(import.meta.url);

/** What the decoders give, which a browser would have. */
class ImageData {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

beforeAll(() => {
  Object.assign(globalThis, { ImageData });
});

async function decode(name: string, file: Uint8Array): Promise<ImageData> {
  const decoder = `@jsquash/${name}/codec/dec/${name}_dec.js`;
  const { default: create } = await import(decoder);
  const wasmBinary = await readFile(require.resolve(decoder.replace(/js$/, 'wasm')));
  const module = await create({ wasmBinary, noInitialRun: true });
  return module.decode(file.slice().buffer);
}

const file = await readFile(new URL('../samples/pictures/weave.png', import.meta.url));
const { width, height, data } = PNG.sync.read(file);

test.each([
  ['webp', 1],
  ['webp', 3],
  ['jxl', 1],
  ['jxl', 3],
] as const)('%s of %i channels is lossless', async (name, channels) => {
  const format: ImageFormat = { kind: 'image', width, channels };
  const compressor = await openCompressor(name, { format });
  const pixels = new Uint8Array(data.filter((_, i) => i % 4 < channels));
  const compressed = await compressor.compress!(pixels);
  expect(await compressor.codeLength(pixels)).toBe(8 * compressed.length);
  expect(compressed.length).toBeLessThan(0.9 * pixels.length);
  const back = await decode(name, compressed);
  expect([back.width, back.height]).toEqual([width, height]);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      if (back.data[4 * i + c] !== pixels[i * channels + (c % channels)]) {
        throw new Error(`pixel ${i} of channel ${c}`);
      }
    }
  }
});

test.each(['webp', 'jxl'])('%s measures whole rows, also after part of a row', async (name) => {
  const format: ImageFormat = { kind: 'image', width: 64, channels: 1 };
  const compressor = await openCompressor(name, { format });
  const row = Uint8Array.from({ length: 64 }, (_, i) => (37 * i * i) % 251);
  const model = compressor.start('recompress');
  for (let y = 0; y < 4; y++) model.push(row);
  const [same, other] = await model.score([row, row.toReversed()]);
  expect(same).toBeLessThan(other!);
  const fork = model.fork();
  fork.push(row.subarray(0, 20));
  const ends = [row, row.toReversed()].map((whole) => whole.subarray(20));
  const begun = await fork.score(ends);
  expect(begun[0]).toBe(same);
  expect(() => fork.score([row])).toThrow(/whole rows of 64 bytes, not 84/);
  expect((await model.score([row]))[0]).toBe(same);
  expect(() => model.score([Uint8Array.of(1)])).toThrow(/whole rows of 64 bytes/);
});
