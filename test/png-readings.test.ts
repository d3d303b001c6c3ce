// The readings of row `png`: the twin against files that are really written, decode against its
// definition, and what it learns from.

import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { EncoderTwin } from '../src/engines/deflate/twin/encoder-twin.js';
import { PngDecoder } from '../src/engines/png/decode.js';
import { PngTwin } from '../src/engines/png/encoder-twin.js';
import { LiteralStream, TokenStream } from '../src/engines/png/stream-models.js';
import {
  FILE_OVERHEAD_BYTES,
  filterRows,
  PNG_DEFLATE,
  writePng,
} from '../src/engines/png/write.js';
import { openCompressor } from '../src/open.js';
import type { ImageFormat } from '../src/types.js';

const WIDTH = 12;
const GREY: ImageFormat = { kind: 'image', width: WIDTH, channels: 1 };

/** Slopes with some noise on them, so that several filters win rows. */
function slopes(bytes: number, seed: string): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from(
    { length: bytes },
    (_, i) => 40 + 5 * (i % WIDTH) + 3 * Math.floor(i / WIDTH) + Math.floor(6 * random()),
  );
}

describe.each([1, 3] as const)('with %i channels', (channels) => {
  const rowBytes = WIDTH * channels;
  const pixels = slopes(rowBytes * 9, 'twin');

  test('the twin knows the length of the file after every byte, and for all next bytes', () => {
    const twin = new PngTwin(rowBytes, channels);
    const lengths = new Float64Array(256);
    for (let at = 0; at < pixels.length; at++) {
      const alone = new EncoderTwin(PNG_DEFLATE);
      alone.push(filterRows(pixels.subarray(0, at), rowBytes, channels));
      expect(twin.codeLength()).toBe(8 * FILE_OVERHEAD_BYTES + alone.codeLength());
      twin.nextCodeLengths(lengths);
      twin.push(pixels.subarray(at, at + 1));
      expect(lengths[pixels[at]!]).toBe(twin.codeLength());
    }
    const file = writePng({ width: WIDTH, height: 9, channels, pixels });
    expect(Math.ceil(twin.codeLength() / 8)).toBe(file.length);
    expect(twin.candidateCodeLengths([pixels.subarray(0, 5)])[0]).toBeGreaterThan(
      twin.codeLength(),
    );
  });

  test.each([
    ['literals', () => new LiteralStream(false)],
    ['smoothed literals', () => new LiteralStream(true)],
    ['tokens', () => new TokenStream()],
  ] as const)('decode with %s sums to 1 after any pixels', (_, stream) => {
    for (const wrap of [1, 0.01]) {
      const decoder = new PngDecoder({ rowBytes, channels, stream: stream(), wrap });
      const bits = new Float64Array(256);
      for (const byte of pixels) {
        decoder.predict(bits);
        const total = bits.reduce((sum, b) => sum + 2 ** -b, 0);
        expect(Math.abs(total - 1)).toBeLessThan(1e-9);
        expect(decoder.surprisal(byte)).toBeCloseTo(bits[byte]!, 9);
        decoder.update(byte);
      }
    }
  });
});

test.each(['none', 'sub', 'up', 'average', 'paeth'] as const)(
  'with filter=%s all rows use that filter, and the twin knows the length',
  async (filter) => {
    const pixels = slopes(WIDTH * 7, 'one filter');
    const compressor = await openCompressor(`png:filter=${filter}`, { format: GREY });
    const file = await compressor.compress!(pixels);
    const idat = file.subarray(41, file.length - 16); // behind the signature, IHDR and a header
    const rows = inflateSync(idat);
    const types = Array.from({ length: 7 }, (_, y) => rows[y * (1 + WIDTH)]);
    const type = ['none', 'sub', 'up', 'average', 'paeth'].indexOf(filter);
    expect(types).toEqual(Array(7).fill(type));
    const twin = new PngTwin(WIDTH, 1, type as 0);
    twin.push(pixels);
    expect(Math.ceil(twin.codeLength() / 8)).toBe(file.length);
    const exact = compressor.start('exact');
    const lengths = new Float64Array(256);
    exact.push(pixels.subarray(0, 40));
    await exact.next(lengths);
    const measured = await compressor.codeLength(pixels.subarray(0, 41));
    const before = await compressor.codeLength(pixels.subarray(0, 40));
    expect(lengths[pixels[40]!]).toBeCloseTo(measured - before, 9);
  },
);

test('decode expects residuals of a fixed filter', async () => {
  const random = createRandom('two values');
  const pixels = Uint8Array.from({ length: WIDTH * 40 }, () => (random() < 0.5 ? 7 : 200));
  const bits = async (spec: string): Promise<number> => {
    const model = (await openCompressor(spec, { format: GREY })).start('decode');
    let sum = 0;
    for (const pixel of pixels) {
      sum += await model.surprisal!(pixel);
      model.push(Uint8Array.of(pixel));
    }
    return sum / pixels.length;
  };
  // One bit, were it known beforehand; differences have one and a half.
  const none = await bits('png:filter=none,matches=0');
  expect(none).toBeLessThan(1.4);
  expect(await bits('png:filter=up,matches=0')).toBeGreaterThan(none + 0.1);
});

