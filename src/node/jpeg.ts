// Pictures in JPEG files (ITU-T T.81), by jpeg-js. The header is read here first: nothing large is
// allocated for a size that was not asked for, and what is not read is refused by its name.

import { decode } from 'jpeg-js';
import type { Picture } from '../engines/png/picture.js';
import { CorruptDataError, UsageError } from '../errors.js';

export interface JpegLimits {
  /** Refuse pictures of more pixels than this. */
  readonly maxPixels: number;
}

/**
 * @throws CorruptDataError if the file is damaged or ends too soon.
 * @throws UsageError for a kind of JPEG that is not read, or more pixels than allowed.
 */
export function readJpeg(file: Uint8Array, { maxPixels }: JpegLimits): Picture {
  const { width, height, components } = readFrame(file);
  if (width * height > maxPixels) {
    throw new UsageError(`${width} × ${height} pixels exceed the limit of ${maxPixels}`);
  }
  const end = lastIndexOfMarker(file, 0xd9);
  if (end < 0) throw new CorruptDataError('JPEG file ends too soon', file.length);
  let rgb: Uint8Array;
  try {
    const image = decode(file, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Math.ceil(maxPixels / 1e6),
      maxMemoryUsageInMB: Math.ceil((64 * maxPixels) / 2 ** 20),
    });
    if (image.width !== width || image.height !== height) {
      throw new Error('its two headers do not agree');
    }
    rgb = image.data;
  } catch (error) {
    const message = `damaged JPEG file: ${(error as Error).message};`;
    throw new CorruptDataError(message, end, { cause: error });
  }
  if (components === 3) return { width, height, channels: 3, pixels: rgb };
  const grey = Uint8Array.from({ length: width * height }, (_, i) => rgb[3 * i]!);
  return { width, height, channels: 1, pixels: grey };
}

interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3;
}

/** Walks the marker segments to the frame header (T.81 §B.2.2). */
function readFrame(file: Uint8Array): Frame {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const need = (end: number): void => {
    if (end > file.length) throw new CorruptDataError('JPEG file ends too soon', file.length);
  };
  let at = 2;
  for (;;) {
    need(at + 4);
    if (file[at] !== 0xff) throw new CorruptDataError('JPEG marker expected', at);
    const marker = file[at + 1]!;
    if (marker === 0xff) {
      at++; // fill byte
      continue;
    }
    if (marker === 0xda) throw new CorruptDataError('JPEG scan before its frame', at);
    if (isFrame(marker)) break;
    at += 2 + view.getUint16(at + 2);
  }
  need(at + 10);
  if (file[at + 1]! > 0xc2) {
    throw new UsageError('this kind of JPEG (lossless or arithmetic) is not read');
  }
  if (file[at + 4] !== 8) {
    throw new UsageError(`JPEG of ${file[at + 4]} bits is not read; of 8 bits it is`);
  }
  const height = view.getUint16(at + 5);
  const width = view.getUint16(at + 7);
  if (width === 0 || height === 0) {
    throw new CorruptDataError(`JPEG picture of ${width} × ${height} pixels`, at + 5);
  }
  const components = file[at + 9]!;
  if (components === 4) throw new UsageError('JPEG in CMYK is not read; RGB and grey are');
  if (components !== 1 && components !== 3) {
    throw new UsageError(`JPEG of ${components} components is not read; of 1 or 3 it is`);
  }
  return { width, height, components };
}

/** SOF0 to SOF15, without the tables that lie between them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function lastIndexOfMarker(file: Uint8Array, marker: number): number {
  for (let at = file.length - 2; at >= 0; at--) {
    if (file[at] === 0xff && file[at + 1] === marker) return at;
  }
  return -1;
}
