// The command line when it is used wrongly, when files are not there, and when it is cut short: one
// line that says what to do, the right exit status, and nothing lost.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, TALE, withFolder } from './run-cli.js';

const SAMPLES = join(import.meta.dirname, '../samples');
const WEAVE = join(SAMPLES, 'pictures/weave.png');
const HUM = join(SAMPLES, 'sound/hum.wav');

/** Expects one line on stderr, nothing on stdout. */
async function expectFailure(args: readonly string[], code: number, line: string): Promise<void> {
  const ran = await runCli(args);
  expect(ran.stderr).toBe(`zipdream: ${line}\n`);
  expect(ran.text).toBe('');
  expect(ran.code).toBe(code);
}

describe('wrong usage exits with 2 and a message that says what to do', () => {
  const ranges = 'expected integer from';
  it.each([
    [['sample', '-c', 'gzp'], 'unknown compressor "gzp"; did you mean "gzip"?'],
    [
      ['score', TALE, '-c', 'wavelet'],
      'unknown compressor "wavelet"; try "zipdream compressors" for a list',
    ],
    [['next', 'x', '-c', 'gzip:levle=9'], 'unknown option "levle" of gzip; did you mean "level"?'],
    [['next', 'x', '-c', 'gzip:level=99'], `"gzip:level" ${ranges} 0 to 9, got 99`],
    [
      ['next', 'x', '-c', 'node-zlib:windowBits=8'],
      `"node-zlib:windowBits" ${ranges} 9 to 15, got 8`,
    ],
    [['next', 'x', '-c', 'order0:a=1'], 'unknown option "a": order0 takes no options'],
    [['next', 'x', '-c', 'command:'], '"command" expected command:PROGRAM'],
    [['next', 'x', '-c', 'command:xz "-9'], 'the command xz "-9 has an unclosed "'],
    [
      ['sample', '-c', 'order0', '--reading', 'exact'],
      'order0 has no reading "exact"; it has decode',
    ],
    [['smaple'], 'unknown command "smaple"; did you mean "sample"?'],
    [['help', 'smaple'], 'unknown command "smaple"; did you mean "sample"?'],
    [['report'], 'expected results, got none; --help shows examples'],
    [['sample', 'x', '--units', 'token'], '"--units" expected bytes or tokens, got "token"'],
    [['complete', 'fsh'], '"shell" expected zsh, bash, fish or powershell, got "fsh"'],
    [['score', TALE, TALE], 'score takes one file, got 2'],
    [
      ['score', TALE, '-c', 'gzip,ppm'],
      'expected one compressor, got "gzip,ppm"; compare takes several, blend:gzip+ppm makes them one',
    ],
    [['sample', WEAVE, '-o', 'weave.jpg'], 'a picture is written as .png; got -o "weave.jpg"'],
    [['sample', HUM, '-o', 'hum.mp3'], 'a sound is written as .wav or .flac; got -o "hum.mp3"'],
    [
      ['sample', '--temprature', '1'],
      'unknown option "--temprature"; did you mean "--temperature"?',
    ],
    [['sample', '--temperature', '-1'], '"--temperature" expected number >= 0, got "-1"'],
    [['sample', '-n', 'many'], '"--length" expected integer >= 0, got "many"'],
    [['sample', '-n', ''], '"--length" expected integer >= 0, got ""'],
    [['sample', '--top-k', '0'], '"--top-k" expected integer >= 1, got "0"'],
    [['sample', '--top-p', '0'], '"--top-p" expected number > 0, got "0"'],
    [['sample', '--top-p', '1.5'], '"--top-p" expected number <= 1, got "1.5"'],
    [['sample', '--min-p', '2'], '"--min-p" expected number from 0 to 1, got "2"'],
    [['sample', '--count', '0'], '"--count" expected integer >= 1, got "0"'],
    [['sample', '--stop', ''], '"--stop" expected at least one byte, got none'],
    [['sample', '--alphabet', '/dev/null'], '--alphabet: "/dev/null" has no bytes'],
    [['sample', 'once', 'upon'], 'expected one prompt, got 2; put quotes around it'],
    [
      ['sample', '-', '--prompt-file', 'x'],
      'give the prompt as an argument or with --prompt-file, not both',
    ],
    [['sample', '--json', '--heat'], '--json and --heat exclude each other'],
    [['sample', '--no-copy', '0'], '"--no-copy" expected integer >= 1, got "0"'],
    [['sample', '--beam', '0'], '"--beam" expected integer >= 1, got "0"'],
    [['sample', '--horizon', '2'], '--horizon needs --beam'],
    [['sample', '--proposal', 'ppm'], '--proposal needs --spans'],
    [['sample', '--corpus', 'tale', '--proposal', 'ppm'], '--proposal needs --spans'],
    [
      ['sample', '--units', 'tokens', '--proposal', 'ppm'],
      '--proposal works on bytes; it cannot go with --units tokens',
    ],
    [
      ['sample', '--overlap', '4', '--proposal', 'ppm'],
      '--overlap and --proposal exclude each other',
    ],
    [['sample', '--spans', '4', '--beam', '4'], '--beam and --spans exclude each other'],
    [['sample', '--spans', '4', '--beta', '2'], '"--beta" expected number from 0 to 1, got "2"'],
    [
      ['sample', '--spans', '4', '--temperature', '0.5'],
      '--spans and --temperature exclude each other',
    ],
    [
      ['sample', '--spans', '4', '--proposal', 'pmm'],
      'unknown compressor "pmm"; did you mean "ppm"?',
    ],
    [
      ['sample', '--units', 'tokens', '--spans', '4'],
      '--spans works on bytes; it cannot go with --units tokens',
    ],
    [['sample', '--force'], '--force needs --output or --sheet or --spans'],
    [
      ['sample', '--units', 'tokens', '--top-k', '3'],
      '--top-k works on bytes; it cannot go with --units tokens',
    ],
    [
      ['sample', '--units', 'tokens', '--reading', 'exact'],
      '--units tokens needs --reading decode, got "exact"',
    ],
    [
      ['sample', '--units', 'tokens', '-c', 'pako'],
      'pako draws no tokens; --units tokens works with gzip, lzma and language models of tokens',
    ],
    [['score', TALE, '--limit', '3'], '--limit needs --chunk'],
    [
      ['score', TALE, '--chunk', '8', '--from', '8'],
      '"--from" expected integer below --chunk 8, got 8',
    ],
  ])('%j', (args, line) => expectFailure(args, 2, line));

  it('lists the readings when one is misspelt', async () => {
    const ran = await runCli(['sample', '--reading', 'exct']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toBe(
      'zipdream: "--reading" expected decode, exact or recompress, got "exct"\n',
    );
  });

  it('prints the help on stderr when there is no command', async () => {
    const ran = await runCli([]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('Usage: zipdream');
  });

  it('prints a stack trace only with --debug', async () => {
    const { stderr, code } = await runCli(['--debug', 'sample', '-c', 'gzp']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^zipdream: unknown compressor "gzp"; .*\nUsageError.*\n {4}at /);
  });
});

describe('files that cannot be read or written exit with 1', () => {
  it.each([
    ['score', ['score']],
    [
      'score, before the options of its medium are checked',
      ['score', '-c', 'mix', '--given', 'none'],
    ],
    ['compress', ['compress', '--effort', 'max']],
    ['decompress', ['decompress']],
    ['--prompt-file', ['sample', '--prompt-file']],
    ['--corpus', ['next', 'x', '--corpus']],
  ])('%s', (_title, args) =>
    withFolder(async (folder) => {
      const missing = join(folder, 'missing');
      await expectFailure(
        [...args, missing],
        1,
        `cannot read "${missing}": no such file or directory`,
      );
      await expectFailure([...args, folder], 1, `cannot read "${folder}": it is a directory`);
      const circle = join(folder, 'circle');
      symlinkSync('circle', circle);
      await expectFailure([...args, circle], 1, `cannot read "${circle}": its links form a loop`);
    }),
  );

  it.skipIf(process.getuid?.() === 0)(
    'a file without permission (skipped for root, who has it)',
    () =>
      withFolder(async (folder) => {
        const locked = join(folder, 'locked');
        writeFileSync(locked, 'secret');
        chmodSync(locked, 0);
        await expectFailure(['score', locked], 1, `cannot read "${locked}": permission denied`);
      }),
  );

  it.each(['Once upon', 'Once'])(
    'explains how to separate the prompt "%s" from --corpus',
    (prompt) =>
      expectFailure(
        ['sample', '--corpus', TALE, prompt],
        1,
        `cannot read "${prompt}": no such file or directory; a prompt goes before --corpus, or after "--"`,
      ),
  );

  it.each([
    ['sample', ['-o', 'x.png']],
    ['sample', ['--given', 'left']],
    ['next', ['--given', 'left']],
  ])('%s with the name of a missing picture, which is not taken as a prompt', (command, flags) =>
    expectFailure(
      [command, 'nowhere.png', ...flags],
      1,
      'cannot read "nowhere.png": no such file or directory',
    ),
  );

  it('a missing picture for compare, before its given part is checked', () =>
    expectFailure(
      ['compare', 'nowhere.png', '--given', 'left'],
      1,
      'cannot read "nowhere.png": no such file or directory',
    ));

  it('a compressor among the files for compare', () =>
    expectFailure(
      ['compare', TALE, '-c', 'gzip', 'ppm'],
      1,
      'cannot read "ppm": no such file or directory; -c takes one list, with commas: -c gzip,ppm',
    ));

  it('a file that is not compressed, before its output name is requested', () =>
    expectFailure(
      ['decompress', TALE],
      1,
      `"${TALE}" is not .zd, .gz, zlib, .lzma, .zst, .bz2 or .flac; if it is a raw deflate stream, say -c deflate`,
    ));

  it('missing results, before an existing output page', () =>
    withFolder(async (folder) => {
      const page = join(folder, 'report.html');
      writeFileSync(page, '');
      const missing = join(folder, 'results.jsonl');
      const line = `cannot read "${missing}": no such file or directory`;
      await expectFailure(['report', missing, '-o', page], 1, line);
    }));

  it('a misspelt alphabet, with a suggestion', () =>
    expectFailure(
      ['sample', '--alphabet', 'printble'],
      1,
      '--alphabet expected printable, text, given, all or a file: cannot read "printble": ' +
        'no such file or directory; did you mean "printable"?',
    ));

  it('an existing output file, which is kept without --force', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'kept');
      writeFileSync(file, 'precious');
      const args = ['sample', '-n', '5', '--seed', '1', '-o', file];
      await expectFailure(args, 1, `"${file}" is already there; --force replaces it`);
      expect(readFileSync(file, 'utf8')).toBe('precious');
      expect((await runCli([...args, '--force'])).code).toBe(0);
      expect(readFileSync(file)).toHaveLength(5);
      expect(readdirSync(folder)).toEqual(['kept']);
    }));

  it('an output that is a directory, or in a missing directory', () =>
    withFolder(async (folder) => {
      mkdirSync(join(folder, 'there'));
      const there = join(folder, 'there');
      const nowhere = join(folder, 'not', 'there');
      const args = ['sample', '--seed', '1', '-o'];
      await expectFailure([...args, there], 1, `cannot write "${there}": it is a directory`);
      await expectFailure(
        [...args, nowhere],
        1,
        `cannot write "${nowhere}": no such file or directory`,
      );
    }));

  it('a failure before the first byte, leaving no output file', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'out');
      const args = ['sample', 'x', '-c', 'command:false', '--seed', '1', '-o', file];
      await expectFailure(args, 1, 'command "false" failed with exit status 1');
      expect(readdirSync(folder)).toEqual([]);
    }));

  it('a later failure, keeping what was drawn', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'out');
      // Of spans few candidates are compressed, not every byte; it fails after the fourth.
      const failing = `command:sh -c 'read -r a; test ${'$'}{#a} -lt 6 && echo "$a"'`;
      const spans = ['--spans', '1', '--candidates', '4', '--force'];
      const args = ['sample', 'x', '-c', failing, ...spans, '--seed', '1', '-o', file];
      const ran = await runCli(args);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toMatch(/^zipdream: command ".*" failed with exit status 1\n$/);
      expect(readFileSync(file)).toHaveLength(4);
    }));

  it.skipIf(!existsSync('/dev/full'))('a full disk (skipped without /dev/full)', () =>
    expectFailure(
      ['sample', '--seed', '1', '-o', '/dev/full'],
      1,
      'cannot write "/dev/full": the disk is full',
    ),
  );

  it('a missing program', () =>
    expectFailure(
      ['next', 'x', '-c', 'command:no-such-program -9'],
      1,
      'program "no-such-program" not found; install it, or give the path to it',
    ));
});

