// The command line writes .lzma files that other programs read, and knows them by their contents.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { unpackWithXz, xzIsHere } from './lzma-checks.js';
import { runCli } from './run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'zipdream-'));
afterAll(() => rmSync(folder, { recursive: true }));
const tale = readFileSync('samples/text/tale.txt');
const at = (name: string): string => join(folder, name);
writeFileSync(at('tale.txt'), tale);

test('lzma writes a .lzma file, which decompress recognises', async () => {
  expect((await runCli(['compress', at('tale.txt'), '-c', 'lzma', '--verify'])).code).toBe(0);
  const unpacked = await runCli(['decompress', at('tale.txt.lzma'), '-o', at('back.txt')]);
  expect(unpacked.code).toBe(0);
  expect(readFileSync(at('back.txt'))).toEqual(tale);
});

test.skipIf(!xzIsHere)('xz reads the file (skipped without xz)', async () => {
  const args = ['compress', at('tale.txt'), '-c', 'lzma', '-o', at('for-xz.lzma')];
  expect((await runCli(args)).code).toBe(0);
  const file = Uint8Array.from(readFileSync(at('for-xz.lzma')));
  expect(unpackWithXz(file)).toEqual(Uint8Array.from(tale));
});

test('a damaged file gives a one-line error with the offset', async () => {
  const file = Uint8Array.from([0x5d, 0, 0, 128, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6]);
  writeFileSync(at('damaged.lzma'), file);
  const { code, stderr } = await runCli(['decompress', at('damaged.lzma')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^zipdream: .*LZMA .* at byte \d+\n$/);
});
