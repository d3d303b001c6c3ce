// The library as its users meet it: rows opened with typed options, compressors of their own,
// comparisons that end and go on.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { order0 } from '../src/compressors/order0.js';
import type { Medium } from '../src/media/medium.js';
import {
  type CompareRow,
  compare,
  type Format,
  gzip,
  lzma,
  mix,
  open,
  openResults,
  type Registry,
  score,
} from '../src/node/index.js';
import { mediumOf } from '../src/node/media.js';
import { byteDrawer } from '../src/passage/drawers.js';
import { ownBits } from '../src/passage/own-bits.js';
import { expectHeldOut, prime } from '../src/passage/walk.js';
import { TALE, withFolder } from './run-cli.js';

const tale = new Uint8Array(readFileSync(TALE));
const BUILT = new URL('../dist/node/index.js', import.meta.url).href; // with its threads
const OWN_URL = new URL('./fixtures/own-rows.mjs', import.meta.url).href;
const { registry: rows } = (await import(OWN_URL)) as { readonly registry: Registry };

describe('open', () => {
  test('accepts the options of the row and has a type that compresses both ways', async () => {
    const six = await open(gzip, { level: 6 });
    const packed: Uint8Array = await six.compress(tale);
    expect(await six.decompress(packed)).toEqual(tale);
    const quick = await open(lzma, { level: 1 });
    expect(await quick.decompress(await quick.compress(tale))).toEqual(tale);
    // @ts-expect-error gzip has no such option
    await expect(open(gzip, { levle: 6 })).rejects.toThrow(/did you mean "level"/);
    // @ts-expect-error a level is a number
    await expect(open(gzip, { level: 'six' })).rejects.toThrow(/expected integer from 0 to 9/);
  });

  test('binds a format', async () => {
    const format: Format = { kind: 'image', width: 4, channels: 1 };
    const pixels = Uint8Array.from({ length: 16 }, (_, i) => 10 * i);
    const compressor = await open(mix, {}, { format });
    expect((await score(compressor, pixels)).bytes).toBe(16);
  });
});

describe('compare', () => {
  const input = { name: 'tale', data: tale.subarray(0, 4096) };
  const grid = { inputs: [input], compressors: ['three', 'order0'], chunk: 2048 };

  test.each([
    ['in this thread', { registry: rows, workers: 0 }],
    ['on threads, by the URL of a module', { registry: rows, registryUrl: OWN_URL, workers: 1 }],
  ])('measures rows of the caller next to those of Node, %s', async (_, where) => {
    const found: CompareRow[] = [];
    const built = (await import(BUILT)) as { readonly compare: typeof compare };
    for await (const row of built.compare({ ...grid, ...where })) found.push(row);
    expect(found.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
    const three = found.filter(({ spec }) => spec === 'three');
    expect(three.map(({ measure }) => measure!.ownBits)).toEqual([3 * 1024, 3 * 1024]);
  });

  test('requires the URL for threads', async () => {
    const rowsOf = compare({ ...grid, registry: rows });
    await expect(rowsOf.next()).rejects.toThrow('"registry" needs "registryUrl" for threads');
  });

  test('throws the reason of its abort signal, and resumes from a results file', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'r.jsonl');
      const stop = new AbortController();
      const results = await openResults(path);
      const cut = { ...grid, registry: rows, workers: 0, signal: stop.signal };
      await expect(async () => {
        for await (const row of compare(cut)) {
          results.append(row);
          stop.abort(new Error('enough'));
        }
      }).rejects.toThrow('enough');
      results.close();
      const again = await openResults(path);
      expect(again.rows).toHaveLength(1);
      const known = new Map(again.rows.map((row) => [row.id, row]));
      let [all, planned] = [0, 0];
      const onPlan = (cells: number): void => {
        planned += cells;
      };
      const whole = { ...grid, registry: rows, workers: 0, known, onPlan };
      for await (const _ of compare(whole)) all++;
      expect([all, planned]).toEqual([4, 3]);
      again.close();
    });
  });
});

/** A table of fixed-width columns: recognised, read, cut after half of its lines, written. */
const ledger: Medium = {
  name: 'ledger',
  endings: ['.ledger'],
  kind: 'bytes',
  per: 'byte',
  counted: 'bytes',
  compressor: 'order0',
  flags: [],
  recognises: (start) => start[0] === 0x23 && start[1] === 0x7c,
  read: (file) => ({ format: { kind: 'bytes' }, data: file.slice(2), notKept: [], assumed: [] }),
  cut({ data, format }) {
    const lines = data.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
    let from = 0;
    for (let left = lines >> 1; left > 0; from++) if (data[from] === 10) left--;
    return { passage: { bytes: data, from, format }, trueBytes: data.length - from };
  },
  count: (bytes) => bytes,
  write: ({ bytes }) => Uint8Array.from([0x23, 0x7c, ...bytes]),
};

test('a new medium needs only one description to be scored and drawn', async () => {
  const file = new TextEncoder().encode(`#|${'12.50 ale\n07.25 oil\n'.repeat(20)}`);
  const medium = mediumOf(file, [ledger]);
  expect(medium).toBe(ledger);
  const { passage, trueBytes } = medium.cut(await medium.read(file), {});
  expect(trueBytes).toBe(200);
  const subject = { compressor: await open(order0, {}), reading: 'decode' } as const;
  const expected = await expectHeldOut(subject, passage);
  expect(expected.surprisals).toHaveLength(200);
  expect(await ownBits(subject, passage, expected)).toBe(expected.bits);
  const bytes = passage.bytes.slice();
  const primed = await prime(() => byteDrawer(subject.compressor.start(), {}), passage);
  for await (const drawn of primed.draw(createRandom(1))) bytes.set(drawn.bytes, drawn.at);
  const written = medium.write({ ...passage, bytes }, '.ledger');
  expect(written.subarray(0, 202)).toEqual(file.subarray(0, 202));
  expect(written).toHaveLength(file.length);
});
