// Reads PNG files of every colour type, bit depth and interlacing (PNG specification, third
// edition) into grey or RGB of 8 bits. Reports the information lost and the other contents of the
// file (colour space, texts).

import { adler32 } from '../../bits/checksums.js';
import { NotKept, type ReadingNotes } from '../../bits/not-kept.js';
import { CorruptDataError, UsageError } from '../../errors.js';
import { expectInteger } from '../../expect.js';
import type { Bytes } from '../../types.js';
import { inflateRaw } from '../deflate/codec/inflate.js';
import { type Chunk, isCritical, readChunks } from './chunks.js';
import { type FilterType, unfilterRow } from './filters.js';
import {
  GREY,
  GREY_ALPHA,
  type Header,
  PALETTE,
  passesOf,
  readHeader,
  rowBytes,
} from './header.js';
import type { Picture } from './picture.js';

/** Limits for reading an untrusted PNG file. */
export interface PngLimits {
  /** Reject pictures of more pixels (default 2^26) before allocating memory for them. */
  readonly maxPixels?: number;
}

/** A picture, and notes on what else the file contained. */
export interface PngRead extends ReadingNotes {
  /** Grey or RGB, 8 bits a channel. */
  readonly picture: Picture & {
    /** Owned by the caller. */
    readonly pixels: Bytes;
  };
  /** EXIF data, from their TIFF header on. The picture is not rotated accordingly. */
  readonly exif: Uint8Array | undefined;
}

/**
 * The picture in a PNG file: RGB, or grey if the colour type is grey. Samples of 16 bits are
 * rounded to 8, samples of fewer bits are scaled to 0–255; alpha is dropped.
 *
 * @throws CorruptDataError if the file is damaged or ends too soon. Its offset, in the file, is the
 * wrong field, or the first byte of the compressed data if their contents are wrong.
 * @throws UsageError if the picture has too many pixels, or the file has an unknown critical chunk.
 */
export function readPng(file: Uint8Array, limits: PngLimits = {}): PngRead {
  const { maxPixels = 2 ** 26 } = limits;
  expectInteger('maxPixels', maxPixels, { min: 1 });
  const { header, palette, transparent, body, end, extras, exif, assumed } = collect(
    file,
    maxPixels,
  );
  const rows = inflateRows(body, header);
  const first = body[0]!.offset;
  const passes = unfilterPasses(rows, header, first);
  const picture = toPicture(passes, header, palette, first);
  const notKept = new NotKept();
  if (header.samples === 2 || header.samples === 4) notKept.add('alpha');
  else if (transparent) notKept.add('transparency');
  if (header.depth === 16) notKept.add('16 bits to 8');
  for (const type of extras) {
    // An sRGB chunk declares the default; the others serve readers that do not support it.
    const isImplied = type === 'sRGB' || (extras.has('sRGB') && IN_SRGB.includes(type));
    if (!isImplied) notKept.add(EXTRAS[type] ?? `chunk "${type}"`);
  }
  if (end < file.length) notKept.add(`${file.length - end} bytes after the picture`);
  return { picture, notKept: notKept.kinds, assumed, exif };
}

/** What ancillary chunks contain (§11.3). */
const EXTRAS: Readonly<Record<string, string>> = {
  acTL: 'animation',
  fcTL: 'animation',
  fdAT: 'animation',
  bKGD: 'background colour',
  cHRM: 'chromaticities',
  cICP: 'colour space',
  cLLI: 'light levels',
  eXIf: 'EXIF',
  gAMA: 'gamma',
  hIST: 'histogram',
  iCCP: 'colour profile',
  iTXt: 'text',
  mDCV: 'mastering display',
  pHYs: 'pixel size',
  sBIT: 'significant bits',
  sPLT: 'suggested palette',
  tEXt: 'text',
  tIME: 'time',
  zTXt: 'text',
};
const IN_SRGB = ['gAMA', 'cHRM'];

