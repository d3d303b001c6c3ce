// One compressor beside others, reading the same text.

import type { Reading } from '../types.js';
import { ByteStrip } from './byte-strip.js';
import { CarriedStrip } from './carried-strip.js';
import { h } from './dom.js';
import { LaneWorker } from './lane-worker.js';
import type { DrawSettings, TextReply, TextRequest } from './messages.js';
import { NextBars } from './next-bars.js';
import { SpecPicker } from './spec-picker.js';
import { commonLength, SHOWN_BYTES } from './text-shown.js';
import type { LaneState } from './text-state.js';

export interface Reads {
  readonly corpus: Uint8Array;
  readonly context: Uint8Array;
  readonly seed: string;
}

export interface TextLaneEvents {
  /** Compressors to choose from. */
  readonly names: readonly string[];
  /** What it reads, whenever it begins anew. */
  readonly reads: () => Reads;
  readonly settings: () => DrawSettings;
  readonly onChange: () => void;
  readonly onRemove: () => void;
  readonly onPoint: (index: number | undefined, lane: TextLane) => void;
  /** Says something to those who do not see it. */
  readonly say: (text: string) => void;
}

export class TextLane {
  readonly element: HTMLElement;
  readonly #events: TextLaneEvents;
  readonly #picker: SpecPicker;
  readonly #bars: NextBars;
  readonly #strip: ByteStrip;
  readonly #carried = new CarriedStrip();
  readonly #figures: HTMLElement;
  readonly #trouble: HTMLElement;
  readonly #forget: HTMLButtonElement;
  readonly #worker: LaneWorker<TextRequest, TextReply>;
  #context: Uint8Array = new Uint8Array();
  #corpus: Uint8Array = new Uint8Array();
  #key = '';
  #version = '';
  #reading: Reading | undefined;
  #hasTokens = false;
  #ms = 0;

  constructor(state: LaneState, events: TextLaneEvents) {
    this.#events = events;
    this.#picker = new SpecPicker(events.names, state, () => {
      this.begin();
      events.onChange();
    });
    this.#forget = h('button', { type: 'button', className: 'remove', textContent: 'remove' });
    this.#forget.addEventListener('click', events.onRemove);
    this.#figures = h('p', { className: 'figures', textContent: ' ' });
    this.#trouble = h('p', { className: 'trouble', role: 'alert', hidden: true });
    this.#bars = new NextBars('The bytes it expects next', (byte) => {
      this.#worker.send((turn) => ({ kind: 'take', turn, byte }));
    });
    this.#strip = new ByteStrip({
      label: 'Surprise, byte by byte',
      onPoint: (index) => events.onPoint(index, this),
    });
    this.element = h(
      'article',
      { className: 'lane', 'aria-label': this.#picker.name },
      h('header', {}, this.#picker.element, this.#forget),
      this.#figures,
      this.#trouble,
      h('h2', { textContent: 'Expects next' }),
      this.#bars.element,
      this.#strip.element,
      this.#carried.element,
    );
    this.#worker = new LaneWorker(
      (reply) => this.#hear(reply),
      (message) => this.#fail(message),
    );
  }

  get state(): LaneState {
    return this.#picker.state;
  }

  /** All that is shown, for a file. */
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

  get hasTokens(): boolean {
    return this.#hasTokens;
  }

  /** Reads the text, and forgets what was drawn. */
  begin(): void {
    const { corpus, context, seed } = this.#events.reads();
    const { spec, reading } = this.state;
    const key = `${spec} ${reading}`;
    const isSame = key === this.#key && corpus.length === this.#corpus.length;
    const known = isSame ? commonLength(context, this.#context) : 0;
    if (!isSame) this.#carried.clear();
    this.#key = key;
    this.#corpus = corpus;
    this.#context = context;
    this.element.setAttribute('aria-label', this.#picker.name);
    this.#trouble.hidden = true;
    this.element.classList.add('works');
    this.#figures.textContent = corpus.length > 0 && !isSame ? 'reads the fairy tale …' : 'reads …';
    const first = Math.max(0, context.length - SHOWN_BYTES);
    this.#strip.setContext(corpus, context, first, known);
    this.#worker.begin((turn) => {
      return { kind: 'text', turn, spec, reading, corpus, context, seed };
    });
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
      this.#bars.set(reply.bits, this.#events.settings());
      if (reply.ms > 0) this.#ms = reply.ms;
      this.element.classList.remove('works');
      this.#showFigures();
    } else if (reply.kind === 'entries') {
      this.#strip.setEntries(reply.start, reply.entries);
      this.#showFigures();
    } else if (reply.kind === 'parsed') this.#strip.setTokens(reply.tokens);
    else if (reply.kind === 'carried') this.#carried.set(reply.members, reply.stretches);
    else if (reply.kind === 'drawn') {
      this.#strip.append(reply.bytes, reply.entries, reply.tokens);
      this.#showFigures();
    } else if (reply.kind === 'done') {
      const drawn = new TextDecoder().decode(this.#strip.drawn.slice(-100));
      this.#events.say(`${this.#picker.name} has drawn: ${drawn}`);
    } else if (reply.kind === 'failed') this.#fail(reply.message);
  }

  #fail(message: string): void {
    this.#trouble.textContent = message;
    this.#trouble.hidden = false;
    this.element.classList.remove('works');
    this.#bars.set(undefined, this.#events.settings());
  }

  #showFigures(): void {
    const { first, contextLength } = this.#strip;
    const parts = [];
    const given = meanOf(this.#strip.surprisals(first, contextLength));
    const drawn = meanOf(this.#strip.surprisals(contextLength));
    if (given !== undefined) parts.push(`text ${given.toFixed(2)} bits a byte`);
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
