// Writes PNG files of 8-bit grey or RGB pixels: row filters, then DEFLATE.

import { expectInteger } from '../../expect.js';
import type { Bytes } from '../../types.js';
import { wrapZlib } from '../deflate/codec/containers.js';
import { encodeDeflate, encodeDeflateShort, type SearchOptions } from '../deflate/codec/encode.js';
import { writeChunks } from './chunks.js';
import { refilter } from './filter-search.js';
import {
  absoluteSum,
  cheapestFilter,
  distinctPairs,
  FILTER_NAMES,
  type FilterType,
  filterRow,
  ResidualBits,
} from './filters.js';
import { GREY, HEADER_BYTES, RGB } from './header.js';
import type { Picture } from './picture.js';

/**
 * How rows are filtered: one filter for all rows, or for each row the one with the least sum of
 * absolute differences (`msad`; PNG specification §12.7), the fewest bits under the residuals of
 * the rows above, or the fewest different pairs of adjacent bytes.
 */
export type FilterChoice =
  | ('msad' | 'bits' | 'pairs')
  | ('none' | 'sub' | 'up' | 'average' | 'paeth');

type FilterName = (typeof FILTER_NAMES)[number];
type RowChoice = Exclude<FilterChoice, FilterName>;

const FILTER_CHOICES: readonly FilterChoice[] = ['msad', 'bits', 'pairs', ...FILTER_NAMES];

/** DEFLATE parameters, which zlib uses too. */
export const PNG_DEFLATE = { level: 9, windowBits: 15, memLevel: 9 } as const;

/**
 * Bytes of a file outside its DEFLATE stream: signature, three chunks, zlib's header and checksum.
 */
export const FILE_OVERHEAD_BYTES = 8 + (12 + HEADER_BYTES) + (12 + 6) + 12;

/**
 * Effort: as zlib's level 9; with the same filters and a search for the shortest parse; or trying
 * all filter choices too.
 */
export type PngEffort = 'zlib' | 'parse' | 'max';

const SEARCH: SearchOptions = { chain: 64, rounds: 4 };
const TRIAL: SearchOptions = { chain: 32, rounds: 2 };
const MAX_SEARCH: SearchOptions = { chain: 256, rounds: 24 };
/** Number of filter choices, best after a trial, that are refined and fully searched. */
const FINALISTS = 4;

/**
 * A whole PNG file.
 *
 * @param filter how rows are filtered; effort `max` tries all choices.
 * @throws RangeError if sizes are not positive integers or do not fit the pixels.
 */
export function writePng(
  picture: Picture,
  effort: PngEffort = 'zlib',
  filter: FilterChoice = 'msad',
): Bytes {
  checkPicture(picture);
  return writeChunks([
    { type: 'IHDR', data: headerOf(picture) },
    { type: 'IDAT', data: writeRows(picture, effort, filter) },
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
}

/** Compresses the rows to a zlib stream. */
function writeRows(
  { width, channels, pixels }: Picture,
  effort: PngEffort,
  filter: FilterChoice,
): Uint8Array {
  const rowsBy = (choice: FilterChoice) => filterRows(pixels, width * channels, channels, choice);
  const { level, windowBits } = PNG_DEFLATE;
  if (effort !== 'max') {
    const rows = rowsBy(filter);
    const deflated =
      effort === 'zlib' ? encodeDeflate(rows, PNG_DEFLATE) : encodeDeflateShort(rows, SEARCH);
    return wrapZlib(deflated, rows, level, windowBits);
  }
  const refined = smallest(FILTER_CHOICES.map(rowsBy), TRIAL, FINALISTS).map(({ rows }) =>
    refilter(pixels, width * channels, channels, rows, TRIAL),
  );
  const distinct = refined.filter(
    (rows, i) => !refined.slice(0, i).some((earlier) => earlier.every((b, at) => b === rows[at])),
  );
  const { rows, deflated } = smallest(distinct, MAX_SEARCH, 1)[0]!;
  return wrapZlib(deflated, rows, level, windowBits);
}

/** The candidates with the shortest streams after a search. */
function smallest(candidates: readonly Uint8Array[], search: SearchOptions, count: number) {
  return candidates
    .map((rows) => ({ rows, deflated: encodeDeflateShort(rows, search) }))
    .sort((a, b) => a.deflated.length - b.deflated.length)
    .slice(0, count);
}

/**
 * The rows, each after its filter byte, as input of DEFLATE; the last may be incomplete.
 *
 * @param step bytes of a whole pixel.
 */
export function filterRows(
  pixels: Uint8Array,
  rowBytes: number,
  step: number,
  choice: FilterChoice = 'msad',
): Uint8Array {
  const height = Math.ceil(pixels.length / rowBytes);
  const out = new Uint8Array(height + pixels.length);
  const scratch = new Uint8Array(rowBytes);
  const residualBits = new ResidualBits();
  const costs = { msad: absoluteSum, bits: residualBits.cost, pairs: distinctPairs };
  const fixed = FILTER_NAMES.indexOf(choice as FilterName);
  let above: Uint8Array = new Uint8Array(rowBytes);
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * rowBytes, (y + 1) * rowBytes);
    const at = y * (1 + rowBytes);
    const residuals = out.subarray(at + 1, at + 1 + row.length);
    const type =
      fixed >= 0
        ? (fixed as FilterType)
        : cheapestFilter(
            row,
            above,
            step,
            scratch.subarray(0, row.length),
            costs[choice as RowChoice],
          );
    out[at] = type;
    filterRow(type, row, above, step, residuals);
    if (choice === 'bits') residualBits.update(residuals);
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
