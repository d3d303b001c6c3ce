import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { runCli, spawnCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'zipdream-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tale = resolve('samples/text/tale.txt');

const at = (name: string): string => join(folder, name);

test('gzip writes a file that other tools can read, and zipdream can decompress it', async () => {
  expect((await runCli(['compress', tale, '-c', 'gzip', '-o', at('tale.gz')])).code).toBe(0);
  expect(gunzipSync(readFileSync(at('tale.gz')))).toEqual(readFileSync(tale));
  expect((await runCli(['decompress', at('tale.gz')])).code).toBe(0);
  expect(readFileSync(at('tale'))).toEqual(readFileSync(tale));
});

test('a predictor writes a .zd that round trips, also through pipes', async () => {
  const input = new Uint8Array(readFileSync(tale));
  const packed = await runCli(['compress', '-c', 'ppm'], { input });
  expect(packed.stdout.length).toBeLessThan(5000);
  const unpacked = await spawnCli(['decompress'], { input: packed.stdout });
  expect(unpacked.stdout).toEqual(input);
});

test('bad input gives a one-line error and writes nothing', async () => {
  writeFileSync(at('not.zd'), 'this is not compressed');
  writeFileSync(at('there.gz'), 'mine');
  for (const args of [
    ['decompress', at('not.zd'), '-o', at('out')],
    ['decompress', at('missing.zd')],
    ['compress', tale, '-c', 'gzip', '-o', at('there.gz')],
    ['compress', tale, '-c', 'gzp'],
  ]) {
    const { code, stderr } = await runCli(args);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(/^zipdream: .*\n$/);
  }
  expect(readFileSync(at('there.gz'), 'utf8')).toBe('mine');
  expect(() => readFileSync(at('out'))).toThrow();
});