interface Collected {
  readonly header: Header;
  readonly palette: Uint8Array | undefined;
  readonly transparent: boolean;
  /** The IDAT chunks, at least one. */
  readonly body: readonly Chunk[];
  /** End of the file, after IEND. */
  readonly end: number;
  /** Types of the other chunks. */
  readonly extras: ReadonlySet<string>;
  readonly exif: Uint8Array | undefined;
  readonly assumed: readonly string[];
}

function collect(file: Uint8Array, maxPixels: number): Collected {
  let header: Header | undefined;
  let palette: Uint8Array | undefined;
  let transparent = false;
  let exif: Uint8Array | undefined;
  const body: Chunk[] = [];
  const extras = new Set<string>();
  const damaged = new NotKept();
  let before = '';
  let end = 0;
  for (const chunk of readChunks(file)) {
    const { type, data, offset } = chunk;
    if (header === undefined) header = readHeader(chunk, maxPixels);
    else if (chunk.hasWrongCrc) damaged.add(type);
    else if (type === 'IDAT') {
      if (body.length > 0 && before !== 'IDAT') {
        throw new CorruptDataError('PNG pixel chunks are not consecutive', offset - 8);
      }
      body.push(chunk);
    } else if (type === 'PLTE') {
      if (
        palette ||
        body.length > 0 ||
        data.length % 3 !== 0 ||
        data.length > 768 ||
        !data.length
      ) {
        throw new CorruptDataError('PNG palette is invalid', offset - 8);
      }
      palette = data;
    } else if (type === 'tRNS') transparent = true;
    else if (type === 'IHDR') throw new CorruptDataError('PNG file has two headers', offset - 8);
    else if (!isCritical(type)) {
      extras.add(type);
      if (type === 'eXIf') exif = data;
    } else if (type !== 'IEND') {
      throw new UsageError(`PNG file has an unknown critical chunk "${type}"`);
    }
    before = type;
    end = offset + data.length + 4;
  }
  if (body.length === 0) throw new CorruptDataError('PNG file without pixels', end - 12);
  if (header!.colourType === PALETTE && palette === undefined) {
    throw new CorruptDataError('PNG file without its palette', body[0]!.offset - 8);
  }
  const types = damaged.kinds.join(', ');
  const assumed = types === '' ? [] : [`ignored because of a wrong CRC: ${types}`];
  return { header: header!, palette, transparent, body, end, extras, exif, assumed };
}

/** The filtered rows of all passes, each after its filter byte; the length must match exactly. */
function inflateRows(body: readonly Chunk[], header: Header): Uint8Array {
  const stream = joinChunks(body);
  const fail = (message: string, at: number): never => {
    throw new CorruptDataError(message, offsetInFile(body, at));
  };
  if (stream.length < 6) fail('PNG pixels end too soon', stream.length);
  const word = stream[0]! * 256 + stream[1]!;
  if ((stream[0]! & 15) !== 8 || stream[0]! >> 4 > 7 || word % 31 !== 0 || stream[1]! & 32) {
    fail('zlib header of PNG pixels is wrong', 0);
  }
  let maxBytes = 0;
  for (const { width, height } of passesOf(header))
    maxBytes += height * (1 + rowBytes(header, width));
  let inflated: ReturnType<typeof inflateRaw>;
  try {
    inflated = inflateRaw(stream, { offset: 2, maxBytes });
  } catch (error) {
    if (error instanceof UsageError)
      return fail('PNG file has more pixels than its header declares', 0);
    if (!(error instanceof CorruptDataError)) throw error;
    const message = error.message.replace(/ at byte \d+$/, '');
    throw new CorruptDataError(message, offsetInFile(body, error.offset), { cause: error });
  }
  const { bytes, endBit } = inflated;
  const at = 2 + Math.ceil(endBit / 8);
  if (bytes.length < maxBytes) fail('PNG file has fewer pixels than its header declares', at);
  if (at + 4 !== stream.length)
    fail('PNG pixels end at a wrong position', Math.min(at, stream.length));
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (view.getUint32(at) !== adler32(bytes)) fail('Adler-32 of PNG pixels is wrong', at);
  return bytes;
}

