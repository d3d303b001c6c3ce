import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { MAIN, runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'zipdream-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tale = resolve('samples/text/tale.txt');

const at = (name: string): string => join(folder, name);

test('gzip writes a file that the world reads, and zipdream reads it back', async () => {
  expect((await runCli(['compress', tale, '-c', 'gzip', '-o', at('tale.gz')])).code).toBe(0);
  expect(gunzipSync(readFileSync(at('tale.gz')))).toEqual(readFileSync(tale));
  expect((await runCli(['decompress', at('tale.gz')])).code).toBe(0);
  expect(readFileSync(at('tale'))).toEqual(readFileSync(tale));
});

test('a predictor writes a .zd that comes back, through pipes too', () => {
  const packed = execFileSync(process.execPath, [MAIN, 'compress', '-c', 'ppm'], {
    input: readFileSync(tale),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  expect(packed.length).toBeLessThan(5000);
  const unpacked = execFileSync(process.execPath, [MAIN, 'decompress'], {
    input: packed,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  expect(unpacked).toEqual(readFileSync(tale));
});

test('bad input gives one line and writes nothing', async () => {
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
