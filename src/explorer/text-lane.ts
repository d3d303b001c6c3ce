// One compressor beside others: the text with what it writes after it, what it expects next, and how
// surprising each byte was.

import { safeText } from '../bits/glyphs.js';
import type { Overlap } from '../sampling/overlap.js';
import type { Reading } from '../types.js';
import { ByteStrip } from './byte-strip.js';
import { h } from './dom.js';
import { LaneWorker } from './lane-worker.js';
import {
  commonLength,
  type DrawSettings,
  SHOWN_BYTES,
  type TextReply,
  type TextRequest,
} from './messages.js';
import { NextBars } from './next-bars.js';
import { ShareStrip } from './share-strip.js';
import { SpecPicker } from './spec-picker.js';
import type { LaneState } from './text-state.js';

export interface Reads {
  readonly corpus: Uint8Array;
  readonly context: Uint8Array;
  readonly seed: string;
  readonly overlap: Overlap | 'auto';
}

export interface TextLaneEvents {
  /** Compressors to choose from. */
  readonly names: readonly string[];
  /** The text to read at the start. */
  readonly reads: () => Reads;
  readonly settings: () => DrawSettings;
  /** Called when the part of the link that describes the lane changes. */
  readonly onChange: () => void;
  /** Called when another compressor, reading or option is chosen, so the lane must start again. */
  readonly onCompressor: () => void;
  readonly onRemove: () => void;
  readonly onPoint: (index: number | undefined, lane: TextLane) => void;
  /** Announces a message to screen readers. */
  readonly say: (text: string) => void;
}

/** Bytes of the text that stand before its continuation. */
const WRITTEN_BYTES = 400;

export class TextLane {
  readonly element: HTMLElement;
  readonly #events: TextLaneEvents;
  readonly #picker: SpecPicker;
  readonly #bars: NextBars;
  readonly #strip: ByteStrip;
  readonly #shares = new ShareStrip();
  readonly #given = h('span');
  readonly #new = h('mark');
  readonly #written = h(
    'div',
    { className: 'written', tabIndex: 0, role: 'group', 'aria-label': 'Text and continuation' },
    h('div', {}, this.#given, this.#new),
  );
  readonly #figures: HTMLElement;
  readonly #trouble: HTMLElement;
  readonly #worker: LaneWorker<TextRequest, TextReply>;
  #context: Uint8Array = new Uint8Array();
  #corpus: Uint8Array = new Uint8Array();
  /** Bytes drawn earlier that are being restored. */
  #restored: Uint8Array = new Uint8Array();
  #key = '';
  #version = '';
  #reading: Reading | undefined;
  #hasTokens = false;
  #ms = 0;

