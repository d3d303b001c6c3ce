// The numbers of a comparison, each on a case computed by hand or by another implementation.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../src/bits/base64.js';
import { createRandom } from '../src/bits/random.js';
import { addBins, calibrate, calibrationError } from '../src/measure/calibration.js';
import { measureCell, measureHeldOut, measureSharpened } from '../src/measure/cell.js';
import type { CompareRow } from '../src/measure/compare-row.js';
import { type CompareSummary, summarize } from '../src/measure/compare-summary.js';
import { crossMatrix } from '../src/measure/cross.js';
import { METRIC_NAMES, METRIC_TABLE } from '../src/measure/metrics.js';
import { distinct, overlap } from '../src/measure/ngrams.js';
import { pictureQuality } from '../src/measure/picture-quality.js';
import { compareRankings } from '../src/measure/ranking.js';
import { readSample, storeSample } from '../src/measure/stored-sample.js';
import { tidyRows } from '../src/measure/tidy.js';
import { countWords, knownWords } from '../src/measure/vocabulary.js';
import { openCompressor } from '../src/open.js';
import type { CodeLengthModel, ImageFormat } from '../src/types.js';
import { bytesOf } from './contract.js';
import { TALE } from './run-cli.js';

const noise = (length: number): Uint8Array => {
  const random = createRandom('noise');
  return Uint8Array.from({ length }, () => 256 * random());
};
const GREY4: ImageFormat = { kind: 'image', width: 4, channels: 1 };

test('base64 matches Node and round trips', () => {
  for (const length of [0, 1, 2, 3, 4, 5, 100]) {
    const bytes = noise(length);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  }
  expect(() => fromBase64('a?==')).toThrow('"text" expected base64, got "?"');
  expect(() => fromBase64('abc')).toThrow('"text" expected whole groups');
});

test('a stored sample round trips, with surprisals to a sixteenth of a bit', () => {
  const { bytes, given, surprisals } = readSample(
    storeSample(bytesOf('xy'), [1.03, 30], bytesOf('g'))!,
  );
  expect([bytes, given]).toEqual([bytesOf('xy'), bytesOf('g')]);
  expect([...surprisals!]).toEqual([1, 255 / 16]);
  expect(storeSample(new Uint8Array(2 ** 19 + 1))).toBeUndefined();
});

test('distinct-n and overlap count n-grams, each at most as often as in the truth', () => {
  // aaa: aa twice; the truth aab has it once.
  expect(distinct(bytesOf('aaa'), 2)).toBe(1 / 2);
  expect(overlap(bytesOf('aaa'), bytesOf('aab'), 2)).toBe(1 / 2);
  expect(distinct(bytesOf('a'), 2)).toBe(1);
  expect(overlap(bytesOf('a'), bytesOf('aab'), 2)).toBe(0);
});

test('known words occur in the corpus outside the truth', () => {
  const corpus = countWords(['The cat sat on the mat. A cät', 'ran!']);
  expect(corpus.get('the')).toBe(2);
  // Of "…ap the dog CAT cät ra…" the first and the last may be cut; dog is none.
  expect(knownWords('ap the dog CAT cät ra', corpus)).toBe(3 / 4);
  expect(knownWords(' the cat ', corpus, countWords(['cat']))).toBe(1 / 2);
  expect(knownWords(' 1 2 x ', corpus)).toBeUndefined();
});

test('PSNR, SSIM and gradient distance of uniform pictures match their formulas', () => {
  const picture = (right: number) => Uint8Array.of(7, 7, right, right, 7, 7, right, right);
  const given = { rows: 0, columns: 2 };
  const { psnr, ssim, gradientDistance } = pictureQuality(picture(30), picture(20), GREY4, given);
  expect(psnr).toBeCloseTo(10 * Math.log10(255 ** 2 / 100), 12);
  const c1 = 2.55 ** 2;
  expect(ssim).toBeCloseTo((2 * 30 * 20 + c1) / (30 ** 2 + 20 ** 2 + c1), 12);
  expect(gradientDistance).toBe(0);
  const same = pictureQuality(picture(30), picture(30), GREY4, given);
  expect(same).toEqual({ psnr: Infinity, ssim: 1, gradientDistance: 0 });
});

