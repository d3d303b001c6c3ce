// The paper's figures on a small made-up folder: rates as Python's own modules have them, figures
// whole and resumed.

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPng } from '../src/engines/png/read.js';
import { score } from '../src/measure/score.js';
import { readWav } from '../src/modality/wav.js';
import { openCompressor } from '../src/node/open.js';
import { type Ran, runCli, TALE, withFolder } from './run-cli.js';

const SAMPLES = join(import.meta.dirname, '../samples');
let data: string;

beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'zipdream-paper-'));
  for (const part of ['text', 'image/photos', 'audio'])
    mkdirSync(join(data, part), { recursive: true });
  const tale = readFileSync(TALE);
  const pixels = readPng(readFileSync(join(SAMPLES, 'pictures/bands.png'))).picture.pixels;
  const whisper = readFileSync(join(SAMPLES, 'sound/whisper.wav')).subarray(44);
  const speech = Uint8Array.from(
    { length: 2048 },
    (_, i) => (whisper.readInt16LE(2 * i) >> 8) + 128,
  );
  writeFileSync(join(data, 'text/wiki-test.txt'), tale.subarray(0, 2 * 2048));
  writeFileSync(join(data, 'image/kodak-patches-test.bin'), pixels.subarray(0, 4096));
  writeFileSync(join(data, 'audio/speech-u8-test.bin'), speech);
});
afterAll(() => rmSync(data, { recursive: true }));

interface Figure {
  readonly records: readonly Record<string, number | string | null>[];
  readonly data: readonly { readonly name: string; readonly bytes: number }[];
  readonly notes: readonly string[];
}

const figureIn = (folder: string, name: string): Figure =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import gzip, lzma']);
    return true;
  } catch {
    return false;
  }
}

/** The paper's evaluate_compressor_chunked and _unchunked, with Python's own modules. */
const ORACLE = `
import gzip, json, lzma, sys
def sizes(compress, data):
    chunks = [data[i:i + 2048] for i in range(0, len(data), 2048)]
    header = len(compress(b'\\0'))
    return [sum(len(compress(c)) for c in chunks) - header * (len(chunks) - 1), len(compress(data))]
for path in sys.argv[1:]:
    data = open(path, 'rb').read()
    print(json.dumps([sizes(lambda d: gzip.compress(d, 9), data), sizes(lzma.compress, data)]))
`;

const isHere = hasPython();
test.skipIf(!isHere)(
  `Table 1: gzip and LZMA2 match Python to the byte, and the file resumes${isHere ? '' : ': skipped without python3'}`,
  async () => {
    await withFolder(async (out) => {
      const args = ['paper', 'table1', '--data', data, '-o', out];
      const ran = await runCli(args);
      expect(ran.code).toBe(0);
      const figure = figureIn(out, 'table1');
      expect(figure.data.map(({ bytes }) => bytes)).toEqual([4096, 4096, 2048, 4096]);
      const files = { text: 'text/wiki-test.txt', image: 'image/kodak-patches-test.bin' };
      const paths = Object.values(files).map((file) => join(data, file));
      const lines = execFileSync('python3', ['-c', ORACLE, ...paths], { encoding: 'utf8' });
      for (const [i, set] of Object.keys(files).entries()) {
        const sizesOf = (name: string) => {
          const records = figure.records.filter((r) => r.set === set && r.name === name);
          const isChunked = ({ chunk }: { chunk?: unknown }) => chunk === 2048;
          const chunked = records.find(isChunked)!;
          const whole = records.find((record) => !isChunked(record))!;
          return [chunked.compressedBytes, whole.compressedBytes];
        };
        const oracle = JSON.parse(lines.split('\n')[i]!);
        expect([sizesOf('gzip'), sizesOf('LZMA2')]).toEqual(oracle);
      }
      const text = readFileSync(join(out, 'table1.md'), 'utf8');
      expect(text).toMatch(/^\| 2048 \| gzip \| \d+\.\d \| 48\.1 \| \d+\.\d \| 68\.6 /m);
      expect(text).not.toContain(data);
      const lm = figure.records.find(({ name, set }) => name === 'lm 200k' && set === 'text')!;
      const { rawRate, adjustedRate, modelBytes } = lm as Record<string, number>;
      expect(adjustedRate! - rawRate!).toBeCloseTo(modelBytes! / 4096, 9);

      const refused = await runCli(args);
      expect(refused.stderr).toMatch(/table1.json" is already there; --force replaces it\n$/);
      const cells = readFileSync(join(out, 'cells.jsonl'), 'utf8').trimEnd().split('\n');
      writeFileSync(join(out, 'cells.jsonl'), `${cells.slice(1).join('\n')}\n`);
      const again = await runCli([...args, '--force', '--workers', '1']);
      expect(again.stderr).toMatch(/^1 cells? measured/);
      expect(figureIn(out, 'table1')).toEqual(figure);
    });
  },
);

test('Fig. 4: rates match the prefixes, and an interrupted run resumes', async () => {
  await withFolder(async (out) => {
    const args = ['paper', 'fig4', '--data', data, '--limit', '1', '--workers', '1'];
    const cut = join(out, 'cut');
    const killed = await runCli([...args, '-o', cut], {
      during: (child) => {
        const look = setInterval(() => {
          const cells = join(cut, 'cells.jsonl');
          if (!existsSync(cells) || readFileSync(cells).length === 0) return;
          clearInterval(look);
          child.kill('SIGINT');
        }, 20);
      },
    });
    expect(killed.code).toBe(130);
    expect(killed.stderr).toMatch(/^interrupted after \d+ cells?; the same command goes on/);
    const ran = await runCli([...args, '-o', cut]);
    expect(ran.code).toBe(0);
    const { records } = figureIn(cut, 'fig4');
    const rateOf = (name: string, length: number) =>
      records.find((r) => r.set === 'text' && r.name === name && r.length === length)!.rate;
    const text = new Uint8Array(readFileSync(join(data, 'text/wiki-test.txt')).subarray(0, 2048));
    const { bits } = await score(await openCompressor('ppm'), text.subarray(0, 512));
    expect(rateOf('ppm', 512)).toBeCloseTo(bits / 8 / 512, 9);
    const xz = execFileSync('xz', ['-6', '-T1', '-c'], { input: text.subarray(0, 256) });
    expect(rateOf('LZMA2', 256)).toBe(xz.length / 256);
    const svg = readFileSync(join(cut, 'fig4.svg'), 'utf8');
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg.match(/<path /g)!.length).toBeGreaterThan(20);
  });
});

