// The README is a test: every console example is run, and must print what it says there. The
// comparison and the commands without output are run in the slow suite.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEEP } from './deep.js';
import { MAIN, withFolder } from './run-cli.js';

const readme = readFileSync('README.md', 'utf8');

interface Example {
  readonly command: string;
  readonly output: string;
}

const examples: Example[] = Array.from(
  readme.matchAll(/```console\n\$ (.*)\n([\s\S]*?)```/g),
  ([, command, output]) => ({ command: command!, output: output! }),
);

/** Words of a command line, quotes taken off. */
function wordsOf(command: string): string[] {
  return Array.from(command.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, bare]) => quoted ?? bare!);
}

/** Without what differs from run to run (times), and spaces that an editor may cut. */
function stable(text: string): string {
  const lines = text.split('\n').filter((line) => !/^ +speed /.test(line));
  const hasTimes = lines.some((line) => line.endsWith('ms/byte'));
  return lines
    .map((line) => (hasTimes ? line.replace(/ +[\d.]+$| +ms\/byte$/, '') : line).trimEnd())
    .join('\n')
    .trim();
}

describe('the README', () => {
  test('has examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
  });

  // A comparison takes longer than all others.
  const run = examples.filter(({ command }) => DEEP || !command.startsWith('zipdream compare'));

  test.each(run)('$command', ({ command, output }) => {
    const [program, ...args] = wordsOf(command);
    expect(program).toBe('zipdream');
    const printed = execFileSync(process.execPath, ['dist/cli/main.js', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    expect(stable(printed)).toBe(stable(output));
  });

  test('shows the output of npm start first', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const [, first] = /and goes on:\n\n```text\n([\s\S]*?)```/.exec(readme)!;
    const [program, ...args] = wordsOf(scripts.start.split(' && ').at(-1));
    expect(program).toBe('node');
    const printed = execFileSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(printed.startsWith(first!.trimEnd())).toBe(true);
  });

  test.runIf(DEEP)(
    'has other commands that run one after the other',
    () =>
      withFolder(async (folder) => {
        symlinkSync(join(import.meta.dirname, '../samples'), join(folder, 'samples'));
        const lines = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
          .flatMap(([, block]) => block!.trim().split('\n'))
          .filter((line) => line.startsWith('zipdream '));
        expect(lines.length).toBeGreaterThanOrEqual(7);
        const env = { ...process.env, NO_COLOR: '1' };
        for (const line of lines) {
          const args = wordsOf(line).slice(1);
          if (args[0] === 'explore') {
            const server = spawn(process.execPath, [MAIN, ...args, '--no-open'], { env });
            const [told] = await Promise.race([
              once(server.stdout, 'data'),
              once(server.stderr, 'data'),
            ]);
            server.kill('SIGINT');
            expect(String(told)).toMatch(/http:\/\//);
            continue;
          }
          execFileSync(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: 'pipe' });
          const output = args[args.indexOf('-o') + 1]!;
          expect(existsSync(join(folder, output)), line).toBe(true);
        }
        const [tale, same] = ['samples/text/tale.txt', 'tale.txt'];
        expect(readFileSync(join(folder, same)).equals(readFileSync(tale))).toBe(true);
      }),
    300_000,
  );

  test('names npm scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(readme).toContain('npm ci && npm start');
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test']));
  });

  test('has a library example that runs', () => {
    const [, code] = /```js\n([\s\S]*?)```/.exec(readme)!;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', code!], {
      encoding: 'utf8',
    });
    expect(Number(printed)).toBeGreaterThan(0.1);
  });

  // `npm run samples` runs them.
  test('names samples that exist, with their output', () => {
    const named = readme.match(/samples\/\d\d-[\w-]+\.mjs/g)!;
    expect(named.length).toBeGreaterThan(0);
    for (const script of named) {
      expect(existsSync(script), script).toBe(true);
      expect(existsSync(script.replace(/mjs$/, 'txt')), script).toBe(true);
    }
  });

  test('is short', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(161);
  });
});
