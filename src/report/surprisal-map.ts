// Text with every character on the ground of its surprisal.

import { byteName, type Glyph, GlyphReader } from '../bits/glyphs.js';
import { escapeHtml } from './escape-html.js';
import { heatStep } from './heat.js';

/** What a map of surprisals shows besides. */
export interface SurprisalMapOptions {
  /** Shown before them on no ground: what was given. */
  readonly given?: Uint8Array;
  /** Stands above it. */
  readonly caption?: string;
  /** Leaves out the scale of bits below (default: false). */
  readonly noLegend?: boolean;
  /**
   * For many on one page (default: false): steps of a bit, no titles, no dots for spaces, and of four
   * newlines or more one, with their number. About a tenth of the size.
   */
  readonly compact?: boolean;
}

/**
 * Bytes and the bits of each as HTML. Bytes of one UTF-8 character stay together, with the sum of
 * their bits; controls, spaces and what is no UTF-8 are made visible. Each has its bits and chance
 * as a title.
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

/** Neighbours of one step together. */
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

/** The scale of bits that surprisal maps have. */
export function heatLegend(): string {
  const cells = Array.from({ length: 9 }, (_, b) => `<span class="zd-h${heatStep(b)}">${b}</span>`);
  return `<p class="zd-legend">surprisal ${cells.join('')} bits or more</p>`;
}

/** The characters of bytes, or symbols in their place. */
export function glyphsOf(bytes: Uint8Array, bits?: ArrayLike<number>): Glyph[] {
  const reader = new GlyphReader();
  const glyphs: Glyph[] = [];
  for (let i = 0; i < bytes.length; i++) glyphs.push(...reader.push(bytes[i]!, bits?.[i]));
  glyphs.push(...reader.flush());
  return glyphs;
}

/** A control by its number: few fonts of pages have ␛, which terminals show. */
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

/** 2^−bits as people read it: 12.3 %, 1.5e-4 %. */
function chance(bits: number): string {
  const p = 2 ** -bits;
  if (p === 0) return '0 %';
  if (p >= 0.001) return `${(100 * p).toFixed(p < 0.1 ? 2 : 1)} %`;
  return `${(100 * p).toExponential(1)} %`;
}
