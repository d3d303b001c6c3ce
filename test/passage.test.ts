// The walk through a passage, against loops written out by hand.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { surprisal } from '../src/bits/units.js';
import { readAudio } from '../src/modality/audio.js';
import { samplesOfBytes } from '../src/modality/audio-bytes.js';
import { openCompressor } from '../src/node/open.js';
import { byteDrawer } from '../src/passage/drawers.js';
import { ownBits } from '../src/passage/own-bits.js';
import {
  givenBytes,
  heldOutBytes,
  heldOutLength,
  heldOutSpans,
  legsOf,
  type Passage,
  withHeldOut,
} from '../src/passage/passage.js';
import { countUnits, unitOf } from '../src/passage/units.js';
import { expectHeldOut, modelAtHeldOut, plainDrawer, prime } from '../src/passage/walk.js';
import { generate } from '../src/sampling/generate.js';
import type { Compressor, ImageFormat, Reading } from '../src/types.js';
import { bytesOf } from './contract.js';
import { cases } from './deep.js';
import { TALE } from './run-cli.js';

const tale = new Uint8Array(readFileSync(TALE));
const WHISPER = new URL('../samples/sound/whisper.wav', import.meta.url);
const whisper = readAudio(new Uint8Array(readFileSync(WHISPER)));
const GREY4: ImageFormat = { kind: 'image', width: 4, channels: 1 };

const picture: Passage = {
  bytes: Uint8Array.from({ length: 240 }, (_, i) => (i % 20) * 9 + ((i * 7919) % 8)),
  from: 0,
  format: { kind: 'image', width: 20, channels: 1 },
  given: { rows: 2, columns: 8 },
};

describe('the held-out part', () => {
  const bytes = Uint8Array.from({ length: 12 }, (_, i) => i);

  test('of a picture is the right of each row, and of other media the end', () => {
    const rows = { bytes, from: 8, format: GREY4, given: { rows: 1, columns: 2 } };
    expect(heldOutSpans(rows)).toEqual([
      [6, 8],
      [10, 12],
    ]);
    expect([...heldOutBytes(rows)]).toEqual([6, 7, 10, 11]);
    expect([...givenBytes(rows)]).toEqual([0, 1, 2, 3, 4, 5, 8, 9]);
    expect(heldOutLength(rows)).toBe(4);
    expect([...withHeldOut(rows, bytesOf('abcd')).bytes.subarray(5, 11)]).toEqual([
      5, 97, 98, 8, 9, 99,
    ]);
    expect(heldOutSpans({ bytes, from: 5 })).toEqual([[5, 12]]);
    expect(heldOutSpans({ bytes, from: 12 })).toEqual([]);
  });

  test('of contexts that start fresh is the end of each', () => {
    expect(legsOf({ bytes, from: 2, fresh: 5 })).toEqual([
      { contextStart: 0, given: [0, 2], heldOut: [2, 5] },
      { contextStart: 5, given: [5, 7], heldOut: [7, 10] },
    ]);
    const alone = { bytes, from: 0, format: GREY4, given: { rows: 0, columns: 3 }, fresh: 4 };
    expect(legsOf(alone).map(({ given }) => given)).toEqual([
      [0, 3],
      [4, 7],
      [8, 11],
    ]);
  });

  test('is counted in its natural unit', () => {
    const text = bytesOf('größer');
    expect(unitOf(text, undefined)).toBe('character');
    expect(unitOf(text.subarray(0, 3), undefined)).toBe('character'); // cut inside ö
    expect(countUnits({ bytes: text, from: 2 }, 'character')).toBe(4);
    expect(unitOf(Uint8Array.of(255, 254), undefined)).toBe('byte');
    expect(unitOf(text, whisper.format)).toBe('sample');
    expect(countUnits({ bytes: whisper.data, from: 100, format: whisper.format }, 'sample')).toBe(
      whisper.data.length / 2 - 50,
    );
  });
});

/** Byte by byte through `next`, whatever cheaper way the model has. */
async function byHand(
  compressor: Compressor,
  reading: Reading,
  { bytes, ...rest }: Passage,
): Promise<number[]> {
  const bits = new Float64Array(256);
  const surprisals: number[] = [];
  let model = compressor.start(reading);
  let known = 0;
  for (const { contextStart, heldOut } of legsOf({ bytes, ...rest })) {
    if (known < contextStart || rest.fresh !== undefined) model = compressor.start(reading);
    if (rest.fresh !== undefined) known = contextStart;
    model.push(bytes.subarray(known, heldOut[0]));
    for (known = heldOut[0]; known < heldOut[1]; known++) {
      await model.next(bits);
      surprisals.push(surprisal(bits, bytes[known]!));
      model.push(bytes.subarray(known, known + 1));
    }
  }
  return surprisals;
}

const text = { bytes: tale.subarray(0, 900), from: 100, fresh: 300 };

