import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Lines } from '../src/bits/lines.js';
import { squash, stretch } from '../src/bits/logistic.js';
import { createRandom } from '../src/bits/random.js';
import { totalBits } from '../src/bits/units.js';
import { createMix } from '../src/compressors/mix.js';
import { compileMix, Image } from '../src/engines/mixing/image.js';
import type { MixModel } from '../src/engines/mixing/model.js';
import { cases } from './deep.js';

const create = (memoryLog: number): MixModel => createMix(compileMix(memoryLog));

const TEXT = new TextEncoder().encode(
  'It was the best of times, it was the worst of times. '.repeat(8),
);

const BOOK = new Uint8Array(readFileSync(new URL('../samples/text/tale.txt', import.meta.url)));

test('squash inverts stretch', () => {
  for (const p of [0.0001, 0.01, 0.3, 0.5, 0.9, 0.9999]) {
    expect(squash(stretch(p))).toBeCloseTo(p, 4);
  }
});

test('mix sums to 1 everywhere, and a single byte costs the same as among all', () => {
  const model = create(18);
  const twin = create(18);
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

test('forks of forks of mix are independent', () => {
  const random = createRandom('forks');
  let model = create(16);
  for (const byte of TEXT) model.update(byte);
  const alone = create(16);
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

test('forks that take turns agree with models that have their own memory', () => {
  const random = createRandom('versions');
  const text = Uint8Array.from({ length: 6000 }, (_, i) =>
    random() < 0.3 ? Math.floor(random() * 256) : TEXT[i % TEXT.length]!,
  );
  const root = create(18);
  root.learn(text.subarray(0, 2000));
  // Deep and wide: forks take turns, are forked again, and some go on for long by themselves.
  const members = [{ model: root, bytes: [...text.subarray(0, 2000)] }];
  for (let i = 0; i < cases(150, 900); i++) {
    const { model, bytes } = members[Math.floor(random() * members.length)]!;
    if (random() < 0.2 && members.length < 12) {
      members.push({ model: model.fork(), bytes: bytes.slice() });
    }
    const count = random() < 0.02 ? 400 : 1;
    const more = text.subarray(Math.floor(random() * 5000)).subarray(0, count);
    if (random() < 0.5) model.surprisal(more[0]!); // leaves its path in the scratch
    if (count > 1) model.learn(more);
    else model.update(more[0]!);
    bytes.push(...more);
  }
  for (const { model, bytes } of members) {
    const alone = create(18);
    alone.learn(Uint8Array.from(bytes));
    for (const byte of [0, 32, 101]) expect(model.surprisal(byte)).toBe(alone.surprisal(byte));
  }
});

test('forks agree with models of their own after hundreds of others have changed', () => {
  const out = [new Float64Array(256), new Float64Array(256)] as const;
  const expectEqual = (model: MixModel, length: number): void => {
    const alone = create(18);
    alone.learn(BOOK.subarray(0, length));
    alone.predict(out[0]);
    model.predict(out[1]);
    expect(out[1]).toEqual(out[0]);
  };
  const start = 3000;
  let model = create(18);
  model.learn(BOOK.subarray(0, start));
  const held = new Map([[start, model]]);
  for (let i = 0; i < 1200; i++) {
    model = model.fork();
    model.update(BOOK[start + i]!);
    if (i % 100 === 7) held.set(start + i + 1, model);
    // The version of an early fork is changed again long after its log is lost.
    if (i % 400 === 399)
      held
        .get(start + 8)!
        .fork()
        .update(i & 255);
  }
  for (const [length, early] of held) expectEqual(early, length);
  expectEqual(model, start + 1200);
});

test('forks agree with models of their own where the tables grow', () => {
  const model = create(24);
  model.learn(BOOK.subarray(0, 340));
  const forks = [0, 4000].map((start) => ({ start, fork: model.fork(), bits: 0 }));
  for (let i = 0; i < 3000; i += 50) {
    for (const member of forks) {
      member.bits += member.fork.learn(BOOK.subarray(member.start + i, member.start + i + 50));
    }
  }
  for (const { start, bits } of forks) {
    const alone = create(24);
    alone.learn(BOOK.subarray(0, 340));
    expect(alone.learn(BOOK.subarray(start, start + 3000))).toBeCloseTo(bits, 6);
  }
});

test('many forks that learn for long by themselves leave the forked model as it was', () => {
  const model = create(20);
  model.learn(BOOK.subarray(0, 5000));
  const given = model.fork();
  given.learn(BOOK.subarray(5000, 5300));
  const bits = Array.from({ length: cases(4, 12) }, () => {
    const fork = given.fork();
    return fork.learn(BOOK.subarray(8000, 10_000));
  });
  const alone = create(20);
  alone.learn(BOOK.subarray(0, 5300));
  const expected = alone.learn(BOOK.subarray(8000, 10_000));
  for (const sum of bits) expect(sum).toBe(expected);
});

test('bytes in bulk, one by one and coded bit by bit take the same number of bits', () => {
  const [bulk, single, coded] = [18, 18, 18].map(create);
  let bits = 0;
  let codedBits = 0;
  for (const byte of TEXT) {
    bits += single!.surprisal(byte);
    single!.update(byte);
    let product = 1;
    const code = (bit: number, p: number): number => {
      product *= bit ? p : 1 - p;
      return bit;
    };
    expect(coded!.code({ code }, byte)).toBe(byte);
    codedBits -= Math.log2(product);
    coded!.update(byte);
  }
  expect(bulk!.learn(TEXT)).toBe(bits);
  expect(codedBits).toBe(bits);
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

test('mix codes noise at close to 8 bits per byte', () => {
  const random = createRandom('noise');
  const model = create(16);
  let bits = 0;
  for (let i = 0; i < 5000; i++) {
    const byte = Math.floor(random() * 256);
    bits += model.surprisal(byte);
    model.update(byte);
  }
  expect(bits / 5000).toBeGreaterThan(7.98);
  expect(bits / 5000).toBeLessThan(8.2);
});

test('coding that fails leaves the model as it was', () => {
  const [model, alone] = [create(18), create(18)];
  for (const each of [model, alone]) each.learn(BOOK.subarray(0, 500));
  model.surprisal(101);
  let coded = 0;
  const failing = (bit: number): number => {
    if (++coded === 4) throw new Error('the coder fails');
    return bit;
  };
  expect(() => model.code({ code: failing }, 200)).toThrow('the coder fails');
  for (const each of [model, alone]) each.update(101);
  expect(model.surprisal(32)).toBe(alone.surprisal(32));
});

test('a model that gets the memory of a released one starts afresh', () => {
  const code = compileMix(20);
  const fresh = [3000, 100, 9000].map((size) => create(20).learn(BOOK.subarray(0, size)));
  const again = [3000, 100, 9000].map((size) => {
    const model = createMix(code);
    const bits = model.learn(BOOK.subarray(0, size));
    model.release();
    model.release();
    return bits;
  });
  expect(again).toEqual(fresh);
  const forked = createMix(code);
  forked.learn(BOOK.subarray(0, 500));
  const fork = forked.fork();
  forked.release();
  const other = createMix(code);
  other.learn(BOOK.subarray(3000, 6000));
  expect(fork.learn(BOOK.subarray(500, 900))).toBe(forked.learn(BOOK.subarray(500, 900)));
});

test('mix uses the memory it was given, and continues when its tables are full', () => {
  const model = create(16);
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
  // 2^16 bytes of histories, a quarter more for bytes, matches and runs, and 10 MB of parameters,
  // most of which are never touched.
  const image = new Image(compileMix(16));
  while (image.run.isFull()) image.run.grow();
  expect(image.size).toBeLessThan(2 ** 16 * 1.25 + 1e7);
});
