// The sound tab: the beginning of a sound is given, and compressors draw the continuation, shown as a
// waveform and playable.

import hum from '../../samples/sound/hum.wav';
import { linesOfNotes } from '../bits/not-kept.js';
import { bytesOfSamples, bytesPerFrame, samplesOfBytes } from '../modality/audio-bytes.js';
import { extentsOf } from '../modality/extents.js';
import { type Sound, writeWav } from '../modality/wav.js';
import type { AudioFormat } from '../types.js';
import { choiceField, numberField, settingsOf } from './address.js';
import { CompressorBoxes, FileChooser, showTemperature, temperatureSlider } from './chooser.js';
import { byId, h, type PageEvents } from './dom.js';
import { saveFile } from './download.js';
import { LaneWorker } from './lane-worker.js';
import type { MediaReply, MediaRequest } from './messages.js';
import { Player } from './player.js';

const EXAMPLES = { hum };
const COMPRESSORS = ['flac', 'mix', 'gzip', 'order0'];
/** mix drifts to full scale on sounds, so it is not among them. */
const DEFAULT_COMPRESSORS = ['flac', 'gzip'];
const SECONDS = ['1', '0.5', '2', '4'];

export class SoundPage {
  readonly #events: PageEvents;
  readonly #chooser: FileChooser;
  readonly #boxes: CompressorBoxes;
  readonly #given = byId<HTMLSelectElement>('sound-given');
  readonly #seconds = byId<HTMLSelectElement>('sound-seconds');
  readonly #temperature: HTMLInputElement;
  readonly #seed = byId<HTMLInputElement>('sound-seed');
  readonly #figures = byId('sound-figures');
  readonly #reader: LaneWorker<MediaRequest, MediaReply>;
  readonly #player = new Player();
  #example: string | undefined;
  #sound: Sound | undefined;
  #scale: Scale | undefined;
  #lanes: SoundLane[] = [];

