// Comparisons: metrics by hand, rates as other programs have them, and results that can be gone on
// with, whatever was measured before and by however many threads.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ratioInterval } from '../src/measure/bootstrap.js';
import { measureCell } from '../src/measure/cell.js';
import type { CellTask, CompareRow } from '../src/measure/compare-row.js';
import { summarize } from '../src/measure/compare-summary.js';
import { judgeContinuation, measureContinuation } from '../src/measure/continuation.js';
import { compare } from '../src/node/compare.js';
import { runCell } from '../src/node/compare-worker.js';
import { openCompressor } from '../src/node/open.js';
import { renderReport } from '../src/node/report/page.js';
import { timelessRows } from './compare-rows.js';
import { bytesOf } from './contract.js';
import { jsonLines, runCli, withFolder } from './run-cli.js';

const SAMPLES = join(import.meta.dirname, '../samples');
const TALE = join(SAMPLES, 'text/tale.txt');

test('ratio intervals are absent without variation and wider with more', () => {
  expect(ratioInterval([2, 4, 6], [1, 2, 3])).toEqual([2, 2]);
  expect(ratioInterval([2], [1])).toEqual([Number.NaN, Number.NaN]);
  const [low, high] = ratioInterval([1, 2, 3, 4, 5, 6, 7, 8], new Array(8).fill(1));
  // Means of eight of 1 … 8 have a standard deviation of √(5.25 / 8) = 0.81.
  expect(low).toBeGreaterThan(4.5 - 2.2 * 0.81);
  expect(low).toBeLessThan(4.5 - 1.6 * 0.81);
  expect(high).toBeGreaterThan(4.5 + 1.6 * 0.81);
});

test('a continuation is measured as by hand', async () => {
  // The seven triples of "abcabcabd" are abc, bca, cab, each twice, and abd; "abcab" is there twice.
  const message = { bytes: bytesOf('xyabcabcabd'), from: 2 };
  const measure = measureContinuation(message, { bytes: bytesOf('xyzabcab'), from: 2 });
  expect(measure).toMatchObject({ bytes: 9, distinct1: 4 / 9, distinct3: 4 / 7, longestCopy: 5 });
  // Its quadruples abca, bcab, cabc, abca, bcab, cabd; the truth has zabc, abca and bcab once each.
  expect(measure).toMatchObject({ distinct4: 4 / 6, overlap4: 2 / 6, repetition: 0 });
  const judge = await openCompressor('order0');
  const { bits, surprisals } = await judgeContinuation(judge, { bytes: bytesOf('aab'), from: 2 });
  const lengths = new Float64Array(256);
  const model = judge.start();
  model.push(bytesOf('aa'));
  await model.next(lengths);
  expect(bits).toBeCloseTo(lengths[98]!, 9);
  expect([...surprisals!]).toEqual([bits]);
});

test('calibration bins sum to the number of bytes, expected and observed', async () => {
  const bytes = new Uint8Array(readFileSync(TALE).subarray(0, 600));
  const compressor = await openCompressor('ppm');
  const options = { reading: 'decode', calibration: true } as const;
  const measure = await measureCell(compressor, { bytes, from: 200 }, options);
  expect(measure.bytes).toBe(400);
  const total = (of: 'expected' | 'observed') =>
    measure.calibration!.reduce((all, bin) => all + bin[of], 0);
  expect(total('expected')).toBeCloseTo(400, 6);
  expect(total('observed')).toBe(400);
});

/** Cells are measured in this thread: a thread of its own takes longer to start than most need. */
const grid = ['compare', TALE, '--chunk', '512', '--limit', '4', '--workers', '0'];

test('chunked raw rates are those of gzip with each chunk as a file', async () => {
  const [line] = jsonLines(await runCli([...grid, '-c', 'node-zlib', '--json']));
  expect(line).toMatchObject({ input: 'tale.txt', spec: 'node-zlib', cells: 4, failed: 0 });
  const python =
    'import gzip, sys; d = open(sys.argv[1], "rb").read()\n' +
    'print(sum(len(gzip.compress(d[i * 512:i * 512 + 512], 9)) for i in range(4)))';
  const [gzip] = jsonLines(await runCli([...grid, '-c', 'gzip', '--json']));
  const bytes = Number(execFileSync('python3', ['-c', python, TALE], { encoding: 'utf8' }));
  expect(gzip!.rawRate).toBe(bytes / 2048);
});

