// What the report, notebooks and the page show: HTML that is well-formed whatever the bytes are, and
// says the figures that it was given.

import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { createRandom, generateTokens, openCompressor, type Token } from '../src/index.js';
import { dataTable } from '../src/report/data-table.js';
import { distributionBars } from '../src/report/distribution-bars.js';
import { escapeHtml } from '../src/report/escape-html.js';
import { heatColour, heatPair, heatStep, heatStyle } from '../src/report/heat.js';
import { pictureFigure, soundPlayer } from '../src/report/media.js';
import { FRAGMENT_STYLE, withStyle } from '../src/report/style.js';
import { heatLegend, surprisalMap } from '../src/report/surprisal-map.js';
import { tokensView } from '../src/report/tokens-view.js';
import { cases } from './deep.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>&amp;]]>`;

function parse(html: string) {
  return parseHTML(`<!doctype html><html><body>${html}</body></html>`).document;
}

/** Elements that hostile text could have made, and attributes that act. */
function dangers(html: string): string[] {
  const tags = [...parse(html).querySelectorAll('*')];
  return tags
    .filter((at) => /^(script|iframe|link|object|embed|base|form)$/i.test(at.tagName))
    .map((at) => at.tagName)
    .concat(
      tags.flatMap((at) =>
        [...at.attributes].map(({ name }) => name).filter((name) => /^(on|style|href$)/.test(name)),
      ),
    );
}

describe('text', () => {
  it('survives escaping in HTML, between tags and in attributes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = text.replace(/[\r\0]/g, '');
        const { body } = parse(`<p title="${escapeHtml(clean)}">${escapeHtml(clean)}</p>`);
        expect(body.firstElementChild!.textContent).toBe(clean);
        expect(body.firstElementChild!.getAttribute('title')).toBe(clean);
      }),
      { seed: 1, numRuns: cases(5, 30) },
    );
  });

  it('stays text in every fragment if it is hostile', () => {
    const hostile = bytes(HOSTILE);
    const flat = new Float64Array(256).fill(8);
    const fragments = [
      surprisalMap(hostile, new Float64Array(hostile.length), { given: hostile, caption: HOSTILE }),
      distributionBars(flat, { top: 256, caption: HOSTILE }),
      dataTable([{ title: HOSTILE, note: HOSTILE, value: () => HOSTILE }], [0], {
        caption: HOSTILE,
      }),
      pictureFigure(hostile, { alt: HOSTILE, caption: HOSTILE }),
      soundPlayer(hostile, { label: HOSTILE, caption: HOSTILE }),
      tokensView(
        [
          { kind: 'match', bytes: hostile, distance: 3, bits: 1 },
          { kind: 'literal', bytes: bytes('<'), bits: 1 },
        ],
        { caption: HOSTILE },
      ),
    ];
    for (const html of fragments) {
      expect(dangers(html)).toEqual([]);
      expect(parse(html).querySelectorAll('img').length).toBe(html.includes('image/png') ? 1 : 0);
      expect(html).toContain('&#60;');
    }
  });
});