test("SSIM measures contrast and structure, and gradient distance is an earth mover's distance", () => {
  // Right halves 0 4 / 0 4 and 4 0 / 4 0: mean 2, variance 4, covariance −4. Differences: to the
  // right 4, 4 and −4, −4; downwards 0, 0 twice. Half of the mass goes 8 levels: 4.
  const drawn = Uint8Array.of(9, 9, 0, 4, 9, 9, 0, 4);
  const truth = Uint8Array.of(9, 9, 4, 0, 9, 9, 4, 0);
  const quality = pictureQuality(drawn, truth, GREY4, { rows: 0, columns: 2 });
  const c2 = 7.65 ** 2;
  expect(quality.ssim).toBeCloseTo((-8 + c2) / (8 + c2), 12);
  expect(quality.gradientDistance).toBeCloseTo(4, 12);
});

test('calibration is exact for a coin, and a byte that it excludes counts as an error', async () => {
  const model: CodeLengthModel = {
    push: () => {},
    fork: () => model,
    score: () => new Float64Array(),
    next: (out) => void out.fill(Infinity).fill(1, 97, 99),
  };
  const bins = await calibrate(model, { bytes: bytesOf('aaab'), from: 0 });
  // Each step expects one of a and b with P = 1/2, in the bin (1/4, 1/2].
  expect(bins[1]).toEqual({ expected: 4, observed: 4 });
  expect(calibrationError(bins)).toBe(0);
  const wrong = await calibrate(model, { bytes: bytesOf('aaxb'), from: 0 });
  expect(wrong[1]).toEqual({ expected: 4, observed: 3 });
  expect(wrong.at(-1)!.observed).toBe(1);
  expect(calibrationError(wrong)).toBe((1 + 1) / 4);
  expect(addBins([bins, wrong])[1]).toEqual({ expected: 8, observed: 7 });
});

test('own bits of a predictor are its bits, and those of gzip are differences of file lengths', async () => {
  const bytes = new Uint8Array(readFileSync(TALE).subarray(0, 900));
  const message = { bytes, from: 500 };
  const ppm = await measureCell(await openCompressor('ppm'), message, { reading: 'decode' });
  expect(ppm.ownBits).toBe(ppm.bits);
  expect(ppm.curve!.reduce((sum, bits) => sum + bits, 0)).toBeCloseTo(ppm.bits!, 9);
  expect(ppm.headerBits).toBe(0);
  const gzip = await openCompressor('gzip');
  const cell = await measureCell(gzip, message, { reading: 'exact' });
  const length = async (end: number) => gzip.codeLength(bytes.subarray(0, end));
  expect(cell.ownBits).toBe((await length(900)) - (await length(500)));
  expect(cell.headerBits).toBe(8 * 21); // of "\0": 18 bytes around a block of 3
});

test('the judge prefers the sharpened controls to the truth', async () => {
  const truth = { bytes: new Uint8Array(readFileSync(TALE).subarray(0, 1200)), from: 800 };
  const judge = await openCompressor('mix:memory=16');
  const { judgeBits } = await measureHeldOut(truth, judge);
  for (const name of ['order3^1.5', 'ppm^1.5']) {
    const control = await measureSharpened(name, truth, createRandom(1), judge);
    expect(control.bytes).toBe(400);
    expect(control.judgeBits).toBeLessThan(judgeBits!);
  }
});

const row = (spec: string, start: number, more: Partial<CompareRow>): CompareRow => ({
  ...{ id: `${spec} ${start}`, zipdream: '0', sha256: '', from: 1, metrics: [], version: '' },
  ...{ input: 'i', spec, reading: 'decode', start, ...more },
});
const measure = { bytes: 10, messageBytes: 20, ownBits: 40, chunkBits: 81 };

