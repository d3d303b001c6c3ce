// The report of a comparison: one HTML file that asks for nothing, with every figure of the rows and
// every name and sample escaped. What its script does is tested in slow-report.test.ts.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPng } from '../src/engines/png/read.js';
import { type CompareRow, HELD_OUT, isControl } from '../src/measure/compare-row.js';
import { summarize } from '../src/measure/compare-summary.js';
import { readSample } from '../src/measure/stored-sample.js';
import { shrink } from '../src/modality/image.js';
import { readWav } from '../src/modality/wav.js';
import { compare } from '../src/node/compare.js';
import type { CompareOptions } from '../src/node/compare-options.js';
import { FileError } from '../src/node/files.js';
import { renderReport } from '../src/node/report/page.js';
import { readSource } from '../src/node/report/read.js';
import { VERSION } from '../src/version.js';
import { runCli, withFolder } from './run-cli.js';

const SAMPLES = join(import.meta.dirname, '../samples');
const HOSTILE = `<script>alert(1)</script>"'&amp;<img src=http://example.com/x>`;

const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(SAMPLES, name)));

const tale = read('text/tale.txt');
const bands = shrink(readPng(read('pictures/bands.png')).picture, 16);
const hum = readWav(read('sound/hum.wav'));

async function measure(options: Omit<CompareOptions, 'workers'>): Promise<CompareRow[]> {
  const rows: CompareRow[] = [];
  for await (const row of compare({ ...options, workers: 0 })) rows.push(row);
  return rows;
}

let texts: CompareRow[];
let media: CompareRow[];
let textPage: string;
let mediaPage: string;

beforeAll(async () => {
  const hostile = Uint8Array.from([...Buffer.from(HOSTILE.repeat(6)), ...tale.subarray(0, 80)]);
  texts = await measure({
    inputs: [
      { name: 'tale.txt', data: tale.subarray(0, 768) },
      { name: HOSTILE, data: hostile },
    ],
    compressors: ['gzip', 'ppm', 'order0', 'node-zlib'],
    ...{ chunk: 256, from: 128, judge: 'order0', seed: HOSTILE },
    metrics: ['rates', 'calibration', 'samples', 'cross'],
  });
  const { width, channels, pixels } = bands;
  const data = hum.data.subarray(0, 1600);
  media = await measure({
    inputs: [
      { name: 'bands.png', data: pixels, format: { kind: 'image', width, channels } },
      { name: 'hum.wav', data, format: hum.format },
    ],
    compressors: ['order0', 'png', 'flac'],
    ...{ chunk: 400, judge: 'order0', metrics: ['rates', 'samples'] },
  });
  textPage = report(texts);
  mediaPage = report(media);
}, 60_000);

function parse(html: string) {
  return parseHTML(html).document;
}

const report = (rows: readonly CompareRow[]): string => renderReport([{ name: 'r.jsonl', rows }]);

/** The cells of a table by its caption, rows first. */
function table(html: string, caption: string): string[][][] {
  return [...parse(html).querySelectorAll('figure')]
    .filter((figure) => figure.querySelector('figcaption')?.textContent.startsWith(caption))
    .map((figure) =>
      [...figure.querySelectorAll('tr')].map((row) =>
        [...row.children].map((cell) => cell.textContent ?? ''),
      ),
    );
}