  constructor(events: PageEvents) {
    this.#events = events;
    const again = (): void => this.#begin();
    this.#chooser = new FileChooser('sound', EXAMPLES, {
      warn: events.warn,
      onFile: (file, name) => {
        this.#example = name;
        this.#reader.begin((turn) => ({ kind: 'read-sound', turn, file }));
      },
    });
    this.#boxes = new CompressorBoxes('sound-compressors', COMPRESSORS, again);
    this.#temperature = temperatureSlider('sound-temperature', () => {});
    for (const field of [this.#given, this.#seconds, this.#seed, this.#temperature]) {
      field.addEventListener('change', again);
    }
    // A waveform is painted in the colours of the page.
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', () => this.#scale?.paint());
    byId('sound-again').addEventListener('click', again);
    byId('sound-stop').addEventListener('click', () => this.#stop());
    this.#reader = new LaneWorker(
      (reply) => {
        if (reply.kind === 'failed') events.warn(`this sound cannot be read: ${reply.message}`);
        if (reply.kind !== 'sound') return;
        this.#sound = reply.sound;
        this.#begin();
        events.warn(linesOfNotes(reply.sound).join('; '));
      },
      (message) => events.warn(message),
    );
  }

  get #fields(): URLSearchParams {
    const fields = new URLSearchParams();
    if (this.#example !== undefined) fields.set('example', this.#example);
    fields.set('given', this.#given.value);
    fields.set('draw', this.#seconds.value);
    fields.set('temperature', this.#temperature.value);
    fields.set('seed', this.#seed.value);
    for (const name of this.#boxes.chosen) fields.append('c', name);
    return fields;
  }

  /** The fields of the address, and what they leave out. */
  async address(): Promise<{ fields: URLSearchParams; leftOut: string }> {
    const leftOut = this.#example === undefined ? 'it does not carry your own sound' : '';
    return { fields: this.#fields, leftOut };
  }

  /** A file that was dropped. */
  take(file: File): void {
    this.#chooser.take(file);
  }

  /** @param file that was dropped, shown instead of the example. */
  show(fields: URLSearchParams, file?: File): void {
    this.#given.value = choiceField(fields, 'given', SECONDS);
    this.#seconds.value = choiceField(fields, 'draw', SECONDS);
    const temperature = numberField(fields, 'temperature', { min: 0, max: 2, otherwise: 1 });
    this.#temperature.value = String(temperature);
    this.#seed.value = (fields.get('seed') ?? '1').slice(0, 100);
    const asked = fields.getAll('c').filter((name) => COMPRESSORS.includes(name));
    this.#boxes.choose(asked.length > 0 ? asked : DEFAULT_COMPRESSORS);
    showTemperature(this.#temperature);
    if (file) this.take(file);
    else if (fields.has('example') || !this.#sound) {
      this.#chooser.open(choiceField(fields, 'example', Object.keys(EXAMPLES)));
    } else this.#begin();
  }

  hide(): void {
    this.#reader.close();
    this.#stop();
    this.#player.stop();
  }

  get shown(): readonly { title: string; note: string; canvas: HTMLCanvasElement }[] {
    return [...this.#figures.querySelectorAll('figure')].map((figure) => ({
      title: figure.querySelector('h2')?.textContent ?? '',
      note: figure.querySelector('.figures')?.textContent ?? '',
      canvas: figure.querySelector('canvas')!,
    }));
  }

  get record(): Readonly<Record<string, unknown>> {
    return {
      ...settingsOf(this.#fields),
      format: this.#sound?.format,
      drawn: this.#lanes.map((lane) => lane.record),
    };
  }

  /** How the sounds were drawn, for a picture of them. */
  get summary(): string {
    return `given ${this.#given.value} s · temperature ${this.#temperature.value} · seed ${this.#seed.value}`;
  }

  #stop(): void {
    for (const lane of this.#lanes) lane.close();
  }

  #begin(): void {
    if (!this.#sound) return;
    this.#events.warn('');
    this.#events.onChange();
    this.#stop();
    this.#player.stop();
    const { format, data } = this.#sound;
    const bytesOf = (seconds: string): number =>
      Math.round(Number(seconds) * format.sampleRate) * bytesPerFrame(format);
    // Of a short sound half.
    const half = Math.floor(data.length / 2 / bytesPerFrame(format)) * bytesPerFrame(format);
    const end = Math.min(bytesOf(this.#given.value), half);
    const given = data.slice(0, end);
    const rest = data.slice(end, end + bytesOf(this.#seconds.value));
    const stage = { format, given: samplesOfBytes(given, format), player: this.#player };
    const scale = new Scale();
    this.#scale = scale;
    const original = new SoundFigure('original', stage, scale);
    original.append(samplesOfBytes(rest, format));
    const samples = bytesOf(this.#seconds.value) / (format.bitsPerSample / 8);
    const order = { format, given, samples, temperature: this.#temperature.valueAsNumber };
    const seed = this.#seed.value;
    this.#lanes = this.#boxes.chosen.map((spec) => {
      const figure = new SoundFigure(spec, stage, scale);
      return new SoundLane(spec, figure, { ...order, seed }, this.#events.say);
    });
    this.#figures.replaceChildren(original.element, ...this.#lanes.map((lane) => lane.element));
  }
}

interface Order {
  readonly format: AudioFormat;
  readonly given: Uint8Array;
  readonly samples: number;
  readonly temperature: number;
  readonly seed: string;
}

/** One compressor that continues the sound. */
class SoundLane {
  readonly element: HTMLElement;
  readonly #spec: string;
  readonly #figure: SoundFigure;
  readonly #worker: LaneWorker<MediaRequest, MediaReply>;

  constructor(spec: string, figure: SoundFigure, order: Order, say: (text: string) => void) {
    this.element = figure.element;
    this.#spec = spec;
    this.#figure = figure;
    this.#worker = new LaneWorker(
      (reply) => {
        if (reply.kind === 'failed') figure.fail(reply.message);
        if (reply.kind === 'samples') figure.append(reply.samples);
        if (reply.kind !== 'finished') return;
        say(`${spec} finished`);
        this.#worker.close();
      },
      (message) => figure.fail(message),
    );
    this.#worker.begin((turn) => ({ kind: 'sound', turn, spec, ...order }));
  }

  get record(): Readonly<Record<string, unknown>> {
    return { compressor: this.#spec, samples: [...this.#figure.drawn] };
  }

  close(): void {
    this.#worker.close();
  }
}

const WIDTH = 800;
const HEIGHT = 160;

/** What all figures of a sound share. */
interface Stage {
  readonly format: AudioFormat;
  readonly given: Int32Array;
  readonly player: Player;
}

/** The scale of all waveforms: the loudest sample of any of them. */
class Scale {
  readonly #figures: SoundFigure[] = [];
  #most = 0;

  get most(): number {
    return this.#most;
  }

  join(figure: SoundFigure): void {
    this.#figures.push(figure);
  }

  /** Makes room for samples; all figures are painted again if they need more. */
  include(samples: Int32Array): void {
    const most = peakOf(samples);
    if (most <= this.#most) return;
    this.#most = most;
    this.paint();
  }

  paint(): void {
    for (const figure of this.#figures) figure.paint();
  }
}

/** A growing waveform that can be played and saved. */
class SoundFigure {
  readonly element: HTMLElement;
  readonly #stage: Stage;
  readonly #scale: Scale;
  readonly #canvas: HTMLCanvasElement;
  readonly #note = h('p', { className: 'figures', textContent: 'starting' });
  #drawn: Int32Array = new Int32Array();

  constructor(title: string, stage: Stage, scale: Scale) {
    const { format, given, player } = stage;
    this.#stage = stage;
    this.#scale = scale;
    const label = { role: 'img', 'aria-label': `waveform: ${title}` };
    this.#canvas = h('canvas', { width: WIDTH, height: HEIGHT, className: 'wave', ...label });
    const play = h('button', { type: 'button', textContent: 'play', title: `play ${title}` });
    play.addEventListener('click', () => {
      const limited = limitedTo(given, this.#drawn);
      player.toggle(play, joined(given, limited), format, (message) => this.fail(message));
    });
    const save = h('button', { type: 'button', className: 'quiet', textContent: 'save WAV' });
    save.addEventListener('click', () => {
      const data = bytesOfSamples(joined(given, this.#drawn), format);
      saveFile(
        new Blob([writeWav({ format, data }) as BlobPart], { type: 'audio/wav' }),
        'zipdream.wav',
      );
    });
    const heading = h('h2', { textContent: title });
    const buttons = h('div', { className: 'row' }, play, save);
    const caption = h('figcaption', {}, heading, this.#note, buttons);
    this.element = h('figure', {}, this.#canvas, caption);
    scale.join(this);
    scale.include(given);
    this.paint();
  }

  get drawn(): Int32Array {
    return this.#drawn;
  }

  append(samples: Int32Array): void {
    this.#drawn = joined(this.#drawn, samples);
    this.#scale.include(samples);
    this.paint();
    const { given } = this.#stage;
    const quieter = gainFor(given, this.#drawn);
    const played = quieter < 1 ? `, played at ${Math.round(100 * quieter)} % of its level` : '';
    const [before, after] = [given, this.#drawn].map((part) => this.#secondsOf(part));
    this.#note.textContent = `${before} s given, ${after} s after it${played}`;
  }

  fail(message: string): void {
    this.#note.textContent = message;
  }

  #secondsOf({ length }: Int32Array): string {
    const { channels, sampleRate } = this.#stage.format;
    return (length / channels / sampleRate).toFixed(2);
  }

  paint(): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const { format, given } = this.#stage;
    const style = getComputedStyle(document.body);
    const all = joined(given, this.#drawn);
    const columns = WIDTH / 2;
    const most = Math.max(this.#scale.most, 2 ** (format.bitsPerSample - 5));
    const seam = (columns * given.length) / Math.max(all.length, 1);
    context.clearRect(0, 0, WIDTH, HEIGHT);
    extentsOf(all, format.channels, columns).forEach(([low, high], column) => {
      context.fillStyle = style.getPropertyValue(column < seam ? '--soft' : '--accent');
      const top = (HEIGHT / 2) * (1 - (0.95 * high) / most);
      const bottom = (HEIGHT / 2) * (1 - (0.95 * low) / most);
      context.fillRect(2 * column, top, 1.4, Math.max(1, bottom - top));
    });
  }
}

function joined(a: Int32Array, b: Int32Array): Int32Array {
  const all = new Int32Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

function peakOf(samples: Int32Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

/** The factor, at most 1, that makes samples no louder than given ones, in mean power and peak. */
function gainFor(given: Int32Array, samples: Int32Array): number {
  const power = (part: Int32Array): number =>
    part.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(part.length, 1);
  const byPower = Math.sqrt(power(given) / Math.max(power(samples), 1));
  return Math.min(1, byPower, peakOf(given) / Math.max(peakOf(samples), 1));
}

function limitedTo(given: Int32Array, samples: Int32Array): Int32Array {
  const gain = gainFor(given, samples);
  return samples.map((sample) => Math.round(gain * sample));
}
