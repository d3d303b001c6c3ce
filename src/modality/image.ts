// Pictures as bytes of an ImageFormat: format, conversion to grey, and downscaling.

import type { ReadingNotes } from '../bits/not-kept.js';
import type { Picture } from '../engines/png/picture.js';
import { expectInteger } from '../expect.js';
import type { ImageFormat } from '../types.js';
import type { GivenPart } from './image-given.js';

/** Default limit on the pixels of a picture: 2^25, i.e. 8192 × 4096. */
export const DEFAULT_MAX_PIXELS = 2 ** 25;

export interface PictureLimits {
  /** Reject pictures with more pixels than this. */
  readonly maxPixels: number;
}

/** A picture, and notes on what else the file contained. */
export interface PictureRead extends ReadingNotes {
  /** In display orientation, as specified by EXIF. */
  readonly picture: Picture;
}

/** The format to open a compressor with for this picture. */
export function formatOfPicture({ width, channels }: Picture): ImageFormat {
  return { kind: 'image', width, channels };
}

/** @throws RangeError for bytes that are not one or more whole rows. */
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

/** A copy of the picture, with mid-grey in place of the missing part. */
export function givenCanvas(picture: Picture, part: GivenPart): Picture {
  const { width, height, channels } = picture;
  const pixels = picture.pixels.slice();
  for (let y = part.rows; y < height; y++) {
    pixels.fill(NOT_DRAWN, (y * width + part.columns) * channels, (y + 1) * width * channels);
  }
  return { ...picture, pixels };
}

/** The luma of each pixel, as defined for JPEG (ITU-T T.871 §7). */
export function toGrey(picture: Picture): Picture {
  if (picture.channels === 1) return picture;
  const { width, height, pixels } = picture;
  const grey = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round(0.299 * pixels[3 * i]! + 0.587 * pixels[3 * i + 1]! + 0.114 * pixels[3 * i + 2]!),
  );
  return { width, height, channels: 1, pixels: grey };
}

/**
 * Scales the picture down so that no side is longer than `maxSize` pixels, preserving its aspect
 * ratio: each new pixel is the mean of the area it covers. A picture that is small enough is
 * unchanged.
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
