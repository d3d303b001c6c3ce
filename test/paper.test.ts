// The paper's protocol: one cell of it measured as by hand, and folders and files that are wrong.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { score } from '../src/measure/score.js';
import { openCompressor } from '../src/node/open.js';
import { runPaperCell } from '../src/node/paper/cell.js';
import { readSets } from '../src/node/paper/data.js';
import { runCli, TALE, withFolder } from './run-cli.js';

const SAMPLES = join(import.meta.dirname, '../samples');
const tale = new Uint8Array(readFileSync(TALE));
const format = { kind: 'bytes' } as const;

test('a cell of files has their sizes, one of a reading its surprisals, at each length', async () => {
  const work = { kind: 'measure', chunk: 1000, at: [1, 500, 1000] } as const;
  const bytes = tale.subarray(0, 2000);
  const prefixes = [0, 1000].map((start) => work.at.map((at) => bytes.subarray(start, start + at)));
  const zlib = await openCompressor('node-zlib');
  const files = await runPaperCell(zlib, bytes, { work, format, reading: undefined });
  expect(files.bits).toEqual(
    prefixes.map((chunk) => chunk.map((data) => 8 * deflateRawSync(data, { level: 9 }).length)),
  );
  const ppm = await openCompressor('ppm');
  const read = await runPaperCell(ppm, bytes, { work, format, reading: 'decode' });
  for (const [i, chunk] of prefixes.entries()) {
    for (const [j, data] of chunk.entries()) {
      expect(read.bits![i]![j]).toBeCloseTo((await score(ppm, data)).bits, 6);
    }
  }
});

test('lines drawn alone do not know each other', async () => {
  const gzip = await openCompressor('gzip');
  const line = tale.subarray(0, 60);
  const bytes = new Uint8Array([...line, ...line]);
  const work = { kind: 'draw', given: 60, length: 20, seed: 's' } as const;
  const draw = async (alone: boolean) => {
    const cell = { work: { ...work, alone }, format, reading: 'recompress' } as const;
    const { drawn, drawnBits } = await runPaperCell(gzip, bytes, cell);
    return { text: Buffer.from(drawn!, 'base64'), bits: drawnBits! };
  };
  const alone = await draw(true);
  expect(alone.text).toHaveLength(40);
  expect(await draw(true)).toEqual(alone);
  const first = await runPaperCell(gzip, line, {
    ...{ work: { ...work, alone: true }, format, reading: 'recompress' },
  });
  expect(alone.text.subarray(0, 20).toString('base64')).toBe(first.drawn);
  expect((await draw(false)).text.subarray(20)).not.toEqual(alone.text.subarray(20));
});

describe('bad input is refused in one line', () => {
  test.each([
    [['fig9'], /unknown figure "fig9"; did you mean "fig/],
    [['plots'], /unknown figure "plots"; there are table1, table2, fig2, fig3, fig4, figc1, figc3/],
    [['table1'], /--data expected the folder of the data/],
    [['table1', '--data', '/nowhere'], /cannot read the folder "\/nowhere": no such file/],
    [['table1', '--data', SAMPLES], /cannot read ".*text\/wiki-test.txt": no such file/],
    [['fig3', '--data', SAMPLES], /cannot read the folder ".*image\/photos"/],
    [['table2', '--input', TALE], /--input is for fig3, figc1 and figc3/],
    [['fig3', '--input', TALE], /cannot read ".*tale.txt": not a PNG file/],
    [['figc3', '--input', TALE], /cannot read ".*tale.txt": no WAV file/],
    [['table1', '--data', SAMPLES, '--limit', '0'], /"--limit" expected integer >= 1, got "0"/],
  ])('%s', async (args, message) => {
    const ran = await runCli(['paper', ...args]);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ran.code).toBeGreaterThan(0);
  });

  test('a file that is not whole chunks, with what to do', async () => {
    await withFolder(async (folder) => {
      mkdirSync(join(folder, 'text'));
      const path = join(folder, 'text/wiki-test.txt');
      writeFileSync(path, Buffer.alloc(5000));
      const advice = 'a multiple of 2048 bytes, got 5000; cut it: head -c 4096';
      await expect(readSets(folder, ['text'])).rejects.toThrow(`"${path}" expected ${advice}`);
      writeFileSync(path, '');
      await expect(readSets(folder, ['text'])).rejects.toThrow('got 0; it holds no chunk');
    });
  });
});
