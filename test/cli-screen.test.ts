// What reaches a terminal: whole characters, no control sequences but our own, colours only where
// they are wanted.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteName, GlyphReader, safeText } from '../src/bits/glyphs.js';
import { colourDepth, createPalette } from '../src/cli/views/colour.js';
import { Screen } from '../src/cli/views/screen.js';
import { heatPair } from '../src/report/heat.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What a screen writes, piece by piece. */
function show(
  use: (screen: Screen) => void,
  depth: '256' | 'none' = 'none',
  heat = false,
): string[] {
  const pieces: string[] = [];
  const write = (text: string) => pieces.push(text);
  use(new Screen({ palette: createPalette(depth), heat, write }));
  return pieces;
}

describe('safe text', () => {
  it('is unchanged for plain text', () => {
    const text = 'Grüße,\n\tκόσμε — 你好 👩‍🚀\n';
    expect(safeText(bytes(text))).toBe(text);
  });

  it('shows symbols for control, invisible and bidirectional characters, and for invalid UTF-8', () => {
    expect(safeText(bytes('\x1b[2J\0\x7f\r'))).toBe('␛[2J␀␡␍');
    expect(safeText(bytes('\u009b31m\u202eabc\ufeff'))).toBe('\\u{9b}31m\\u{202e}abc\\u{feff}');
    expect(safeText(Uint8Array.of(0xff, 0x61, 0xc3, 0x62, 0xe2, 0x82))).toBe(
      '\\xffa\\xc3b\\xe2\\x82',
    );
    expect(safeText(Uint8Array.of(0xed, 0xa0, 0x80, 0xc0, 0x80))).toBe('\\xed\\xa0\\x80\\xc0\\x80');
  });

  it('never contains control characters, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (data) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        expect(safeText(data)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd]/);
      }),
      { seed: 1 },
    );
  });

  it('preserves every safe character of well-formed text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const shown = safeText(bytes(text));
        const symbols = /[\x7f\u0600-\u06ff\u200b-\u206f\ufeff]/;
        if (!symbols.test(text)) expect(shown).toBe(text);
      }),
      { seed: 1 },
    );
  });

  it('adds up the bits of the bytes of a character', () => {
    const reader = new GlyphReader();
    expect(reader.push(0xc3, 1.5)).toEqual([]);
    expect(reader.push(0xbc, 2)).toEqual([{ kind: 'text', text: 'ü', bits: 3.5 }]);
  });

  it('names single bytes', () => {
    expect([0x65, 0x20, 10, 0, 0xff].map(byteName)).toEqual(['e', '␣', '\\n', '\\x00', '\\xff']);
  });
});

describe('screen', () => {
  it('writes whole characters', () => {
    const pieces = show((screen) => {
      for (const byte of bytes('aü€😀')) screen.byte(byte, 1);
    });
    expect(pieces.filter((piece) => piece !== '')).toEqual(['a', 'ü', '€', '😀']);
  });

  it('ends with exactly one newline', () => {
    const ended = (text: string): string =>
      show((screen) => {
        for (const byte of bytes(text)) screen.byte(byte, 1);
        screen.end();
      }).join('');
    expect(ended('a')).toBe('a\n');
    expect(ended('a\n')).toBe('a\n');
    expect(ended('')).toBe('');
  });

  it('shows the last lines of a long prompt and how much came before', () => {
    const prompt = bytes(Array.from({ length: 500 }, (_, i) => `line ${i}\n`).join(''));
    const text = show((screen) => screen.given(prompt, 3)).join('');
    expect(text).toBe('… 4,363 bytes before this\nline 497\nline 498\nline 499\n');
    const oneLine = show((screen) => screen.given(bytes('é'.repeat(5000)), 3)).join('');
    expect(oneLine).toMatch(/^… 9,400 bytes before this\né{300}$/);
  });

  it('puts matches in brackets without colours, never inside a character', () => {
    const [head, tail] = [bytes('née').subarray(0, 2), bytes('née').subarray(2)];
    const text = show((screen) => {
      screen.token({ kind: 'match', bytes: bytes('the '), distance: 9, bits: 8 });
      screen.token({ kind: 'match', bytes: head, distance: 9, bits: 8 });
      for (const byte of tail)
        screen.token({ kind: 'literal', bytes: Uint8Array.of(byte), bits: 4 });
    }).join('');
    expect(text).toBe('[the ][né]e');
  });

  it('gives adjacent matches different styles with colours', () => {
    const token = { kind: 'match', bytes: bytes('the'), distance: 9, bits: 8 } as const;
    const { matches, reset } = createPalette('256');
    const text = show((screen) => {
      screen.token(token);
      screen.token(token);
      screen.end();
    }, '256').join('');
    expect(text).toBe(`${matches[0]}the${reset}${matches[1]}the${reset}\n`);
  });

  it('colours by surprisal and makes line ends visible', () => {
    const { heat, reset } = createPalette('256');
    const text = show((screen) => screen.byte(10, 8), '256', true).join('');
    expect(text).toBe(`${heat(8)}↵${reset}\n`);
    expect(heat(100)).toBe(heat(8));
    expect(heat(Infinity)).toBe(heat(8));
    expect(heat(0)).not.toBe(heat(8));
    const { ground } = heatPair(7, 'dark');
    const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(ground.slice(at, at + 2), 16));
    expect(createPalette('truecolour').heat(3.5)).toMatch(`;48;2;${r};${g};${b}m`);
  });
});

describe('colours', () => {
  it('are used on terminals, unless the environment says otherwise', () => {
    const tty = { isTTY: true };
    expect(colourDepth(tty, { TERM: 'xterm' })).toBe('256');
    expect(colourDepth(tty, { TERM: 'xterm', COLORTERM: 'truecolor' })).toBe('truecolour');
    expect(colourDepth(tty, { TERM: 'dumb' })).toBe('none');
    expect(colourDepth(tty, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe('none');
    expect(colourDepth(tty, { FORCE_COLOR: '0' })).toBe('none');
    expect(colourDepth({}, {})).toBe('none');
    expect(colourDepth({}, { FORCE_COLOR: '1' })).toBe('256');
    expect(colourDepth({}, { FORCE_COLOR: '3' })).toBe('truecolour');
  });

  it('are empty strings at depth none', () => {
    const { heat, dim, matches, reset } = createPalette('none');
    expect([heat(3), dim, ...matches, reset].join('')).toBe('');
  });
});
