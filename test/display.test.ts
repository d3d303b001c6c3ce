// What shows itself in a notebook: each display has HTML and a text that say what it was given, and
// Jupyter's method returns both.

import { parseHTML } from 'linkedom';
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import {
  type Display,
  readPng,
  readWav,
  showBeside,
  showDistribution,
  showPicture,
  showSound,
  showSurprisal,
  showTable,
  showTokens,
} from '../src/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** As Deno's kernel asks for it. */
function bundle(display: Display): Record<string, string> {
  const method = Reflect.get(display, Symbol.for('Jupyter.display')) as () => never;
  return method.call(display);
}

function page(display: Display) {
  return parseHTML(`<!doctype html><body>${bundle(display)['text/html']}</body>`).document;
}

/** The contents of the only `data:` URL. */
function embedded(display: Display, type: string): Uint8Array {
  const url = new RegExp(`"data:${type};base64,([^"]*)"`).exec(display.html)!;
  return new Uint8Array(Buffer.from(url[1]!, 'base64'));
}

it('a distribution lists its likeliest bytes in order, in HTML and in text', () => {
  const bits = new Float64Array(256).fill(Infinity);
  bits[0x61] = 1;
  bits[0x0a] = 2;
  bits[0x62] = 2;
  const shown = showDistribution(bits, { top: 2, caption: 'next' });
  expect(bundle(shown)['text/plain']).toBe('next\n   a  50.00 %\n  \\n  25.00 %');
  const names = [...page(shown).querySelectorAll('tbody th')].map((cell) => cell.textContent);
  expect(names).toEqual(['a', '\\n']);
});

it('a surprisal map shows the text and its mean, and refuses bits of another length', () => {
  const shown = showSurprisal(bytes('a\x1b<b'), [1, 2, 3, 6]);
  expect(String(shown)).toBe('a␛<b\n3.000 bits per byte');
  expect(page(shown).querySelector('pre')!.textContent).toBe('a\\x1b<b');
  expect(() => showSurprisal(bytes('ab'), [1])).toThrow('"bits" expected 2 numbers, got 1');
  expect(String(showSurprisal(bytes(''), []))).toBe('\n0.000 bits per byte');
});

it('tokens show copies in brackets', () => {
  const tokens = [
    { kind: 'literal', bytes: bytes('a'), bits: 8 },
    { kind: 'match', bytes: bytes('bcd'), distance: 4, bits: 5 },
  ] as const;
  expect(String(showTokens(tokens))).toBe('a[bcd]');
  // A generator is read once, for both.
  const shown = showTokens(tokens.values());
  expect(shown.html).toContain('bcd');
  expect(String(shown)).toBe('a[bcd]');
});

it('a table has a column for each key and three decimals for fractions, or the given columns', () => {
  const rows = [
    { name: 'gzip', bpb: 2.5, copies: 12 },
    { name: 'ppm', bpb: 2, copies: 3 },
  ];
  expect(String(showTable(rows))).toBe('name  bpb    copies\ngzip  2.500  12\nppm   2.000  3');
  const columns = [{ title: 'who', value: ({ name }: { name: string }) => name }];
  expect(String(showTable(rows, { columns }))).toBe('who\ngzip\nppm');
  const cells = [...page(showTable(rows)).querySelectorAll('td, tbody th')];
  expect(cells.map((cell) => cell.textContent)).toEqual([
    'gzip',
    '2.500',
    '12',
    'ppm',
    '2.000',
    '3',
  ]);
  expect(String(showTable([]))).toBe('');
});

it('a picture is a PNG that other decoders read as the same pixels', () => {
  const pixels = Uint8Array.from({ length: 3 * 4 * 2 }, (_, i) => 11 * i);
  const picture = { width: 4, height: 2, channels: 3, pixels } as const;
  const shown = showPicture(picture, { scale: 3, caption: 'four by two' });
  const png = embedded(shown, 'image/png');
  const { data } = PNG.sync.read(Buffer.from(png));
  expect([...data].filter((_, i) => i % 4 < 3)).toEqual([...pixels]);
  expect(readPng(png).picture).toEqual(picture);
  const image = page(shown).querySelector('img')!;
  expect([image.getAttribute('width'), image.getAttribute('alt')]).toEqual(['12', 'four by two']);
  expect(String(showPicture(picture))).toBe('picture of 4 × 2 pixels');
  expect(() => showPicture({ ...picture, height: 3 })).toThrow(RangeError);
});

it('a sound is a WAV with the same samples', () => {
  const format = { kind: 'audio', sampleRate: 8000, channels: 1, bitsPerSample: 16 } as const;
  const sound = { format, data: Uint8Array.from({ length: 16_000 }, (_, i) => i) };
  const shown = showSound(sound);
  expect(readWav(embedded(shown, 'audio/wav'))).toMatchObject(sound);
  expect(String(shown)).toBe('sound of 1.00 s');
});

it('displays side by side are all shown and share one style', () => {
  const parts = ['one', 'two'].map((caption) =>
    showSurprisal(bytes(caption), [1, 1, 1], { caption }),
  );
  const both = showBeside(...parts);
  expect(page(both).querySelectorAll('.zd-beside > figure').length).toBe(2);
  expect(page(both).querySelectorAll('style').length).toBe(1);
  expect(String(both)).toBe(parts.map(String).join('\n\n'));
});

it('the essentials remain where style elements and SVG are removed', () => {
  const bits = new Float64Array(256).fill(10);
  bits[0x61] = 1;
  bits[0x62] = 2;
  const bars = page(showDistribution(bits, { top: 2 })).querySelectorAll('.zd-bar > div > div');
  expect([...bars].map((bar) => /width:([\d.]+)%/.exec(bar.getAttribute('style')!)![1])).toEqual([
    '100.00',
    '50.00',
  ]);
  expect(bars[0]!.parentElement!.getAttribute('style')).toBe('min-width:6em');
  const beside = page(showBeside(showDistribution(bits))).querySelector('.zd-beside')!;
  expect(beside.getAttribute('style')).toContain('display:flex');
  const map = page(showSurprisal(bytes('ab'), [0, 7.9])).querySelectorAll('pre span');
  expect([...map].map((span) => span.getAttribute('style'))).toEqual([
    null,
    expect.stringMatching(/^background-color:#[\da-f]{6};color:#[\da-f]{6}$/),
  ]);
  const pixels = Uint8Array.of(1, 2, 3, 4);
  const picture = bundle(showPicture({ width: 2, height: 2, channels: 1, pixels }));
  expect(readPng(Buffer.from(picture['image/png']!, 'base64')).picture.pixels).toEqual(pixels);
  const format = { kind: 'audio', sampleRate: 8000, channels: 1, bitsPerSample: 8 } as const;
  const sound = bundle(showSound({ format, data: new Uint8Array(100).fill(200) }));
  expect(sound['image/svg+xml']).toMatch(/^<svg xmlns=/);
  const image = /<img src="data:image\/svg\+xml;base64,([^"]*)"/.exec(sound['text/html']!)!;
  expect(Buffer.from(image[1]!, 'base64').toString()).toBe(sound['image/svg+xml']);
});
