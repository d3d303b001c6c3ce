// Sounds on the command line, with the synthesised ones of samples/.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeFlac } from '../src/engines/flac/decode.js';
import { readAudio } from '../src/modality/audio.js';
import { writeWav } from '../src/modality/wav.js';
import { jsonLines, type Ran, runCli, withFolder } from './run-cli.js';

const WHISPER = join(import.meta.dirname, '../samples/sound/whisper.wav');
const whisper = readAudio(new Uint8Array(readFileSync(WHISPER)));

/** `zipdream sample WHISPER -c flac --seed 1 ARGS`. */
function sample(...args: string[]): Promise<Ran> {
  return runCli(['sample', WHISPER, '-c', 'flac', '--seed', '1', ...args]);
}

describe('sample of a sound', () => {
  test('writes the given and the drawn part, the same for the same seed', async () => {
    await withFolder(async (folder) => {
      const at = (name: string): string => join(folder, name);
      const cut = ['--given', '1s', '-n', '250ms'];
      const ran = await sample(...cut, '-o', at('a.wav'));
      expect(ran.code).toBe(0);
      expect(ran.text).toMatch(/^given 1\.00 s +drawn 0\.25 s$/m);
      await sample(...cut, '-o', at('b.flac'));
      const sound = readAudio(new Uint8Array(readFileSync(at('a.wav'))));
      expect(sound.format).toEqual(whisper.format);
      expect(sound.data.length).toBe(2 * (8000 + 2000));
      expect(sound.data.subarray(0, 16_000)).toEqual(whisper.data.subarray(0, 16_000));
      expect(readAudio(new Uint8Array(readFileSync(at('b.flac'))))).toEqual(sound);
      const again = await sample(...cut, '-o', at('a.wav'));
      expect(again.code).toBe(1);
      expect(again.stderr).toMatch(/"[^"]*a\.wav" is already there; --force replaces it/);
    });
  });

  test("follows the paper's protocol, with several samples and a sheet", async () => {
    await withFolder(async (folder) => {
      const at = (name: string): string => join(folder, name);
      const paper = ['--protocol', 'paper', '--count', '2', '-o', at('p.wav')];
      await sample(...paper, '--sheet', at('p.svg'), '--beside', 'order0');
      const [one, two] = ['p-1.wav', 'p-2.wav'].map((name) =>
        readAudio(new Uint8Array(readFileSync(at(name)))),
      );
      expect(one!.format).toMatchObject({ channels: 1, bitsPerSample: 8 });
      expect(one!.data.length).toBe(2048);
      expect(one!.data.subarray(0, 1024)).toEqual(two!.data.subarray(0, 1024));
      expect(one!.data).not.toEqual(two!.data);
      const svg = readFileSync(at('p.svg'), 'utf8');
      expect(svg.match(/<image /g)?.length).toBe(3);
      for (const title of ['original', 'flac, decode', 'order0, decode']) {
        expect(svg).toContain(title);
      }
    });
  });

  test('writes a WAV to stdout, and a record with --json', async () => {
    const { stdout } = await sample('-n', '100');
    expect(readAudio(stdout).data.length).toBe(2 * (12_000 + 100));
    const [one, line] = jsonLines(await sample('-n', '100', '--json'));
    expect(one).toMatchObject({ sample: 0, bytes: 200 });
    expect(line).toMatchObject({ seed: '1', compressor: 'flac', given: 24_000, units: 100 });
    expect(line).toMatchObject({ medium: 'sound', unit: 'sample', drawn: 'samples' });
    expect(line!.bitsPerUnit).toBeGreaterThan(4);
    expect(line!.bitsPerUnit).toBeLessThan(16);
  });

  test('refuses unsupported requests in one line', async () => {
    const problem = async (...args: string[]): Promise<string> => {
      const { code, stderr } = await runCli(['sample', ...args]);
      expect(code).toBe(2);
      return stderr;
    };
    expect(await problem(WHISPER, '--given', '9s')).toMatch(/has 24000 \(3\.00 s\)/);
    expect(await problem(WHISPER, '--given', 'long')).toMatch(/"--given" of a sound expected/);
    expect(await problem(WHISPER, '-c', 'flac', '--top-k', '3')).toMatch(
      /--top-k does not apply to a sound; it applies to a picture or a text/,
    );
    expect(await problem('a text', '--given', '2s')).toMatch(
      /--given does not apply to a text; it applies to a picture or a sound/,
    );
    expect(await problem('a text', '-n', '2s')).toMatch(/needs a sound/);
    expect(await problem('a text', '-c', 'flac')).toMatch(/flac expected audio, got bytes/);
  });

  test('names the damaged file and the offset', async () => {
    await withFolder(async (folder) => {
      const path = join(folder, 'torn.wav');
      writeFileSync(path, readFileSync(WHISPER).subarray(0, 30));
      const { code, stderr } = await runCli(['sample', path, '-c', 'flac']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/cannot read ".*torn\.wav": WAV file ends too soon at byte 30/);
    });
  });
});