test('Table 2 and Fig. 2 include the bundled language models', async () => {
  const flags = ['--data', data, '--limit', '1', '--json'];
  const table2 = jsonFigure(await runCli(['paper', 'table2', ...flags]));
  const small = table2.records.find(({ name }) => name === 'lm 200k');
  expect(small).toMatchObject({ tokenizer: 'bytes', bytes: 2048 });
  const fig2 = jsonFigure(await runCli(['paper', 'fig2', ...flags]));
  const ofLm = fig2.records.filter(({ name }) => name === 'lm 200k') as Record<string, number>[];
  expect(ofLm.map(({ dataBytes }) => dataBytes)).toEqual([1e6, 1e7, 1e8, 1e9]);
  for (const { adjustedRate, rawRate, modelBytes, dataBytes } of ofLm) {
    expect(adjustedRate).toBeCloseTo(rawRate! + modelBytes! / dataBytes!, 9);
  }
});

test('Fig. 3, C.1 and C.3 draw the missing part, the same for the same input', async () => {
  await withFolder(async (out) => {
    const picture = join(SAMPLES, 'pictures/bands.png');
    await runCli(['paper', 'fig3', '--input', picture, '--limit', '10', '-o', out]);
    expect(figureIn(out, 'fig3').records).toHaveLength(4);
    const sheet = readFileSync(join(out, 'fig3.svg'), 'utf8');
    const images = [...sheet.matchAll(/base64,([^"]+)/g)].map(([, png]) =>
      readPng(Buffer.from(png!, 'base64')),
    );
    expect(images).toHaveLength(5);
    const [truth, ...drawn] = images.map((image) => image.picture);
    for (const { width, height, pixels } of drawn) {
      expect([width, height]).toEqual([96, 10]);
      for (let y = 0; y < 10; y++) {
        const left = (of: Uint8Array) => of.subarray(96 * y, 96 * y + 48);
        expect(left(pixels)).toEqual(left(truth!.pixels));
      }
      expect(pixels).not.toEqual(truth!.pixels);
    }

    const c1 = ['paper', 'figc1', '--input', TALE, '--limit', '1', '--json'];
    const once = jsonFigure(await runCli(c1));
    const again = jsonFigure(await runCli(c1));
    expect(again).toEqual(once);
    expect(once.records.map(({ text }) => [...String(text)].length)).toEqual(
      once.records.map(() => 100),
    );

    const sound = join(SAMPLES, 'sound/whisper.wav');
    const c3 = await runCli(['paper', 'figc3', '--input', sound, '-o', out]);
    expect(c3.code).toBe(0);
    const wavs = readdirSync(out).filter((name) => name.endsWith('.wav'));
    const sounds = wavs.map((name) => readWav(readFileSync(join(out, name))));
    expect(sounds).toHaveLength(5);
    for (const { data } of sounds) {
      expect(data.length).toBe(2048);
      expect(data.subarray(0, 1024)).toEqual(sounds[0]!.data.subarray(0, 1024));
    }
  });
});

function jsonFigure(ran: Ran): Figure {
  return JSON.parse(ran.text);
}