describe('an interrupted run', () => {
  it('exits quietly when the reader closes the pipe', async () => {
    const ran = await runCli(['sample', '--corpus', TALE, '--seed', '1', '-n', '1000000'], {
      during: (child) => child.stdout!.once('data', () => child.stdout!.destroy()),
    });
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
  });

  it('keeps what was drawn on Ctrl-C and exits with 130', async () => {
    const args = ['sample', '--corpus', TALE, '--seed', '1', '-n', '100000000'];
    const ran = await runCli(args, {
      during: (child) => child.stdout!.once('data', () => child.kill('SIGINT')),
    });
    expect(ran.code).toBe(130);
    expect(ran.stderr).toMatch(/^\n?longest copy: .*\n$/);
    expect(ran.stdout.length).toBeGreaterThan(0);
    const whole = await runCli([...args.slice(0, -1), String(ran.stdout.length)]);
    expect(ran.stdout).toEqual(whole.stdout);
  });

  it('also keeps what was drawn in the output file, with the totals of --json', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'out');
      const args = ['sample', 'x', '--seed', '1', '-n', '100000000', '--json', '-o', file];
      const ran = await runCli(args, {
        during: (child) => {
          const look = setInterval(() => {
            if (partBytes(folder) === 0) return;
            clearInterval(look);
            child.kill('SIGINT');
          }, 20);
        },
      });
      expect(ran.code).toBe(130);
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      const totals = JSON.parse(lines.pop()!);
      expect(totals).toMatchObject({ bytes: lines.length, interrupted: true });
      expect(readdirSync(folder)).toEqual(['out']);
    }));

  it('stops at once when the compressor is slow', () =>
    withFolder(async (folder) => {
      const slow = `command:sh -c "touch ${join(folder, 'begun')}; sleep 20; cat"`;
      const startMs = performance.now();
      const ran = await runCli(['sample', 'x', '-c', slow, '--seed', '1'], {
        during: (child) => {
          const look = setInterval(() => {
            if (readdirSync(folder).length === 0) return;
            clearInterval(look);
            child.kill('SIGINT');
          }, 20);
        },
      });
      expect(ran.code).toBe(130);
      expect(performance.now() - startMs).toBeLessThan(18_000);
    }));
});

/** Bytes in the file that is being written beside its place. */
function partBytes(folder: string): number {
  const [name] = readdirSync(folder);
  return name === undefined ? 0 : readFileSync(join(folder, name)).length;
}
