// Renders bytes safely for a terminal or a page. Drawn bytes can be anything, including terminal
// control sequences, so everything but plain text is shown as a symbol: ␛ for ESC, \xff for a byte
// that is not valid UTF-8.

/** One character of text, or a symbol that stands for it. */
export interface Glyph {
  readonly kind: 'text' | 'newline' | 'symbol';
  /** What to print; only newline and tab in it affect a terminal. */
  readonly text: string;
  /** Total bits of the bytes it stands for. */
  readonly bits: number;
}

/** Assembles bytes into characters, so that no character is printed in parts. */
export class GlyphReader {
  #pending: number[] = [];
  #pendingBits: number[] = [];

  /** True in the middle of a multi-byte character. */
  get inside(): boolean {
    return this.#pending.length > 0;
  }

  /** The glyphs completed by `byte` of `bits` bits: none, a character, or symbols. */
  push(byte: number, bits = 0): Glyph[] {
    const glyphs: Glyph[] = [];
    if (this.inside && !mayFollow(this.#pending, byte)) glyphs.push(...this.flush());
    this.#pending.push(byte);
    this.#pendingBits.push(bits);
    const wanted = lengthFrom(this.#pending[0]!);
    if (wanted === 0) glyphs.push(...this.flush());
    else if (this.#pending.length === wanted) glyphs.push(this.#complete());
    return glyphs;
  }

  /** Ends the text: returns symbols for the bytes of an unfinished character. */
  flush(): Glyph[] {
    const glyphs = this.#pending.map((byte, i): Glyph => {
      return { kind: 'symbol', text: hexByte(byte), bits: this.#pendingBits[i]! };
    });
    this.#pending = [];
    this.#pendingBits = [];
    return glyphs;
  }

  #complete(): Glyph {
    const text = String.fromCodePoint(codePoint(this.#pending));
    const bits = this.#pendingBits.reduce((sum, part) => sum + part, 0);
    this.#pending = [];
    this.#pendingBits = [];
    if (text === '\n') return { kind: 'newline', text, bits };
    if (text !== '\t' && UNSAFE.test(text)) return { kind: 'symbol', text: symbol(text), bits };
    return { kind: 'text', text, bits };
  }
}

/** A byte string as text that is safe to print on a terminal. */
export function safeText(bytes: Uint8Array): string {
  const reader = new GlyphReader();
  let text = '';
  for (const byte of bytes) for (const glyph of reader.push(byte)) text += glyph.text;
  for (const glyph of reader.flush()) text += glyph.text;
  return text;
}

/**
 * Text from outside, such as a file name, as one line that is safe to print: characters that
 * control the terminal, break the line, change text direction or are invisible are escaped, as in
 * `\\n` or `\\x1b`.
 */
export function shown(text: string): string {
  return text.replaceAll(ALL_UNSAFE, (character) => {
    const code = character.codePointAt(0)!;
    return ESCAPES[code] ?? (code < 0x100 ? hexByte(code) : `\\u{${code.toString(16)}}`);
  });
}

/** A short name for a single byte: `e`, `␣`, `\n`, `\xff`. */
export function byteName(byte: number): string {
  if (byte === 0x20) return '␣';
  if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return ESCAPES[byte] ?? hexByte(byte);
}

const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };

/** Control characters (C0, DEL, C1), direction overrides and invisible characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it must find
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
const ALL_UNSAFE = new RegExp(UNSAFE, 'g');

function symbol(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `\\u{${code.toString(16)}}`;
}

function hexByte(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** The code point of a whole UTF-8 character (RFC 3629 §3). */
function codePoint(bytes: readonly number[]): number {
  if (bytes.length === 1) return bytes[0]!;
  let code = bytes[0]! & (0x7f >> bytes.length);
  for (const byte of bytes.slice(1)) code = (code << 6) | (byte & 0x3f);
  return code;
}

/**
 * Length in bytes of the UTF-8 character that starts with this byte, or 0 for an invalid first byte
 * (Unicode, table 3-7).
 */
function lengthFrom(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function mayFollow(pending: readonly number[], byte: number): boolean {
  if (pending.length > 1) return byte >= 0x80 && byte <= 0xbf;
  const lead = pending[0]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}
