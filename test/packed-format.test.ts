// Packed files of other programs are told apart by their first bytes, and read where a row reads them;
// else the message says what they are.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeFlac } from '../src/engines/flac/encode.js';
import { UsageError } from '../src/errors.js';
import { openCompressor } from '../src/node/open.js';
import { packedFormatOf } from '../src/node/packed-format.js';
import { makeAudio } from './flac-inputs.js';
import { runCli, withFolder } from './run-cli.js';

const TEXT = new TextEncoder().encode('to be or not to be, that is the question. '.repeat(50));

/** What a program makes of the text, undefined where it is missing. */
function packedBy(program: string, ...args: string[]): Uint8Array | undefined {
  const { status, stdout } = spawnSync(program, args, { input: TEXT });
  return status === 0 ? new Uint8Array(stdout) : undefined;
}

describe('a packed file', () => {
  const files: readonly (readonly [format: string, name: string, () => Uint8Array | undefined])[] =
    [
      ['gzip', 'a', () => gzipSync(TEXT)],
      ['zlib', 'a', () => deflateSync(TEXT)],
      ['brotli', 'a.br', () => brotliCompressSync(TEXT)],
      ['bzip2', 'a', () => packedBy('bzip2', '-c')],
      ['zstd', 'a', () => packedBy('zstd', '-c', `--stream-size=${TEXT.length}`)],
      ['zstd', 'a', () => packedBy('zstd', '-c', '--no-check', `--stream-size=${TEXT.length}`)],
      ['lzma', 'a', () => packedBy('xz', '-c', '--format=lzma')],
    ];
  test.for(files)(
    'of %s is recognised, and its row reads it',
    async ([format, name, pack], { skip }) => {
      const data = pack() ?? skip('its program is missing');
      expect(packedFormatOf(data, name)).toBe(format);
      const { decompress } = await openCompressor(format);
      expect(new Uint8Array(await decompress!(data))).toEqual(TEXT);
    },
  );

  test('that declares no size or is damaged is refused with a named error', async ({ skip }) => {
    const { decompress } = await openCompressor('zstd');
    const unsized = packedBy('zstd', '-c') ?? skip('the program zstd is missing');
    const read = async (data: Uint8Array) => decompress!(data);
    await expect(read(unsized)).rejects.toThrow(
      /without a content size is not supported; use zstd -d/,
    );
    const sized = packedBy('zstd', '-c', `--stream-size=${TEXT.length}`)!;
    sized[sized.length - 1]! ^= 1; // of its checksum
    await expect(read(sized)).rejects.toThrow(/zstd cannot decode the data at byte 0/);
  });

  test('of an unsupported kind is refused by name', () => {
    const known = ['fd377a585a00', '504b0304', '377abcaf271c', '04224d18', '4c5a4950', '1f9d'];
    for (const magic of known) {
      const data = Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(20)]);
      expect(() => packedFormatOf(data, 'a')).toThrow(UsageError);
    }
    expect(() => packedFormatOf(Buffer.from('fd377a585a00', 'hex'), 'a')).toThrow(
      /^an \.xz file is not supported; use xz -d$/,
    );
    expect(packedFormatOf(TEXT, 'a.txt')).toBeUndefined();
  });
});

test('decompress reads .br by extension and FLAC after ID3 tags, and names .xz as unsupported', async () => {
  await withFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    writeFileSync(at('a.txt.br'), brotliCompressSync(TEXT));
    expect((await runCli(['decompress', at('a.txt.br')])).code).toBe(0);
    expect(new Uint8Array(readFileSync(at('a.txt')))).toEqual(TEXT);

    writeFileSync(at('b.xz'), Buffer.from('fd377a585a0000', 'hex'));
    const xz = await runCli(['decompress', at('b.xz'), '-o', at('b')]);
    expect(xz.code).toBe(2);
    expect(xz.stderr).toMatch(
      /^zipdream: "[^"]*b\.xz": an \.xz file is not supported; use xz -d\n$/,
    );

    const audio = makeAudio({ wave: 'sine', length: 50, channels: 1, bitsPerSample: 8 });
    const tag = Buffer.from('ID3\x04\0\0\0\0\0\x05hello', 'latin1');
    writeFileSync(at('c.flac'), Buffer.concat([tag, encodeFlac(audio)]));
    const flac = await runCli(['decompress', at('c.flac')]);
    expect(flac.code).toBe(0);
    expect(flac.stderr).toMatch(/c\.flac": not kept: ID3 tags\n/);
    expect(readFileSync(at('c.wav')).length).toBe(44 + 50);
  });
});
