import { deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { unwrapGzip, unwrapZlib } from '../src/engines/deflate/codec/containers.js';
import { inflateRaw } from '../src/engines/deflate/codec/inflate.js';
import { CorruptDataError } from '../src/errors.js';
import { fuzzCount } from './deep.js';
import {
  bytesOf,
  damage,
  randomDynamicStream,
  same,
  samples,
  smallStreams,
  strategies,
  TEXT,
  verdict,
  zlibVerdict,
} from './deflate-streams.js';

const SMALL = fuzzCount(60_000);
const BLOCKS = fuzzCount(4000);
const NOISE = fuzzCount(40_000);
const LARGE = fuzzCount(1500);
const FILES = fuzzCount(20_000);

/** Compares verdicts; returns the share of valid streams. */
function compare(count: number, make: (i: number) => Uint8Array): number {
  let accepted = 0;
  for (let i = 0; i < count; i++) {
    const stream = make(i);
    const ours = verdict(stream);
    if (!same(ours, zlibVerdict(stream))) {
      expect.fail(
        `zlib differs on stream ${i}: ${Buffer.from(stream.slice(0, 200)).toString('hex')}`,
      );
    }
    if (ours !== null) accepted++;
  }
  return accepted / count;
}

test(`zlib agrees on ${SMALL} damaged small streams`, () => {
  const random = createRandom('slow damage');
  const streams = smallStreams();
  const accepted = compare(SMALL, (i) => damage(streams[i % streams.length]!, random));
  expect(accepted).toBeGreaterThan(0.1);
  expect(accepted).toBeLessThan(0.9);
});

test(`zlib agrees on ${BLOCKS} blocks of random codes`, () => {
  const random = createRandom('slow codes');
  const accepted = compare(BLOCKS, () => randomDynamicStream(random));
  expect(accepted).toBeGreaterThan(0.1);
  expect(accepted).toBeLessThan(0.9);
});

test(`zlib agrees on ${NOISE} streams of random bytes`, () => {
  const random = createRandom('slow noise');
  const accepted = compare(NOISE, () =>
    Uint8Array.from({ length: Math.floor(random() * 60) }, () => random() * 256),
  );
  expect(accepted).toBeGreaterThan(0.001);
});

test(`zlib agrees on ${LARGE} damaged streams of 40 to 100 KB`, () => {
  const random = createRandom('slow large');
  const streams = samples(random)
    .filter((data) => data.length > 30_000)
    .flatMap((data) =>
      Object.values(strategies).map((strategy) => deflateRawSync(data, { strategy, memLevel: 3 })),
    );
  compare(LARGE, (i) => damage(streams[i % streams.length]!, random));
});

test('20 MB with blocks of every kind are inflated correctly', () => {
  const random = createRandom('slow whole');
  const data = new Uint8Array(20_000_000);
  const text = bytesOf(TEXT);
  for (let at = 0; at < data.length; ) {
    const run = Math.min(data.length - at, 1 + Math.floor(random() * 200_000));
    const kind = random();
    for (let i = 0; i < run; i++, at++) {
      if (kind < 0.3) data[at] = random() * 256;
      else if (kind < 0.6) data[at] = text[(at * 7) % text.length]!;
      else if (kind < 0.8) data[at] = 256 * random() ** 8;
      else data[at] = data[at - 30_000] ?? 0;
    }
  }
  for (const level of [1, 6, 9]) {
    const kinds = new Set<string>();
    const raw = deflateRawSync(data, { level });
    const { bytes, endBit } = inflateRaw(raw, { visit: { block: (kind) => kinds.add(kind) } });
    expect(same(bytes, data)).toBe(true);
    expect(Math.ceil(endBit / 8)).toBe(raw.length);
    expect(kinds.has('stored') && kinds.has('dynamic')).toBe(true);
  }
});

test(`of ${FILES} damaged gzip and zlib files, exactly those that zlib can read are accepted`, () => {
  const random = createRandom('slow containers');
  const formats = [
    { wrap: gzipSync, ours: unwrapGzip, theirs: gunzipSync },
    { wrap: deflateSync, ours: unwrapZlib, theirs: inflateSync },
  ];
  const oracle = (run: () => Uint8Array): Uint8Array | null => {
    try {
      return run();
    } catch {
      return null;
    }
  };
  for (const { wrap, ours, theirs } of formats) {
    let accepted = 0;
    for (let i = 0; i < FILES; i++) {
      const file = damage(wrap(TEXT.slice(0, i % 80)), random);
      const expected = oracle(() => theirs(file));
      let found: Uint8Array | null = null;
      try {
        found = ours(file);
        accepted++;
      } catch (error) {
        if (!(error instanceof CorruptDataError)) throw error;
        // zlib leaves to its caller whether anything may follow the file; here nothing may.
        if (expected !== null && error.message.includes('followed by other data')) continue;
      }
      if (!same(found, expected)) {
        expect.fail(`zlib differs on ${Buffer.from(file).toString('hex')}`);
      }
    }
    expect(accepted).toBeGreaterThan(0);
  }
});
