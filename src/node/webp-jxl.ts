// Rows `webp` and `jxl`: lossless WebP and JPEG XL of pictures, as black boxes, by the encoders of
// libwebp and libjxl in WebAssembly (packages @jsquash/webp and @jsquash/jxl, which are optional).
// Candidates are whole rows.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { CompressorUnavailableError, UsageError } from '../errors.js';
import { pictureOfBytes } from '../modality/image.js';
import { chooseReading } from '../readings/choose.js';
import { type CodeLength, recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { Bytes, CodeLengthModel, ImageFormat, MaybePromise } from '../types.js';

interface Codec {
  readonly name: string;
  readonly title: string;
  /** Maximum effort, and the default. */
  readonly efforts: readonly [most: number, usual: number];
  /** Encoder settings that differ from its defaults. */
  readonly settings: (effort: number) => Readonly<Record<string, number | boolean>>;
}

/** The part of an encoder that is used: RGBA pixels to file. */
interface Encoder {
  encode(pixels: Uint8Array, width: number, height: number, settings: object): Bytes | null;
}

/** Row `webp`: lossless WebP of pictures, recompress, by whole rows. */
export const webp = rowOf({
  name: 'webp',
  title: 'lossless WebP',
  efforts: [6, 4],
  settings: (method) => ({ method, lossless: 1, exact: 1, quality: 100 }),
});

/** Row `jxl`: lossless JPEG XL of pictures, recompress, by whole rows. */
export const jxl = rowOf({
  name: 'jxl',
  title: 'lossless JPEG XL',
  efforts: [9, 7],
  settings: (effort) => ({ effort, lossless: true, quality: 100 }),
});

function rowOf({ name, title, efforts, settings }: Codec): CompressorEntry {
  const [most, usual] = efforts;
  return {
    summary: `${title} (package @jsquash/${name}) of pictures, as a black box`,
    accepts: ['image'],
    reach: 'nothing',
    options: { effort: { type: 'integer', min: 0, max: most, default: usual, summary: 'effort' } },
    async open(format, options) {
      if (format.kind !== 'image') throw new TypeError(`${name} expected pixels of a picture`);
      const { encoder, defaults, version } = await loadEncoder(name);
      const chosen = { ...defaults, ...settings(Number(options.effort)) };
      const size = format.width * format.channels;
      const compress = (data: Uint8Array): Bytes => {
        if (data.length === 0) throw new UsageError(`${name} needs at least one row`);
        checkWholeRows(name, data.length, size);
        const { width, height, pixels } = rgbaOf(data, format);
        const file = encoder.encode(pixels, width, height, chosen);
        if (!file) throw new Error(`${name} rejects a picture of ${width} × ${height} pixels`);
        return file.slice();
      };
      const codeLength = (data: Uint8Array): number =>
        data.length === 0 ? 0 : 8 * compress(data).length;
      return {
        name,
        version,
        ...chooseReading(name, { recompress: () => new RowsModel(name, size, codeLength) }),
        wholeBytes: size,
        codeLength,
        compress,
      };
    },
  };
}

function checkWholeRows(name: string, bytes: number, size: number): void {
  if (bytes % size === 0) return;
  throw new UsageError(`${name} compresses whole rows of ${size} bytes, not ${bytes}`);
}

/**
 * Measures candidates that end at a row boundary; the incomplete row of the context is treated as
 * part of them.
 */
class RowsModel implements CodeLengthModel {
  readonly #name: string;
  readonly #size: number;
  readonly #codeLength: CodeLength;
  /** Model after the complete rows of the context. */
  #rows: CodeLengthModel;
  #begun: Uint8Array = new Uint8Array(0);

  constructor(name: string, size: number, codeLength: CodeLength, from?: RowsModel) {
    this.#name = name;
    this.#size = size;
    this.#codeLength = codeLength;
    this.#rows = from ? from.#rows.fork() : recompressReading(codeLength);
    if (from) this.#begun = from.#begun;
  }

  push(bytes: Uint8Array): void {
    const joined = join(this.#begun, bytes);
    const end = joined.length - (joined.length % this.#size);
    this.#rows.push(joined.subarray(0, end));
    this.#begun = joined.slice(end);
  }

  fork(): RowsModel {
    return new RowsModel(this.#name, this.#size, this.#codeLength, this);
  }

  next(out: Float64Array): MaybePromise<void> {
    const candidates = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
    const deltas = this.score(candidates);
    if (deltas instanceof Promise) return deltas.then((bits) => out.set(bits));
    out.set(deltas);
  }

  /** @throws UsageError for a candidate that does not end at a row boundary. */
  score(candidates: readonly Uint8Array[]): MaybePromise<Float64Array> {
    const rows = candidates.map((candidate) => join(this.#begun, candidate));
    for (const { length } of rows) checkWholeRows(this.#name, length, this.#size);
    return this.#rows.score(rows);
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

function rgbaOf(data: Uint8Array, format: ImageFormat) {
  const { width, height, channels, pixels } = pictureOfBytes(data, format);
  const rgba = new Uint8Array(4 * width * height).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = pixels[i * channels + (c % channels)]!;
  }
  return { width, height, pixels: rgba };
}

async function loadEncoder(name: string) {
  const folder = `@jsquash/${name}`;
  try {
    const require = createRequire(import.meta.url);
    const encoder: string = `${folder}/codec/enc/${name}_enc.js`;
    const meta: string = `${folder}/meta.js`;
    const { default: create } = (await import(encoder)) as {
      default: (module: object) => Promise<Encoder>;
    };
    const { defaultOptions } = (await import(meta)) as { defaultOptions: object };
    const wasmBinary = await readFile(require.resolve(encoder.replace(/js$/, 'wasm')));
    const { version } = require(`${folder}/package.json`) as { version: string };
    return {
      encoder: await create({ wasmBinary, noInitialRun: true }),
      defaults: defaultOptions,
      version: `${folder} ${version}`,
    };
  } catch (error) {
    const hint = `npm install ${folder}`;
    throw new CompressorUnavailableError(`package ${folder} is missing`, hint, { cause: error });
  }
}
