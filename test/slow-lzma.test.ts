// LZMA at length: files to and from xz, damage, the sizes that were aimed at, and the twin in large
// contexts.

import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { readAloneHeader } from '../src/engines/lzma/codec/alone.js';
import { decompressAlone } from '../src/engines/lzma/codec/decompress.js';
import { encodeAlone } from '../src/engines/lzma/codec/encode.js';
import { EncoderTwin } from '../src/engines/lzma/twin/encoder-twin.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { openCompressor } from '../src/open.js';
import { FULL, fuzzCount } from './deep.js';
import { dataFolder, evaluationText, inputKinds, makeInput } from './deflate-inputs.js';
import { damage } from './deflate-streams.js';
import {
  checkNext,
  checkXzReads,
  PLAIN,
  randomSettings,
  sameBytes,
  unpackWithXz,
  xz,
  xzIsHere,
} from './lzma-checks.js';

const FILES = fuzzCount(250);
const DAMAGED_FOR_XZ = fuzzCount(600);
const DAMAGED = fuzzCount(12_000);
const INPUTS = fuzzCount(50);

describe.skipIf(!xzIsHere)('xz (skipped without xz)', () => {
  test(`reads ${FILES} files written by us`, () => {
    const random = createRandom('to xz');
    for (let i = 0; i < FILES; i++) {
      const kind = inputKinds[i % inputKinds.length]!;
      const data = makeInput(kind, Math.floor(random() ** 4 * 60_000), random);
      checkXzReads(data, randomSettings(random));
    }
  });

  test('reads all properties that it supports', () => {
    const data = makeInput('mixed', 3000, createRandom('properties'));
    for (let pb = 0; pb <= 4; pb++) {
      for (let lp = 0; lp <= 4; lp++) {
        for (let lc = 0; lc + lp <= 4; lc++) {
          checkXzReads(data, { ...PLAIN, lc, lp, pb, parser: pb % 2 ? 'fast' : 'optimal' });
        }
      }
    }
  });

  test(`writes ${FILES} files that we can read`, () => {
    const random = createRandom('from xz');
    const below = (limit: number) => Math.floor(random() * limit);
    for (let i = 0; i < FILES; i++) {
      const kind = inputKinds[i % inputKinds.length]!;
      const data = makeInput(kind, Math.floor(random() ** 4 * 60_000), random);
      const lc = below(5);
      const settings = [
        `preset=${below(10)}${random() < 0.3 ? 'e' : ''}`,
        `lc=${lc},lp=${below(5 - lc)},pb=${below(5)}`,
        `dict=${4096 + below(random() < 0.5 ? 10_000 : 3_000_000)}`,
      ].join(',');
      const file = xz(['--format=lzma', `--lzma1=${settings}`], data);
      expect(file, settings).toBeDefined();
      expect(readAloneHeader(file!).length).toBeUndefined();
      expect(sameBytes(decompressAlone(file!), data), `${kind}, ${settings}`).toBe(true);
    }
  });

  test(`agrees on the validity and contents of ${DAMAGED_FOR_XZ} damaged files`, () => {
    const random = createRandom('damage for xz');
    let valid = 0;
    for (let i = 0; i < DAMAGED_FOR_XZ; i++) {
      const data = makeInput(inputKinds[i % inputKinds.length]!, i % 90, random);
      let file: Uint8Array = encodeAlone(data, { ...randomSettings(random), pb: i % 5 });
      if (i % 2) file = xz(['--format=lzma', '-0'], data)!;
      // The size of the dictionary is left alone: xz rounds it up, and may reach farther.
      const damaged = damage(file, random);
      damaged.set(file.subarray(0, damaged.length).subarray(1, 5), Math.min(1, damaged.length));
      const expected = unpackWithXz(damaged);
      let found: Uint8Array | undefined;
      try {
        found = decompressAlone(damaged);
        valid++;
      } catch (error) {
        if (!(error instanceof CorruptDataError)) throw error;
      }
      // xz takes no properties with lc + lp > 4.
      if (found && !expected && damaged[0] !== file[0]) continue;
      expect(found && expected ? sameBytes(found, expected) : found === expected).toBe(true);
    }
    expect(valid).toBeGreaterThan(10);
    expect(valid).toBeLessThan(DAMAGED_FOR_XZ - 10);
  });
});

