// Runs one compressor on a picture or a sound, in a worker: it draws the missing part. Work stops when
// a new request arrives.

import { createRandom } from '../bits/random.js';
import { flac } from '../compressors/flac.js';
import { drawnPngSpec, png } from '../compressors/png.js';
import { readAudio } from '../modality/audio.js';
import { samplesOfBytes } from '../modality/audio-bytes.js';
import { readUprightPng } from '../modality/exif.js';
import {
  DEFAULT_MAX_PIXELS,
  formatOfPicture,
  givenCanvas,
  type PictureRead,
} from '../modality/image.js';
import { missingPixels } from '../modality/image-given.js';
import { readJpegMarkers } from '../modality/jpeg-markers.js';
import type { Drawer } from '../passage/drawers.js';
import { expectHeldOut, plainDrawer, prime, type Watch } from '../passage/walk.js';
import { openFromOutside } from '../registry.js';
import type { MediaReply, MediaRequest } from './messages.js';
import { createPacer } from './pause.js';
import { textRegistry } from './rows.js';

const pageRegistry = { ...textRegistry, png, flac };
/** Minimum time between two rows, so that drawing can be watched. */
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

  /** Never rejects; errors are posted as `failed`. */
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
      if (error instanceof OutdatedError) return;
      const message = error instanceof Error ? error.message : String(error);
      this.#post({ kind: 'failed', turn, message });
    }
  }

  async #drawPicture(request: DrawPicture): Promise<void> {
    const { turn, spec, picture, part, temperature, seed } = request;
    const { width, height, channels, pixels } = picture;
    const format = formatOfPicture(picture);
    const compressor = await openFromOutside(drawnPngSpec(spec), pageRegistry, { format });
    const subject = { compressor, reading: compressor.readings[0]! };
    const passage = { bytes: pixels, from: 0, format, given: part };
    const watch = this.#watch(turn);
    const canvas = givenCanvas(picture, part);
    const rowBytes = width * channels;
    let bits = 0;
    let shownMs = performance.now();
    const start = (): Drawer => plainDrawer(subject, passage, temperature);
    // The seed of `zipdream sample`: it draws the same.
    const random = createRandom(`${seed}:0`);
    for await (const drawn of (await prime(start, passage, watch)).draw(random, watch, true)) {
      canvas.pixels.set(drawn.bytes, drawn.at);
      bits += drawn.bits;
      if ((drawn.at + 1) % rowBytes !== 0) continue;
      await wait(shownMs + ROW_MS - performance.now());
      shownMs = performance.now();
      const row = Math.floor(drawn.at / rowBytes);
      const pixels = canvas.pixels.slice(row * rowBytes, (row + 1) * rowBytes);
      const drawnPixels = (row + 1 - part.rows) * (width - part.columns);
      this.#post({ kind: 'rows', turn, row, pixels, bits: 0, drawn: drawnPixels });
    }
    const drawn = missingPixels(part, { width, height });
    this.#post({ kind: 'rows', turn, row: 0, pixels: canvas.pixels, bits, drawn });
    const truth = await expectHeldOut(subject, passage, watch);
    this.#post({ kind: 'finished', turn, trueBits: truth.bits / Math.max(1, drawn) });
  }

  async #drawSound(request: DrawSound): Promise<void> {
    const { turn, spec, format, given, samples, temperature, seed } = request;
    const compressor = await openFromOutside(spec, pageRegistry, { format });
    const subject = { compressor, reading: compressor.readings[0]! };
    const bytes = new Uint8Array(given.length + (samples * format.bitsPerSample) / 8);
    bytes.set(given);
    const passage = { bytes, from: given.length, format };
    const watch = this.#watch(turn);
    const start = (): Drawer => plainDrawer(subject, passage, temperature);
    const random = createRandom(`${seed}:0`);
    const batch = (SAMPLES * format.bitsPerSample) / 8;
    let posted = given.length;
    const post = (end: number): void => {
      const some = samplesOfBytes(bytes.subarray(posted, end), format);
      this.#post({ kind: 'samples', turn, samples: some });
      posted = end;
    };
    for await (const drawn of (await prime(start, passage, watch)).draw(random, watch, true)) {
      bytes.set(drawn.bytes, drawn.at);
      if (drawn.at + drawn.bytes.length - posted >= batch) post(posted + batch);
    }
    if (posted < bytes.length) post(bytes.length);
    this.#post({ kind: 'finished', turn });
  }

  /** Yields to other events, and ends this work if a new request has arrived. */
  #watch(turn: number): Watch {
    const pace = createPacer(this.#pause);
    const onProgress = (): Promise<void> | undefined => {
      if (turn !== this.#turn) throw new OutdatedError();
      return pace();
    };
    return { onProgress, onGiven: onProgress };
  }
}

/** A new request has made this work obsolete. */
class OutdatedError extends Error {}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A PNG as its pixels are, anything else as the browser reads it. */
async function readPicture(file: Blob): Promise<PictureRead> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0x89 && bytes[1] === 0x50) {
    return readUprightPng(bytes, { maxPixels: DEFAULT_MAX_PIXELS });
  }
  // The segments of a JPEG are known; other kinds are left to the browser.
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  const { notKept } = isJpeg ? readJpegMarkers(bytes, DEFAULT_MAX_PIXELS) : { notKept: [] };
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch (error) {
    throw new Error('not a picture that this browser can read', { cause: error });
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