test('header and parameters count once, and a whole input is reported next to its chunks', () => {
  const codec = { ...measure, bits: 30, headerBits: 16, modelBytes: 5 };
  const [line] = summarize([
    row('a', 0, { measure: codec, unit: 'sample', units: 5 }),
    row('a', 20, { measure: codec, unit: 'sample', units: 5 }),
    row('a', 0, {
      id: 'whole',
      scope: 'whole',
      reading: undefined,
      measure: { bytes: 40, messageBytes: 40, ownBits: 160, chunkBits: 160, modelBytes: 5 },
    }),
  ]);
  expect(line).toMatchObject({ cells: 2, bpb: 3, ownBpb: 4, conversionLoss: -1, unit: 'sample' });
  expect(line).toMatchObject({ bitsPerUnit: 6, ownBitsPerUnit: 8 });
  expect(line).toMatchObject({ rawRate: 22 / 40, rawRateOneHeader: 20 / 40 });
  expect(line).toMatchObject({ adjustedRate: 25 / 40, wholeRawRate: 20 / 40 });
  expect(line!.wholeAdjustedRate).toBe(25 / 40);
});

test('the later of two rows for one cell counts', () => {
  const failed = row('a', 0, { error: 'busy' });
  const done = row('a', 0, { measure });
  expect(summarize([failed, done])).toMatchObject([{ cells: 1, failed: 0 }]);
});

test('rankings are compared by pairs that both can distinguish', () => {
  const line = (spec: string, bpb: number, judge: number | undefined): CompareSummary => ({
    ...{ input: 'i', spec, reading: 'decode', version: '', cells: 1, failed: 0 },
    ...{ bpb, bpbInterval: [bpb - 0.1, bpb + 0.1] },
    ...(judge !== undefined && { judgeInterval: [judge - 0.1, judge + 0.1] as const }),
  });
  const lines = [line('a', 1, 2), line('b', 2, 1), line('c', 3, 5), line('d', 3.1, 6)];
  // a and b are judged the other way round; c and d overlap in one ranking; e has no judge.
  expect(compareRankings([...lines, line('e', 9, undefined)])).toEqual([
    {
      ...{ input: 'i', pairs: 5, agreeing: 4 },
      disagreeing: [
        { better: { spec: 'a', reading: 'decode' }, worse: { spec: 'b', reading: 'decode' } },
      ],
    },
  ]);
});

test('the cross matrix sums bits of samples drawn by others, and by itself on the diagonal', () => {
  const drawn = { bytes: 10, bits: 20, ownBits: 25, distinct3: 1, longestCopy: 0 };
  const of = { id: 'a 0', spec: 'a', reading: 'decode' } as const;
  const entries = crossMatrix([
    row('a', 0, { measure: { ...measure, bits: 30, drawn } }),
    row('b', 0, { cross: of, measure: { ...measure, bits: 35 } }),
    row('b', 20, { cross: of, measure: { ...measure, bits: 45 } }),
    row('c', 0, { cross: of, reading: undefined, measure }),
  ]);
  expect(entries.map(({ scoredBy, cells, bpb }) => [scoredBy, cells, bpb])).toEqual([
    ['a', 1, 2],
    ['b', 2, 4],
    ['c', 1, 4],
  ]);
});

test('tidy rows contain one record per number', () => {
  const drawn = { bytes: 10, bits: 20, ownBits: 25, distinct3: 1, longestCopy: 0 };
  const tidy = tidyRows(row('a', 0, { measure: { ...measure, bits: 30, drawn } }));
  expect(tidy).toContainEqual({
    ...{ id: 'a 0', input: 'i', part: null, start: 0, spec: 'a', reading: 'decode' },
    ...{ of: 'drawn', drawnBy: null, metric: 'ownBits', value: 25, bytes: 10 },
  });
  expect(tidy.filter(({ of }) => of === 'held-out')).toHaveLength(5);
  expect(tidyRows(row('a', 0, { error: 'busy' }))).toEqual([]);
});

test('every metric states its unit and its formula', () => {
  for (const name of METRIC_NAMES) {
    const { title, unit, formula } = METRIC_TABLE[name];
    expect([title, unit, formula].every((text) => text.length > 0)).toBe(true);
  }
  expect(new Set(METRIC_NAMES.map((name) => METRIC_TABLE[name].title)).size).toBe(
    METRIC_NAMES.length,
  );
});
