// Node's own rows: any program as a compressor, how its failures are told, and Node's zlib.

import { spawnSync } from 'node:child_process';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CompressorUnavailableError, CorruptDataError, UsageError } from '../src/errors.js';
import { commandEntry } from '../src/node/command.js';
import { openCompressor } from '../src/node/open.js';
import { splitWords } from '../src/node/words.js';
import type { Compressor } from '../src/types.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const TEXT = bytes('she sells sea shells by the sea shore; '.repeat(20));

/** A command with a script for Node: every machine that runs these tests has it. */
function script(source: string, limits = {}): Promise<Compressor> {
  const program = `"${process.execPath}" -e '${source}'`;
  return Promise.resolve(commandEntry(limits).open({ kind: 'bytes' }, { program }));
}

const DEFLATE =
  'process.stdin.pipe(require("zlib").createDeflateRaw({level:9})).pipe(process.stdout)';

describe('words of a command line', () => {
  it.each([
    ['xz -9', ['xz', '-9']],
    ['  a\t b ', ['a', 'b']],
    [`a 'b  c' "d e"f`, ['a', 'b  c', 'd ef']],
    [`a "" ''`, ['a', '', '']],
    [`a\\ b "\\"\\\\\\n" '\\'`, ['a b', '"\\\\n', '\\']],
    ['a $HOME *', ['a', '$HOME', '*']],
  ])('%s', (line, words) => expect(splitWords(line)).toEqual(words));

  it('require closed quotes and a program', () => {
    expect(() => splitWords('a "b')).toThrow(UsageError);
    expect(() => splitWords(`""`)).toThrow(UsageError);
  });
});

describe('command', () => {
  it('measures the output of the program', async () => {
    const compressor = await script(DEFLATE);
    const expected = deflateRawSync(TEXT, { level: 9 });
    expect(await compressor.codeLength(TEXT)).toBe(8 * expected.length);
    expect(await compressor.compress!(TEXT)).toEqual(new Uint8Array(expected));
    expect(compressor.version).toContain(`: ${process.version}`);
    expect(compressor.readings).toEqual(['recompress']);
  });

  it('scores candidates by the difference in code length', async () => {
    const model = (await script(DEFLATE)).start();
    model.push(TEXT);
    const candidates = [bytes('she sells sea shells'), bytes('qxj zvk wqp yhf gdbn')];
    const [likely, unlikely] = await model.score(candidates);
    expect(likely).toBeLessThan(unlikely!);
  });

  it('runs at most the allowed number of processes at a time', async () => {
    // Each process says when it began and ended; at no time may three be open.
    const source =
      'const t=Date.now();process.stdin.resume().on("end",()=>setTimeout(()=>console.log(t,Date.now()),50))';
    const compressor = await script(source, { concurrency: 2 });
    const runs = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const out = new TextDecoder().decode(await compressor.compress!(bytes('x')));
        return out.trim().split(' ').map(Number) as [number, number];
      }),
    );
    for (const [time] of runs) {
      const open = runs.filter(([start, end]) => start <= time && time < end);
      expect(open.length).toBeLessThanOrEqual(2);
    }
  });

  it('reports the last line that a failing program writes to stderr', async () => {
    const compressor = await script('console.error("first\\nbad luck");process.exitCode=3');
    await expect(compressor.codeLength(TEXT)).rejects.toThrow(
      /^command ".*" failed with exit status 3: bad luck$/,
    );
  });

  it('fails everything queued at the first failure, and works again afterwards', async () => {
    const source = 'process.stdin.on("data",d=>d[0]===33?process.exit(1):process.stdout.write(d))';
    const compressor = await script(source, { concurrency: 1 });
    const runs = ['!', 'a', 'b'].map((text) => compressor.codeLength(bytes(text)));
    const outcomes = await Promise.allSettled(runs);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(await compressor.codeLength(bytes('abc'))).toBe(24);
  });

  it('kills a program that takes too long', async () => {
    const compressor = await script('setInterval(()=>{},1000)', { timeoutMs: 300 });
    await expect(compressor.codeLength(TEXT)).rejects.toThrow(/gave no output within 0\.3 s$/);
  });

  it('does not wait for children of a killed program', async () => {
    const entry = commandEntry({ timeoutMs: 200 });
    const compressor = await entry.open({ kind: 'bytes' }, { program: 'sh -c "sleep 8; true"' });
    const startMs = performance.now();
    await expect(compressor.codeLength(TEXT)).rejects.toThrow('gave no output');
    expect(performance.now() - startMs).toBeLessThan(5000);
  });

  it('refuses empty and endless output', async () => {
    const silent = await script('process.stdin.resume()');
    await expect(silent.codeLength(TEXT)).rejects.toThrow(/gave no output$/);
    const endless = await script('const w=()=>process.stdout.write("y".repeat(65536),w);w()');
    await expect(endless.codeLength(TEXT)).rejects.toThrow('wrote far more than its input');
  });

  it('tolerates a program that stops reading early', async () => {
    const compressor = await script('process.stdin.destroy();console.log("done")');
    expect(await compressor.codeLength(new Uint8Array(2 ** 21))).toBe(8 * 5);
  });

  it('says how to get a missing program', async () => {
    const error = await openCompressor('command:no-such-program').catch((reason) => reason);
    expect(error).toBeInstanceOf(CompressorUnavailableError);
    expect(error.message).toBe('program "no-such-program" not found');
    expect(error.hint).toBe('install it, or give the path to it');
  });

  const xz = spawnSync('xz', ['--version']).status === 0;
  it.skipIf(!xz)('runs xz and knows its version (skipped without xz)', async () => {
    const compressor = await openCompressor('command:xz -9');
    expect(compressor.name).toBe('command:xz -9');
    expect(compressor.version).toMatch(/^xz -9: xz .*\d/);
    expect(await compressor.codeLength(TEXT)).toBeLessThan(8 * TEXT.length);
  });
});

describe('node-zlib', () => {
  it('equals node:zlib byte for byte, with all its options', async () => {
    const compressor = await openCompressor('node-zlib:level=1,memLevel=2,windowBits=9');
    const expected = deflateRawSync(TEXT, { level: 1, memLevel: 2, windowBits: 9 });
    expect(await compressor.compress!(TEXT)).toEqual(new Uint8Array(expected));
    expect(await compressor.codeLength(TEXT)).toBe(8 * expected.length);
    expect(await compressor.decompress!(expected)).toEqual(TEXT);
    expect(compressor.version).toBe(`node:zlib ${process.versions.zlib}`);
  });

  it('refuses streams that are cut off, invalid, followed by more data, or too long', async () => {
    const compressor = await openCompressor('node-zlib');
    const decompress = async (data: Uint8Array, maxBytes?: number): Promise<unknown> =>
      compressor.decompress!(data, maxBytes === undefined ? {} : { maxBytes });
    const good = new Uint8Array(deflateRawSync(TEXT));
    await expect(decompress(good.subarray(0, -1))).rejects.toMatchObject({
      name: 'CorruptDataError',
      offset: good.length - 1,
    });
    await expect(decompress(Uint8Array.of(7, 7, 7))).rejects.toThrow(CorruptDataError);
    await expect(decompress(Uint8Array.of(...good, 0))).rejects.toMatchObject({
      offset: good.length,
    });
    await expect(decompress(good, TEXT.length - 1)).rejects.toThrow('maxBytes');
    await expect(decompress(good, TEXT.length)).resolves.toEqual(TEXT);
  });
});
