// The mixture model of pictures: probabilities sum to 1, all queries agree, and it beats PNG.

import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { ImageMixModel } from '../src/engines/image-mix/model.js';

/** A slope with waves and a little noise. */
function slopes(width: number, height: number, channels: number): Uint8Array {
  const random = createRandom('slopes');
  return Uint8Array.from({ length: width * height * channels }, (_, i) => {
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / channels / width);
    return Math.round(100 + x + 30 * Math.sin((x + 2 * y) / 9) + 10 * (i % channels) + random());
  });
}

test('a linear texture costs the entropy of its noise', () => {
  const width = 96;
  const [height, deviation] = [64, 4];
  const random = createRandom('texture');
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const values = new Float64Array(width * height);
  const at = (x: number, y: number): number => (x < 0 || y < 0 ? 0 : values[y * width + x]!);
  const model = new ImageMixModel(width, 1);
  let bits = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const expected = 0.7 * at(x - 1, y) + 0.6 * at(x, y - 1) - 0.45 * at(x - 1, y - 1);
      const value = Math.round(expected + deviation * normal());
      values[y * width + x] = value;
      const pixel = Math.min(255, Math.max(0, 128 + value));
      if (y >= height / 2) bits += model.surprisal(pixel);
      model.update(pixel);
    }
  }
  const entropy = Math.log2(deviation * Math.sqrt(2 * Math.PI * Math.E));
  expect(bits / (width * (height / 2)) / entropy).toBeGreaterThan(0.98);
  expect(bits / (width * (height / 2)) / entropy).toBeLessThan(1.06);
});

test('a picture whose sums would exceed the memory is refused', () => {
  for (const [width, channels] of [
    [65_537, 3],
    [2 ** 26, 1],
    [8, 5],
  ] as const) {
    expect(() => new ImageMixModel(width, channels)).toThrow(/"mix" .* at most 65,536 pixels wide/);
  }
});

describe.each([1, 3])('%i channels', (channels) => {
  const pixels = slopes(16, 12, channels);

  test('all 256 next values sum to 1 and agree with surprisal', () => {
    const model = new ImageMixModel(16, channels);
    const lengths = new Float64Array(256);
    for (const [i, pixel] of pixels.entries()) {
      if (i % 37 === 0) {
        model.predict(lengths);
        expect(lengths.reduce((sum, bits) => sum + 2 ** -bits, 0)).toBeCloseTo(1, 9);
        for (const v of [0, pixel, 255]) expect(model.surprisal(v)).toBeCloseTo(lengths[v]!, 9);
      }
      model.update(pixel);
    }
  });

  test('a fork is independent of the original', () => {
    const model = new ImageMixModel(16, channels);
    for (const pixel of pixels.subarray(0, 100)) model.update(pixel);
    const fork = model.fork();
    for (const pixel of pixels.subarray(100, 200)) model.update(255 - pixel);
    const fresh = new ImageMixModel(16, channels);
    for (const pixel of pixels.subarray(0, 100)) fresh.update(pixel);
    for (const pixel of pixels.subarray(100, 200)) {
      expect(fork.surprisal(pixel)).toBe(fresh.surprisal(pixel));
      fork.update(pixel);
      fresh.update(pixel);
    }
  });

  test('drawn values leave the next distribution normalised', () => {
    const model = new ImageMixModel(16, channels);
    const lengths = new Float64Array(256);
    for (const pixel of pixels.subarray(0, 64)) model.update(pixel);
    for (const pixel of pixels.subarray(64, 160)) model.updateDrawn(pixel, 0.5);
    model.predict(lengths);
    expect(lengths.reduce((sum, bits) => sum + 2 ** -bits, 0)).toBeCloseTo(1, 9);
  });
});

test('a pattern is learnt from given pixels, and not from drawn ones', () => {
  const width = 32;
  const [given, drawn] = [new ImageMixModel(width, 1), new ImageMixModel(width, 1)];
  for (const pixel of slopes(width, 16, 1)) {
    given.update(pixel);
    drawn.update(pixel);
  }
  const random = createRandom('stripes');
  let [bitsGiven, bitsDrawn] = [0, 0];
  for (let i = 0; i < 16 * width; i++) {
    const pixel = (i % 2 === 0 ? 100 : 160) + Math.floor(4 * random());
    if (i >= 8 * width) {
      bitsGiven += given.surprisal(pixel);
      bitsDrawn += drawn.surprisal(pixel);
    }
    given.update(pixel);
    drawn.updateDrawn(pixel, 1);
  }
  expect(bitsDrawn).toBeGreaterThan(bitsGiven + 8 * width);
});

test('smooth pictures take less than 3 bits per pixel, and extreme values and single columns work', () => {
  const model = new ImageMixModel(48, 1);
  let bits = 0;
  const pixels = slopes(48, 32, 1);
  for (const pixel of pixels) {
    bits += model.surprisal(pixel);
    model.update(pixel);
  }
  expect(bits / pixels.length).toBeLessThan(3);
  const narrow = new ImageMixModel(1, 3);
  for (let i = 0; i < 60; i++) {
    const value = i % 2 === 0 ? 0 : 255;
    expect(narrow.surprisal(value)).toBeLessThan(60);
    narrow.update(value);
  }
});
