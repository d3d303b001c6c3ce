// One compressor at work on a picture or a sound, in a worker: what it makes of the part that is not
// given. Work is given up when something new has come.

import { createRandom } from '../bits/random.js';
import { drawPicture, givenCanvas, measurePicture } from '../measure/picture-draw.js';
import { readAudio } from '../modality/audio.js';
import { samplesOfBytes } from '../modality/audio-bytes.js';
import { readUprightPng } from '../modality/exif.js';
import { DEFAULT_MAX_PIXELS, formatOfPicture, type PictureRead } from '../modality/image.js';
import { readJpegMarkers } from '../modality/jpeg-markers.js';
import { openCompressor } from '../registry.js';
import { generate } from '../sampling/generate.js';
import type { MediaReply, MediaRequest } from './messages.js';
import { createPacer } from './pause.js';
import { pageRegistry } from './rows.js';

/** A row is shown no sooner after the one before: one can watch. */
const ROW_MS = 16;
/** Samples that are posted together. */
const SAMPLES = 1024;

type DrawPicture = Extract<MediaRequest, { kind: 'picture' }>;
type DrawSound = Extract<MediaRequest, { kind: 'sound' }>;

export class MediaEngine {
  readonly #post: (reply: MediaReply) => void;
  readonly #pause: () => Promise<void>;
  #turn = -1;

  constructor(post: (reply: MediaReply) => void, pause: () => Promise<void>) {
    this.#post = post;
    this.#pause = pause;
  }

  /** Never rejects: what goes wrong is posted as `failed`. */
  async handle(request: MediaRequest): Promise<void> {
    const { turn } = request;
    this.#turn = turn;
    this.#post({ kind: 'begun', turn });
    try {
      if (request.kind === 'read-picture') {
        this.#post({ kind: 'picture', turn, ...(await readPicture(request.file)) });
      } else if (request.kind === 'read-sound') {
        const file = new Uint8Array(await request.file.arrayBuffer());
        this.#post({ kind: 'sound', turn, sound: readAudio(file) });
      } else if (request.kind === 'picture') await this.#drawPicture(request);
      else await this.#drawSound(request);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#post({ kind: 'failed', turn, message });
    }
  }

  async #drawPicture(request: DrawPicture): Promise<void> {
    const { turn, spec, picture, part, temperature, seed } = request;
    const { width, channels } = picture;
    const compressor = await openCompressor(spec, pageRegistry, formatOfPicture(picture));
    const reading = compressor.readings[0]!;
    const pace = createPacer(this.#pause);
    const canvas = givenCanvas({ picture, part });
    const rowBytes = (width - part.columns) * channels;
    let last = performance.now();
    let row = part.rows;
    const onByte = async (done: number): Promise<boolean> => {
      if (done % rowBytes === 0) {
        await wait(last + ROW_MS - performance.now());
        last = performance.now();
        const pixels = canvas.pixels.slice(row * width * channels, (row + 1) * width * channels);
        this.#post({ kind: 'rows', turn, row, pixels, bits: 0, drawn: done / channels });
        row++;
      }
      const pause = pace();
      if (pause) await pause;
      return turn !== this.#turn;
    };
    const course = { compressor, reading, picture, part };
    // The seed of `zipdream sample`: it draws the same.
    const random = createRandom(`${seed}:0`);
    const drawn = await drawPicture({ ...course, onByte }, canvas, random, { temperature });
    if (turn !== this.#turn) return;
    const pixels = drawn.bytes / channels;
    this.#post({
      kind: 'rows',
      turn,
      row: 0,
      pixels: canvas.pixels,
      bits: drawn.bits,
      drawn: pixels,
    });
    const onMeasured = async (): Promise<boolean> => {
      const pause = pace();
      if (pause) await pause;
      return turn !== this.#turn;
    };
    const truth = await measurePicture({ ...course, onByte: onMeasured });
    if (turn === this.#turn) this.#post({ kind: 'finished', turn, trueBits: truth.bpd * channels });
  }

  async #drawSound(request: DrawSound): Promise<void> {
    const { turn, spec, format, given, samples, temperature, seed } = request;
    const compressor = await openCompressor(spec, pageRegistry, format);
    const pace = createPacer(this.#pause);
    const random = createRandom(`${seed}:0`);
    const step = async (): Promise<boolean> => {
      const pause = pace();
      if (pause) await pause;
      return turn !== this.#turn;
    };
    if (compressor.startSamples) {
      const model = compressor.startSamples();
      model.push(samplesOfBytes(given, format));
      const speak = model.speak(random, temperature);
      for (let start = 0; start < samples; start += SAMPLES) {
        const some = new Int32Array(Math.min(SAMPLES, samples - start));
        for (let i = 0; i < some.length; i++) {
          some[i] = speak();
          if (i % 64 === 0 && (await step())) return;
        }
        this.#post({ kind: 'samples', turn, samples: some });
      }
    } else {
      const model = compressor.start();
      for (let at = 0; at < given.length; at += 64) {
        model.push(given.subarray(at, at + 64));
        if (await step()) return;
      }
      const width = format.bitsPerSample / 8;
      const bytes: number[] = [];
      const length = samples * width;
      for await (const { index, byte } of generate(model, { length, random, temperature })) {
        bytes.push(byte);
        if (bytes.length === SAMPLES * width || index === length - 1) {
          const some = samplesOfBytes(Uint8Array.from(bytes.splice(0)), format);
          this.#post({ kind: 'samples', turn, samples: some });
        }
        if (await step()) return;
      }
    }
    this.#post({ kind: 'finished', turn });
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A PNG as its pixels are, anything else as the browser reads it. */
async function readPicture(file: Blob): Promise<PictureRead> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0x89 && bytes[1] === 0x50) {
    return readUprightPng(bytes, { maxPixels: DEFAULT_MAX_PIXELS });
  }
  // Of a JPEG it is known what is in it; what else the browser reads is its own affair.
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  const { notKept } = isJpeg ? readJpegMarkers(bytes, DEFAULT_MAX_PIXELS) : { notKept: [] };
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (error) {
    throw new Error('this is no picture that the browser can read', { cause: error });
  }
  const { width, height } = bitmap;
  if (width * height > DEFAULT_MAX_PIXELS) {
    throw new Error(`${width} × ${height} pixels exceed the limit of ${DEFAULT_MAX_PIXELS}`);
  }
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) pixels.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return { picture: { width, height, channels: 3, pixels }, notKept, assumed: [] };
}
