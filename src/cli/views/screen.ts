// Text on a terminal while it is drawn: the prompt dimmed, then each character, optionally coloured
// by surprisal or with token boundaries. Control characters are replaced before they are written.

import { type Glyph, GlyphReader, safeText, shown } from '../../bits/glyphs.js';
import type { Token } from '../../types.js';
import type { Palette } from './colour.js';
import { count } from './numbers.js';

interface ScreenOptions {
  readonly palette: Palette;
  /** Colours each character by its surprisal. */
  readonly heat?: boolean | undefined;
  readonly write: (text: string) => void;
}

/** Shows bytes and tokens as they are drawn. */
export class Screen {
  readonly #palette: Palette;
  readonly #heat: boolean;
  readonly #write: (text: string) => void;
  readonly #reader = new GlyphReader();
  /** The active SGR sequence. */
  #style = '';
  /** Brackets to be written after the current character, which they would split. */
  #marks = '';
  #matches = 0;
  #atLineStart = true;

  constructor({ palette, heat = false, write }: ScreenOptions) {
    this.#palette = palette;
    this.#heat = heat && palette.depth !== 'none';
    this.#write = write;
  }

  /** Shows given text dimmed; of a long text only its last lines. */
  given(bytes: Uint8Array, mostLines = 10): void {
    const { shown, hiddenBytes } = lastLines(bytes, mostLines);
    if (hiddenBytes > 0) this.notice(`… ${count(hiddenBytes)} bytes before this`);
    const text = safeText(shown);
    if (text === '') return;
    this.#print(text, this.#palette.dim);
    this.#atLineStart = text.endsWith('\n');
  }

  /** Shows one byte with its surprisal. */
  byte(byte: number, bits: number): void {
    this.#show(this.#reader.push(byte, bits), '');
  }

  /** Shows a token; non-literals in two alternating styles, or in brackets if styles are in use. */
  token({ kind, bytes, bits }: Token): void {
    const marked = kind !== 'literal';
    const brackets = marked && (this.#heat || this.#palette.depth === 'none');
    const style = marked && !brackets ? this.#palette.matches[this.#matches++ % 2]! : '';
    if (brackets) this.#mark('[');
    for (const byte of bytes) {
      this.#show(this.#reader.push(byte, bits / bytes.length), style);
    }
    if (brackets) this.#mark(']');
  }

  /** Ends the output so far with a newline if necessary. */
  end(): void {
    this.#show(this.#reader.flush(), '');
    if (this.#marks) this.#mark('');
    this.#switchTo('');
    if (!this.#atLineStart) this.#write('\n');
    this.#atLineStart = true;
  }

  /** Shows a dimmed line of its own. */
  notice(text: string): void {
    this.end();
    this.#write(`${this.#palette.dim}${shown(text)}${this.#palette.reset}\n`);
  }

  #show(glyphs: readonly Glyph[], style: string): void {
    for (const glyph of glyphs) {
      const shown = this.#heat ? this.#palette.heat(glyph.bits) : style;
      if (glyph.kind === 'newline') {
        if (this.#heat) this.#print('↵', shown);
        this.#print('\n', '');
      } else {
        this.#print(glyph.text, glyph.kind === 'symbol' ? shown || this.#palette.dim : shown);
      }
      this.#atLineStart = glyph.kind === 'newline';
      if (this.#marks && !this.#reader.inside) this.#mark('');
    }
  }

  #mark(mark: string): void {
    this.#marks += mark;
    if (this.#reader.inside) return;
    this.#print(this.#marks, this.#palette.dim);
    this.#marks = '';
    this.#atLineStart = false;
  }

  #print(text: string, style: string): void {
    this.#switchTo(style);
    this.#write(text);
  }

  #switchTo(style: string): void {
    if (style === this.#style) return;
    if (this.#style !== '') this.#write(this.#palette.reset);
    this.#write(style);
    this.#style = style;
  }
}

const LONGEST_LINE = 200;

/** The last `most` lines, each counted as at most 200 bytes. */
function lastLines(bytes: Uint8Array, most: number): { shown: Uint8Array; hiddenBytes: number } {
  let from = bytes.length;
  let lines = 0;
  while (from > 0 && bytes.length - from < most * LONGEST_LINE) {
    if (bytes[from - 1] === 10 && from < bytes.length && ++lines === most) break;
    from--;
  }
  while (from > 0 && from < bytes.length && (bytes[from]! & 0xc0) === 0x80) from++;
  return { shown: bytes.subarray(from), hiddenBytes: from };
}