test('score reports bits per sample, next to the rate of the encoder', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'short.wav');
    writeFileSync(path, writeWav({ ...whisper, data: whisper.data.subarray(0, 16_000) }));
    const ran = await runCli(['score', path, '-c', 'flac', '--given', '500ms', '--json']);
    const [result] = jsonLines(ran);
    expect(result).toMatchObject({ compressor: 'flac', reading: 'decode', units: 4000 });
    expect(result!.bitsPerUnit).toBeLessThan(11);
    expect(result!.conversionLoss).toBeLessThan(0);
    const bytes = jsonLines(await runCli(['score', path, '-c', 'order0', '--json']))[0];
    expect(bytes!.bitsPerUnit).toBeGreaterThan(result!.bitsPerUnit as number);
  });
  expect((await runCli(['score', WHISPER, '--chunk', '9'])).stderr).toMatch(
    /--chunk does not apply to a sound; it applies to a text/,
  );
});

test('next shows the likeliest samples and the true one', async () => {
  const ran = await runCli(['next', WHISPER, '-c', 'flac', '--given', '500ms', '--json']);
  const [seen] = jsonLines(ran) as [{ quantiles: number[]; truth: number; likeliest: unknown[] }];
  const [low, middle, high] = seen.quantiles as [number, number, number];
  expect(low).toBeLessThan(middle);
  expect(middle).toBeLessThan(high);
  expect(seen.likeliest.length).toBe(20);
  expect(Number.isInteger(seen.truth)).toBe(true);
});

test('compress writes FLAC that decompress restores', async () => {
  await withFolder(async (folder) => {
    const wav = join(folder, 'w.wav');
    writeFileSync(wav, readFileSync(WHISPER));
    expect((await runCli(['compress', wav, '-c', 'flac', '--verify'])).code).toBe(0);
    const flac = new Uint8Array(readFileSync(join(folder, 'w.flac')));
    expect(decodeFlac(flac).sampleRate).toBe(8000);
    await runCli(['decompress', join(folder, 'w.flac'), '-o', join(folder, 'back.wav')]);
    expect(readFileSync(join(folder, 'back.wav'))).toEqual(readFileSync(WHISPER));
    const torn = join(folder, 'torn.flac');
    writeFileSync(torn, flac.subarray(0, 500));
    const ran = await runCli(['decompress', torn]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/at byte 500/);
  });
});

test('compress reports what it does not keep of a WAV, and reads all of an unfinalised one', async () => {
  await withFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    const wav = readFileSync(WHISPER);
    const cue = Buffer.concat([Buffer.from('cue '), Buffer.from([4, 0, 0, 0, 0, 0, 0, 0])]);
    writeFileSync(at('cue.wav'), Buffer.concat([wav, cue]));
    const kept = await runCli(['compress', at('cue.wav'), '-c', 'flac']);
    expect(kept.stderr).toMatch(/cue\.wav": not kept: cue points\n/);

    const open = Buffer.from(wav);
    open.writeUInt32LE(0, 4);
    open.writeUInt32LE(0, 40);
    writeFileSync(at('open.wav'), open);
    const ran = await runCli(['compress', at('open.wav'), '-c', 'flac']);
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(
      /open\.wav": the declared length is 0: the rest of the file is read as sound/,
    );
    const { channels } = decodeFlac(new Uint8Array(readFileSync(at('open.flac'))));
    expect(channels[0]!.length).toBe(24_000);
  });
});