test.each([
  ['gzip', 'decode', text],
  ['gzip', 'exact', text],
  ['ppm', 'decode', text],
  ['node-zlib', 'recompress', { ...text, bytes: tale.subarray(0, cases(140, 350)) }],
  ['png', 'decode', picture],
  ['png', 'exact', picture],
  ['gzip', 'decode', picture],
  ['gzip', 'decode', { ...picture, fresh: 20 }],
] as const)(
  '%s %s gives the same surprisals as a loop over next',
  async (spec, reading, passage: Passage) => {
    const compressor = await openCompressor(spec, { format: passage.format });
    const { surprisals, bits } = await expectHeldOut({ compressor, reading }, passage);
    const wanted = await byHand(compressor, reading, passage);
    expect(surprisals.length).toBe(wanted.length);
    for (const [i, one] of wanted.entries()) expect(surprisals[i]).toBeCloseTo(one, 8);
    expect(bits).toBeCloseTo(
      wanted.reduce((sum, one) => sum + one, 0),
      6,
    );
  },
);

test('sound is processed in whole samples if the reading supports them', async () => {
  const passage = { bytes: whisper.data.subarray(0, 4000), from: 3000, format: whisper.format };
  const compressor = await openCompressor('flac', { format: whisper.format });
  const { surprisals } = await expectHeldOut({ compressor, reading: 'decode' }, passage);
  const model = compressor.startSamples!();
  const samples = samplesOfBytes(passage.bytes, whisper.format);
  model.push(samples.subarray(0, 1500));
  const wanted = Array.from(samples.subarray(1500), (sample) => {
    const bits = model.surprisal(sample);
    model.push(Int32Array.of(sample));
    return bits;
  });
  expect([...surprisals]).toEqual(wanted);
  const drawer = () => plainDrawer({ compressor, reading: 'decode' }, passage);
  const primed = await prime(drawer, passage);
  const drawn = new Uint8Array(1000);
  for await (const step of primed.draw(createRandom('s'))) {
    expect(step.kind).toBe('samples');
    drawn.set(step.bytes, step.at - 3000);
  }
  const again = compressor.startSamples!();
  again.push(samples.subarray(0, 1500));
  const draw = again.sampler(createRandom('s'), 1);
  expect([...samplesOfBytes(drawn, whisper.format)]).toEqual(Array.from({ length: 500 }, draw));
});

test('draws the same as generate, from forks of one start, across several given parts', async () => {
  const compressor = await openCompressor('ppm', { format: picture.format });
  const begin = () => byteDrawer(compressor.start(), {});
  const primed = await prime(begin, picture);
  const drawn: number[][] = [];
  for (const isLast of [false, false, true]) {
    const bytes: number[] = [];
    for await (const step of primed.draw(createRandom(1), {}, isLast)) bytes.push(...step.bytes);
    drawn.push(bytes);
  }
  const wanted: number[] = [];
  const model = compressor.start();
  const random = createRandom(1);
  for (const { given, heldOut } of legsOf(picture)) {
    model.push(picture.bytes.subarray(...given));
    const length = heldOut[1] - heldOut[0];
    for await (const { byte } of generate(model, { length, random })) wanted.push(byte);
  }
  expect(drawn).toEqual([wanted, wanted, wanted]);
});

describe("the compressor's own bits", () => {
  test('are differences of code lengths within each context', async () => {
    const compressor = await openCompressor('gzip');
    let wanted = 0;
    for (const { contextStart, heldOut } of legsOf(text)) {
      const upTo = (end: number) => compressor.codeLength(text.bytes.subarray(contextStart, end));
      wanted += (await upTo(heldOut[1])) - (await upTo(heldOut[0]));
    }
    expect(await ownBits({ compressor }, text)).toBe(wanted);
    expect(await ownBits({ compressor, reading: 'decode' }, text)).toBe(wanted);
  });

  test('equal the surprisal for a predictor, and count every row of a small picture', async () => {
    const subject = { compressor: await openCompressor('order0'), reading: 'decode' } as const;
    const expected = await expectHeldOut(subject, text);
    expect(await ownBits(subject, text, expected)).toBe(expected.bits);
    const png = await openCompressor('png', { format: picture.format });
    let wanted = 0;
    for (const { heldOut } of legsOf(picture)) {
      wanted += await png.codeLength(picture.bytes.subarray(0, heldOut[1]));
      wanted -= await png.codeLength(picture.bytes.subarray(0, heldOut[0]));
    }
    expect(await ownBits({ compressor: png }, picture)).toBe(wanted);
  });
});

test('an aborted walk throws the reason of the signal, and progress counts held-out bytes', async () => {
  const subject = { compressor: await openCompressor('order0'), reading: 'decode' } as const;
  const stop = new AbortController();
  const seen: number[] = [];
  const onProgress = async (done: number): Promise<void> => {
    seen.push(done);
    if (done === 5) stop.abort(new Error('enough'));
  };
  const watch = { onProgress, signal: stop.signal };
  await expect(expectHeldOut(subject, text, watch)).rejects.toThrow('enough');
  expect(seen).toEqual([1, 2, 3, 4, 5]);
  await expect(modelAtHeldOut(subject, text, watch)).rejects.toThrow('enough');
});