describe('a report', () => {
  it('makes no requests and runs only its own script, whatever the names and samples are', () => {
    for (const html of [textPage, mediaPage]) {
      expect(parse(html).querySelectorAll('script')).toHaveLength(1);
      const all = [...parse(html).querySelectorAll('*')];
      const names = new Set(all.map(({ tagName }) => tagName.toLowerCase()));
      for (const tag of ['iframe', 'object', 'embed', 'link', 'form', 'base']) {
        expect(names).not.toContain(tag);
      }
      for (const { name, value } of all.flatMap((element) => [...element.attributes])) {
        expect(name).not.toMatch(/^on|^style$|^srcset$/);
        if (/^(src|href|xlink:href|action|data)$/.test(name)) {
          expect(value).toMatch(/^data:(image\/png|audio\/wav);base64,|^#/);
        }
      }
      expect(names.has('img')).toBe(html === mediaPage);
    }
  });

  it('allows only its own style and script and data: URLs in its policy', () => {
    const styles = [...textPage.matchAll(/<style>([^<]*)<\/style>/g)].map(([, css]) => css!);
    const scripts = [...textPage.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
      ([, code]) => code!,
    );
    expect([styles.length, scripts.length]).toEqual([1, 1]);
    const [style, script] = [styles[0]!, scripts[0]!].map((text) =>
      createHash('sha256').update(text).digest('base64'),
    );
    const policy = parse(textPage)
      .querySelector('meta[http-equiv="Content-Security-Policy"]')!
      .getAttribute('content');
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${style}'; script-src 'sha256-${script}'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(styles[0]).not.toMatch(/url\(|@import/);
  });

  it('ranks every model of every input, with the figures of the summaries', () => {
    const rankings = table(textPage, 'How well each expects');
    expect(rankings).toHaveLength(2);
    for (const [i, input] of [HOSTILE, 'tale.txt'].entries()) {
      const models = summarize(texts).filter((one) => one.input === input && !isControl(one.spec));
      expect(models).toHaveLength(4);
      const [head, ...lines] = rankings[i]!;
      expect(lines.map(([name]) => name)).toEqual(
        models.map(({ spec, reading }) => (reading ? `${spec} ${reading}` : `${spec} (own rate)`)),
      );
      expect(lines.map((line) => line[head!.indexOf('bits/byte')])).toEqual(
        models.map(({ bpb }) => bpb?.toFixed(3) ?? ''),
      );
      expect(lines.map((line) => line[head!.indexOf('raw %')])).toEqual(
        models.map(({ rawRate }) => (100 * rawRate!).toFixed(1)),
      );
      const loss = models[0]!.conversionLoss!;
      expect(Number(lines[0]![head!.indexOf('loss')]!.replace('−', '-'))).toBeCloseTo(loss, 3);
    }
  });

  it('shows samples, the cross matrix and where the rankings disagree', () => {
    const drawn = table(textPage, 'What each draws');
    for (const rows of drawn) {
      expect(rows.slice(1, 4).map(([name]) => name)).toEqual([
        'true continuation (control)',
        ...['order3^1.5 (control)', 'ppm^1.5 (control)'],
      ]);
      expect(
        rows
          .slice(4)
          .map(([name]) => name)
          .sort(),
      ).toEqual([...['gzip decode', 'order0 decode', 'ppm decode']]);
    }
    const own = texts.filter((row) => row.input === 'tale.txt' && row.spec === 'ppm' && !row.cross);
    const bits = own.reduce((sum, { measure: one }) => sum + one!.drawn!.bits, 0);
    const bytes = own.reduce((sum, { measure: one }) => sum + one!.drawn!.bytes, 0);
    const matrix = table(textPage, 'Bits per byte of what one draws')[1]!;
    const at = matrix[0]!.indexOf('ppm decode');
    const line = matrix.find(([name]) => name === 'ppm decode')!;
    expect(line[at]).toBe((bits / bytes).toFixed(2));
    expect(textPage).toMatch(/differ by more than their intervals/);
  });

  it('shows each text as drawn', () => {
    const document = parse(textPage);
    const shown = [...document.querySelectorAll('.samples section')].map((section) => ({
      name: section.querySelector('h4')!.textContent,
      text: section.querySelector('pre')!.textContent,
    }));
    const row = texts.find(
      ({ input, start, spec }) => input === HOSTILE && start === 0 && spec === HELD_OUT,
    )!;
    const truth = Buffer.from(readSample(row.control!.sample!).bytes).toString();
    expect(truth).toContain('</script>');
    expect(shown[0]).toEqual({ name: 'true continuation (control)', text: truth });
    expect(shown.filter(({ name }) => name === 'gzip decode')).toHaveLength(4);
  });

  it('shows pictures with the given pixels, and the true ones', () => {
    const images = [...parse(mediaPage).querySelectorAll('.pictures img')];
    const pictures = images.map((image) => {
      const file = Buffer.from(image.getAttribute('src')!.split(',')[1]!, 'base64');
      return { alt: image.getAttribute('alt')!, ...readPng(file).picture };
    });
    expect(pictures.map(({ alt }) => alt)).toContain('bands.png: png decode');
    const truth = pictures.find(({ alt }) => alt.includes('true'))!;
    expect(Buffer.from(truth.pixels).equals(bands.pixels)).toBe(true);
    const { width, channels } = bands;
    for (const { pixels } of pictures) {
      for (let i = 0; i < pixels.length; i++) {
        const isGiven = Math.floor(i / channels) % width < width >> 1;
        if (isGiven) expect(pixels[i]).toBe(bands.pixels[i]);
      }
    }
  });

  it('plays the given and the drawn part of sounds', () => {
    const players = [...parse(mediaPage).querySelectorAll('audio')];
    const sounds = players.map((player) => {
      const file = Uint8Array.from(
        Buffer.from(player.getAttribute('src')!.split(',')[1]!, 'base64'),
      );
      return { label: player.getAttribute('aria-label'), ...readWav(file) };
    });
    expect(sounds.map(({ label }) => label)).toContain('flac decode');
    const truth = sounds.find(({ label }) => label!.includes('true'))!;
    expect(truth.format).toEqual(hum.format);
    expect(truth.data).toEqual(hum.data.slice(0, 800));
    const starts = sounds.map(({ data }) => {
      return [0, 800].find((at) =>
        data.subarray(0, 400).every((byte, i) => byte === hum.data[at + i]),
      );
    });
    expect(starts).toEqual([0, 800].flatMap((at) => new Array(5).fill(at)));
  });

  it('reports what failed, and why', () => {
    expect(mediaPage).toMatch(/png \(own rate\): \d of \d cells? failed: /);
  });

  it('explains how to reproduce it: commands, versions and hashes', () => {
    const command = parse(textPage).querySelector('pre.command')!.textContent;
    expect(command).toContain('-c gzip,node-zlib,order0,ppm \\\n');
    expect(command).toContain('--readings gzip=decode,order0=decode,ppm=decode --metrics rates,');
    expect(command).toContain('--chunk 256 --from 128 --limit 3 --judge order0 --seed ');
    expect(command).toContain(`'<script>alert(1)</script>"'\\''&amp;`);
    expect(textPage).toContain(`zipdream ${VERSION}`);
    for (const { sha256 } of texts.filter((row) => !row.cross)) expect(textPage).toContain(sha256);
  });

  it('is accessible to screen readers: headings in order, every picture and table named', () => {
    for (const html of [textPage, mediaPage]) {
      const document = parse(html);
      const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((h) => +h.tagName[1]!);
      expect(levels[0]).toBe(1);
      levels.slice(1).forEach((level, i) => {
        expect(level - levels[i]!).toBeLessThanOrEqual(1);
      });
      for (const image of document.querySelectorAll('img')) {
        expect(image.getAttribute('alt')).toBeTruthy();
      }
      for (const head of document.querySelectorAll('th')) {
        expect(head.getAttribute('scope')).toBeTruthy();
      }
    }
  });

  it('is the same for the same rows in any order', () => {
    expect(report(texts.toReversed())).toBe(textPage);
  });

  it('refuses contradictory cells', async () => {
    const other = await measure({
      inputs: [{ name: 'tale.txt', data: tale.subarray(0, 768) }],
      ...{ compressors: ['order0'], chunk: 512, from: 128 },
    });
    expect(() => report([...texts, ...other])).toThrow(
      '"tale.txt" was measured in chunks of two sizes, or has changed; report one of them',
    );
  });

  it('does not depend on the array type of an input, and compare leaves inputs unchanged', async () => {
    const data = Buffer.from(tale.subarray(0, 256));
    const rows = await measure({
      inputs: [{ name: 'tale.txt', data }],
      ...{ compressors: ['order0', 'ppm'], chunk: 256, metrics: ['samples', 'cross'] },
    });
    expect(data.equals(tale.subarray(0, 256))).toBe(true);
    const truth = rows.find(({ spec }) => spec === HELD_OUT)!.control!.sample!;
    expect(readSample(truth).bytes).toEqual(tale.slice(128, 256));
  });

  it('separates results measured under different conditions', async () => {
    const other = await measure({
      inputs: [{ name: 'tale.txt', data: tale.subarray(0, 768) }],
      ...{ compressors: ['order0'], chunk: 256, from: 64 },
    });
    const rankings = table(report([...texts, ...other]), 'How well each expects');
    expect(rankings.map((rows) => rows.length - 1)).toEqual([4, 1, 4]);
  });
});

describe('zipdream report', () => {
  const lines = (rows: readonly object[]): string =>
    rows.map((row) => `${JSON.stringify(row)}\n`).join('');

  it('writes the page, and overwrites only with --force', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'r.jsonl');
      const page = join(folder, 'page.html');
      writeFileSync(path, lines(texts));
      const first = await runCli(['report', path, '-o', page, '--title', HOSTILE]);
      expect(first).toMatchObject({ code: 0, text: '' });
      expect(first.stderr).toContain(`${texts.length} cells`);
      const html = readFileSync(page, 'utf8');
      expect(parse(html).querySelector('h1')!.textContent).toBe(HOSTILE);
      expect(html).toContain(createHash('sha256').update(readFileSync(path)).digest('hex'));
      const again = await runCli(['report', path, '-o', page]);
      expect(again.code).toBe(1);
      expect(again.stderr).toBe(`zipdream: "${page}" is already there; --force replaces it\n`);
      expect((await runCli(['report', path, '-o', page, '--force'])).code).toBe(0);
      const piped = await runCli(['report', path, '-o', '-']);
      expect(piped.text).toBe(readFileSync(page, 'utf8'));
    }));

  it('reports invalid input in one line', () =>
    withFolder(async (folder) => {
      const { measure: _, ...row } = texts.find(({ measure: one }) => one)!;
      const files = {
        empty: '',
        text: 'no JSON\n',
        cut: JSON.stringify(texts[0]).slice(0, 80),
        old: lines([{ ...texts[0], zipdream: '0.0.1' }]),
        failed: lines([{ ...row, error: 'out of luck' }]),
      };
      const at = (name: string): string => join(folder, name);
      for (const [name, text] of Object.entries(files)) writeFileSync(at(name), text);
      const wrong: readonly (readonly [string, string])[] = [
        [at('empty'), `"${at('empty')}" has no results`],
        [at('text'), `"${at('text')}" is not a result file: line 1 is not a cell`],
        [at('cut'), `"${at('cut')}" has no results`],
        [
          at('old'),
          `"${at('old')}" has results of zipdream 0.0.1; this is ${VERSION}: measure them again`,
        ],
        [at('none'), `cannot read "${at('none')}": no such file or directory`],
        [folder, `cannot read "${folder}": it is a directory`],
      ];
      for (const [path, message] of wrong) {
        await expect(readSource(path)).rejects.toThrow(new FileError(message));
      }
      const ran = await runCli(['report', at('failed'), '-o', at('page.html')]);
      expect(ran).toMatchObject({
        ...{ code: 2, text: '' },
        stderr: `zipdream: the results have no measured cell: ${row.spec} failed, out of luck\n`,
      });
      expect(readdirSync(folder).sort()).toEqual(Object.keys(files).sort());
    }));
});