test('resumes from a results file and measures nothing twice', async () => {
  await withFolder(async (folder) => {
    const [whole, cut] = [join(folder, 'whole.jsonl'), join(folder, 'cut.jsonl')];
    const flags = ['--metrics', 'samples,rates', '--judge', 'order0'];
    const all = [...grid, '-c', 'gzip,ppm', ...flags, '--json'];
    const undisturbed = await runCli([...all, '-o', whole]);
    expect(undisturbed.stderr).toMatch(/^20 cells measured/);
    const lines = readFileSync(whole, 'utf8');
    writeFileSync(cut, lines.slice(0, lines.length / 2));
    const resumed = await runCli([...all, '--workers', '2', '-o', cut]);
    expect(resumed.stderr).toMatch(/^\d+ cells measured, \d+ known/);
    expect(timelessRows(cut)).toEqual(timelessRows(whole));
    const strip = (text: string) => text.replace(/"(\w*MsPerByte|\w*PeakBytes)":[^,}]*/gi, '');
    expect(strip(resumed.text)).toBe(strip(undisturbed.text));
    const more = await runCli([...grid, '-c', 'gzip,ppm,order0', ...flags, '-o', cut]);
    expect(more.stderr).toMatch(/^4 cells measured, 20 known/);
    expect(more.text).toMatch(/held out \(control\)[\s\S]*ppm decode[\s\S]*order0 decode/);
  });
});

test('a compressor that fails is in the table, and the others continue', async () => {
  const ran = await runCli([...grid, '-c', 'command:false,order0', '--csv']);
  expect(ran.code).toBe(0);
  expect(ran.text).toMatch(/tale.txt,order0,decode,[^\n]*,4,0,/);
  expect(ran.text).toMatch(/tale.txt,command:false,,[^\n]*,4,4,/);
});

test('a compressor that fails on one cell is still measured on the others', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'two.txt');
    writeFileSync(path, `${'ab\n'.repeat(20)}${'aQ\n'.repeat(20)}`);
    // It writes what it reads, and fails where it reads a Q.
    const flags = ['-c', 'command:sed /Q/q1,order0', '--chunk', '60', '--workers', '0', '--json'];
    const lines = jsonLines(await runCli(['compare', path, ...flags]));
    expect(lines).toMatchObject([
      { spec: 'order0', cells: 2, failed: 0 },
      { spec: 'command:sed /Q/q1', cells: 2, failed: 1, rawRate: 1 },
    ]);
  });
});

test('a folder is one input, and empty and one-byte files are reported', async () => {
  await withFolder(async (folder) => {
    mkdirSync(join(folder, 'in'));
    writeFileSync(join(folder, 'in/empty.txt'), '');
    writeFileSync(join(folder, 'in/one.txt'), 'a');
    writeFileSync(join(folder, 'in/two.txt'), 'ab');
    const flags = ['-c', 'gzip', '--from', '0', '--workers', '0', '--json'];
    const ran = await runCli(['compare', join(folder, 'in'), ...flags]);
    expect(jsonLines(ran)).toMatchObject([{ input: 'in/', cells: 2, failed: 0 }]);
    for (const name of ['empty.txt', 'one.txt']) {
      const alone = await runCli(['compare', join(folder, 'in', name), '-c', 'gzip']);
      expect(alone).toMatchObject({ code: 2, text: '' });
      expect(alone.stderr).toMatch(
        /^zipdream: nothing to compare: nothing is held out of "\w+.txt";.*\n$/,
      );
    }
  });
});

test('pictures and sounds are measured as such, and unsuitable compressors are in the table', async () => {
  const inputs = [join(SAMPLES, 'pictures/weave.png'), join(SAMPLES, 'sound/hum.wav'), TALE];
  const chosen = ['-c', 'png,flac,gzip', '--limit', '1', '--max-size', '16', '--workers', '0'];
  const ran = await runCli(['compare', ...inputs, ...chosen, '--metrics', 'samples', '--csv']);
  expect(ran.code).toBe(0);
  const [head, ...lines] = ran.text.trimEnd().split('\n');
  const fields = head!.split(',');
  const value = (input: string, spec: string, field: string) =>
    lines.find((line) => line.startsWith(`${input},${spec},`))!.split(',')[fields.indexOf(field)];
  expect(value('weave.png', 'png', 'unit')).toBe('channel');
  expect(value('hum.wav', 'flac', 'unit')).toBe('sample');
  expect(value('tale.txt', 'gzip', 'unit')).toBe('character');
  expect(Number(value('weave.png', 'png', 'psnr'))).toBeGreaterThan(0);
  expect(Number(value('hum.wav', 'flac', 'spectralDistance'))).toBeGreaterThan(0);
  expect(Number(value('tale.txt', 'gzip', 'knownWords'))).toBeGreaterThanOrEqual(0);
  expect(value('hum.wav', 'gzip', 'failed')).toBe('0');
  const refused = lines.find((line) => line.startsWith('tale.txt,flac,'));
  expect(refused).toMatch(/flac expected audio, got bytes/);
});

