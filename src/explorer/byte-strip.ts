// Bytes as text. The background of each character shows its surprisal, or brackets show its token.
// The pointer or arrow keys select a byte. To screen readers it is a slider over the bytes.

import { byteName, GlyphReader } from '../bits/glyphs.js';
import { heatStep } from '../report/heat.js';
import { Arrows } from './arrows.js';
import { h } from './dom.js';
import { ENTRY_SIZE, readEntry } from './entries.js';
import type { PlacedToken } from './messages.js';

interface Glyph {
  readonly element: HTMLElement;
  readonly start: number;
  length: number;
}

export interface ByteStripOptions {
  readonly label: string;
  /** Called with the index of the selected byte. */
  readonly onPoint: (index: number | undefined) => void;
}

export class ByteStrip {
  readonly element: HTMLElement;
  readonly #heading = h('h2');
  readonly #text: HTMLElement;
  readonly #readout: HTMLElement;
  readonly #before: HTMLElement;
  readonly #arrows: Arrows;
  readonly #onPoint: ByteStripOptions['onPoint'];
  #corpus: Uint8Array = new Uint8Array();
  #bytes = new Uint8Array(4096);
  #entries = new Float32Array(4096 * ENTRY_SIZE);
  #contextLength = 0;
  #length = 0;
  /** The first byte shown. */
  #first = 0;
  #glyphs: Glyph[] = [];
  /** The token of each byte, by the byte's index. */
  #tokens: (PlacedToken | undefined)[] = [];
  #pointed: number | undefined;
  #view: 'surprisal' | 'tokens' = 'surprisal';
  #hasCopies = false;

