// Pictures as the bytes of an ImageFormat: their format, in grey, and made smaller.

import type { ReadingNotes } from '../bits/not-kept.js';
import type { Picture } from '../engines/png/picture.js';
import { expectInteger } from '../expect.js';
import type { ImageFormat } from '../types.js';
import type { GivenPart } from './image-given.js';

/** Pixels of a picture at most, unless said otherwise: 2^25, of 8192 × 4096. */
export const DEFAULT_MAX_PIXELS = 2 ** 25;

export interface PictureLimits {
  /** Refuse pictures of more pixels than this. */
  readonly maxPixels: number;
}

/** A picture, and what was in the file besides. */
export interface PictureRead extends ReadingNotes {
  /** As it is to be seen: turned as EXIF says. */
  readonly picture: Picture;
}

/** The format that opens a compressor for a picture of this width. */
export function formatOfPicture({ width, channels }: Picture): ImageFormat {
  return { kind: 'image', width, channels };
}

/** @throws RangeError for bytes that are not one whole row or more. */
export function pictureOfBytes(pixels: Uint8Array, { width, channels }: ImageFormat): Picture {
  const height = pixels.length / (width * channels);
  if (!Number.isInteger(height) || height === 0) {
    throw new RangeError(
      `"pixels" expected rows of ${width * channels} bytes, got ${pixels.length} bytes`,
    );
  }
  return { width, height, channels, pixels };
}

const NOT_DRAWN = 128;

/** A copy of the picture, mid-grey where it is not given. */
export function givenCanvas(picture: Picture, part: GivenPart): Picture {
  const { width, height, channels } = picture;
  const pixels = picture.pixels.slice();
  for (let y = part.rows; y < height; y++) {
    pixels.fill(NOT_DRAWN, (y * width + part.columns) * channels, (y + 1) * width * channels);
  }
  return { ...picture, pixels };
}

/** The luma of each pixel, as JPEG has it (ITU-T T.871 §7). */
export function toGrey(picture: Picture): Picture {
  if (picture.channels === 1) return picture;
  const { width, height, pixels } = picture;
  const grey = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round(0.299 * pixels[3 * i]! + 0.587 * pixels[3 * i + 1]! + 0.114 * pixels[3 * i + 2]!),
  );
  return { width, height, channels: 1, pixels: grey };
}

/**
 * No side longer than `maxSize` pixels, the shape kept: each new pixel is the mean of the area that
 * it covers. A picture that is small enough stays as it is.
 */
export function shrink(picture: Picture, maxSize: number): Picture {
  expectInteger('maxSize', maxSize, { min: 1 });
  const longest = Math.max(picture.width, picture.height);
  if (longest <= maxSize) return picture;
  const side = (pixels: number): number => Math.max(1, Math.round((pixels * maxSize) / longest));
  const { channels } = picture;
  const width = side(picture.width);
  const height = side(picture.height);
  const columns = averageAlong(picture.pixels, picture.height, picture.width, channels, width);
  const rows = averageAlong(columns, 1, picture.height, width * channels, height);
  return { width, height, channels, pixels: Uint8Array.from(rows, Math.round) };
}

/** Averages `from` items of `size` numbers down to `to`, in each of `lines` lines. */
function averageAlong(
  data: ArrayLike<number>,
  lines: number,
  from: number,
  size: number,
  to: number,
): Float64Array {
  const out = new Float64Array(lines * to * size);
  const step = from / to;
  for (let i = 0; i < to; i++) {
    const end = Math.min((i + 1) * step, from);
    for (let j = Math.floor(i * step); j < end; j++) {
      const share = (Math.min(j + 1, end) - Math.max(j, i * step)) / step;
      for (let line = 0; line < lines; line++) {
        for (let k = 0; k < size; k++) {
          out[(line * to + i) * size + k]! += share * data[(line * from + j) * size + k]!;
        }
      }
    }
  }
  return out;
}