test('the table fits into 80 columns, --wide shows everything, and CSV splits intervals into columns', async () => {
  const all = [...grid, '--chunk', '256', '--limit', '3', '-c', 'gzip,ppm,zstd'];
  const metrics = ['--metrics', 'samples,calibration'];
  const [narrow, wide, csv] = await withFolder(async (folder) => {
    const texts: string[] = [];
    for (const form of [[], ['--wide'], ['--csv']]) {
      const kept = ['-o', join(folder, 'r.jsonl')];
      texts.push((await runCli([...all, ...metrics, ...kept, ...form])).text);
    }
    return texts as [string, string, string];
  });
  for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(narrow).toMatch(/^ +bits\/byte +to best +own +loss +ms\/byte$/m);
  expect(narrow).toMatch(/^gzip decode +\d\.\d{3} ± \d\.\d{3} /m);
  expect(narrow).toMatch(/^ppm decode +is the judge/m);
  expect(wide).toMatch(/bits\/byte +95 % +to best +95 % .* raw % .* calib\. +ms\/byte\n/);
  const [head, ...lines] = csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  for (const line of lines) expect(line).toHaveLength(head!.length);
  const [gzip] = lines.filter((line) => line[1] === 'gzip');
  const [low, bpb, high] = ['bpbLow', 'bpb', 'bpbHigh'].map((name) =>
    Number(gzip![head!.indexOf(name)]),
  );
  expect(low).toBeLessThan(bpb!);
  expect(high).toBeGreaterThan(bpb!);
});

test('readings can be chosen per compressor', async () => {
  const flags = ['-c', 'gzip,lzma,zstd', '--readings', 'gzip=all', '--limit', '1', '--json'];
  const lines = jsonLines(await runCli([...grid, ...flags]));
  expect(lines.map(({ spec, reading = 'own' }) => `${spec} ${reading}`).sort()).toEqual([
    ...['gzip decode', 'gzip exact', 'gzip recompress', 'lzma decode', 'zstd own'],
  ]);
});

test("compressors score each other's samples, and the rankings are compared", async () => {
  const flags = ['-c', 'gzip,order0', '--metrics', 'cross', '--judge', 'ppm'];
  const ran = await runCli([...grid, ...flags]);
  expect(ran.text).toMatch(/scored by[^\n]*\ngzip decode +\d\.\d+ +\d\.\d+\norder0 decode/);
  expect(ran.text).toMatch(/held-out bits and the judge agree on \d of \d pairs/);
});

test('the library yields plain rows and measures no known row again', async () => {
  const data = new Uint8Array(readFileSync(TALE).subarray(0, 600));
  const options = { inputs: [{ name: 'tale', data }], compressors: ['order0'], chunk: 300 };
  const open = (run: (task: CellTask) => Promise<CompareRow>) => async () => {
    return { width: 1, run, close: async () => {} };
  };
  const run = (task: CellTask) => runCell(structuredClone(task));
  const rows: CompareRow[] = [];
  for await (const row of compare({ ...options, openRunner: open(run) })) rows.push(row);
  expect(JSON.parse(JSON.stringify(rows))).toEqual(structuredClone(rows));
  const known = new Map(rows.map((row) => [row.id, row]));
  const again: CompareRow[] = [];
  const refuse = () => Promise.reject(new Error('measured twice'));
  for await (const row of compare({ ...options, known, openRunner: open(refuse) })) again.push(row);
  expect(again).toEqual(rows.sort((a, b) => a.start - b.start));
});

test('a full disk ends the run in one line, with the results so far', async () => {
  const ran = await runCli([...grid, '-c', 'order0', '-o', '/dev/full']);
  expect(ran.code).toBe(1);
  expect(ran.text).toMatch(/order0 decode +\d/);
  expect(ran.stderr).toMatch(/\nzipdream: cannot write "\/dev\/full": the disk is full\n$/);
});

test('cells from another version are measured again', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'old.jsonl');
    const all = [...grid, '-c', 'order0', '-o', path];
    await runCli(all);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('"zipdream":"', '"zipdream":"0.0.'));
    const ran = await runCli(all);
    expect(ran.stderr).toMatch(
      /^4 cells of other versions of zipdream stay unused\n4 cells measured/,
    );
  });
});

