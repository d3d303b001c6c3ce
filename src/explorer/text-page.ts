// The page of texts: what is written, how it is drawn on, and the compressors side by side.

import taleText from '../../samples/text/tale.txt?raw';
import { showTemperature } from './chooser.js';
import { byId } from './dom.js';
import type { DrawSettings } from './messages.js';
import { TextLane } from './text-lane.js';
import { type LaneState, MAX_LANES, readText, type TextState, writeText } from './text-state.js';

/** Bytes of context at most; what is pasted beyond is left out. */
export const MAX_CONTEXT_BYTES = 2 ** 16;
const TYPING_MS = 30;
const NAMES = ['gzip', 'lzma', 'ppm', 'mix', 'ctw', 'order0', 'zlib', 'deflate', 'pako', 'fflate'];
/** Compressors that are added, in this order, if they are not there yet. */
const ADDED = ['lzma', 'mix', 'order0', 'ctw', 'gzip', 'ppm'];

const encoder = new TextEncoder();
const TALE = encoder.encode(taleText);
const NOTHING = new Uint8Array();

export interface TextPageEvents {
  /** The address is to be written anew. */
  readonly onChange: () => void;
  /** Shows a message. */
  readonly warn: (text: string) => void;
  /** Says something to those who do not see it. */
  readonly say: (text: string) => void;
}

export class TextPage {
  readonly #events: TextPageEvents;
  readonly #names: readonly string[];
  readonly #section = byId('page-text');
  readonly #context = byId<HTMLTextAreaElement>('context');
  readonly #size = byId('context-size');
  readonly #readsTale = byId<HTMLInputElement>('reads-tale');
  readonly #temperature = byId<HTMLInputElement>('temperature');
  readonly #topK = byId<HTMLInputElement>('top-k');
  readonly #seed = byId<HTMLInputElement>('seed');
  readonly #lanesElement = byId('lanes');
  readonly #addLane = byId<HTMLButtonElement>('add-lane');
  readonly #views = [...this.#section.querySelectorAll<HTMLInputElement>('input[name=view]')];
  #lanes: TextLane[] = [];
  #bytes = NOTHING;
  #timer = 0;

  /** @param hasLm whether the language model is served. */
  constructor(events: TextPageEvents, hasLm: boolean) {
    this.#events = events;
    this.#names = hasLm ? [...NAMES, 'lm'] : NAMES;
    this.#context.addEventListener('input', () => this.#typed());
    this.#context.addEventListener('paste', (event) => this.#paste(event));
    this.#section.addEventListener('dragover', (event) => event.preventDefault());
    this.#section.addEventListener('drop', (event) => this.#drop(event));
    this.#readsTale.addEventListener('change', () => this.#begin());
    this.#seed.addEventListener('change', () => this.#begin());
    for (const slider of [this.#temperature, this.#topK]) {
      slider.addEventListener('input', () => {
        this.#showSettings();
        for (const lane of this.#lanes) lane.warp();
        this.#events.onChange();
      });
    }
    for (const radio of this.#views) {
      radio.addEventListener('change', () => {
        this.#showView();
        this.#events.onChange();
      });
    }
    this.#button('draw-byte', () => this.#draw('byte', 1));
    this.#button('draw-token', () => this.#draw('token', 1));
    this.#button('draw-hundred', () => this.#draw('byte', 100));
    this.#button('draw-forget', () => this.#begin());
    this.#button('add-lane', () => this.#add());
    this.#context.maxLength = MAX_CONTEXT_BYTES;
  }

  get state(): TextState {
    return {
      text: this.#context.value,
      readsTale: this.#readsTale.checked,
      lanes: this.#lanes.map((lane) => lane.state),
      ...this.settings,
      seed: this.#seed.value,
      view: this.#view,
    };
  }

  get settings(): DrawSettings {
    return { temperature: this.#temperature.valueAsNumber, topK: 2 ** this.#topK.valueAsNumber };
  }

  get lanes(): readonly TextLane[] {
    return this.#lanes;
  }

  /** As the address has it. */
  get fields(): URLSearchParams {
    return writeText(this.state);
  }

  /** All that is shown, for a file. */
  get record(): Readonly<Record<string, unknown>> {
    return { lanes: this.#lanes.map((lane) => lane.record) };
  }

  show(fields: URLSearchParams): void {
    const state = readText(fields);
    this.#context.value = state.text;
    this.#readsTale.checked = state.readsTale;
    this.#temperature.value = String(state.temperature);
    this.#topK.value = String(Math.log2(state.topK));
    this.#seed.value = state.seed;
    for (const radio of this.#views) radio.checked = radio.value === state.view;
    for (const lane of this.#lanes) lane.close();
    this.#lanes = [];
    this.#showSettings();
    this.#readContext();
    for (const lane of state.lanes) this.#open(lane);
    this.#showView();
  }

  /** Stops all work: the page is not shown. */
  hide(): void {
    for (const lane of this.#lanes) lane.close();
    this.#lanes = [];
  }

  get #view(): TextState['view'] {
    return this.#views.find((radio) => radio.checked)?.value === 'tokens' ? 'tokens' : 'surprise';
  }

  #button(id: string, onClick: () => void): void {
    byId(id).addEventListener('click', onClick);
  }

  #typed(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#begin(), TYPING_MS);
  }

  /** Cuts what is too long before the browser lays it out. */
  #paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text.length <= MAX_CONTEXT_BYTES) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = this.#context;
    this.#context.setRangeText(
      text.slice(0, MAX_CONTEXT_BYTES),
      selectionStart,
      selectionEnd,
      'end',
    );
    this.#begin();
    this.#tooLong(text.length);
  }

  #drop(event: DragEvent): void {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    file
      .slice(0, MAX_CONTEXT_BYTES)
      .text()
      .then((text) => {
        this.#context.value = text;
        this.#begin();
        if (file.size > MAX_CONTEXT_BYTES) this.#tooLong(file.size);
      })
      .catch(() => this.#events.warn(`${file.name} cannot be read`));
  }

  #tooLong(length: number): void {
    const [all, most] = [length, MAX_CONTEXT_BYTES].map((n) => n.toLocaleString('en'));
    this.#events.warn(`${all} characters are more than the page reads: the first ${most} are kept`);
  }

  #readContext(): void {
    if (this.#context.value.length > MAX_CONTEXT_BYTES) {
      this.#tooLong(this.#context.value.length);
      this.#context.value = this.#context.value.slice(0, MAX_CONTEXT_BYTES);
    }
    this.#bytes = encoder.encode(this.#context.value).subarray(0, MAX_CONTEXT_BYTES);
    const read = this.#bytes.length.toLocaleString('en');
    const before = this.#readsTale.checked
      ? `, after ${TALE.length.toLocaleString('en')} of a fairy tale`
      : '';
    this.#size.textContent = `${read} bytes${before}`;
  }

