// The black boxes beside independent readings of their formats: other programs, other libraries,
// and the formats' own marks. Damaged and outsized input ends in one error of the right kind.

import { spawnSync } from 'node:child_process';
import { brotliDecompressSync } from 'node:zlib';
import { decompress as decompressLzma } from 'lzma1';
import { describe, expect, it } from 'vitest';
import { CompressorUnavailableError, CorruptDataError, UsageError } from '../src/errors.js';
import { openCompressor } from '../src/node/open.js';
import type { Compressor } from '../src/types.js';
import { cases } from './deep.js';

const TEXT = new TextEncoder().encode('she sells sea shells by the sea shore; '.repeat(50));

/** Each row, and somebody else's decoder of it: undefined where its program is missing. */
const DECODERS: Readonly<Record<string, (data: Uint8Array) => Uint8Array | undefined>> = {
  zstd: (data) => runProgram(['zstd', '-dc'], data),
  brotli: brotliDecompressSync,
  bzip2: (data) => runProgram(['bzip2', '-dc'], data),
  xz: (data) => runProgram(['xz', '--format=raw', '--lzma1', '-dc'], data),
  'lzma-js': decompressLzma,
};

function runProgram([program, ...args]: string[], input: Uint8Array): Uint8Array | undefined {
  const { error, stdout } = spawnSync(program!, args, { input });
  return error ? undefined : stdout;
}

describe.each(Object.keys(DECODERS))('%s', (name) => {
  const law = (title: string, check: (compressor: Compressor) => Promise<void>) =>
    it(title, async ({ skip }) => {
      const compressor = await openCompressor(name).catch((error: unknown) => {
        if (!(error instanceof CompressorUnavailableError)) throw error;
        return skip(`${error.message}: ${error.hint}`);
      });
      await check(compressor);
    });

  it('is read by an independent decoder', async ({ skip }) => {
    const compressor = await openCompressor(name).catch(() => skip(`${name} is missing`));
    const decoded = DECODERS[name]!(await compressor.compress!(TEXT));
    if (decoded === undefined) return skip(`the program ${name} is missing`);
    expect(new Uint8Array(decoded)).toEqual(TEXT);
  });

  law('refuses truncated and trailing data', async ({ compress, decompress }) => {
    if (!decompress) return;
    const data = await compress!(TEXT);
    for (const cut of [0, 1, 5, data.length >> 1, data.length - 1]) {
      const read = async () => decompress(data.subarray(0, cut));
      await expect(read(), `${cut} bytes`).rejects.toThrow(CorruptDataError);
    }
    const read = async () => decompress(Buffer.concat([data, Buffer.from('more')]));
    await expect(read()).rejects.toThrow(CorruptDataError);
    await expect((async () => decompress(TEXT))()).rejects.toThrow(CorruptDataError);
  });

  law('writes no more than maxBytes', async ({ compress, decompress }) => {
    if (!decompress) return;
    const data = await compress!(TEXT);
    expect(await decompress(data, { maxBytes: TEXT.length })).toEqual(TEXT);
    for (const maxBytes of [0, 1, TEXT.length - 1]) {
      await expect((async () => decompress(data, { maxBytes }))()).rejects.toThrow(UsageError);
    }
  });
});

it('bzip2 leaves out the padding of the last byte', async ({ skip }) => {
  const bzip2 = await openCompressor('bzip2').catch(() => skip('the program bzip2 is missing'));
  expect(await bzip2.codeLength(new Uint8Array())).toBe(8 * 14);
  const paddings = new Set<number>();
  for (let length = 1; length <= cases(8, 30); length++) {
    const data = TEXT.subarray(0, length);
    const [bits, { length: bytes }] = await Promise.all([
      bzip2.codeLength(data),
      bzip2.compress!(data),
    ]);
    paddings.add(8 * bytes - bits);
  }
  expect(Math.min(...paddings)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...paddings)).toBeLessThan(8);
  expect(paddings.size).toBeGreaterThan(2);
});

it('zstd code lengths exclude the frame header, whose length changes at 256 bytes', async () => {
  const zstd = await openCompressor('zstd');
  const model = zstd.start();
  const run = new Uint8Array(255);
  model.push(run);
  const [delta] = await model.score([new Uint8Array(1)]);
  const [before, after] = await Promise.all(
    [255, 256].map((n) => zstd.codeLength(new Uint8Array(n))),
  );
  expect(delta).toBe(after! - before! - 8);
});