test('failed cells count as known until they are retried', async () => {
  await withFolder(async (folder) => {
    const all = [...grid, '-c', 'command:false', '-o', join(folder, 'r.jsonl')];
    expect((await runCli(all)).stderr).toMatch(/^4 cells measured/);
    expect((await runCli(all)).stderr).toMatch(/^0 cells measured, 4 known/);
    expect((await runCli([...all, '--retry-failed'])).stderr).toMatch(/^4 cells measured/);
    expect((await runCli(all)).text).toMatch(/command:false: 4 cells failed/);
  });
});

test.each([
  [['--metrics', 'speed'], /--metrics has no "speed"; there are rates/],
  [['--readings', 'guess'], /--readings has no "guess"/],
  [['--from', '600'], /"--from" expected integer below --chunk 512, got 600/],
  [['--readings', 'ctw=all'], /--readings says "ctw=all", and "ctw" is not compared/],
  [['--chunk', '0'], /"--chunk" expected integer >= 1, got "0"/],
  [['--metrics', 'samples', '--judge', 'gzp'], /unknown compressor "gzp"/],
  [['-c', 'gzp'], /unknown compressor "gzp"/],
  [['-o', TALE], /not a result file: line 1 is not a cell/],
  [['-o', '/nowhere/r.jsonl'], /cannot write "\/nowhere\/r.jsonl"/],
])('refuses %s in one line', async (flags, message) => {
  const ran = await runCli([...grid, ...flags]);
  expect(ran.code).toBeGreaterThan(0);
  expect(ran.stderr).toMatch(message);
  expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('ranks the best first, with the control on top', () => {
  const cell = { zipdream: '0', sha256: '', from: 1, metrics: [], version: '', start: 0 };
  const row = (spec: string, bits: number): CompareRow => ({
    ...{
      ...cell,
      id: spec,
      judge: undefined,
      seed: undefined,
      input: 'i',
      spec,
      reading: 'decode',
    },
    measure: { bytes: 10, messageBytes: 11, bits, ownBits: 40, chunkBits: 88, msPerByte: 1 },
  });
  const [best, worst] = summarize([row('b', 30), row('a', 20)]);
  expect([best!.spec, best!.bpb, best!.conversionLoss, best!.rawRate]).toEqual(['a', 2, -2, 1]);
  expect(worst!.spec).toBe('b');
});

test('differences from the best model are paired by message', () => {
  const cell = { zipdream: '0', sha256: '', from: 1, metrics: [], version: '', input: 'i' };
  const row = (spec: string, start: number, bits: number): CompareRow => ({
    ...{ ...cell, id: `${spec}${start}`, spec, start, reading: 'decode' },
    measure: { bytes: 10, messageBytes: 11, bits, ownBits: 40, chunkBits: 88, msPerByte: 1 },
  });
  const levels = [5, 80, 20, 60, 40, 70];
  const rows = levels.flatMap((bits, i) => [
    row('best', i, bits),
    row('steady', i, bits + 1),
    // Better in half of the messages.
    row('unsure', i, bits + (i % 2 === 0 ? 9 : -6)),
    ...(i === 3 ? [row('once', i, bits + 30)] : []),
  ]);
  const summaries = summarize(rows);
  const of = (spec: string) => summaries.find((one) => one.spec === spec)!;
  expect(of('best').bpbDifference).toBeUndefined();
  expect(of('steady').bpbDifference).toBeCloseTo(0.1, 12);
  for (const end of of('steady').bpbDifferenceInterval!) expect(end).toBeCloseTo(0.1, 12);
  // Their own intervals overlap all the same.
  expect(of('best').bpbInterval![1]).toBeGreaterThan(of('steady').bpbInterval![0]);
  expect(of('unsure').bpbDifference).toBeCloseTo(0.15, 12);
  const [low, high] = of('unsure').bpbDifferenceInterval!;
  expect([low < 0, high > 0]).toEqual([true, true]);
  // One pair is no interval.
  expect(of('once').bpbDifference).toBeCloseTo(3, 12);
  expect(of('once').bpbDifferenceInterval).toEqual([Number.NaN, Number.NaN]);
  const report = renderReport([{ name: 'r', rows }]);
  expect(report).toContain('steady decode needs 0.100 more on the same messages');
  expect(report).toContain('cannot be distinguished from the best: unsure decode, once decode.');
  const told = rows.filter(({ spec }) => spec === 'best' || spec === 'steady');
  expect(renderReport([{ name: 'r', rows: told }])).toMatch(
    /steady decode needs.*zero is excluded\./,
  );
});
