import { expect, test } from 'vitest';
import { Lines } from '../src/bits/lines.js';
import { squash, stretch } from '../src/bits/logistic.js';
import { createRandom } from '../src/bits/random.js';
import { totalBits } from '../src/bits/units.js';
import { MixModel } from '../src/engines/mixing/model.js';

const TEXT = new TextEncoder().encode(
  'It was the best of times, it was the worst of times. '.repeat(8),
);

test('squash undoes stretch', () => {
  for (const p of [0.0001, 0.01, 0.3, 0.5, 0.9, 0.9999]) {
    expect(squash(stretch(p))).toBeCloseTo(p, 4);
  }
});

test('mix sums to 1 everywhere, and a byte costs alone what it costs among all', () => {
  const model = MixModel.create(18);
  const twin = MixModel.create(18);
  const out = new Float64Array(256);
  for (const [i, byte] of TEXT.entries()) {
    if (i % 7 === 0) {
      model.predict(out);
      expect(Math.abs(2 ** -totalBits(out) - 1)).toBeLessThan(1e-9);
      expect(twin.surprisal(byte)).toBe(out[byte]);
    }
    model.update(byte);
    twin.update(byte);
  }
  model.predict(out);
  expect(twin.surprisal(73)).toBe(out[73]);
});

test('forks of forks of mix go their own ways', () => {
  const random = createRandom('forks');
  let model = MixModel.create(16);
  for (const byte of TEXT) model.update(byte);
  const alone = MixModel.create(16);
  for (const byte of TEXT) alone.update(byte);
  for (let i = 0; i < 200; i++) {
    const byte = Math.floor(random() * 256);
    const stray = model;
    model = model.fork();
    model.update(byte);
    alone.update(byte);
    stray.update(byte ^ 1);
    expect(model.surprisal(i)).toBe(alone.surprisal(i));
  }
});

test('lines that are forked, written, merged and flattened agree with plain arrays', () => {
  const random = createRandom('lines');
  const all = [{ lines: new Lines(new Int32Array(4096), 4), plain: new Int32Array(4096) }];
  for (let i = 0; i < 5000; i++) {
    const { lines, plain } = all[Math.floor(random() * all.length)]!;
    const line = Math.floor(random() * 1024);
    if (random() < 0.05 && all.length < 20) all.push({ lines: lines.fork(), plain: plain.slice() });
    lines.write(line);
    lines.array[lines.offset + 1] = i;
    plain[4 * line + 1] = i;
  }
  for (const { lines, plain } of all) {
    for (let line = 0; line < 1024; line++) {
      lines.read(line);
      expect(lines.array[lines.offset + 1]).toBe(plain[4 * line + 1]);
    }
  }
});

test('mix learns nothing from noise and loses little by trying', () => {
  const random = createRandom('noise');
  const model = MixModel.create(16);
  let bits = 0;
  for (let i = 0; i < 5000; i++) {
    const byte = Math.floor(random() * 256);
    bits += model.surprisal(byte);
    model.update(byte);
  }
  expect(bits / 5000).toBeGreaterThan(7.98);
  expect(bits / 5000).toBeLessThan(8.2);
});

test('mix takes the memory it was given, and goes on when its tables are full', () => {
  const before = process.memoryUsage().arrayBuffers;
  const model = MixModel.create(16);
  const learns = (text: Uint8Array): number => {
    let bits = 0;
    for (const byte of text) {
      bits += model.surprisal(byte);
      model.update(byte);
    }
    return bits;
  };
  const random = createRandom('much');
  learns(Uint8Array.from({ length: 10000 }, () => 97 + Math.floor(random() * 26)));
  const first = learns(TEXT);
  expect(learns(TEXT)).toBeLessThan(first / 4);
  // 2^16 bytes of histories, an eighth more, and the 2 MB of parameters that the docs state.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 16 * 1.125 + 2.2e6);
});
