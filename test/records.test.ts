// The same picture, sound and text give the same numbers whichever way is asked, under the same keys
// (guide/5-records.md).

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { scorePassage } from '../src/measure/score.js';
import type { CutOptions, Medium } from '../src/media/medium.js';
import { readWav, writeWav } from '../src/modality/wav.js';
import { mediumOf } from '../src/node/media.js';
import { openCompressor } from '../src/node/open.js';
import { jsonLines, runCli, withFolder } from './run-cli.js';

const SAMPLES = join(import.meta.dirname, '../samples');

/** Half a second of a sound. */
const folder = mkdtempSync(join(tmpdir(), 'zipdream-records-'));
const SHORT = join(folder, 'short.wav');
const whisper = readWav(new Uint8Array(readFileSync(join(SAMPLES, 'sound/whisper.wav'))));
writeFileSync(SHORT, writeWav({ format: whisper.format, data: whisper.data.subarray(0, 8000) }));
afterAll(() => rmSync(folder, { recursive: true }));

const CASES = [
  {
    medium: 'text',
    path: join(SAMPLES, 'text/tale.txt'),
    spec: 'ppm',
    flags: [],
    cut: { chunk: 4096, from: 2048 },
  },
  {
    ...{ medium: 'picture', path: join(SAMPLES, 'pictures/weave.png'), spec: 'png' },
    ...{ flags: ['--max-size', '24', '--grey'], cut: { maxSize: 24, grey: true } },
  },
  { medium: 'sound', path: SHORT, spec: 'flac', flags: [], cut: {} },
] as const;

const COMMON = ['zipdream', 'medium', 'spec', 'compressor', 'version', 'reading', 'given'];
const RATES = ['bytes', 'unit', 'units', 'bits', 'bpb', 'bitsPerUnit'];

describe.each(CASES)('$medium', ({ medium: name, path, spec, flags, cut }) => {
  test('has the same rate from score, compare and the library', async () => {
    const chunks = name === 'text' ? ['--chunk', '4096', '--from', '2048'] : [];
    const [scored] = jsonLines(
      await runCli(['score', path, '-c', spec, ...flags, ...chunks, '--json']),
    );
    for (const key of [...COMMON, ...RATES, 'ownBits', 'conversionLoss']) {
      expect(scored, key).toHaveProperty(key);
    }
    const medium: Medium = mediumOf(new Uint8Array(readFileSync(path)));
    expect(medium.name).toBe(name);
    const content = await medium.read(new Uint8Array(readFileSync(path)));
    const { passage } = medium.cut(content, cut as CutOptions);
    const compressor = await openCompressor(spec, { format: passage.format });
    const result = await scorePassage({ compressor, reading: compressor.readings[0]! }, passage);
    expect(scored).toMatchObject({ bits: result.bits, bpb: result.bpb, unit: result.unit });
    const asked = name === 'sound' ? ['--chunk', 'whole'] : chunks;
    const [compared] = jsonLines(
      await runCli(['compare', path, '-c', spec, ...flags, ...asked, '--json', '--workers', '0']),
    );
    expect(compared!.unit).toBe(scored!.unit);
    for (const key of ['bpb', 'bitsPerUnit', 'conversionLoss']) {
      expect(compared![key] as number, key).toBeCloseTo(scored![key] as number, 9);
    }
  });

  test('has the common keys in the record of sample, whose bits agree with score', async () => {
    await withFolder(async (folder) => {
      const output = join(folder, name === 'sound' ? 'o.wav' : name === 'text' ? 'o.txt' : 'o.png');
      const what = name === 'text' ? ['The ', '--corpus', path, '-n', '200'] : [path];
      const more = name === 'sound' ? ['-n', '300'] : flags;
      const args = ['sample', ...what, '-c', spec, '--seed', '5', '-o', output, ...more];
      const ran = await runCli([...args, '--json']);
      expect(ran.code).toBe(0);
      const written = name === 'text' ? readFileSync(output) : Buffer.from(ran.text);
      const lines = written.toString().trimEnd().split('\n');
      const record = JSON.parse(lines.at(-1)!) as Record<string, unknown>;
      for (const key of [...COMMON, ...RATES, 'seed', 'temperature', 'drawn', 'samples']) {
        expect(record, key).toHaveProperty(key);
      }
      const drawnBy = name === 'picture' ? 'png:wrap=0' : spec;
      expect(record).toMatchObject({ medium: name, spec: drawnBy, seed: '5', samples: 1 });
      if (name === 'text') return;
      const given = name === 'sound' ? ['--given', '2000'] : [];
      const score = ['score', output, '-c', drawnBy, ...given, '--json'];
      const [scored] = jsonLines(await runCli(score));
      expect(scored!.bits as number).toBeCloseTo(record.bits as number, 6);
      expect(scored).toMatchObject({ unit: record.unit, units: record.units, bytes: record.bytes });
    });
  });

  test('has the common keys in the record of next', async () => {
    const what = name === 'text' ? ['The '] : [path];
    const [seen] = jsonLines(await runCli(['next', ...what, '-c', spec, ...flags, '--json']));
    for (const key of [...COMMON, 'contextBytes', 'likeliest'])
      expect(seen, key).toHaveProperty(key);
    expect(seen).toMatchObject({ medium: name, spec });
  });
});