function joinChunks(chunks: readonly Chunk[]): Uint8Array {
  let bytes = 0;
  for (const { data } of chunks) bytes += data.length;
  const joined = new Uint8Array(bytes);
  let at = 0;
  for (const { data } of chunks) {
    joined.set(data, at);
    at += data.length;
  }
  return joined;
}

/** Position in the file of byte `at` of the joined chunks; their end if after them. */
function offsetInFile(chunks: readonly Chunk[], at: number): number {
  for (const { data, offset } of chunks) {
    if (at < data.length) return offset + at;
    at -= data.length;
  }
  const last = chunks[chunks.length - 1]!;
  return last.offset + last.data.length;
}

/** Undoes the filters in place. */
function unfilterPasses(rows: Uint8Array, header: Header, offset: number): Uint8Array {
  const step = Math.max(1, (header.samples * header.depth) >> 3);
  let at = 0;
  for (const { width, height } of passesOf(header)) {
    const bytes = rowBytes(header, width);
    let above: Uint8Array = new Uint8Array(bytes);
    for (let y = 0; y < height; y++) {
      const type = rows[at]!;
      if (type > 4) throw new CorruptDataError(`PNG filter type ${type}, in the pixels`, offset);
      const row = rows.subarray(at + 1, at + 1 + bytes);
      unfilterRow(type as FilterType, row, above, step);
      above = row;
      at += 1 + bytes;
    }
  }
  return rows;
}

/** Converts samples of any depth to 8 bits and stores them at their positions. */
function toPicture(
  rows: Uint8Array,
  header: Header,
  palette: Uint8Array | undefined,
  offset: number,
): PngRead['picture'] {
  const { width, height, depth, colourType, samples } = header;
  const indexed = colourType === PALETTE;
  const grey = indexed ? isGrey(palette!) : colourType === GREY || colourType === GREY_ALPHA;
  const channels = grey ? 1 : 3;
  const pixels = new Uint8Array(width * height * channels);
  const mask = (1 << depth) - 1;
  const scale = indexed || depth === 16 ? 1 : 255 / mask;
  let at = 0;
  for (const pass of passesOf(header)) {
    for (let y = 0; y < pass.height; y++) {
      at++; // the filter byte
      let to = ((pass.top + y * pass.stepY) * width + pass.left) * channels;
      for (let x = 0; x < pass.width; x++, to += pass.stepX * channels) {
        if (indexed) {
          const entry = 3 * ((rows[at + ((x * depth) >> 3)]! >> shift(x, depth)) & mask);
          if (entry >= palette!.length) {
            throw new CorruptDataError(`PNG palette without entry ${entry / 3}`, offset);
          }
          for (let c = 0; c < channels; c++) pixels[to + c] = palette![entry + c]!;
        } else if (depth < 8) {
          pixels[to] = scale * ((rows[at + ((x * depth) >> 3)]! >> shift(x, depth)) & mask);
        } else if (depth === 8) {
          for (let c = 0; c < channels; c++) pixels[to + c] = rows[at + x * samples + c]!;
        } else {
          for (let c = 0; c < channels; c++) {
            const from = at + 2 * (x * samples + c);
            const value = rows[from]! * 256 + rows[from + 1]!;
            pixels[to + c] = (value * 255 + 32895) >>> 16; // value / 257, rounded
          }
        }
      }
      at += rowBytes(header, pass.width);
    }
  }
  return { width, height, channels, pixels };
}

/** Shift of the sample `x` of fewer than 8 bits within its byte; the first one is highest. */
function shift(x: number, depth: number): number {
  return 8 - depth - ((x * depth) & 7);
}

function isGrey(palette: Uint8Array): boolean {
  for (let i = 0; i < palette.length; i += 3) {
    if (palette[i] !== palette[i + 1] || palette[i] !== palette[i + 2]) return false;
  }
  return true;
}
