// What the pages of pictures and sounds have in common: a file that is chosen, dropped or bundled,
// checkboxes of compressors, and sliders with their values.

import { byId, h } from './dom.js';

/** Maximum size of a file. */
const MAX_FILE_BYTES = 2 ** 26;

export interface FileChooserEvents {
  /** @param name of the example; undefined for the user's own file. */
  readonly onFile: (file: Blob, name: string | undefined) => void;
  readonly warn: (text: string) => void;
}

export class FileChooser {
  readonly #events: FileChooserEvents;
  readonly #examples: Readonly<Record<string, string>>;

  /**
   * @param kind `picture` or `sound`: the elements are `#picture-file` and `#picture-examples`.
   * @param examples names and addresses.
   */
  constructor(kind: string, examples: Readonly<Record<string, string>>, events: FileChooserEvents) {
    this.#events = events;
    this.#examples = examples;
    const input = byId<HTMLInputElement>(`${kind}-file`);
    input.addEventListener('change', () => {
      if (input.files?.[0]) this.take(input.files[0]);
    });
    const places = Object.keys(examples).map((name) => {
      const button = h('button', { type: 'button', className: 'chip', textContent: name });
      button.addEventListener('click', () => this.open(name));
      return button;
    });
    byId(`${kind}-examples`).append(...places);
  }

  open(name: string): void {
    fetch(this.#examples[name]!)
      .then((response) => response.blob())
      .then((file) => this.#events.onFile(file, name))
      .catch(() => this.#events.warn(`"${name}" cannot be fetched`));
  }

  take(file: File): void {
    const size = Math.round(file.size / 2 ** 20);
    if (file.size <= MAX_FILE_BYTES) this.#events.onFile(file, undefined);
    else this.#events.warn(`"${file.name}" has ${size} MB; the page reads files up to 64 MB`);
  }
}

/** Checkboxes of compressors, for example those in `#picture-compressors`. */
export class CompressorBoxes {
  readonly #boxes: readonly HTMLInputElement[];

  constructor(id: string, names: readonly string[], onChange: () => void) {
    this.#boxes = names.map((name) => h('input', { type: 'checkbox', value: name }));
    for (const box of this.#boxes) box.addEventListener('change', onChange);
    byId(id).append(...this.#boxes.map((box) => h('label', {}, box, ` ${box.value}`)));
  }

  get chosen(): string[] {
    return this.#boxes.filter((box) => box.checked).map((box) => box.value);
  }

  choose(names: readonly string[]): void {
    for (const box of this.#boxes) box.checked = names.includes(box.value);
  }
}

/** A temperature under a slider, with its value beside the label. */
export function temperatureSlider(id: string, onChange: () => void): HTMLInputElement {
  const slider = byId<HTMLInputElement>(id);
  slider.addEventListener('input', () => {
    showTemperature(slider);
    onChange();
  });
  return slider;
}

export function showTemperature(slider: HTMLInputElement): void {
  const { valueAsNumber: temperature } = slider;
  const text =
    temperature === 0 ? 'greedy' : temperature === 1 ? '1, the compressor’s own' : temperature;
  byId(`${slider.id}-value`).textContent = String(text);
}
