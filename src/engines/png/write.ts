// Writes PNG files of grey or RGB pixels of 8 bits: filters row by row, then DEFLATE.

import { expectInteger } from '../../expect.js';
import { wrapZlib } from '../deflate/containers.js';
import { encodeDeflate } from '../deflate/encode.js';
import { writeChunks } from './chunks.js';
import { type FilterType, filterRow, leastAbsoluteSum } from './filters.js';
import { GREY, HEADER_BYTES, RGB } from './header.js';
import type { Picture } from './picture.js';

export type FilterChoice = 'msad' | 'none' | 'sub' | 'up' | 'average' | 'paeth';

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
  const rows = filterRows(picture, options.filter ?? 'msad');
  const zlib = wrapZlib(
    encodeDeflate(rows, { level: 9, windowBits: 15, memLevel: 9 }),
    rows,
    9,
    15,
  );
  return writeChunks([
    { type: 'IHDR', data: headerOf(picture) },
    { type: 'IDAT', data: zlib },
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
}

/** The rows, each behind its filter byte, as DEFLATE gets them. */
function filterRows(picture: Picture, filter: FilterChoice): Uint8Array {
  const { width, height, channels, pixels } = picture;
  const bytes = width * channels;
  const out = new Uint8Array(height * (1 + bytes));
  const scratch = new Uint8Array(bytes);
  let above: Uint8Array = new Uint8Array(bytes);
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * bytes, (y + 1) * bytes);
    const at = y * (1 + bytes);
    const fixed = FIXED.indexOf(filter);
    const type = fixed < 0 ? leastAbsoluteSum(row, above, channels, scratch) : fixed;
    out[at] = type;
    filterRow(type as FilterType, row, above, channels, out.subarray(at + 1, at + 1 + bytes));
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
