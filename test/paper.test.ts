// The paper's protocol: one cell of it measured as by hand, and folders and files that are wrong.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { measurePrefixes } from '../src/measure/cell.js';
import { score } from '../src/measure/score.js';
import { openCompressor } from '../src/node/open.js';
import { readSets } from '../src/node/paper/data.js';
import { runCli, TALE, withFolder } from './run-cli.js';

const SAMPLES = join(import.meta.dirname, '../samples');
const tale = new Uint8Array(readFileSync(TALE));
test('a cell reports file sizes, or surprisals for a reading, at each length', async () => {
  const at = [1, 500, 1000];
  const passage = { bytes: tale.subarray(0, 2000), from: 0, fresh: 1000 };
  const contexts = [0, 1000].map((start) => tale.subarray(start, start + 1000));
  const zlib = await openCompressor('node-zlib');
  expect(await measurePrefixes(zlib, undefined, passage, at)).toEqual(
    contexts.map((data) =>
      at.map((length) => 8 * deflateRawSync(data.subarray(0, length), { level: 9 }).length),
    ),
  );
  const ppm = await openCompressor('ppm');
  const read = await measurePrefixes(ppm, 'decode', passage, at);
  for (const [i, data] of contexts.entries()) {
    for (const [j, length] of at.entries()) {
      expect(read[i]![j]).toBeCloseTo((await score(ppm, data.subarray(0, length))).bits, 6);
    }
  }
});

describe('bad input is refused with a one-line error', () => {
  test.each([
    [['fig9'], /unknown figure "fig9"; did you mean "fig/],
    [['plots'], /unknown figure "plots"; there are table1, table2, fig2, fig3, fig4, figc1, figc3/],
    [['table1'], /--data FOLDER is required/],
    [['table1', '--data', '/nowhere'], /cannot read the folder "\/nowhere": no such file/],
    [['table1', '--data', SAMPLES], /cannot read ".*text\/wiki-test.txt": no such file/],
    [['fig3', '--data', SAMPLES], /cannot read the folder ".*image\/photos"/],
    [['table2', '--input', TALE], /--input is for fig3, figc1 and figc3/],
    [['fig3', '--input', TALE], /cannot read ".*tale.txt": not a PNG file/],
    [['figc3', '--input', TALE], /cannot read ".*tale.txt": not a WAV file/],
    [['table1', '--data', SAMPLES, '--limit', '0'], /"--limit" expected integer >= 1, got "0"/],
  ])('%s', async (args, message) => {
    const ran = await runCli(['paper', ...args]);
    expect(ran.stderr).toMatch(message);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ran.code).toBeGreaterThan(0);
  });

  test('a file that is not whole chunks, with advice', async () => {
    await withFolder(async (folder) => {
      mkdirSync(join(folder, 'text'));
      const path = join(folder, 'text/wiki-test.txt');
      writeFileSync(path, Buffer.alloc(5000));
      const advice = 'a multiple of 2048 bytes, got 5000; cut it: head -c 4096';
      await expect(readSets(folder, ['text'])).rejects.toThrow(`"${path}" expected ${advice}`);
      writeFileSync(path, '');
      await expect(readSets(folder, ['text'])).rejects.toThrow('got 0, which is less than a chunk');
    });
  });
});
