// Bytes as a terminal or a page may show them. Drawn bytes can be anything, terminal control
// sequences too, so whatever is not plain text is shown as a symbol: ␛ for ESC, \xff for a byte that
// is no UTF-8.

/** One character of text or one symbol in its place. */
export interface Glyph {
  readonly kind: 'text' | 'newline' | 'symbol';
  /** What to print; nothing in it acts on a terminal but newline and tab. */
  readonly text: string;
  /** Bits of all the bytes it stands for. */
  readonly bits: number;
}

/** Puts bytes together to characters as they come, so that none is printed in halves. */
export class GlyphReader {
  #pending: number[] = [];
  #pendingBits: number[] = [];

  /** True inside a character of several bytes. */
  get inside(): boolean {
    return this.#pending.length > 0;
  }

  /** What is complete once `byte`, worth `bits`, has come: nothing, a character, or symbols. */
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

  /** What is left when nothing more comes: symbols for the bytes of an unfinished character. */
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

/** All of some bytes, made safe for a terminal. */
export function safeText(bytes: Uint8Array): string {
  const reader = new GlyphReader();
  let text = '';
  for (const byte of bytes) for (const glyph of reader.push(byte)) text += glyph.text;
  for (const glyph of reader.flush()) text += glyph.text;
  return text;
}

/**
 * Text from outside, a file name say, on one line of a terminal: what would act on the terminal,
 * break the line, turn its direction or not be seen is escaped, as in `\\n` or `\\x1b`.
 */
export function shown(text: string): string {
  return text.replaceAll(ALL_UNSAFE, (character) => {
    const code = character.codePointAt(0)!;
    return ESCAPES[code] ?? (code < 0x100 ? hexByte(code) : `\\u{${code.toString(16)}}`);
  });
}

/** A short name for one byte on its own: `e`, `␣`, `\n`, `\xff`. */
export function byteName(byte: number): string {
  if (byte === 0x20) return '␣';
  if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return ESCAPES[byte] ?? hexByte(byte);
}

const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };

/** Controls (C0, DEL, C1), and what turns the direction of text or cannot be seen. */
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

/** The character of all its bytes (RFC 3629 §3). */
function codePoint(bytes: readonly number[]): number {
  if (bytes.length === 1) return bytes[0]!;
  let code = bytes[0]! & (0x7f >> bytes.length);
  for (const byte of bytes.slice(1)) code = (code << 6) | (byte & 0x3f);
  return code;
}

/** Bytes of a UTF-8 character by its first one, 0 if none begins so (Unicode, table 3-7). */
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
