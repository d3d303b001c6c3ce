// Files of results: one process at a time, damaged lines, torn ends; and what of them people read.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shown } from '../src/bits/glyphs.js';
import { duration } from '../src/cli/views/numbers.js';
import type { CompareRow } from '../src/measure/compare-row.js';
import { compare } from '../src/node/compare.js';
import { FileError } from '../src/node/files.js';
import { queuePlace } from '../src/node/queue.js';
import { readSource } from '../src/node/report/read.js';
import { openResults, readResults } from '../src/node/results.js';
import { VERSION } from '../src/version.js';
import { runCli, withFolder } from './run-cli.js';

function rowOf(id: string): CompareRow {
  const names = { spec: 'gzip', input: 'x', zipdream: VERSION, sha256: 'ab', version: 'v' };
  return { id, ...names, start: 0, from: 0, metrics: [], error: 'none' };
}
const line = (id: string): string => `${JSON.stringify(rowOf(id))}\n`;
const ids = (rows: readonly CompareRow[]): string => rows.map(({ id }) => id).join('');

test('a file in use is refused with the process number, and left unchanged', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'r.jsonl');
    const first = await openResults(path);
    writeFileSync(path, `${line('a')}{"id":"tor`);
    const inUse = new FileError(`"${path}" is in use by process ${process.pid}`);
    await expect(openResults(path)).rejects.toThrow(inUse);
    const link = join(folder, 'link.jsonl');
    symlinkSync(path, link);
    await expect(openResults(link)).rejects.toThrow(`in use by process ${process.pid}`);
    expect(readFileSync(path, 'utf8')).toMatch(/"tor$/);
    first.close();
    const second = await openResults(path);
    expect(ids(second.rows)).toBe('a');
    second.append(rowOf('b'));
    second.close();
    expect(readFileSync(path, 'utf8')).toBe(line('a') + line('b'));
    expect(readdirSync(folder).sort()).toEqual(['link.jsonl', 'r.jsonl']);
  });
});

test('the lock of a terminated process is taken over', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'r.jsonl');
    const lock = join(folder, '.r.jsonl.lock');
    const file = JSON.stringify(new URL('../dist/node/results.js', import.meta.url).href);
    const script = `import(${file}).then((m) => m.openResults(${JSON.stringify(path)})).then(() => process.kill(process.pid, 'SIGKILL'))`;
    expect(spawnSync(process.execPath, ['-e', script]).signal).toBe('SIGKILL');
    expect(existsSync(lock)).toBe(true);
    (await openResults(path)).close();
    // A number that a living process has, of one that began at another time.
    const owner = { pid: process.pid };
    const { hostname } = await import('node:os');
    writeFileSync(lock, JSON.stringify({ ...owner, host: hostname(), since: '1' }));
    (await openResults(path)).close();
    writeFileSync(lock, JSON.stringify({ ...owner, host: 'elsewhere', since: '' }));
    await expect(openResults(path)).rejects.toThrow('of elsewhere; if that has ended, remove');
    writeFileSync(lock, 'nonsense');
    await expect(openResults(path)).rejects.toThrow(/is locked; if no process .* remove/);
  });
});

test('bad lines are skipped by number, and a last row without a newline counts', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'r.jsonl');
    const { id: _, ...half } = rowOf('x');
    const bad = `${JSON.stringify(half)}\nnull\n`;
    writeFileSync(path, line('a') + bad + line('b') + line('c').trimEnd());
    const file = await openResults(path);
    expect(ids(file.rows)).toBe('abc');
    expect(file.warning).toBe(`"${path}": lines 2, 3 are not cells and are skipped`);
    expect(() => file.append(half as CompareRow)).toThrow(TypeError);
    expect(() => file.append(undefined as never)).toThrow(TypeError);
    file.append(rowOf('d'));
    file.close();
    const read = await readResults(path);
    expect(ids(read.rows)).toBe('abcd');
    writeFileSync(path, line('a') + line('b') + line('a'));
    expect((await readSource(path)).rows).toHaveLength(2);
    writeFileSync(path, 'a letter\nand its end');
    await expect(openResults(path)).rejects.toThrow('is not a result file');
    expect(readFileSync(path, 'utf8')).toBe('a letter\nand its end');
  });
});

test('an empty comparison is an error', async () => {
  const data = new Uint8Array(4);
  for (const [inputs, compressors, says] of [
    [[], ['gzip'], 'expected an input'],
    [[{ name: 'x', data }], [], 'expected a compressor'],
    [[{ name: 'x', data: data.subarray(0, 0) }], ['gzip'], 'nothing is held out of "x"'],
  ] as const) {
    await expect(compare({ inputs, compressors, workers: 0 }).next()).rejects.toThrow(says);
  }
});

test('a Redis URL with an invalid percent sign is reported without the password', () => {
  for (const url of ['redis://:x%zz@host', 'redis://u%:p@host']) {
    expect(() => queuePlace(url)).toThrow(
      /^the user or password of the Redis URL has an invalid % escape/,
    );
  }
});

test('long durations are in minutes and hours', () => {
  const times = [42, 3_100, 680_700, 7_500_000].map(duration);
  const want = ['42 ms', '3.1 s', '11 min 20 s', '2 h 5 min'];
  expect(times).toEqual(want);
});

test('text from outside stays on one line and contains no control characters', () => {
  expect(shown('plain é 日本 👩‍👧')).toBe('plain é 日本 👩‍👧');
  expect(shown('a\nb\r\tc\x1b[31m\x7f\x9b\u2028\u202e\u2066')).toBe(
    'a\\nb\\r\\tc\\x1b[31m\\x7f\\x9b\\u{2028}\\u{202e}\\u{2066}',
  );
});

test('errors, notices and tables show control characters escaped, each on one line', async () => {
  await withFolder(async (folder) => {
    const evil = 'no\x1b[31mfi\nle\u202e';
    const isClean = (text: string): boolean =>
      shown(text.replaceAll('\n', '')) === text.replaceAll('\n', '');
    for (const args of [
      ['score', join(folder, evil)],
      ['next', 'x', '-c', evil],
      ['next', 'x', `--${evil}`],
      ['next', 'x', '-c', `gzip:${evil}=1`],
      [evil],
    ]) {
      const { stderr, code } = await runCli(args);
      expect([isClean(stderr), code! > 0, stderr.split('\n').length]).toEqual([true, true, 2]);
      expect(stderr).toContain('no\\x1b[31mfi\\nle');
    }
    const path = join(folder, evil);
    writeFileSync(path, 'abcabcabcabcabcabc');
    const ran = await runCli(['compare', path, '-c', 'order0', '--chunk', '16']);
    expect(ran.text).toContain('no\\x1b[31mfi\\nle\\u{202e} 1 cell\n');
    expect([ran.code, isClean(ran.text), isClean(ran.stderr)]).toEqual([0, true, true]);
  });
});
