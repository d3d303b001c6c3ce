import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { surprisal } from '../src/bits/units.js';
import { order0 } from '../src/compressors/order0.js';
import { pako } from '../src/compressors/pako.js';
import { score } from '../src/measure/score.js';
import { openCompressor } from '../src/registry.js';
import type { Compressor } from '../src/types.js';
import { VERSION } from '../src/version.js';
import { bytesOf } from './contract.js';
import { later } from './later.js';

const DATA = bytesOf('the rain in Spain stays mainly in the plain');
const registry = { order0, pako, 'pako-later': later(pako) };
const open = (spec: string): Promise<Compressor> => openCompressor(spec, registry);

test('VERSION is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(VERSION).toBe(version);
});

describe('surprisal', () => {
  test('normalises over all entries', () => {
    const bits = new Float64Array(256).fill(10);
    expect(surprisal(bits, 3)).toBeCloseTo(8, 12);
    bits.fill(Infinity, 2);
    expect(surprisal(bits, 1)).toBeCloseTo(1, 12);
    expect(surprisal(bits, 2)).toBe(Infinity);
    expect(surprisal(bits.fill(Infinity), 2)).toBe(Infinity);
  });
});

describe('order0', () => {
  test('charges 8 bits for the first byte and log2(129 / 1.5) for a repeat', async () => {
    const compressor = await order0.open({ kind: 'bytes' }, {});
    expect(await compressor.codeLength(bytesOf('a'))).toBe(8);
    expect(await compressor.codeLength(bytesOf('aa'))).toBeCloseTo(8 + Math.log2(129 / 1.5), 12);
  });
});

describe('score', () => {
  test('finds no conversion loss in a predictor, whose code length is its surprisal', async () => {
    const result = await score(await open('order0'), DATA);
    expect(result).toMatchObject({
      compressor: 'order0',
      version: `zipdream ${VERSION}`,
      reading: 'decode',
      chunks: 1,
      bytes: DATA.length,
      msPerByte: 0,
    });
    expect(result.ownBits).toBeCloseTo(result.bits, 9);
    expect(result.conversionLoss).toBeCloseTo(0, 9);
    expect(result.bpb).toBeCloseTo(result.bits / DATA.length, 12);
  });

  test('finds a loss for a black box read byte by byte, sync or async', async () => {
    const text = bytesOf('row, row, row your boat gently down the stream; '.repeat(2));
    const [now, afterwards] = [
      await score(await open('pako'), text, { from: 48, limit: 12 }),
      await score(await open('pako-later'), text, { from: 48, limit: 12 }),
    ];
    const compressor = await open('pako');
    const own =
      ((await compressor.codeLength(text.slice(0, 60))) as number) -
      ((await compressor.codeLength(text.slice(0, 48))) as number);
    expect(now.ownBits).toBe(own);
    expect(now.conversionLoss).toBeGreaterThan(1);
    expect(afterwards).toEqual(now);
  });

  test('scores bytes [from, chunk) of each chunk, and of a last one longer than from', async () => {
    const places: number[] = [];
    const progress: string[] = [];
    const onByte = (byte: number, bits: number, index: number) => {
      expect(byte).toBe(DATA[index]);
      expect(bits).toBeGreaterThan(0);
      places.push(index);
    };
    const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`);
    const compressor = await open('order0');
    const options = { chunk: 6, from: 4, onByte, onProgress };
    const result = await score(compressor, DATA.slice(0, 17), options);
    expect(places).toEqual([4, 5, 10, 11, 16]);
    expect(progress).toEqual(['1/5', '2/5', '3/5', '4/5', '5/5']);
    expect(result).toMatchObject({ chunks: 3, bytes: 5 });
    expect(result.conversionLoss).toBeCloseTo(0, 9);

    const shorter = await score(compressor, DATA.slice(0, 16), { chunk: 6, from: 4 });
    expect(shorter).toMatchObject({ chunks: 2, bytes: 4 });
  });

  test('stops at the limit and takes the code length up to that point', async () => {
    const compressor = await open('order0');
    const result = await score(compressor, DATA, { chunk: 10, from: 2, limit: 11 });
    expect(result).toMatchObject({ chunks: 2, bytes: 11 });
    expect(result.conversionLoss).toBeCloseTo(0, 9);
    expect(await score(compressor, DATA, { limit: 0 })).toMatchObject({ chunks: 0, bytes: 0 });
    expect((await score(compressor, DATA, { limit: 1e6 })).bytes).toBe(DATA.length);
  });

  test('returns zeros for empty data', async () => {
    expect(await score(await open('order0'), new Uint8Array(), { from: 3 })).toMatchObject({
      chunks: 0,
      bytes: 0,
      bits: 0,
      bpb: 0,
      ownBits: 0,
      conversionLoss: 0,
      msPerByte: 0,
    });
  });

  test('times next and push, not priming', async () => {
    let ms = 0;
    const compressor: Compressor = {
      name: 'slow',
      version: '1',
      readings: ['decode'],
      codeLength: (data) => data.length * 8,
      start: () => ({
        push: (bytes) => void (ms += bytes.length),
        next: async (out) => {
          ms += 10;
          out.fill(8);
        },
        score: () => new Float64Array(),
        fork: () => compressor.start(),
      }),
    };
    const result = await score(compressor, DATA, { from: 20, clock: () => ms });
    expect(result.msPerByte).toBe(11);
    expect(result.conversionLoss).toBeCloseTo(0, 12);
  });

  test('an impossible byte costs infinitely many bits, not NaN', async () => {
    const compressor: Compressor = {
      ...(await open('order0')),
      start: () => ({
        push: () => {},
        next: (out) => void out.fill(Infinity),
        score: () => new Float64Array(),
        fork: () => compressor.start(),
      }),
    };
    expect((await score(compressor, DATA)).bpb).toBe(Infinity);
  });

  test('refuses invalid options', async () => {
    const compressor = await open('order0');
    const failing = (options: object) => expect(score(compressor, DATA, options)).rejects;
    await failing({ chunk: 0 }).toThrow('"chunk" expected integer >= 1, got 0');
    await failing({ chunk: 8, from: 8 }).toThrow('"from" expected integer from 0 to 7, got 8');
    await failing({ limit: -1 }).toThrow('"limit" expected integer >= 0, got -1');
    await failing({ limit: '9' }).toThrow(TypeError);
    await failing({ reading: 'exact' }).toThrow('"reading" of order0 expected decode, got exact');
  });
});