  constructor({ label, onPoint }: ByteStripOptions) {
    this.#onPoint = onPoint;
    this.#before = h('p', { className: 'hint', hidden: true });
    this.#text = h('div', {
      className: 'bytes',
      tabIndex: 0,
      role: 'slider',
      'aria-label': label,
      'aria-valuemin': 0,
      'aria-valuemax': 0,
      'aria-valuenow': 0,
    });
    this.#readout = h('p', { className: 'readout' });
    this.#arrows = new Arrows(this.#text);
    this.element = h(
      'div',
      { className: 'strip' },
      this.#heading,
      this.#before,
      this.#text,
      this.#readout,
    );
    this.#text.addEventListener('pointerover', ({ target }) => this.#pointAt(target));
    this.#text.addEventListener('click', ({ target }) => this.#pointAt(target));
    this.#text.addEventListener('keydown', (event) => this.#walk(event));
    this.#text.addEventListener('focus', () => this.#onPoint(this.#pointed ?? this.#first));
  }

  get contextLength(): number {
    return this.#contextLength;
  }

  get drawn(): Uint8Array {
    return this.#bytes.slice(this.#contextLength, this.#length);
  }

  /** Surprisals of the bytes from `from`, unknown ones NaN. */
  surprisals(from: number, to = this.#length): number[] {
    const bits: number[] = [];
    for (let i = from; i < to; i++) bits.push(this.#entries[i * ENTRY_SIZE]!);
    return bits;
  }

  get first(): number {
    return this.#first;
  }

  bytes(from: number, to = this.#length): Uint8Array {
    return this.#bytes.slice(from, to);
  }

  /** The characters shown, with their steps of heat. */
  get shown(): readonly { text: string; heat: number; isDrawn: boolean }[] {
    return this.#glyphs.map(({ element, start }) => ({
      text: element.textContent ?? '',
      heat: Number(element.dataset.heat ?? 0),
      isDrawn: start >= this.#contextLength,
    }));
  }

  setView(view: 'surprisal' | 'tokens'): void {
    this.#view = view;
    this.#showView();
  }

  /** Tokens can be shown only for compressors that copy. */
  #showView(): void {
    const showsTokens = this.#view === 'tokens' && this.#hasCopies;
    this.#heading.textContent = showsTokens ? 'Tokens' : 'Surprisal';
    this.#text.classList.toggle('shows-tokens', showsTokens);
    this.#arrows.isOn = showsTokens;
    this.#drawArrows();
  }

  /** Shows a new context, from byte `first`; entries of bytes before `known` stay. */
  setContext(corpus: Uint8Array, context: Uint8Array, first: number, known: number): void {
    this.#corpus = corpus;
    this.#reserve(context.length);
    this.#entries.fill(Number.NaN, known * ENTRY_SIZE);
    this.#bytes.set(context);
    this.#contextLength = context.length;
    this.#length = context.length;
    this.#first = first;
    this.#tokens = [];
    this.#hasCopies = false;
    this.#pointed = undefined;
    this.#before.hidden = first === 0;
    this.#before.textContent = `… ${first.toLocaleString('en')} bytes before this`;
    for (const { element } of this.#glyphs) element.remove();
    this.#glyphs = [];
    this.#show(first);
    this.#showView();
    this.#describe();
  }

  setEntries(start: number, entries: Float32Array): void {
    this.#entries.set(entries, start * ENTRY_SIZE);
    const end = start + entries.length / ENTRY_SIZE;
    for (let i = this.#glyphIndex(start); i < this.#glyphs.length; i++) {
      if (this.#glyphs[i]!.start >= end) break;
      this.#colour(this.#glyphs[i]!);
    }
    if (this.#pointed !== undefined && this.#pointed < end) this.#describe();
  }

  setTokens(tokens: readonly PlacedToken[]): void {
    let end = this.#first;
    for (const token of tokens) {
      end = token.start + token.length;
      for (let i = Math.max(token.start, this.#first); i < end; i++) this.#tokens[i] = token;
    }
    const start = Math.max(tokens[0]?.start ?? 0, this.#first);
    for (let i = this.#glyphIndex(start); i < this.#glyphs.length; i++) {
      if (this.#glyphs[i]!.start >= end) break;
      this.#bracket(this.#glyphs[i]!);
    }
    const copies = tokens.some(({ distance }) => distance > 0);
    if (copies && !this.#hasCopies) {
      this.#hasCopies = true;
      this.#showView();
    } else this.#drawArrows();
  }

  append(bytes: Uint8Array, entries: Float32Array, tokens: readonly PlacedToken[]): void {
    const start = this.#length;
    this.#reserve(start + bytes.length);
    this.#bytes.set(bytes, start);
    this.#entries.set(entries, start * ENTRY_SIZE);
    this.#length = start + bytes.length;
    this.#show(this.#cutUnfinished(start));
    this.setTokens(tokens);
    this.#text.scrollTop = this.#text.scrollHeight;
  }

  /** Marks a byte and describes it; undefined marks none. */
  point(index: number | undefined): void {
    const isShown = index !== undefined && index >= this.#first && index < this.#length;
    this.#pointed = isShown ? index : undefined;
    this.#describe();
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const bytes = new Uint8Array(2 * length);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    const entries = new Float32Array(2 * length * ENTRY_SIZE).fill(Number.NaN);
    entries.set(this.#entries);
    this.#entries = entries;
  }

  /** Removes glyphs at the end that may begin a character. @returns the byte to continue from. */
  #cutUnfinished(end: number): number {
    let start = end;
    for (let back = 0; back < 3; back++) {
      const last = this.#glyphs.at(-1);
      if (!last || last.start < this.#contextLength || !last.element.matches('.symbol')) break;
      last.element.remove();
      this.#glyphs.pop();
      start = last.start;
    }
    return start;
  }

  /** Adds the characters of all bytes from `start` on. */
  #show(start: number): void {
    const fragment = document.createDocumentFragment();
    const reader = new GlyphReader();
    let at = start;
    const added = this.#glyphs.length;
    const add = (glyphs: ReturnType<GlyphReader['push']>, end: number): void => {
      glyphs.forEach(({ kind, text }, i) => {
        const isLast = i === glyphs.length - 1;
        const length = kind === 'symbol' && !isLast ? 1 : end - at;
        const element = h('span', { className: kind === 'text' ? '' : kind, textContent: text });
        if (at >= this.#contextLength) element.classList.add('drawn');
        this.#glyphs.push({ element, start: at, length });
        fragment.append(element);
        at += length;
      });
    };
    for (let i = start; i < this.#length; i++) {
      if (i === this.#contextLength) add(reader.flush(), i);
      add(reader.push(this.#bytes[i]!), i + 1);
    }
    add(reader.flush(), this.#length);
    for (let i = added; i < this.#glyphs.length; i++) {
      this.#colour(this.#glyphs[i]!);
      this.#bracket(this.#glyphs[i]!);
    }
    this.#text.append(fragment);
    this.#text.setAttribute('aria-valuemin', String(this.#first));
    this.#text.setAttribute('aria-valuemax', String(Math.max(this.#length - 1, this.#first)));
  }

  #colour({ element, start, length }: Glyph): void {
    let bits = 0;
    for (let i = start; i < start + length; i++) bits += this.#entries[i * ENTRY_SIZE]!;
    if (!Number.isNaN(bits)) element.dataset.heat = String(heatStep(bits));
  }

  #bracket({ element, start, length }: Glyph): void {
    const token = this.#tokens[start];
    if (!token) return;
    const isCopy = token.distance > 0;
    element.classList.toggle('copy', isCopy);
    element.classList.toggle('copy-start', isCopy && token.start >= start);
    element.classList.toggle('copy-end', isCopy && token.start + token.length <= start + length);
  }

  /** The index in `#glyphs` of the character that contains byte `index`. */
  #glyphIndex(index: number): number {
    let low = 0;
    let high = this.#glyphs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#glyphs[middle]!.start <= index) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }

  #pointAt(target: EventTarget | null): void {
    const glyph = this.#glyphs.find(({ element }) => element === target);
    if (glyph) this.#onPoint(glyph.start);
  }

  #walk(event: KeyboardEvent): void {
    const at = this.#pointed ?? this.#first;
    const glyph = this.#glyphIndex(at);
    const to = {
      ArrowRight: this.#glyphs[glyph + 1]?.start,
      ArrowDown: this.#glyphs[glyph + 1]?.start,
      ArrowLeft: this.#glyphs[glyph - 1]?.start,
      ArrowUp: this.#glyphs[glyph - 1]?.start,
      PageDown: this.#glyphs[Math.min(glyph + 20, this.#glyphs.length - 1)]?.start,
      PageUp: this.#glyphs[Math.max(glyph - 20, 0)]?.start,
      Home: this.#first,
      End: this.#glyphs.at(-1)?.start,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#onPoint(to);
    this.#glyphs[this.#glyphIndex(to)]?.element.scrollIntoView({ block: 'nearest' });
  }

  /** Describes the selected byte. */
  #describe(): void {
    this.#text.querySelector('.at')?.classList.remove('at');
    const index = this.#pointed;
    if (index === undefined) this.#readout.textContent = '';
    else {
      this.#glyphs[this.#glyphIndex(index)]?.element.classList.add('at');
      const text = this.#sentences(index);
      this.#readout.textContent = text;
      this.#text.setAttribute('aria-valuenow', String(index));
      this.#text.setAttribute('aria-valuetext', text);
    }
    this.#drawArrows();
  }

  #sentences(index: number): string {
    const name = byteName(this.#bytes[index]!);
    const { bits, rank, expected } = readEntry(this.#entries, index);
    if (Number.isNaN(bits)) return `${name} has not been measured yet.`;
    const place = rank === 1 ? 'the likeliest' : `${ordinal(rank)} of 256`;
    const list = expected.map(({ byte, chance }) => `${byteName(byte)} ${percent(chance)}`);
    const cost = bits === Infinity ? 'impossible' : `${bits.toFixed(2)} bits`;
    return `${name}  ${cost}, ${place}. Expected: ${list.join(', ')}.${this.#origin(index)}`;
  }

  /** The source of a byte's token in words, if it is shown. */
  #origin(index: number): string {
    const token = this.#tokens[index];
    if (!this.#arrows.isOn || !token || token.distance === 0) return '';
    const { length, distance, start } = token;
    const from = start - distance;
    const copies = ` Copies ${length} bytes from ${distance.toLocaleString('en')} back`;
    if (from >= 0) return `${copies}.`;
    const at = this.#corpus.length + from;
    const quote = new TextDecoder().decode(
      this.#corpus.slice(Math.max(0, at - 12), at + length + 12),
    );
    return `${copies}, in what was read first: “…${quote.replace(/\s+/g, ' ')}…”.`;
  }

  #drawArrows(): void {
    const index = this.#pointed;
    const token = index === undefined ? undefined : this.#tokens[index];
    const elements = (start: number, length: number): HTMLElement[] => {
      const found: HTMLElement[] = [];
      for (let i = this.#glyphIndex(start); i < this.#glyphs.length; i++) {
        if (this.#glyphs[i]!.start >= start + length) break;
        found.push(this.#glyphs[i]!.element);
      }
      return found;
    };
    const arrow = (one: PlacedToken) => ({
      to: elements(one.start, one.length),
      from: elements(one.start - one.distance, one.length),
    });
    const isShown = (one: PlacedToken): boolean =>
      one.distance > 0 && one.start >= this.#first && one.start - one.distance >= this.#first;
    const recent = this.#arrows.isOn ? this.#recentCopies().filter(isShown).map(arrow) : [];
    this.#arrows.draw(recent, token && isShown(token) ? arrow(token) : undefined);
  }

  /** The last copies of the continuation, or of the context if it has none. */
  #recentCopies(): PlacedToken[] {
    const found: PlacedToken[] = [];
    const end = this.#length > this.#contextLength ? this.#contextLength : this.#first;
    for (let i = this.#length - 1; i >= end && found.length < RECENT_COPIES; ) {
      const token = this.#tokens[i];
      if (token && token.distance > 0) found.push(token);
      i = token ? token.start - 1 : i - 1;
    }
    return found;
  }
}

const RECENT_COPIES = 12;

function ordinal(rank: number): string {
  const tens = rank % 100;
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][rank % 10] ?? 'th');
  return `${rank}${ending}`;
}

/** A probability in [0, 1], formatted as a percentage. */
export function percent(chance: number): string {
  if (chance === 0) return '0 %';
  if (chance < 0.0001) return '< 0.01 %';
  return `${(100 * chance).toFixed(chance < 0.1 ? 2 : 1)} %`;
}
