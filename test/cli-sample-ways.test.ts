// `zipdream sample` beyond single bytes: beams, spans, words, and the limit on copies.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { longestCopy } from '../src/measure/longest-copy.js';
import { DEEP } from './deep.js';
import { jsonLines, runCli, TALE, withFolder } from './run-cli.js';

const TALE_BYTES = new Uint8Array(readFileSync(TALE));
const sample = (...args: string[]) => runCli(['sample', '--corpus', TALE, '--seed', '1', ...args]);

/** The bytes of records that have several each, and the last record. */
async function pieces(...args: string[]) {
  const lines = jsonLines(await sample(...args, '--json'));
  const last = lines.pop()!;
  const bytes = Uint8Array.from(lines.flatMap((line) => line.bytes as number[]));
  return { lines, last, bytes };
}

describe('sample --spans', () => {
  it('records β, the effective sample size and the noise, and is reproducible', async () => {
    const args = ['--spans', '8', '--candidates', '16', '-n', '60', '--reading', 'exact'];
    const { lines, last, bytes } = await pieces(...args);
    expect(bytes).toHaveLength(60);
    for (const line of lines) {
      const keys = ['index', 'bytes', 'bits', 'proposalBits', 'beta', 'ess', 'distinct'];
      expect(Object.keys(line)).toEqual(keys);
      expect(line.beta).toBeGreaterThan(0);
      expect(line.beta).toBeLessThanOrEqual(1);
      expect(line.ess).toBeGreaterThan(1.999);
    }
    expect(last).toMatchObject({ drawn: 'spans', span: 8, candidates: 16, proposal: 'ppm' });
    expect(last.deltaSd).toBeLessThan(2 * (last.proposalSd as number));
    expect((await sample(...args)).stdout).toEqual(bytes);
  });

  it('accepts any compressor or n-gram proposal, with any β', async () => {
    const more = DEEP ? ['gzip', 'corpus', 'order0', 'ppm:order=3'] : [];
    for (const proposal of ['order3', ...more]) {
      const { last, bytes } = await pieces(
        '--spans=8',
        '--proposal',
        proposal,
        '-n16',
        '--beta=0.3',
      );
      expect(bytes).toHaveLength(16);
      expect(last).toMatchObject({ proposal, beta: 0.3 });
    }
  });

  it.runIf(DEEP)('refuses a compressor that is mostly noise, unless forced', async () => {
    // Each message costs what its checksum says.
    const noise = 'command:sh -c "head -c $(cksum | cut -c5-7) /dev/zero"';
    const args = ['-c', noise, '--spans', '8', '-n', '8', '--candidates', '4'];
    const refused = await sample(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /^zipdream: the code lengths of command:.* are mostly noise here: over spans from ppm they vary by \d+ bits, the spans' own by \d+; --force draws all the same\n$/,
    );
    expect((await sample(...args, '--force')).stdout).toHaveLength(8);
  });
});

describe('sample --beam', () => {
  it('looks ahead and records the settings', async () => {
    const args = ['--reading', 'exact', '-n', '12', '--beam', '4', '--horizon', '3'];
    const lines = jsonLines(await sample(...args, '--commit', 'span', '--json'));
    const last = lines.pop()!;
    expect(lines).toHaveLength(12);
    for (const { bits, probability } of lines) {
      expect(2 ** -(bits as number)).toBeCloseTo(probability as number, 9);
    }
    expect(last).toMatchObject({ beam: 4, horizon: 3, commit: 'span' });
    expect((await sample(...args)).stdout).not.toEqual((await sample(...args, '--beam=1')).stdout);
  });
});

describe('sample --vocabulary', () => {
  it('draws whole words from a file', () =>
    withFolder(async (folder) => {
      const file = join(folder, 'words');
      writeFileSync(file, 'the \nmill \nriver\nwater,\n and \n');
      const words = new Set(readFileSync(file, 'utf8').trim().split('\n'));
      const { lines, last } = await pieces('--vocabulary', file, '--reading', 'exact', '-n', '50');
      for (const { bytes } of lines) {
        const word = String.fromCharCode(...(bytes as number[]));
        expect([...words].some((known) => known.trim() === word.trim())).toBe(true);
      }
      expect(last).toMatchObject({ drawn: 'words', words: 5, vocabulary: file });
    }));
});

describe('the longest copy', () => {
  it('is limited by --no-copy, with every way of drawing', async () => {
    const recite = ['-n', '150', '--temperature', '0.3'];
    const free = await sample(...recite);
    expect(longestCopy([TALE_BYTES], [free.stdout]).length).toBeGreaterThan(12);
    const spans = ['-n', '150', '--spans', '16', '--proposal', 'corpus', '--reading', 'exact'];
    const tokens = ['-n', '150', '--units', 'tokens', '--json'];
    for (const way of [recite, spans]) {
      const held = await sample(...way, '--no-copy', '12');
      expect(held.stdout).toHaveLength(150);
      expect(longestCopy([TALE_BYTES], [held.stdout]).length).toBeLessThanOrEqual(12);
    }
    const last = jsonLines(await sample(...tokens, '--no-copy', '12')).pop()!;
    expect(last).toMatchObject({ noCopy: 12 });
    expect((last.longestCopy as { bytes: number }).bytes).toBeLessThanOrEqual(12);
  });

  it('is reported with its origin, in the last record and on stderr', async () => {
    const ran = await sample(
      'Once ',
      '-n',
      '200',
      '--json',
      '--temperature',
      '0.5',
      '--count',
      '2',
    );
    const copy = jsonLines(ran).pop()!.longestCopy as Record<string, number | string>;
    expect(copy).toMatchObject({ source: 'corpus', file: TALE });
    const { offset, bytes, text } = copy as { offset: number; bytes: number; text: string };
    const source = TALE_BYTES.subarray(offset, offset + bytes);
    expect(text).toBe(new TextDecoder().decode(source));
    expect(ran.stderr).toMatch(
      /^\n?longest copy: [\d,]+ bytes of .*tale\.txt, from byte [\d,]+: ".*"\n$/,
    );
    const short = await runCli(['sample', '-n', '3', '--seed', '1']);
    expect(short.text.endsWith('\n')).toBe(false);
    expect(short.stderr).toMatch(/^\nlongest copy: [^\n]*\n/);
  });
});
