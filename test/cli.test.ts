// The command line as built: what each command prints, in each of its forms.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VERSION } from '../src/version.js';
import { FULL } from './deep.js';
import { jsonLines, runCli, spawnCli, TALE, withFolder } from './run-cli.js';

const FROM_TALE = ['--corpus', TALE, '--seed', '1'];

describe('sample', () => {
  it('draws the requested number of bytes, the same ones for the same seed', async () => {
    const args = ['sample', 'Once upon a time', ...FROM_TALE, '-n', '100'];
    const [first, second] = [await runCli(args), await runCli(args)];
    expect(first.code).toBe(0);
    expect(first.stdout).toHaveLength(100);
    expect(second.stdout).toEqual(first.stdout);
    const other = await runCli(['sample', 'Once upon a time', ...FROM_TALE, '-n100', '--seed=2']);
    expect(other.stdout).not.toEqual(first.stdout);
  });

  it('reports a random seed that reproduces the sample', async () => {
    const first = await runCli(['sample', 'abc', '-n', '40']);
    const seed = /^seed (\d+)$/m.exec(first.stderr)?.[1];
    expect(seed).toBeDefined();
    const second = await runCli(['sample', 'abc', '-n', '40', '--seed', seed!]);
    expect(second.stdout).toEqual(first.stdout);
    expect(second.stderr).not.toContain('seed');
  });

  it('takes the prompt from an argument, a file or a pipe', async () => {
    await withFolder(async (folder) => {
      const prompt = new Uint8Array(readFileSync(TALE).subarray(0, 999));
      const file = join(folder, 'prompt');
      writeFileSync(file, prompt);
      const args = ['sample', '-n', '50', '--seed', '1'];
      const fromFile = await runCli([...args, '--prompt-file', file]);
      const fromPipe = await runCli(args, { input: prompt });
      const fromArgument = await runCli([...args, new TextDecoder().decode(prompt)]);
      const fromDash = await runCli([...args, '-'], { input: prompt });
      expect(fromFile.stdout).toHaveLength(50);
      expect(fromPipe.stdout).toEqual(fromFile.stdout);
      expect(fromArgument.stdout).toEqual(fromFile.stdout);
      expect(fromDash.stdout).toEqual(fromFile.stdout);
    });
  });

  it('samples from an empty prompt and an empty corpus', async () => {
    const fromNothing = await runCli(['sample', '-n', '10', '--seed', '1']);
    expect(fromNothing.code).toBe(0);
    expect(fromNothing.stdout).toHaveLength(10);
    const empty = await runCli(['sample', '', '-n10', '--seed=1', '--corpus', '/dev/null']);
    expect(empty.stdout).toEqual(fromNothing.stdout);
  });

  it('accepts any bytes as a prompt', async () => {
    const input = Uint8Array.from({ length: 1000 }, (_, i) => (i * i * 7) % 256);
    const ran = await runCli(['sample', '-n', '30', '--seed', '1'], { input });
    expect(ran.code).toBe(0);
    expect(ran.stdout).toHaveLength(30);
  });

  it('prints one JSON object per byte, then the totals', async () => {
    const args = ['sample', 'The ', ...FROM_TALE, '-n', '20', '--overlap', '0'];
    const lines = jsonLines(await runCli([...args, '--json']));
    const last = lines.pop()!;
    expect(lines).toHaveLength(20);
    lines.forEach((line, i) => {
      expect(Object.keys(line)).toEqual(['index', 'byte', 'bits', 'probability']);
      expect(line.index).toBe(i);
      expect(2 ** -(line.bits as number)).toBeCloseTo(line.probability as number, 9);
    });
    const drawn = Uint8Array.from(lines, ({ byte }) => byte as number);
    expect(drawn).toEqual((await runCli(args)).stdout);
    expect(last).toMatchObject({
      seed: '1',
      compressor: 'gzip',
      reading: 'decode',
      zipdream: VERSION,
      promptBytes: 4,
      corpusBytes: readFileSync(TALE).length,
      samples: 1,
      bytes: 20,
    });
    expect(last.version).toMatch(/\d/);
    expect(last.bits).toBeCloseTo(
      lines.reduce((sum, { bits }) => sum + (bits as number), 0),
      9,
    );
    expect(last.bpb).toBeCloseTo((last.bits as number) / 20, 9);
  });

  it('draws several samples from one start, the first the same as alone', async () => {
    const args = ['sample', 'The ', ...FROM_TALE, '-n', '20', '--json'];
    const alone = jsonLines(await runCli(args)).slice(0, -1);
    const lines = jsonLines(await runCli([...args, '--count', '3'])).slice(0, -1);
    const samples = [0, 1, 2].map((i) => lines.filter(({ sample }) => sample === i));
    expect(samples.map(({ length }) => length)).toEqual([20, 20, 20]);
    expect(samples[0]).toEqual(alone.map((line) => ({ sample: 0, ...line })));
    expect(samples[1]!.map(({ byte }) => byte)).not.toEqual(alone.map(({ byte }) => byte));
  });

  it('separates several samples with an empty line', async () => {
    const args = ['sample', ...FROM_TALE, '-n', '20', '--alphabet', 'printable', '--count', '2'];
    const { text } = await runCli(args);
    expect(text.split('\n\n').map(({ length }) => length)).toEqual([20, 20]);
  });

  it('ends with the stop text, in which \\n is a newline', async () => {
    const { text } = await runCli(['sample', ...FROM_TALE, '-n', '5000', '--stop', '.\\n']);
    expect(text.indexOf('.\n')).toBe(text.length - 2);
  });

  it('restricts bytes to an alphabet, by name or from a file', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'bases');
      writeFileSync(file, 'GATTACA');
      const args = ['sample', '-n', '60', '--seed', '1', '--alphabet'];
      expect((await runCli([...args, file])).text).toMatch(/^[ACGT]{60}$/);
      expect((await runCli([...args, 'printable'])).text).toMatch(/^[ -~]{60}$/);
    });
  });

  it.each(['lzma', 'lm:size=200k'])(
    'draws with %s from the given bytes by default, or from all',
    async (spec) => {
      const args = [
        'sample',
        ...FROM_TALE,
        '-c',
        spec,
        '--overlap=0',
        '-n150',
        '--seed=2',
        '--json',
      ];
      const bytesOf = async (...more: string[]) => {
        const lines = jsonLines(await runCli([...args, '--temperature=1.5', ...more]));
        return { last: lines.pop()!, bytes: lines.map(({ byte }) => byte as number) };
      };
      const given = new Set(readFileSync(TALE));
      const held = await bytesOf();
      expect(held.bytes.every((byte) => given.has(byte))).toBe(true);
      expect(held.last.alphabet).toBe('given');
      const free = await bytesOf('--alphabet', 'all');
      expect(free.bytes.some((byte) => !given.has(byte))).toBe(true);
      expect(free.last.alphabet).toBe(undefined);
    },
  );

  it('draws well-formed UTF-8 with --utf8', async () => {
    const { stdout } = await runCli(['sample', 'Grüße: äöü ', '-n200', '--seed=1', '--utf8']);
    expect(stdout).toHaveLength(200);
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(stdout)).not.toThrow();
  });

  it('draws greedily at temperature 0, whatever the seed', async () => {
    const args = ['sample', ...FROM_TALE, '-n', '30', '--temperature', '0'];
    const other = await runCli([...args, '--seed', '99']);
    expect(other.stdout).toEqual((await runCli(args)).stdout);
  });

  it('shows tokens, with matches in brackets or as JSON', async () => {
    const args = ['sample', 'Wenna ', ...FROM_TALE, '-n', '60', '--units', 'tokens'];
    const lines = jsonLines(await runCli([...args, '--json']));
    const last = lines.pop()!;
    let shown = '';
    let index = 0;
    for (const line of lines) {
      const bytes = line.bytes as number[];
      expect(line.index).toBe(index);
      expect(line.length).toBe(bytes.length);
      expect(line.bits).toBeGreaterThan(0);
      const isMatch = line.token === 'match';
      expect(typeof line.distance).toBe(isMatch ? 'number' : 'undefined');
      const text = String.fromCharCode(...bytes);
      shown += isMatch ? `[${text}]` : text;
      index += bytes.length;
    }
    expect(index).toBeGreaterThanOrEqual(60);
    expect(last).toMatchObject({ drawn: 'tokens', tokens: lines.length, bytes: index });
    expect((await runCli(args)).text).toBe(shown);
  });

  it('writes only to the output file', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'out.txt');
      const args = ['sample', ...FROM_TALE, '-n', '80'];
      const ran = await runCli([...args, '-o', file]);
      expect(ran.text).toBe('');
      expect(new Uint8Array(readFileSync(file))).toEqual((await runCli(args)).stdout);
      expect(readdirSync(folder)).toEqual(['out.txt']);
    });
  });

  it('lets no control sequence through when it shows colours', async () => {
    const args = ['sample', '-n', '400', '--seed', '1', '--heat', '--temperature', 'inf'];
    const { text } = await runCli(args, { env: { FORCE_COLOR: '1' } });
    expect(text).toContain('\x1b[38;5;');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(text.replace(/\x1b\[[0-9;]*m/g, '')).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
  });

  it('gives NO_COLOR precedence over --heat', async () => {
    const args = ['sample', ...FROM_TALE, '-n', '40'];
    const env = { NO_COLOR: '1', FORCE_COLOR: '1' };
    const plain = await runCli(args);
    expect((await runCli([...args, '--heat'], { env })).stdout).toEqual(plain.stdout);
  });
});

