// The mixture model of pictures: probabilities sum to 1, all queries agree, and it beats PNG.

import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { LocalSums } from '../src/engines/image-mix/local-sums.js';
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

test('sums around a pixel are what adding up says', () => {
  const [width, height, decay] = [5, 4, 0.8];
  const random = createRandom('sums');
  const terms = Array.from({ length: width * height }, () => random());
  const sums = new LocalSums(width, 1, decay);
  const out = new Float64Array(1);
  for (const [at, term] of terms.entries()) {
    let expected = 0;
    for (let i = 0; i < at; i++) {
      const across = Math.abs((i % width) - (at % width));
      const down = Math.floor(at / width) - Math.floor(i / width);
      expected += decay ** (across + down) * terms[i]!;
    }
    sums.read(out);
    expect(out[0]).toBeCloseTo(expected, 10);
    sums.push(Float64Array.of(term));
  }
});

describe.each([1, 3])('%i channels', (channels) => {
  const pixels = slopes(16, 12, channels);

  test('all 256 next values sum to 1, and surprisal agrees with them', () => {
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

  test('a fork goes its own way, and does not see the other', () => {
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

  test('drawn values leave the next distribution proper', () => {
    const model = new ImageMixModel(16, channels);
    const lengths = new Float64Array(256);
    for (const pixel of pixels.subarray(0, 64)) model.update(pixel);
    for (const pixel of pixels.subarray(64, 160)) model.updateDrawn(pixel, 0.5);
    model.predict(lengths);
    expect(lengths.reduce((sum, bits) => sum + 2 ** -bits, 0)).toBeCloseTo(1, 9);
  });
});

test('a pattern is learnt where it is given, and not where it was drawn', () => {
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

test('smooth pictures take less than 3 bits a pixel, extremes and one column are no trouble', () => {
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
