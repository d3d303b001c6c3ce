// The page of texts: the text, how it is continued, and the compressors side by side.

import type { Overlap } from '../sampling/overlap.js';
import { showTemperature } from './chooser.js';
import { byId, h, type PageEvents } from './dom.js';
import { EXAMPLE_NAMES, EXAMPLES, type ExampleName } from './examples.js';
import type { DrawSettings } from './messages.js';
import { TextLane } from './text-lane.js';
import {
  type LaneState,
  MAX_CONTEXT_BYTES,
  MAX_LANES,
  OVERLAPS,
  overlapOf,
  readText,
  type TextState,
  writeText,
} from './text-state.js';

const TYPING_MS = 30;
/** Bytes that a lane draws by itself when it has something new to read. */
const FIRST_BYTES = 100;
const NAMES = [
  ...['gzip', 'lzma', 'ppm', 'mix', 'ctw', 'order0', 'blend'],
  ...['zlib', 'deflate', 'pako', 'fflate', 'zstd', 'lzma-js'],
];
/** Compressors that are added, in this order, if they are not there yet. */
const ADDED = ['lzma', 'mix', 'blend', 'order0', 'gzip', 'ppm'];

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

export class TextPage {
  readonly #events: PageEvents;
  readonly #names = [...NAMES];
  readonly #section = byId('page-text');
  readonly #context = byId<HTMLTextAreaElement>('context');
  readonly #size = byId('context-size');
  readonly #first = byId<HTMLSelectElement>('first');
  readonly #temperature = byId<HTMLInputElement>('temperature');
  readonly #topK = byId<HTMLInputElement>('top-k');
  readonly #seed = byId<HTMLInputElement>('seed');
  readonly #overlap = byId<HTMLSelectElement>('overlap');
  readonly #lanesElement = byId('lanes');
  readonly #addLane = byId<HTMLButtonElement>('add-lane');
  readonly #views = this.#radios('view');
  readonly #units = this.#radios('unit');
  #lanes: TextLane[] = [];
  #corpus = NOTHING;
  #bytes = NOTHING;
  #timer = 0;
  /** Counts what is read, so that a text that loads late is dropped. */
  #reads = 0;