  constructor(state: LaneState, events: TextLaneEvents) {
    this.#events = events;
    this.#picker = new SpecPicker(events.names, state, () => {
      events.onCompressor();
      events.onChange();
    });
    const remove = h('button', { type: 'button', className: 'quiet', textContent: 'remove' });
    remove.addEventListener('click', events.onRemove);
    this.#figures = h('p', { className: 'figures', textContent: ' ' });
    this.#trouble = h('p', { className: 'trouble', role: 'alert', hidden: true });
    this.#bars = new NextBars('The bytes it expects next', (byte) => {
      const bytes = Uint8Array.of(byte);
      this.#worker.send((turn) => ({ kind: 'take', turn, bytes, drawnAt: undefined }));
    });
    this.#strip = new ByteStrip({
      label: 'Surprisal, byte by byte',
      onPoint: (index) => events.onPoint(index, this),
    });
    this.element = h(
      'article',
      { className: 'lane', 'aria-label': this.#picker.name },
      h('header', {}, this.#picker.element, remove),
      this.#trouble,
      this.#written,
      this.#figures,
      h('h2', { textContent: 'Expects next' }),
      this.#bars.element,
      this.#strip.element,
      this.#shares.element,
    );
    this.#worker = new LaneWorker(
      (reply) => this.#hear(reply),
      (message) => this.#fail(message),
    );
    this.#worker.start();
  }

  get state(): LaneState {
    const { drawn } = this.#strip;
    const isShown = drawn.length >= this.#restored.length;
    return { ...this.#picker.state, drawn: isShown ? drawn : this.#restored };
  }

  /** Adds a compressor to the choice. */
  offer(name: string): void {
    this.#picker.add(name);
  }

  /** Everything that is shown, for a saved file. */
  get record(): Readonly<Record<string, unknown>> {
    const { spec } = this.state;
    const strip = this.#strip;
    const { first, contextLength } = strip;
    return {
      compressor: spec,
      version: this.#version,
      reading: this.#reading,
      shownFrom: first,
      contextBits: strip.surprisals(first, contextLength),
      drawn: new TextDecoder().decode(strip.drawn),
      drawnBytes: [...strip.drawn],
      drawnBits: strip.surprisals(contextLength),
      nextBits: this.#bars.bits && [...this.#bars.bits],
    };
  }

  get strip(): ByteStrip {
    return this.#strip;
  }

  get bars(): NextBars {
    return this.#bars;
  }

  get figures(): string {
    return this.#figures.textContent ?? '';
  }

  get title(): string {
    return `${this.state.spec}, ${this.#reading ?? ''}`;
  }

  /**
   * Reads the text, and drops what was drawn.
   *
   * @param drawing so many bytes to draw then, or those that were drawn before.
   */
  begin(drawing: number | Uint8Array): void {
    const { corpus, context, seed, overlap } = this.#events.reads();
    const { spec, reading } = this.#picker.state;
    const key = `${spec} ${reading}`;
    const isSame = key === this.#key && corpus === this.#corpus;
    const known = isSame ? commonLength(context, this.#context) : 0;
    if (!isSame) this.#shares.clear();
    this.#key = key;
    this.#corpus = corpus;
    this.#context = context;
    this.#restored = typeof drawing === 'number' ? new Uint8Array() : drawing;
    this.element.setAttribute('aria-label', this.#picker.name);
    this.#trouble.hidden = true;
    this.element.classList.add('works');
    this.#figures.textContent = 'reading …';
    const settings = this.#events.settings();
    this.#worker.begin((turn) => {
      const draw = {
        kind: 'draw',
        turn,
        unit: 'byte',
        count: Number(drawing),
        ...settings,
      } as const;
      const take = {
        kind: 'take',
        turn,
        bytes: this.#restored,
        drawnAt: settings.temperature,
      } as const;
      const more = typeof drawing === 'number' ? drawing > 0 && draw : drawing.length > 0 && take;
      const reads = { corpus, context, seed, overlap };
      return { kind: 'text', turn, spec, reading, ...reads, after: more || undefined };
    });
    // Shown after the worker has been asked: it works while the page is laid out.
    const first = Math.max(0, context.length - SHOWN_BYTES);
    this.#strip.setContext(corpus, context, first, known);
    this.#showWritten();
  }

  draw(unit: 'byte' | 'token', count: number): void {
    this.element.classList.add('works');
    const settings = this.#events.settings();
    const order = unit === 'token' && !this.#hasTokens ? 'byte' : unit;
    this.#worker.send((turn) => ({ kind: 'draw', turn, unit: order, count, ...settings }));
  }

  warp(): void {
    this.#bars.warp(this.#events.settings());
  }

  point(index: number | undefined): void {
    this.#strip.point(index);
  }

  close(): void {
    this.#worker.close();
    this.element.remove();
  }

  #hear(reply: TextReply): void {
    if (reply.kind === 'opened') {
      this.#version = reply.version;
      this.#reading = reply.reading;
      this.#hasTokens = reply.hasTokens;
      this.#picker.offer(reply.readings, reply.reading, reply.options);
    } else if (reply.kind === 'next') {
      this.#bars.set(reply.bits, reply.held, this.#events.settings());
      if (reply.ms > 0) this.#ms = reply.ms;
      this.element.classList.remove('works');
      this.#showFigures();
    } else if (reply.kind === 'entries') {
      this.#strip.setEntries(reply.start, reply.entries);
      this.#showFigures();
    } else if (reply.kind === 'parsed') this.#strip.setTokens(reply.tokens);
    else if (reply.kind === 'shares') this.#shares.set(reply.members, reply.stretches);
    else if (reply.kind === 'drawn') {
      this.#strip.append(reply.bytes, reply.entries, reply.tokens);
      this.#showWritten();
      this.#showFigures();
    } else if (reply.kind === 'done') {
      this.#events.onChange();
      const drawn = new TextDecoder().decode(this.#strip.drawn.slice(-100));
      this.#events.say(`${this.#picker.name} continues: ${drawn}`);
    } else if (reply.kind === 'failed') this.#fail(reply.message);
  }

  #fail(message: string): void {
    this.#trouble.textContent = message;
    this.#trouble.hidden = false;
    this.element.classList.remove('works');
    this.#figures.textContent = ' ';
    this.#bars.set(undefined, undefined, this.#events.settings());
  }

  /** The end of the text and all that was drawn; the style keeps the newest in view. */
  #showWritten(): void {
    const { length } = this.#context;
    let from = Math.max(0, length - WRITTEN_BYTES);
    // Not from within a character.
    while (from < length && (this.#context[from]! & 0xc0) === 0x80) from++;
    this.#given.textContent = (from > 0 ? '… ' : '') + safeText(this.#context.subarray(from));
    this.#new.textContent = safeText(this.#strip.drawn);
  }

  #showFigures(): void {
    const { first, contextLength } = this.#strip;
    const parts = [];
    const given = meanOf(this.#strip.surprisals(first, contextLength));
    const drawn = meanOf(this.#strip.surprisals(contextLength));
    if (given !== undefined) parts.push(`text ${given.toFixed(2)} bits per byte`);
    if (drawn !== undefined) parts.push(`drawn ${drawn.toFixed(2)}`);
    parts.push(`${this.#ms < 10 ? this.#ms.toFixed(1) : Math.round(this.#ms)} ms`);
    this.#figures.textContent = parts.join(' · ');
  }
}

/** Of those that are known; undefined if none is. */
function meanOf(bits: readonly number[]): number | undefined {
  const known = bits.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? undefined : known.reduce((sum, b) => sum + b, 0) / known.length;
}