describe('the heat scale', () => {
  it('is readable at every step: text has a contrast of 4.5 on light and dark pages', () => {
    for (const scheme of ['light', 'dark'] as const) {
      for (let step = 0; step <= 16; step++) {
        const { ground, text } = heatPair(step, scheme);
        expect(contrast(ground, text), `${scheme} ${step}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it('is monotonic in lightness, so that it reads without colour vision', () => {
    for (const scheme of ['light', 'dark'] as const) {
      const lights = Array.from({ length: 17 }, (_, s) => luminance(heatPair(s, scheme).ground));
      const sorted = lights.toSorted((a, b) => (scheme === 'light' ? b - a : a - b));
      expect(lights).toEqual(sorted);
      expect(new Set(lights).size).toBe(17);
    }
  });

  it('accepts any number of bits', () => {
    expect([-3, 0, 0.2, 0.3, 4, 8, 99, Infinity].map(heatStep)).toEqual([
      0, 0, 0, 1, 8, 16, 16, 16,
    ]);
    expect(heatColour(-1)).toEqual([16, 12, 40]);
    expect(heatColour(Infinity)).toEqual([252, 253, 191]);
    expect(heatStyle().match(/\.zd-h\d+\{/g)).toHaveLength(17);
    expect(parse(heatLegend()).querySelectorAll('span')).toHaveLength(9);
  });
});

describe('a surprisal map', () => {
  it('keeps characters whole, sums their bits and names them', () => {
    const html = surprisalMap(bytes('aü\n\x07'), [1, 2, 3, 0.5, 9]);
    const spans = [...parse(html).querySelectorAll('pre > span')];
    expect(spans.map((span) => span.textContent)).toEqual(['a', 'ü', '\n', '\\x07']);
    expect(spans.map((span) => span.getAttribute('title'))).toEqual([
      '1.00 bits, chance 50.0 %',
      '5.00 bits, chance 3.13 %',
      '0.50 bits, chance 70.7 %',
      '9.00 bits, chance 0.20 %',
    ]);
    expect(spans.map((span) => span.className)).toEqual([
      'zd-h2',
      'zd-h10',
      'zd-h1 zd-newline',
      'zd-h16 zd-symbol',
    ]);
  });

  it('shows any text after the given part', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/[\x7f\u0600-\u06ff\u200b-\u206f\ufeff]/.test(text));
        const data = bytes(text);
        const html = surprisalMap(data, new Float64Array(data.length), { given: bytes('so: ') });
        expect(parse(html).querySelector('pre')!.textContent).toBe(`so: ${text}`);
      }),
      { seed: 1 },
    );
  });

  it('is empty for no bytes, and marks impossible ones', () => {
    expect(parse(surprisalMap(new Uint8Array(), [])).querySelectorAll('pre *')).toHaveLength(0);
    expect(surprisalMap(bytes('x'), [Infinity])).toContain('title="∞ bits, chance 0 %"');
    expect(surprisalMap(bytes('x'), [20])).toContain('chance 9.5e-5 %');
  });

  it('refuses any other number of bits than one per byte', () => {
    expect(() => surprisalMap(bytes('ab'), [1])).toThrow(
      new RangeError('"bits" expected 2 numbers, got 1'),
    );
  });
});

describe('bars of a distribution', () => {
  it('are the likeliest bytes, normalised, with the longest one full', () => {
    const bits = new Float64Array(256).fill(Infinity);
    bits[0x61] = 3; // 3/4 after normalising with
    bits[0x20] = 3 + Math.log2(3); // 1/4
    const rows = [...parse(distributionBars(bits, { top: 3 })).querySelectorAll('tbody tr')];
    expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ['a', '75.00 %', '3.00', ''],
      ['␣', '25.00 %', '4.58', ''],
      ['\\x00', '0.00 %', '∞', ''],
    ]);
    const widths = rows.map((row) => Number(row.querySelector('rect')!.getAttribute('width')));
    expect(widths).toEqual([100, 33.33, 0]);
  });

  it('show a marked byte at the end if it is not among them', () => {
    const bits = Float64Array.from({ length: 256 }, (_, b) => b);
    const rows = (marked: number): string[] =>
      [
        ...parse(distributionBars(bits, { top: 2, marked })).querySelectorAll('tr.zd-marked th'),
      ].map((th) => th.textContent!);
    expect(rows(1)).toEqual(['\\x01']);
    expect(rows(0x7a)).toEqual(['z']);
  });

  it('are empty if nothing is possible', () => {
    const html = distributionBars(new Float64Array(256).fill(Infinity), { top: 1 });
    expect(html).not.toContain('NaN');
  });
});

describe('a table', () => {
  interface Line {
    readonly name: string;
    readonly rate?: number;
    readonly isControl?: boolean;
  }
  const columns = [
    { title: 'name', value: ({ name }: Line) => name },
    { title: 'rate', value: ({ rate }: Line) => rate, digits: 2, best: 'least' },
    { title: 'none', value: () => undefined },
  ] as const;

  it('aligns figures right, leaves empty cells empty, and marks the best except controls', () => {
    const lines: Line[] = [
      { name: 'control', rate: 0.5, isControl: true },
      { name: 'a', rate: -1.234 },
      { name: 'b' },
      { name: 'c', rate: -0.0001 },
    ];
    const isControl = (line: Line) => line.isControl === true;
    const document = parse(dataTable(columns, lines, { caption: 'Rates', isControl }));
    const texts = [...document.querySelectorAll('tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent),
    );
    expect(texts).toEqual([
      ['name', 'rate'],
      ['control', '0.50'],
      ['a', '−1.23'],
      ['b', ''],
      ['c', '0.00'],
    ]);
    expect(document.querySelector('.zd-best')!.textContent).toBe('−1.23');
    expect(document.querySelectorAll('.zd-figure')).toHaveLength(5);
    expect(document.querySelector('figcaption')!.textContent).toBe('Rates');
    expect([...document.querySelectorAll('th')].every((th) => th.hasAttribute('scope'))).toBe(true);
  });

  it('without rows has only its head', () => {
    const document = parse(dataTable(columns, []));
    expect(document.querySelectorAll('thead th')).toHaveLength(3);
    expect(document.querySelectorAll('tbody tr')).toHaveLength(0);
  });
});

describe('a compact map of surprisals', () => {
  it('joins neighbours of the same step, and counts newlines', () => {
    const text = bytes(`ab<c\n\nd${'\n'.repeat(412)}e`);
    const bits = Float64Array.from(text, (_, i) => (i < 3 ? 2.2 : i < 5 ? 2.4 : 0));
    const html = surprisalMap(text, bits, { noLegend: true, compact: true });
    const pre = parse(html).querySelector('pre')!;
    expect([...pre.querySelectorAll('i')].map((i) => [i.className, i.textContent])).toEqual([
      ['zd-h4', 'ab<c'],
      ['zd-h4 zd-newline', '\n'],
      ['zd-h0 zd-newline', '\n'],
      ['zd-h0', '↵ × 412'],
    ]);
    expect(pre.textContent).toBe('ab<c\n\nd↵ × 412\ne');
  });
});

describe('pictures and sounds', () => {
  it('are embedded in the page, byte for byte', () => {
    const image = parse(pictureFigure(bytes('png'), { alt: 'a weave', width: 64 }));
    expect(image.querySelector('img')!.getAttribute('src')).toBe('data:image/png;base64,cG5n');
    expect(image.querySelector('img')!.getAttribute('width')).toBe('64');
    const sound = parse(soundPlayer(bytes('wav'), { label: 'a hum', caption: 'FLAC' }));
    expect(sound.querySelector('audio')!.getAttribute('src')).toBe('data:audio/wav;base64,d2F2');
    expect(sound.querySelector('figcaption')!.textContent).toBe('FLAC');
  });
});

describe('tokens', () => {
  it('are letters and bracketed copies with their distance', async () => {
    const gzip = await openCompressor('gzip');
    const source = gzip.startTokens!();
    source.push(bytes('the cat sat on the mat; '.repeat(6)));
    const tokens: Token[] = [];
    const random = createRandom('tokens');
    for await (const { token } of generateTokens(source, { length: 80, random }))
      tokens.push(token);
    const spans = [...parse(tokensView(tokens)).querySelectorAll('pre > span')];
    expect(spans).toHaveLength(tokens.length);
    tokens.forEach((token, i) => {
      const isMatch = token.kind === 'match';
      expect(spans[i]!.classList.contains('zd-match')).toBe(isMatch);
      if (!isMatch) return;
      expect(spans[i]!.querySelector('sub')!.textContent).toBe(String(token.distance));
      expect(spans[i]!.getAttribute('title')).toContain(`copies ${token.bytes.length} bytes`);
    });
    expect(tokens.some(({ kind }) => kind === 'match')).toBe(true);
  });

  it('may be empty', () => {
    expect(parse(tokensView([])).querySelectorAll('pre *')).toHaveLength(0);
  });
});

describe('the style', () => {
  it('fetches nothing, and precedes a standalone fragment', () => {
    expect(FRAGMENT_STYLE).not.toMatch(/url\(|@import|<|expression/);
    expect(withStyle('<p>x</p>')).toBe(`<style>\n${FRAGMENT_STYLE}</style>\n<p>x</p>`);
  });
});

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [less, more] = [luminance(a), luminance(b)].toSorted((x, y) => x - y);
  return (more! + 0.05) / (less! + 0.05);
}