describe('next', () => {
  it('reports how many more bytes are as likely as the last one shown', async () => {
    const { text } = await runCli(['next', '', '--top', '6']);
    expect(text).toMatch(/\n250 more bytes as likely as the last\n$/);
    const all = await runCli(['next', '', '--top', '256']);
    expect(all.text).not.toContain('as likely');
  });

  it('shows the likeliest bytes, best first', async () => {
    const { text } = await runCli(['next', 'abcabcabcabcabcabcabcabc', '--top', '3']);
    const rows = text.split('\n').filter((line) => line.includes('%'));
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^ +a .*█/);
  });

  it('gives all 256 bytes as JSON', async () => {
    const { text } = await runCli(['next', 'the miller', '--corpus', TALE, '--json']);
    const seen = JSON.parse(text);
    expect(seen).toMatchObject({ medium: 'text', compressor: 'gzip', reading: 'decode' });
    expect(seen.likeliest).toHaveLength(20);
    expect(seen.contextBytes).toBe(readFileSync(TALE).length + 10);
    expect(seen.contextBits).toBeGreaterThan(8000);
    expect(seen.bits).toHaveLength(256);
    const sum = seen.probabilities.reduce((total: number, p: number) => total + p, 0);
    expect(sum).toBeCloseTo(1, 9);
    for (let b = 0; b < 256; b++) {
      expect(2 ** -seen.bits[b]).toBeCloseTo(seen.probabilities[b], 9);
    }
  });

  it('gives whole-byte differences as measured for recompress', async () => {
    const { text } = await runCli(['next', 'abcabcabcabc', '-c', 'node-zlib', '--json']);
    const { bits, reading } = JSON.parse(text);
    expect(reading).toBe('recompress');
    for (const delta of bits) expect(delta % 8).toBe(0);
  });
});