test('decode takes fewer bits than the PNG file, and exact measures the file', async () => {
  const compressor = await openCompressor('png', { format: GREY });
  const pixels = slopes(WIDTH * 60, 'gain');
  const file = (await compressor.compress!(pixels)).length;
  expect(
    Buffer.from(PNG.sync.read(Buffer.from(await compressor.compress!(pixels))).data).filter(
      (_, i) => i % 4 === 0,
    ),
  ).toEqual(Buffer.from(pixels));
  const model = compressor.start('decode');
  let bits = 0;
  for (const byte of pixels) {
    bits += await model.surprisal!(byte);
    model.push(Uint8Array.of(byte));
  }
  expect(bits).toBeLessThan(8 * (file - FILE_OVERHEAD_BYTES));
});

test('a filter ruled out within a row still filters the finished row', () => {
  // The left half of each row is copied from above, the rest goes on to the right.
  const pixels = new Uint8Array(WIDTH * 40);
  const random = createRandom('given up');
  for (let i = 0; i < pixels.length; i++) {
    const x = i % WIDTH;
    const above = pixels[i - WIDTH] ?? 90;
    pixels[i] = x < 4 ? above : (pixels[i - 1]! + Math.floor(40 * random())) & 255;
  }
  const start = (): PngDecoder =>
    new PngDecoder({ rowBytes: WIDTH, channels: 1, stream: new LiteralStream(false), wrap: 1 });
  const decoder = start();
  const stream = new LiteralStream(false);
  for (const byte of pixels) decoder.update(byte);
  for (const byte of filterRows(pixels, WIDTH, 1)) stream.update(byte, true);
  // What the next row starts from is what the stream of the encoder says.
  const distribution = stream.distribution();
  const next = new Float64Array(256);
  decoder.predict(next);
  let first = 0;
  let total = 0;
  for (let f = 0; f < 5; f++) total += distribution[f]!;
  for (let f = 0; f < 5; f++) {
    const row = stream.fork();
    row.update(f, true);
    const above = pixels[pixels.length - WIDTH]!;
    const prediction = [0, 0, above, above >> 1, above][f]!;
    first += (distribution[f]! / total) * row.distribution()[(77 - prediction) & 255]!;
  }
  expect(2 ** -next[77]!).toBeCloseTo(first, 9);
});

test('literals drawn at a temperature other than 1 teach nothing', () => {
  const start = (): PngDecoder =>
    new PngDecoder({ rowBytes: WIDTH, channels: 1, stream: new LiteralStream(false), wrap: 1 });
  const given = slopes(WIDTH * 20, 'drawn');
  const [fresh, cool, warm] = [start(), start(), start()];
  for (const decoder of [fresh, cool, warm]) for (const byte of given) decoder.update(byte);
  for (let i = 0; i < 10 * WIDTH; i++) {
    cool.updateDrawn(200, 0.5);
    warm.updateDrawn(200, 1);
  }
  // A flat picture: the next residual is 0 for all filters but none; only `warm` has learnt so.
  expect(cool.surprisal(200)).toBeGreaterThan(warm.surprisal(200) + 1);
  expect(cool.surprisal(200)).toBeLessThan(8);
});

test('with wrap=0 almost nothing is drawn from the other end of the scale', async () => {
  const pixels = Uint8Array.from({ length: WIDTH * 30 + 5 }, (_, i) => 250 + ((i * 7) % 5));
  const at = async (spec: string): Promise<number> => {
    const model = (await openCompressor(spec, { format: GREY })).start('decode');
    model.push(pixels);
    const bits = new Float64Array(256);
    await model.next(bits);
    return bits.subarray(0, 20).reduce((sum, b) => sum + 2 ** -b, 0);
  };
  expect(await at('png:matches=0,wrap=0')).toBeLessThan(0.1 * (await at('png:matches=0')));
});

test('png refuses pictures that do not fit its format', async () => {
  const compressor = await openCompressor('png', { format: GREY });
  const other = writePng({ width: 5, height: 1, channels: 1, pixels: new Uint8Array(5) });
  expect(() => compressor.decompress!(other)).toThrow('a different width');
  expect(() => compressor.compress!(new Uint8Array(WIDTH + 1))).toThrow(
    'expected rows of 12 bytes',
  );
  await expect(openCompressor('png')).rejects.toThrow('png expected image, got bytes');
  await expect(openCompressor('png:smooth=1', { format: GREY })).rejects.toThrow(
    '"smooth" needs matches=0',
  );
});

test('samples/pictures: the file size of each picture is its codeLength', async () => {
  const file = readFileSync(new URL('../samples/pictures/bands.png', import.meta.url));
  const { width, height, data } = PNG.sync.read(file);
  const pixels = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => data[4 * Math.floor(i / 3) + (i % 3)]!,
  );
  const compressor = await openCompressor('png', {
    format: { kind: 'image', width, channels: 3 },
  });
  const written = await compressor.compress!(pixels);
  expect(written.length).toBe(Math.ceil((await compressor.codeLength(pixels)) / 8));
});
