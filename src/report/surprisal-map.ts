// Text as HTML, with the background of each character coloured by its surprisal. Characters are
// decoded from UTF-8; bytes that are not text are shown as symbols.

import { byteName, type Glyph, GlyphReader } from '../bits/glyphs.js';
import { escapeHtml } from './escape-html.js';
import { heatStep } from './heat.js';

/** Options of `surprisalMap`. */
export interface SurprisalMapOptions {
  /** The given bytes, shown before the scored ones without a background. */
  readonly given?: Uint8Array;
  /** Text above the map. */
  readonly caption?: string;
  /** Omits the colour scale below the map (default: false). */
  readonly noLegend?: boolean;
  /**
   * Reduces the HTML to about a tenth, for many maps on one page (default: false): colours in steps
   * of one bit, no tooltips, no dots for spaces, and a count in place of four or more newlines.
   */
  readonly compact?: boolean;
}

/**
 * Bytes and their surprisals as HTML. The bytes of one UTF-8 character are shown together with the
 * sum of their bits; control characters, spaces and invalid UTF-8 are made visible. A tooltip gives
 * the bits and the probability of each character.
 *
 * @throws RangeError unless there are as many bits as bytes.
 */
export function surprisalMap(
  bytes: Uint8Array,
  bits: ArrayLike<number>,
  { given = new Uint8Array(), caption, noLegend, compact }: SurprisalMapOptions = {},
): string {
  if (bits.length !== bytes.length) {
    throw new RangeError(`"bits" expected ${bytes.length} numbers, got ${bits.length}`);
  }
  const glyphs = glyphsOf(bytes, bits);
  const parts = compact ? compactRuns(glyphs) : glyphs.map(titled);
  const before = glyphsOf(given).map((glyph) => escapeHtml(shown(glyph)));
  const lead = given.length > 0 ? `<span class="zd-note">${before.join('')}</span>` : '';
  const head = caption === undefined ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  const legend = noLegend ? '' : heatLegend();
  return `<figure class="zd">${head}<pre class="zd-bytes zd-h0">${lead}${parts.join('')}</pre>${legend}</figure>`;
}

function titled(glyph: Glyph): string {
  const title = `${showBits(glyph.bits)} bits, chance ${chance(glyph.bits)}`;
  return `<span class="zd-h${heatStep(glyph.bits)}${marks(glyph)}" title="${title}">${escapeHtml(shown(glyph))}</span>`;
}

const MOST_NEWLINES = 3;

/** Joins neighbouring characters of the same colour step into one element. */
function compactRuns(glyphs: readonly Glyph[]): string[] {
  const parts: string[] = [];
  let [text, step] = ['', 0];
  const flush = (): void => {
    const shown = escapeHtml(text);
    if (text !== '') parts.push(step === 0 ? shown : `<i class="zd-h${step}">${shown}</i>`);
    text = '';
  };
  for (let i = 0; i < glyphs.length; i++) {
    const glyph = glyphs[i]!;
    let repeats = 1;
    while (glyph.kind === 'newline' && glyphs[i + repeats]?.kind === 'newline') repeats++;
    const isRun = repeats > MOST_NEWLINES;
    const mark = isRun ? '' : marks(glyph).replace(' zd-space', '');
    const own = heatStep(Math.round(glyph.bits));
    if (own !== step || mark !== '' || isRun) flush();
    step = own;
    if (isRun) {
      parts.push(`<i class="zd-h${step}">↵ × ${repeats}</i>\n`);
      i += repeats - 1;
    } else if (mark === '') text += shown(glyph);
    else parts.push(`<i class="zd-h${step}${mark}">${escapeHtml(shown(glyph))}</i>`);
  }
  flush();
  return parts;
}

/** The colour scale of surprisal maps. */
export function heatLegend(): string {
  const cells = Array.from({ length: 9 }, (_, b) => `<span class="zd-h${heatStep(b)}">${b}</span>`);
  return `<p class="zd-legend">surprisal ${cells.join('')} bits or more</p>`;
}

/** The characters of UTF-8 bytes, with symbols for bytes that are not text. */
export function glyphsOf(bytes: Uint8Array, bits?: ArrayLike<number>): Glyph[] {
  const reader = new GlyphReader();
  const glyphs: Glyph[] = [];
  for (let i = 0; i < bytes.length; i++) glyphs.push(...reader.push(bytes[i]!, bits?.[i]));
  glyphs.push(...reader.flush());
  return glyphs;
}

/** The text of a glyph; few web fonts have control pictures such as ␛, so byte names replace them. */
export function shown({ kind, text }: Glyph): string {
  const code = text.codePointAt(0)! - FIRST_CONTROL_PICTURE;
  if (kind !== 'symbol' || code < 0 || code > 0x21) return text;
  return byteName(code === 0x21 ? 0x7f : code);
}

const FIRST_CONTROL_PICTURE = 0x2400;

function marks({ kind, text }: Glyph): string {
  if (kind === 'newline') return ' zd-newline';
  if (kind === 'symbol') return ' zd-symbol';
  if (text === ' ') return ' zd-space';
  return text === '\t' ? ' zd-tab' : '';
}

export function showBits(bits: number): string {
  return bits === Infinity ? '∞' : bits.toFixed(2);
}

/** The probability 2^−bits as a percentage: 12.3 %, 1.5e-4 %. */
function chance(bits: number): string {
  const p = 2 ** -bits;
  if (p === 0) return '0 %';
  if (p >= 0.001) return `${(100 * p).toFixed(p < 0.1 ? 2 : 1)} %`;
  return `${(100 * p).toExponential(1)} %`;
}