describe('score', () => {
  it('prints one JSON object with the rates', async () => {
    const args = ['score', TALE, '--chunk', '2048', '--from', '1024', '--limit', '3', '--json'];
    const scored = JSON.parse((await runCli(args)).text);
    expect(scored).toMatchObject({ compressor: 'gzip', reading: 'decode', bytes: 3072, chunks: 3 });
    expect(scored.version).toMatch(/\d/);
    expect(scored.bpb).toBeCloseTo(scored.bits / 3072, 9);
    expect(scored.conversionLoss).toBeCloseTo((scored.bits - scored.ownBits) / 3072, 9);
    expect(scored.msPerByte).toBeGreaterThan(0);
  });

  it('scores stdin like the file', async () => {
    const args = ['--reading', 'decode', '--json', '-c', 'order0'];
    const fromFile = JSON.parse((await runCli(['score', TALE, ...args])).text);
    const fromPipe = JSON.parse(
      (await runCli(['score', ...args], { input: readFileSync(TALE) })).text,
    );
    expect(fromPipe.bits).toBe(fromFile.bits);
    expect(fromPipe.conversionLoss).toBeCloseTo(0, 9);
  });

  it('reports that there is nothing to score', async () => {
    const ran = await runCli(['score', '/dev/null']);
    expect(ran.code).toBe(0);
    expect(ran.text).toContain('nothing to score in 0 bytes\n');
    const given = await runCli(['score', '--from', '9'], { input: 'All given' });
    expect(given.text).toContain('nothing to score in 9 bytes: all of them are given\n');
  });

  it('shows all of the text with --heat, with or without colours', async () => {
    const text = 'Long ago, far away.';
    const env = { FORCE_COLOR: '3' };
    const coloured = await runCli(['score', '--heat'], { input: text, env });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with ESC
    expect(coloured.text.replace(/\x1b\[[0-9;]*m/g, '')).toContain(text);
    const plain = await runCli(['score', '--heat'], { input: text });
    expect(plain.text).toContain(text);
  });
});

describe('compressors', () => {
  it('lists every row with its readings and their resolution', async () => {
    const rows = JSON.parse((await runCli(['compressors', '--json'])).text);
    const names = rows.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['gzip', 'order0', 'node-zlib', 'command']));
    const gzip = rows[names.indexOf('gzip')];
    expect(gzip.readings).toEqual([
      { name: 'decode', resolution: 'fractional' },
      { name: 'exact', resolution: 'bit' },
      { name: 'recompress', resolution: 'byte' },
    ]);
    const lzma = rows[names.indexOf('lzma')];
    expect(lzma.readings[1]).toEqual({ name: 'exact', resolution: 'fractional' });
    expect(gzip.options.level).toMatchObject({ min: 0, max: 9, default: 9 });
    const { text } = await runCli(['compressors']);
    for (const name of names) expect(text).toMatch(new RegExp(`^${name} `, 'm'));
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(names.length + 1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('describes all named compressors, and refuses an unknown name', async () => {
    const { text } = await runCli(['compressors', 'gzip', 'ppm']);
    expect(text).toMatch(/^gzip {2}decode \(fractional\), exact \(bit\), recompress \(byte\)\n/);
    expect(text).toMatch(/level=0…9 \(9\)[\s\S]*\nppm {3}decode/);
    const wrong = await runCli(['compressors', 'gzp']);
    expect(wrong).toMatchObject({ code: 2, text: '' });
    expect(wrong.stderr).toBe('zipdream: unknown compressor "gzp"; did you mean "gzip"?\n');
  });
});

describe('help, version, completion', () => {
  it('prints the version and, for every command, help with examples', async () => {
    expect((await runCli(['--version'])).text).toBe(`${VERSION}\n`);
    for (const args of [[], ['sample'], ['next'], ['score'], ['compressors'], ['complete']]) {
      const { code, text } = await runCli([...args, '--help']);
      expect(code).toBe(0);
      expect(text).toContain('Usage: zipdream');
      expect(text).toContain('Examples:');
    }
  });

  it('completes commands, flags and values, and leaves file names to the shell', async () => {
    const offered = async (...words: string[]): Promise<string[]> => {
      const { text } = await spawnCli(['complete', '--', ...words]);
      return text
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')[0]!);
    };
    if (FULL) {
      expect(await offered('')).toEqual(expect.arrayContaining(['sample', 'next', 'score']));
      expect(await offered('sample', '--re')).toEqual(['--reading', ':4']);
      expect(await offered('sample', '--reading', 'e')).toEqual(['exact', ':4']);
    }
    expect(await offered('score', '-c', 'order')).toEqual(['order0', ':4']);
    expect(await offered('score', '')).toEqual([':0']);
  });

  it('prints a script for each shell', async () => {
    for (const shell of FULL ? ['bash', 'zsh', 'fish', 'powershell'] : ['bash']) {
      const { code, text } = await spawnCli(['complete', shell]);
      expect(code).toBe(0);
      expect(text).toContain('zipdream');
    }
  });
});
