// Writes PNG files of grey or RGB pixels of 8 bits: filters row by row, then DEFLATE.

import { expectInteger } from '../../expect.js';
import { wrapZlib } from '../deflate/containers.js';
import { encodeDeflate } from '../deflate/encode.js';
import { writeChunks } from './chunks.js';
import { type FilterType, filterRow, leastAbsoluteSum } from './filters.js';
import { GREY, HEADER_BYTES, RGB } from './header.js';
import type { Picture } from './picture.js';

export type FilterChoice = 'msad' | 'none' | 'sub' | 'up' | 'average' | 'paeth';

/** How the rows are deflated. */
export const PNG_DEFLATE = { level: 9, windowBits: 15, memLevel: 9 } as const;

/** Bytes of a file around its DEFLATE stream: signature, three chunks, zlib's header and checksum. */
export const FILE_OVERHEAD_BYTES = 8 + (12 + HEADER_BYTES) + (12 + 6) + 12;

const FIXED: readonly string[] = ['none', 'sub', 'up', 'average', 'paeth'];

export interface PngOptions {
  /** One filter for all rows, or the least sum of absolute differences in each (default). */
  readonly filter?: FilterChoice;
}

/**
 * A whole PNG file.
 *
 * @throws RangeError if sizes are not positive integers or do not fit the pixels.
 */
export function writePng(picture: Picture, options: PngOptions = {}): Uint8Array {
  checkPicture(picture);
  const { width, channels, pixels } = picture;
  const rows = filterRows(pixels, width * channels, channels, options.filter);
  const { level, windowBits } = PNG_DEFLATE;
  const zlib = wrapZlib(encodeDeflate(rows, PNG_DEFLATE), rows, level, windowBits);
  return writeChunks([
    { type: 'IHDR', data: headerOf(picture) },
    { type: 'IDAT', data: zlib },
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
}

/**
 * The rows, each behind its filter byte, as DEFLATE gets them; the last may be cut short.
 *
 * @param step bytes of a whole pixel.
 */
export function filterRows(
  pixels: Uint8Array,
  rowBytes: number,
  step: number,
  filter: FilterChoice = 'msad',
): Uint8Array {
  const height = Math.ceil(pixels.length / rowBytes);
  const out = new Uint8Array(height + pixels.length);
  const scratch = new Uint8Array(rowBytes);
  const fixed = FIXED.indexOf(filter);
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * rowBytes, (y + 1) * rowBytes);
    const at = y * (1 + rowBytes);
    const type =
      fixed < 0 ? leastAbsoluteSum(row, above, step, scratch.subarray(0, row.length)) : fixed;
    out[at] = type;
    filterRow(type as FilterType, row, above, step, out.subarray(at + 1, at + 1 + row.length));
    above = row;
  }
  return out;
}

function headerOf({ width, height, channels }: Picture): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  header[9] = channels === 1 ? GREY : RGB;
  return header;
}

function checkPicture({ width, height, channels, pixels }: Picture): void {
  expectInteger('width', width, { min: 1, max: 0x7fffffff });
  expectInteger('height', height, { min: 1, max: 0x7fffffff });
  if (pixels.length !== width * height * channels) {
    throw new RangeError(
      `"pixels" expected ${width * height * channels} bytes, got ${pixels.length}`,
    );
  }
}
