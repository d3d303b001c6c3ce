// The command line writes .lzma files that other programs read, and knows them by their contents.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { unpackWithXz, xzIsHere } from './lzma-checks.js';

const folder = mkdtempSync(join(tmpdir(), 'zipdream-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = resolve('dist/cli/main.js');
const tale = readFileSync('samples/text/tale.txt');
writeFileSync(join(folder, 'tale.txt'), tale);

function zipdream(...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
}

test('lzma writes a .lzma file, which decompress knows without being told', () => {
  expect(zipdream('compress', 'tale.txt', '-c', 'lzma', '--verify').status).toBe(0);
  expect(zipdream('decompress', 'tale.txt.lzma', '-o', 'back.txt').status).toBe(0);
  expect(readFileSync(join(folder, 'back.txt'))).toEqual(tale);
});

test.skipIf(!xzIsHere)('xz reads it (skipped where there is no xz)', () => {
  expect(zipdream('compress', 'tale.txt', '-c', 'lzma', '-o', 'for-xz.lzma').status).toBe(0);
  const file = Uint8Array.from(readFileSync(join(folder, 'for-xz.lzma')));
  expect(unpackWithXz(file)).toEqual(Uint8Array.from(tale));
});

test('a damaged file gives one line that says where', () => {
  const file = Uint8Array.from([0x5d, 0, 0, 128, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
  writeFileSync(join(folder, 'damaged.lzma'), file);
  const { status, stderr } = zipdream('decompress', 'damaged.lzma');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^zipdream: .*LZMA .* at byte \d+\n$/);
});
