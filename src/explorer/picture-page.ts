// The picture tab: part of a picture is given, and compressors draw the rest row by row, side by side.

import bands from '../../samples/pictures/bands.png';
import scene from '../../samples/pictures/scene.png';
import weave from '../../samples/pictures/weave.png';
import { linesOfNotes } from '../bits/not-kept.js';
import type { Picture } from '../engines/png/picture.js';
import { givenCanvas, shrink, toGrey } from '../modality/image.js';
import { type GivenPart, givenPart } from '../modality/image-given.js';
import { choiceField, numberField, settingsOf } from './address.js';
import { CompressorBoxes, FileChooser, showTemperature, temperatureSlider } from './chooser.js';
import { byId, h, type PageEvents } from './dom.js';
import { LaneWorker } from './lane-worker.js';
import type { MediaReply, MediaRequest } from './messages.js';

const EXAMPLES = { scene, weave, bands };
const COMPRESSORS = ['png', 'mix', 'gzip', 'lzma', 'ppm', 'order0'];
const DEFAULT_COMPRESSORS = ['png', 'mix', 'gzip'];
const SIZES = ['96', '64', '128', '192'];
const SIDES = ['left', 'top'] as const;

export class PicturePage {
  readonly #events: PageEvents;
  readonly #chooser: FileChooser;
  readonly #boxes: CompressorBoxes;
  readonly #size = byId<HTMLSelectElement>('picture-size');
  readonly #side = byId<HTMLSelectElement>('picture-side');
  readonly #grey = byId<HTMLInputElement>('picture-grey');
  readonly #temperature: HTMLInputElement;
  readonly #seed = byId<HTMLInputElement>('picture-seed');
  readonly #figures = byId('picture-figures');
  readonly #reader: LaneWorker<MediaRequest, MediaReply>;
  #example: string | undefined;
  /** As it was read. */
  #whole: Picture | undefined;
  #lanes: PictureLane[] = [];

