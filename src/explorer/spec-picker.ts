// Chooses a compressor, its options and, if asked for, its reading.

import { type OptionSpecs, splitOutside } from '../options.js';
import type { Reading } from '../types.js';
import { freshId, h } from './dom.js';
import type { LaneState } from './text-state.js';

export class SpecPicker {
  readonly element: HTMLElement;
  readonly #name: HTMLSelectElement;
  readonly #reading: HTMLSelectElement;
  readonly #options: HTMLElement;
  readonly #details: HTMLDetailsElement;
  readonly #onChange: () => void;
  /** What follows the colon of the spec, as it was given. */
  #values: Map<string, string>;
  #optionsOf = '';

  constructor(names: readonly string[], state: LaneState, onChange: () => void) {
    this.#onChange = onChange;
    const [name = '', text = ''] = state.spec.split(/:(.*)/s);
    this.#values = readValues(name, text);
    const choices = names.includes(name) ? names : [...names, name];
    this.#name = select('Compressor', choices, name);
    this.#reading = select(undefined, [state.reading ?? 'decode'], state.reading ?? 'decode');
    this.#reading.dataset.asked = state.reading ?? '';
    this.#options = h('div', { className: 'options' });
    const reading = h(
      'div',
      { className: 'reading' },
      h('label', {}, 'reading ', this.#reading),
      h('p', { className: 'help', textContent: READING_HELP }),
    );
    const summary = h('summary', { textContent: 'advanced' });
    this.#details = h('details', {}, summary, reading, this.#options);
    this.element = h('div', { className: 'picker' }, this.#name, this.#details);
    this.#name.addEventListener('change', () => {
      this.#values = readValues(this.name, '');
      this.#reading.dataset.asked = '';
      this.#onChange();
    });
    this.#reading.addEventListener('change', () => {
      this.#reading.dataset.asked = this.#reading.value;
      this.#onChange();
    });
  }

  /** Offers one more compressor. */
  add(name: string): void {
    if (![...this.#name.options].some(({ value }) => value === name)) {
      this.#name.append(new Option(name, name));
    }
  }

  get name(): string {
    return this.#name.value;
  }

  get state(): LaneState {
    const values = [...this.#values]
      .map(([option, value]) => (option === MEMBERS ? value : `${option}=${value}`))
      .join(',');
    const asked = this.#reading.dataset.asked as Reading | '';
    return {
      spec: values === '' ? this.name : `${this.name}:${values}`,
      reading: asked === '' ? undefined : asked,
    };
  }

  /** Offers the readings and options that the compressor has. */
  offer(readings: readonly Reading[], reading: Reading, options: OptionSpecs): void {
    this.#reading.replaceChildren(...readings.map((one) => new Option(one, one)));
    this.#reading.value = reading;
    this.#reading.disabled = readings.length < 2;
    if (this.#optionsOf === this.name) return;
    this.#optionsOf = this.name;
    this.#options.replaceChildren(...Object.entries(options).map((entry) => this.#field(...entry)));
  }

  #field(option: string, spec: OptionSpecs[string]): HTMLElement {
    const id = freshId('option');
    const given = this.#values.get(option) ?? ('default' in spec ? String(spec.default) : '');
    const range = spec.type === 'integer' ? { type: 'number', min: spec.min, max: spec.max } : {};
    const help = freshId('help');
    const field = h('input', { id, value: given, 'aria-describedby': help, ...range });
    field.addEventListener('change', () => {
      if (!field.reportValidity() || field.value === '') return;
      this.#values.set(option, field.value);
      this.#onChange();
    });
    return h(
      'div',
      {},
      h('label', { for: id, textContent: option }),
      field,
      h('p', { id: help, className: 'help', textContent: spec.summary }),
    );
  }
}

const READING_HELP =
  'decode: what the decoder makes of random bits; exact: bits that the encoder adds; recompress: ' +
  'whole bytes that it adds';

function select(
  label: string | undefined,
  choices: readonly string[],
  chosen: string,
): HTMLSelectElement {
  const element = h('select', { 'aria-label': label });
  element.append(...choices.map((choice) => new Option(choice, choice)));
  element.value = chosen;
  return element;
}

/** The members of a blend, which stand first and without a name. */
const MEMBERS = 'members';
/** Those that a blend has when it is chosen. */
const FIRST_MEMBERS = 'gzip+ppm';

/** @param text as in a spec: `level=6,memLevel=9`, or `gzip+ppm,how=linear` of a blend. */
function readValues(name: string, text: string): Map<string, string> {
  if (name === 'blend') {
    const { members, rest } = splitBlend(text);
    return new Map([[MEMBERS, members || FIRST_MEMBERS], ...readValues('', rest)]);
  }
  const pairs = text.split(',').map((pair) => pair.split('=') as [string, string?]);
  return new Map(pairs.flatMap(([option, value]) => (value ? [[option.trim(), value]] : [])));
}

/** @returns all in `members` where brackets are left open: opening it says so. */
function splitBlend(text: string): { members: string; rest: string } {
  try {
    const [members = '', ...rest] = splitOutside(text, ',');
    return { members, rest: rest.join(',') };
  } catch {
    return { members: text, rest: '' };
  }
}
