// The IHDR chunk of a PNG file (PNG specification, third edition, §11.2.1), and the sizes derived
// from it.

import { CorruptDataError, UsageError } from '../../errors.js';
import type { Chunk } from './chunks.js';

export const GREY = 0;
export const RGB = 2;
export const PALETTE = 3;
export const GREY_ALPHA = 4;

/** Samples per pixel by colour type; 0 for invalid types. */
const SAMPLES: readonly number[] = [1, 0, 3, 1, 2, 0, 4];
/** Bit depths by colour type. */
const DEPTHS: readonly (readonly number[])[] = [
  [1, 2, 4, 8, 16],
  [],
  [8, 16],
  [1, 2, 4, 8],
  [8, 16],
  [],
  [8, 16],
];
const MAX_SIDE = 0x7fffffff;
export const HEADER_BYTES = 13;

export interface Header {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colourType: number;
  readonly interlaced: boolean;
  /** Samples of a pixel, alpha included. */
  readonly samples: number;
}

/**
 * Reads IHDR.
 *
 * @throws CorruptDataError at the first invalid field.
 * @throws UsageError if the picture has more than `maxPixels` pixels.
 */
export function readHeader(
  { type, data, offset }: Omit<Chunk, 'hasWrongCrc'>,
  maxPixels: number,
): Header {
  if (type !== 'IHDR') throw new CorruptDataError('PNG file without a header', offset - 4);
  if (data.length !== HEADER_BYTES) {
    throw new CorruptDataError('PNG header has a wrong length', offset - 8);
  }
  const check = (holds: boolean, message: string, at: number): void => {
    if (!holds) throw new CorruptDataError(message, offset + at);
  };
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colourType, compression, filters, interlace] = data.subarray(8);
  check(width >= 1 && width <= MAX_SIDE, `PNG of width ${width}`, 0);
  check(height >= 1 && height <= MAX_SIDE, `PNG of height ${height}`, 4);
  check((DEPTHS[colourType!] ?? []).length > 0, `PNG colour type ${colourType}`, 9);
  check(DEPTHS[colourType!]!.includes(depth!), `PNG bit depth ${depth} for its colour type`, 8);
  check(compression === 0, `PNG compression method ${compression}`, 10);
  check(filters === 0, `PNG filter method ${filters}`, 11);
  check(interlace! <= 1, `PNG interlace method ${interlace}`, 12);
  if (width * height > maxPixels) {
    throw new UsageError(`picture of ${width}×${height} pixels is larger than ${maxPixels} pixels`);
  }
  const samples = SAMPLES[colourType!]!;
  return {
    width,
    height,
    depth: depth!,
    colourType: colourType!,
    interlaced: interlace === 1,
    samples,
  };
}

/** Pixels transmitted together: all, or one of the seven passes of Adam7. */
export interface Pass {
  readonly left: number;
  readonly top: number;
  /** Distance between pixels of the pass. */
  readonly stepX: number;
  readonly stepY: number;
  readonly width: number;
  readonly height: number;
}

/** Left, top, and horizontal and vertical steps of the passes of Adam7 (§8.1). */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The non-empty passes, in transmission order. */
export function passesOf({ width, height, interlaced }: Header): Pass[] {
  const grids = interlaced ? ADAM7 : ([[0, 0, 1, 1]] as const);
  return grids
    .map(([left, top, stepX, stepY]) => ({
      left,
      top,
      stepX,
      stepY,
      width: Math.ceil((width - left) / stepX),
      height: Math.ceil((height - top) / stepY),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Bytes of a row of `width` pixels without its filter byte. */
export function rowBytes({ samples, depth }: Header, width: number): number {
  return Math.ceil((width * samples * depth) / 8);
}