  constructor(events: PageEvents) {
    this.#events = events;
    const again = (): void => this.#begin();
    this.#chooser = new FileChooser('picture', EXAMPLES, {
      warn: events.warn,
      onFile: (file, name) => {
        this.#example = name;
        this.#reader.begin((turn) => ({ kind: 'read-picture', turn, file }));
      },
    });
    this.#boxes = new CompressorBoxes('picture-compressors', COMPRESSORS, again);
    this.#temperature = temperatureSlider('picture-temperature', () => {});
    for (const field of [this.#size, this.#side, this.#grey, this.#seed, this.#temperature]) {
      field.addEventListener('change', again);
    }
    byId('picture-again').addEventListener('click', again);
    byId('picture-stop').addEventListener('click', () => this.#stop());
    this.#reader = new LaneWorker(
      (reply) => {
        if (reply.kind === 'failed') events.warn(`this picture cannot be read: ${reply.message}`);
        if (reply.kind !== 'picture') return;
        this.#whole = reply.picture;
        this.#begin();
        events.warn(linesOfNotes(reply).join('; '));
      },
      (message) => events.warn(message),
    );
  }

  get #fields(): URLSearchParams {
    const fields = new URLSearchParams();
    if (this.#example !== undefined) fields.set('example', this.#example);
    fields.set('given', this.#side.value);
    fields.set('size', this.#size.value);
    if (this.#grey.checked) fields.set('grey', '1');
    fields.set('temperature', this.#temperature.value);
    fields.set('seed', this.#seed.value);
    for (const name of this.#boxes.chosen) fields.append('c', name);
    return fields;
  }

  /** The fields of the address, and what they leave out. */
  async address(): Promise<{ fields: URLSearchParams; leftOut: string }> {
    const leftOut = this.#example === undefined ? 'it does not carry your own picture' : '';
    return { fields: this.#fields, leftOut };
  }

  /** A file that was dropped. */
  take(file: File): void {
    this.#chooser.take(file);
  }

  /** @param file that was dropped, shown instead of the example. */
  show(fields: URLSearchParams, file?: File): void {
    this.#side.value = choiceField(fields, 'given', SIDES);
    this.#size.value = choiceField(fields, 'size', SIZES);
    this.#grey.checked = fields.get('grey') === '1';
    const temperature = numberField(fields, 'temperature', { min: 0, max: 2, otherwise: 0.5 });
    this.#temperature.value = String(temperature);
    this.#seed.value = (fields.get('seed') ?? '1').slice(0, 100);
    const asked = fields.getAll('c').filter((name) => COMPRESSORS.includes(name));
    this.#boxes.choose(asked.length > 0 ? asked : DEFAULT_COMPRESSORS);
    showTemperature(this.#temperature);
    const examples = Object.keys(EXAMPLES);
    if (file) this.take(file);
    else if (fields.has('example') || !this.#whole) {
      this.#chooser.open(choiceField(fields, 'example', examples));
    } else this.#begin();
  }

  hide(): void {
    this.#reader.close();
    this.#stop();
  }

  /** The pictures that are shown, with their titles and notes. */
  get shown(): readonly { title: string; note: string; canvas: HTMLCanvasElement }[] {
    return [...this.#figures.querySelectorAll('figure')].map((figure) => ({
      title: figure.querySelector('h2')?.textContent ?? '',
      note: figure.querySelector('p')?.textContent ?? '',
      canvas: figure.querySelector('canvas')!,
    }));
  }

  get record(): Readonly<Record<string, unknown>> {
    return { ...settingsOf(this.#fields), drawn: this.#lanes.map((lane) => lane.record) };
  }

  /** How the pictures were drawn, for a picture of them. */
  get summary(): string {
    const side = this.#side.selectedOptions[0]?.text ?? '';
    return `given ${side} · temperature ${this.#temperature.value} · seed ${this.#seed.value}`;
  }

  #stop(): void {
    for (const lane of this.#lanes) lane.close();
  }

  #begin(): void {
    if (!this.#whole) return;
    this.#events.warn('');
    this.#events.onChange();
    this.#stop();
    const small = shrink(this.#whole, Number(this.#size.value));
    const picture = this.#grey.checked ? toGrey(small) : small;
    const side = this.#side.value === 'top' ? 'top' : 'left';
    const part = givenPart({ side, amount: 0.5 }, picture);
    const truth = pictureFigure(picture, 'original');
    truth.note.textContent = `${picture.width} × ${picture.height} pixels`;
    const order = { picture, part, temperature: this.#temperature.valueAsNumber };
    const seed = this.#seed.value;
    this.#lanes = this.#boxes.chosen.map(
      (spec) => new PictureLane(spec, { ...order, seed }, this.#events.say),
    );
    this.#figures.replaceChildren(truth.element, ...this.#lanes.map((lane) => lane.element));
  }
}

interface Order {
  readonly picture: Picture;
  readonly part: GivenPart;
  readonly temperature: number;
  readonly seed: string;
}

/** One compressor that finishes the picture. */
class PictureLane {
  readonly element: HTMLElement;
  readonly #worker: LaneWorker<MediaRequest, MediaReply>;
  readonly #figures: Record<string, number | string> = {};

  constructor(spec: string, order: Order, say: (text: string) => void) {
    const { picture, part } = order;
    const { element, note, canvas } = pictureFigure(givenCanvas(order.picture, order.part), spec);
    this.element = element;
    this.#figures.compressor = spec;
    const missing = (picture.height - part.rows) * (picture.width - part.columns);
    let drawnNote = '';
    this.#worker = new LaneWorker(
      (reply) => {
        if (reply.kind === 'failed') note.textContent = reply.message;
        if (reply.kind === 'rows') {
          paint(
            canvas,
            { ...picture, height: rowsOf(reply.pixels, picture), pixels: reply.pixels },
            reply.row,
          );
          if (reply.bits > 0) {
            this.#figures.drawnBitsPerPixel = reply.bits / reply.drawn;
            drawnNote = `drawn: ${(reply.bits / reply.drawn).toFixed(2)} bits per pixel`;
          }
          const percent = Math.floor((100 * reply.drawn) / missing);
          note.textContent = drawnNote || `${percent} %`;
        }
        if (reply.kind === 'finished') {
          this.#figures.trueBitsPerPixel = reply.trueBits ?? 0;
          note.textContent = `${drawnNote}; original: ${reply.trueBits?.toFixed(2)}`;
          say(`${spec} finished: ${note.textContent}`);
          this.#worker.close();
        }
      },
      (message) => {
        note.textContent = message;
      },
    );
    this.#worker.begin((turn) => ({ kind: 'picture', turn, spec, ...order }));
  }

  get record(): Readonly<Record<string, unknown>> {
    return this.#figures;
  }

  close(): void {
    this.#worker.close();
  }
}

function rowsOf(pixels: Uint8Array, { width, channels }: Picture): number {
  return pixels.length / (width * channels);
}

function pictureFigure(picture: Picture, title: string) {
  const { width, height } = picture;
  const canvas = h('canvas', { width, height, role: 'img', 'aria-label': `picture: ${title}` });
  paint(canvas, picture, 0);
  const note = h('p', { className: 'figures', textContent: 'starting' });
  const element = h(
    'figure',
    {},
    canvas,
    h('figcaption', {}, h('h2', { textContent: title }), note),
  );
  return { element, note, canvas };
}

/** Paints rows of a picture from row `top` of the canvas on. */
function paint(canvas: HTMLCanvasElement, picture: Picture, top: number): void {
  const { width, height, channels, pixels } = picture;
  const image = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[channels * i + (c % channels)]!;
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(image, 0, top);
}
