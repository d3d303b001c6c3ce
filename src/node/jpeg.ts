// Decodes JPEG files (ITU-T T.81) with libjpeg, as mozjpeg in WebAssembly (package @jsquash/jpeg).
// The markers are checked first: memory is bounded by the allowed size, unsupported kinds are
// rejected by name, and a truncated file gives no picture.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { CorruptDataError } from '../errors.js';
import { orient } from '../modality/exif.js';
import type { PictureLimits, PictureRead } from '../modality/image.js';
import { readJpegMarkers } from '../modality/jpeg-markers.js';

/** The part of the decoder that is used: file to RGBA pixels. */
interface Decoder {
  decode(file: Uint8Array, preserveOrientation: boolean): Decoded | null;
}

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** libjpeg's warning for bytes between the last scan and the end; the pixels are complete. */
const FILLED = /^Corrupt JPEG data: \d+ extraneous bytes before marker 0xd9$/;

/**
 * @throws CorruptDataError if the file is damaged or ends too soon; damage that libjpeg only warns
 * about and conceals, such as missing pixels, is an error too.
 * @throws UsageError for an unsupported kind of JPEG, or more pixels than allowed.
 */
export async function readJpeg(
  file: Uint8Array,
  { maxPixels }: PictureLimits,
): Promise<PictureRead> {
  const header = readJpegMarkers(file, maxPixels);
  const { width, height, components, orientation, notKept } = header;
  const { image, warnings } = await decode(file.subarray(0, header.end));
  const [warning = ''] = warnings;
  const isFilled = FILLED.test(warning);
  if (image?.width !== width || image.height !== height || (warning !== '' && !isFilled)) {
    const reason = warnings.at(-1) ?? 'its pixels cannot be decoded';
    throw new CorruptDataError(`damaged JPEG file (${reason})`, header.end - 2);
  }
  const pixels = new Uint8Array(width * height * components);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < components; c++) pixels[i * components + c] = image.data[4 * i + c]!;
  }
  const stored = { width, height, channels: components, pixels } as const;
  const assumed = isFilled ? ['bytes between the pixels and the end are ignored'] : [];
  return { picture: orient(stored, orientation), notKept, assumed };
}

/** Each file gets a new instance, as a damaged file leaves it unusable. */
async function decode(file: Uint8Array): Promise<{ image: Decoded | null; warnings: string[] }> {
  const module: string = '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
  const { default: create } = (await import(module)) as {
    default: (options: object) => Promise<Decoder>;
  };
  const require = createRequire(import.meta.url);
  const wasmBinary = await readFile(require.resolve(module.replace(/js$/, 'wasm')));
  const warnings: string[] = [];
  const printErr = (line: string): void => {
    warnings.push(line);
  };
  const decoder = await create({ wasmBinary, noInitialRun: true, print: printErr, printErr });
  try {
    return { image: decoder.decode(file, false), warnings };
  } catch (error) {
    // libjpeg stops with exit(1) after printing the reason; any other exception is a broken
    // instance.
    if (warnings.length === 0) warnings.push(String(error));
    return { image: null, warnings };
  }
}
