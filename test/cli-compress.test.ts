import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'zipdream-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = resolve('dist/cli/main.js');
const tale = resolve('samples/text/tale.txt');

function zipdream(...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
}

test('gzip writes a file that the world reads, and zipdream reads it back', () => {
  expect(zipdream('compress', tale, '-c', 'gzip', '-o', 'tale.gz').status).toBe(0);
  expect(gunzipSync(readFileSync(join(folder, 'tale.gz')))).toEqual(readFileSync(tale));
  expect(zipdream('decompress', 'tale.gz').status).toBe(0);
  expect(readFileSync(join(folder, 'tale'))).toEqual(readFileSync(tale));
});

test('a predictor writes a .zd that comes back, through pipes too', () => {
  const packed = execFileSync(process.execPath, [program, 'compress', '-c', 'ppm'], {
    input: readFileSync(tale),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  expect(packed.length).toBeLessThan(5000);
  const unpacked = execFileSync(process.execPath, [program, 'decompress'], {
    input: packed,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  expect(unpacked).toEqual(readFileSync(tale));
});

test('bad input gives one line and writes nothing', () => {
  writeFileSync(join(folder, 'not.zd'), 'this is not compressed');
  writeFileSync(join(folder, 'there.gz'), 'mine');
  for (const args of [
    ['decompress', 'not.zd', '-o', 'out'],
    ['decompress', 'missing.zd'],
    ['compress', tale, '-c', 'gzip', '-o', 'there.gz'],
    ['compress', tale, '-c', 'gzp'],
  ]) {
    const { status, stderr } = zipdream(...args);
    expect(status).toBeGreaterThan(0);
    expect(stderr).toMatch(/^zipdream: .*\n$/);
  }
  expect(readFileSync(join(folder, 'there.gz'), 'utf8')).toBe('mine');
  expect(() => readFileSync(join(folder, 'out'))).toThrow();
});