  constructor(events: PageEvents) {
    this.#events = events;
    this.#context.addEventListener('input', () => this.#typed());
    this.#context.addEventListener('paste', (event) => this.#paste(event));
    this.#first.append(
      ...EXAMPLE_NAMES.map((name) => new Option(`after ${EXAMPLES[name].name}`, name)),
      new Option('after nothing', 'nothing'),
    );
    byId('examples').append(...EXAMPLE_NAMES.map((name) => this.#exampleButton(name)));
    for (const field of [this.#first, this.#seed, this.#overlap]) {
      field.addEventListener('change', () => this.#begin(FIRST_BYTES));
    }
    for (const slider of [this.#temperature, this.#topK]) {
      slider.addEventListener('input', () => {
        this.#showSettings();
        for (const lane of this.#lanes) lane.warp();
        events.onChange();
      });
    }
    for (const radio of this.#views) {
      radio.addEventListener('change', () => {
        this.#showView();
        events.onChange();
      });
    }
    byId('continue').addEventListener('click', () => this.#continue());
    byId('clear').addEventListener('click', () => this.#begin(0));
    this.#addLane.addEventListener('click', () => this.#add());
    this.#context.maxLength = MAX_CONTEXT_BYTES;
  }

  /** Offers the language model, once it is known to be served. */
  offerLanguageModel(): void {
    this.#names.push('lm');
    for (const lane of this.#lanes) lane.offer('lm');
  }

  get state(): TextState {
    return {
      text: this.#context.value,
      first: this.#first.value as TextState['first'],
      lanes: this.#lanes.map((lane) => lane.state),
      ...this.settings,
      seed: this.#seed.value,
      overlap: this.#overlapValue,
      view: chosen(this.#views) === 'tokens' ? 'tokens' : 'surprisal',
    };
  }

  get settings(): DrawSettings {
    return { temperature: this.#temperature.valueAsNumber, topK: 2 ** this.#topK.valueAsNumber };
  }

  get lanes(): readonly TextLane[] {
    return this.#lanes;
  }

  /** How the texts were drawn, for a picture of them. */
  get summary(): string {
    const { first, temperature, topK, seed, overlap } = this.state;
    const read = first === 'nothing' ? '' : `after ${EXAMPLES[first].name} · `;
    const k = topK === 256 ? 'all' : topK;
    const o = overlap === 0 ? 'off' : overlap;
    return `${read}temperature ${temperature} · top k ${k} · overlap ${o} · seed ${seed}`;
  }

  /** As the address has it, and what of it is left out. */
  address(): ReturnType<typeof writeText> {
    return writeText(this.state);
  }

  /** All that is shown, for a file. */
  get record(): Readonly<Record<string, unknown>> {
    return { ...this.state, lanes: this.#lanes.map((lane) => lane.record) };
  }

  /** @param file that was dropped, shown instead of the text. */
  async show(fields: URLSearchParams, file?: File): Promise<void> {
    const turn = ++this.#reads;
    const state = await readText(fields);
    if (turn !== this.#reads) return;
    this.#context.value = state.text;
    this.#first.value = state.first;
    this.#temperature.value = String(state.temperature);
    this.#topK.value = String(Math.log2(state.topK));
    this.#seed.value = state.seed;
    this.#overlap.value = OVERLAPS.find((one) => overlapOf(one) === state.overlap) ?? 'auto';
    for (const radio of this.#views) radio.checked = radio.value === state.view;
    for (const lane of this.#lanes) lane.close();
    this.#lanes = [];
    // Their workers load while the corpus does.
    const drawn = new Map(state.lanes.map((lane) => [this.#open(lane), lane.drawn]));
    this.#showSettings();
    this.#showView();
    const corpus = await this.#load(state.first);
    if (turn !== this.#reads) return;
    this.#corpus = corpus;
    this.#readContext();
    for (const lane of this.#lanes) lane.begin(drawn.get(lane) ?? FIRST_BYTES);
    if (file) await this.take(file);
  }

  /** Stops all work: the page is not shown. */
  hide(): void {
    this.#reads++;
    for (const lane of this.#lanes) lane.close();
    this.#lanes = [];
  }

  /** A file that was dropped. */
  async take(file: File): Promise<void> {
    const start = new Uint8Array(await file.slice(0, MAX_CONTEXT_BYTES).arrayBuffer());
    if (start.includes(0)) {
      this.#events.warn(`"${file.name}" is not a text, picture or sound that this page can read`);
      return;
    }
    this.#context.value = new TextDecoder().decode(start);
    await this.#begin(FIRST_BYTES);
    if (file.size > MAX_CONTEXT_BYTES) this.#tooLong(file.size);
  }

  get #overlapValue(): Overlap | 'auto' {
    return overlapOf(this.#overlap.value);
  }

  #radios(name: string): HTMLInputElement[] {
    return [...this.#section.querySelectorAll<HTMLInputElement>(`input[name=${name}]`)];
  }

  #exampleButton(name: ExampleName): HTMLElement {
    const { label, prompt } = EXAMPLES[name];
    const button = h('button', { type: 'button', className: 'chip', textContent: label });
    button.addEventListener('click', () => {
      this.#context.value = prompt;
      this.#first.value = name;
      void this.#begin(FIRST_BYTES);
    });
    return button;
  }

  async #load(name: TextState['first']): Promise<Uint8Array<ArrayBuffer>> {
    return name === 'nothing' ? NOTHING : encoder.encode((await EXAMPLES[name].load()).default);
  }

  #typed(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#begin(0), TYPING_MS);
  }

  /** Cuts what is too long before the browser lays it out. */
  #paste(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text.length <= MAX_CONTEXT_BYTES) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = this.#context;
    const kept = text.slice(0, MAX_CONTEXT_BYTES);
    this.#context.setRangeText(kept, selectionStart, selectionEnd, 'end');
    void this.#begin(0).then(() => this.#tooLong(text.length));
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
    this.#size.textContent = `${this.#bytes.length.toLocaleString('en')} bytes`;
  }

  /** All lanes read the text again, drop what they drew, and draw so many bytes. */
  async #begin(bytes: number): Promise<void> {
    const turn = ++this.#reads;
    const corpus = await this.#load(this.#first.value as TextState['first']);
    if (turn !== this.#reads) return;
    this.#corpus = corpus;
    this.#events.warn('');
    this.#readContext();
    for (const lane of this.#lanes) lane.begin(bytes);
    this.#events.onChange();
  }

  #continue(): void {
    const [count = '100', unit] = (chosen(this.#units) ?? '').split(' ');
    for (const lane of this.#lanes) lane.draw(unit === 'token' ? 'token' : 'byte', Number(count));
    this.#lanes[0]?.element.firstElementChild?.scrollIntoView({ block: 'nearest' });
  }

  #add(): void {
    const taken = this.#lanes.map((lane) => lane.state.spec.split(':')[0]);
    const spec = ADDED.find((name) => !taken.includes(name)) ?? 'gzip';
    this.#open({ spec, reading: undefined }).begin(FIRST_BYTES);
    this.#showView();
    this.#lanes.at(-1)?.element.querySelector('select')?.focus();
    this.#events.onChange();
  }

  /** A lane that has yet to begin. */
  #open(state: LaneState): TextLane {
    const lane: TextLane = new TextLane(state, {
      names: this.#names,
      reads: () => ({
        corpus: this.#corpus,
        context: this.#bytes,
        seed: this.#seed.value,
        overlap: this.#overlapValue,
      }),
      settings: () => this.settings,
      onChange: () => this.#events.onChange(),
      onCompressor: () => lane.begin(FIRST_BYTES),
      onRemove: () => this.#remove(lane),
      onPoint: (index, pointed) => this.#point(index, pointed),
      say: this.#events.say,
    });
    this.#lanes.push(lane);
    this.#lanesElement.append(lane.element);
    this.#addLane.hidden = this.#lanes.length >= MAX_LANES;
    return lane;
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
    for (const lane of this.#lanes) lane.strip.setView(this.state.view);
  }
}

function chosen(radios: readonly HTMLInputElement[]): string | undefined {
  return radios.find((radio) => radio.checked)?.value;
}