test(`${DAMAGED} damaged files give an error with an offset, or contents within the limit`, () => {
  const random = createRandom('lzma damage');
  const files = inputKinds.map((kind) => {
    const data = makeInput(kind, 50 + Math.floor(random() * 2000), random);
    return encodeAlone(data, { ...randomSettings(random), parser: 'fast' });
  });
  const maxBytes = 100_000;
  let refused = 0;
  for (let i = 0; i < DAMAGED; i++) {
    const file = damage(files[i % files.length]!, random);
    try {
      expect(decompressAlone(file, { maxBytes }).length).toBeLessThanOrEqual(maxBytes);
    } catch (error) {
      if (error instanceof UsageError) continue; // a bomb
      if (!(error instanceof CorruptDataError)) throw error;
      expect(error.offset).toBeGreaterThanOrEqual(0);
      expect(error.offset).toBeLessThanOrEqual(file.length);
      refused++;
    }
  }
  expect(refused).toBeGreaterThan(0.75 * DAMAGED);
});

test('empty input and noise are not .lzma files', () => {
  const random = createRandom('lzma noise');
  for (let i = 0; i < 5000; i++) {
    const file = makeInput('random', Math.floor(random() * 100) + (i % 2) * 14, random);
    if (i % 2)
      file.set(Uint8Array.of(0x5d, 0, 0, 128, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0));
    try {
      decompressAlone(file, { maxBytes: 100_000 });
    } catch (error) {
      if (!(error instanceof CorruptDataError) && !(error instanceof UsageError)) throw error;
    }
  }
});

test.skipIf(!existsSync(dataFolder))(
  'sizes are within 1.03 of xz -3 with the fast parse and 1.02 of -9e with the optimal one (skipped without data)',
  async () => {
    const sizes = {
      'wiki-test': [349_001, 320_541],
      alice29: [52_085, 48_481],
      ...(FULL && { shakespeare: [402_754, 364_312] }),
    };
    const fast = await openCompressor('lzma:level=3');
    const optimal = await openCompressor('lzma');
    for (const [name, [most3, most9]] of Object.entries(sizes)) {
      const data = evaluationText(`text/${name}.txt`);
      expect((await fast.compress!(data)).length, name).toBeLessThan(1.03 * most3!);
      const file = await optimal.compress!(data);
      expect(file.length, name).toBeLessThan(1.02 * most9!);
      expect(sameBytes(await optimal.decompress!(file), data), name).toBe(true);
    }
  },
);

test('the twin matches the range coder after up to 70,000 bytes', () => {
  const random = createRandom('lzma large');
  for (const kind of ['english', 'random', 'runs', 'copies'] as const) {
    const data = makeInput(kind, 70_000, random);
    const options = { ...PLAIN, dictionary: kind === 'copies' ? 1 << 14 : PLAIN.dictionary };
    const twin = new EncoderTwin(options);
    let end = 0;
    for (const length of [30_000, 69_990]) {
      twin.push(data.subarray(end, length));
      end = length;
      const bytes = Array.from({ length: 6 }, () => Math.floor(random() * 256));
      checkNext(twin, data.subarray(0, end), options, [
        ...bytes,
        ...data.subarray(end - 3, end + 1),
      ]);
    }
  }
});

test(`the twin predicts the cost of all next bytes at two positions of ${INPUTS} small inputs`, () => {
  const random = createRandom('lzma small');
  for (let i = 0; i < INPUTS; i++) {
    const data = makeInput(inputKinds[i % inputKinds.length]!, 20 + (i % 7) * 40, random);
    const options = randomSettings(random);
    const twin = new EncoderTwin(options);
    const step = Math.ceil(data.length / 2);
    for (let end = 0; end < data.length; end += step) {
      checkNext(twin, data.subarray(0, end), options);
      twin.push(data.subarray(end, end + step));
    }
  }
});