  #begin(): void {
    this.#events.warn('');
    this.#readContext();
    for (const lane of this.#lanes) lane.begin();
    this.#events.onChange();
  }

  #draw(unit: 'byte' | 'token', count: number): void {
    for (const lane of this.#lanes) lane.draw(unit, count);
  }

  #add(): void {
    const taken = this.#lanes.map((lane) => lane.state.spec.split(':')[0]);
    this.#open({ spec: ADDED.find((name) => !taken.includes(name)) ?? 'gzip', reading: undefined });
    this.#showView();
    this.#lanes.at(-1)?.element.querySelector('select')?.focus();
    this.#events.onChange();
  }

  #open(state: LaneState): void {
    const lane: TextLane = new TextLane(state, {
      names: this.#names,
      reads: () => ({
        corpus: this.#readsTale.checked ? TALE : NOTHING,
        context: this.#bytes,
        seed: this.#seed.value,
      }),
      settings: () => this.settings,
      onChange: () => this.#events.onChange(),
      onRemove: () => this.#remove(lane),
      onPoint: (index, pointed) => this.#point(index, pointed),
      say: this.#events.say,
    });
    this.#lanes.push(lane);
    this.#lanesElement.append(lane.element);
    this.#addLane.hidden = this.#lanes.length >= MAX_LANES;
    lane.begin();
  }

  #remove(lane: TextLane): void {
    lane.close();
    this.#lanes = this.#lanes.filter((one) => one !== lane);
    this.#addLane.hidden = false;
    this.#addLane.focus();
    this.#events.onChange();
  }

  /** A byte of the text is looked at in all lanes, a drawn one in its own. */
  #point(index: number | undefined, pointed: TextLane): void {
    const isGiven = index !== undefined && index < this.#bytes.length;
    for (const lane of this.#lanes) lane.point(isGiven || lane === pointed ? index : undefined);
  }

  #showSettings(): void {
    const { topK } = this.settings;
    showTemperature(this.#temperature);
    byId('top-k-value').textContent = topK === 256 ? 'all' : String(topK);
  }

  #showView(): void {
    for (const lane of this.#lanes) lane.strip.setView(this.#view);
  }
}
