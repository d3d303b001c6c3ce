// The layout of a .zd file, little-endian: a header, then chunks that can be decoded independently.
// This file reads and writes headers; zd.ts codes the contents of chunks.
//
//   header: magic 89 5A 44 0A · u8 format 1 · u8 flags · u8 reading · u16 n, n bytes spec ·
//           u16 n, n bytes version · 32 bytes SHA-256 of the model if flag 1 · u32 width and u8
//           channels of a picture if flag 2 · u64 length of the contents · u32 bytes in a chunk ·
//           u32 CRC-32 of the contents · u32 CRC-32 of all this
//   chunk:  marker 7A 63 · u32 index · u32 bytes of contents · u32 bytes of payload ·
//           u32 CRC-32 of the contents · u32 CRC-32 of the payload · u32 CRC-32 of all this · payload
//
// There are ⌈length / bytes in a chunk⌉ chunks, in order, and nothing after them.

import { crc32 } from '../bits/checksums.js';
import { CorruptDataError } from '../errors.js';
import type { Bytes, ImageFormat, Reading } from '../types.js';

export const ZD_MAGIC: Uint8Array = Uint8Array.of(0x89, 0x5a, 0x44, 0x0a);
const FORMAT = 1;
const HAS_MODEL = 1;
const IS_IMAGE = 2;
const IMAGE_BYTES = 5;
/** Limit on the width of a picture, as models keep whole rows in memory. */
const MOST_WIDTH = 2 ** 25;
const READINGS: readonly Reading[] = ['recompress', 'exact', 'decode'];
const MODEL_HASH_BYTES = 32;
const MOST_TEXT_BYTES = 4096;
/** Largest chunk: 1 GiB. */
export const MOST_CHUNK_BYTES = 2 ** 30;

export interface ZdHeader {
  /** Spec of the compressor: `gzip:level=6`. */
  readonly spec: string;
  readonly reading: Reading;
  /** The version of the compressor that wrote the file; only the same version may decode it. */
  readonly version: string;
  readonly modelSha256?: Uint8Array | undefined;
  /** Shape of the picture, if the contents are pixels. */
  readonly image?: ImageFormat | undefined;
  /** Length of the contents in bytes. */
  readonly length: number;
  readonly chunkBytes: number;
  /** CRC-32 of the contents. */
  readonly crc: number;
}

export interface ZdChunkHeader {
  readonly index: number;
  readonly contentBytes: number;
  readonly payloadBytes: number;
  readonly contentCrc: number;
  readonly payloadCrc: number;
}

export const ZD_CHUNK_HEADER_BYTES = 26;
const CHUNK_MARKER = 0x637a;

export function countChunks({ length, chunkBytes }: ZdHeader): number {
  return Math.ceil(length / chunkBytes);
}

export function writeHeader(header: ZdHeader): Bytes {
  const spec = textBytes('spec', header.spec);
  const version = textBytes('version', header.version);
  const { modelSha256: model = new Uint8Array(), image } = header;
  const names = 2 + spec.length + 2 + version.length;
  const bytes = new Uint8Array(4 + 3 + names + model.length + (image ? IMAGE_BYTES : 0) + 20);
  const view = new DataView(bytes.buffer);
  bytes.set(ZD_MAGIC);
  const flags = (model.length > 0 ? HAS_MODEL : 0) | (image ? IS_IMAGE : 0);
  bytes.set([FORMAT, flags, READINGS.indexOf(header.reading)], 4);
  let at = 7;
  for (const text of [spec, version]) {
    view.setUint16(at, text.length, true);
    bytes.set(text, at + 2);
    at += 2 + text.length;
  }
  bytes.set(model, at);
  at += model.length;
  if (image) {
    view.setUint32(at, image.width, true);
    bytes[at + 4] = image.channels;
    at += IMAGE_BYTES;
  }
  view.setUint32(at, header.length % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(header.length / 2 ** 32), true);
  view.setUint32(at + 8, header.chunkBytes, true);
  view.setUint32(at + 12, header.crc, true);
  view.setUint32(at + 16, crc32(bytes.subarray(0, at + 16)), true);
  return bytes;
}

/**
 * Reads the header of a file; returns it and the position of the first chunk.
 *
 * @throws CorruptDataError if it is not a .zd file, has a later format, or is damaged or cut short.
 */
export function readHeader(data: Uint8Array): { header: ZdHeader; end: number } {
  const need = (end: number): void => {
    if (end > data.length) throw new CorruptDataError('.zd header ends too soon', data.length);
  };
  for (let i = 0; i < ZD_MAGIC.length; i++) {
    need(i + 1);
    if (data[i] !== ZD_MAGIC[i]) throw new CorruptDataError('not a .zd file: wrong magic', i);
  }
  need(11);
  const view = viewOf(data);
  const format = data[4]!;
  const flags = data[5]!;
  const reading = READINGS[data[6]!];
  let at = 7;
  const texts: Uint8Array[] = [];
  for (let i = 0; i < 2; i++) {
    need(at + 2);
    const length = view.getUint16(at, true);
    if (length > MOST_TEXT_BYTES) throw new CorruptDataError('damaged .zd header', at);
    at += 2 + length;
    need(at);
    texts.push(data.subarray(at - length, at));
  }
  const modelAt = at;
  if (flags & HAS_MODEL) at += MODEL_HASH_BYTES;
  const imageAt = at;
  if (flags & IS_IMAGE) at += IMAGE_BYTES;
  need(at + 20);
  if (view.getUint32(at + 16, true) !== crc32(data.subarray(0, at + 16))) {
    // A later format would not have its CRC here, so the message allows for that.
    const odd =
      format === FORMAT ? '' : `, or of format ${format}, which this version does not support`;
    throw new CorruptDataError(`damaged .zd header${odd}: CRC-32 does not match`, at + 16);
  }
  if (format !== FORMAT)
    throw new CorruptDataError(`.zd format ${format} is not supported by this version`, 4);
  if (flags & ~(HAS_MODEL | IS_IMAGE))
    throw new CorruptDataError('unknown flags in the .zd header', 5);
  if (!reading) throw new CorruptDataError('unknown reading in the .zd header', 6);
  const length = view.getUint32(at, true) + 2 ** 32 * view.getUint32(at + 4, true);
  const chunkBytes = view.getUint32(at + 8, true);
  if (!Number.isSafeInteger(length)) throw new CorruptDataError('impossible .zd length', at);
  if (chunkBytes < 1 || chunkBytes > MOST_CHUNK_BYTES) {
    throw new CorruptDataError('impossible .zd chunk size', at + 8);
  }
  const [spec, version] = texts.map(textOf);
  const modelSha256 = flags & HAS_MODEL ? data.slice(modelAt, modelAt + 32) : undefined;
  const image = flags & IS_IMAGE ? readImage(view, imageAt, length) : undefined;
  const crc = view.getUint32(at + 12, true);
  const names = { spec: spec!, version: version!, reading };
  const header = { ...names, modelSha256, image, length, chunkBytes, crc };
  return { header, end: at + 20 };
}

/** @throws CorruptDataError for a shape that contents of `length` bytes cannot have. */
function readImage(view: DataView, at: number, length: number): ImageFormat {
  const width = view.getUint32(at, true);
  const channels = view.getUint8(at + 4);
  if (channels !== 1 && channels !== 3) throw new CorruptDataError('impossible picture', at + 4);
  if (width === 0 || width > MOST_WIDTH || length === 0 || length % (width * channels) !== 0) {
    throw new CorruptDataError('impossible picture', at);
  }
  return { kind: 'image', width, channels };
}

export function writeChunkHeader(chunk: ZdChunkHeader): Uint8Array {
  const bytes = new Uint8Array(ZD_CHUNK_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, CHUNK_MARKER, true);
  view.setUint32(2, chunk.index, true);
  view.setUint32(6, chunk.contentBytes, true);
  view.setUint32(10, chunk.payloadBytes, true);
  view.setUint32(14, chunk.contentCrc, true);
  view.setUint32(18, chunk.payloadCrc, true);
  view.setUint32(22, crc32(bytes.subarray(0, 22)), true);
  return bytes;
}

/**
 * The chunk header at `at`; undefined if none is intact there or it does not fit the file header.
 */
export function readChunkHeader(
  data: Uint8Array,
  at: number,
  file: ZdHeader,
): ZdChunkHeader | undefined {
  if (at + ZD_CHUNK_HEADER_BYTES > data.length) return undefined;
  const view = viewOf(data);
  if (view.getUint16(at, true) !== CHUNK_MARKER) return undefined;
  if (view.getUint32(at + 22, true) !== crc32(data.subarray(at, at + 22))) return undefined;
  const index = view.getUint32(at + 2, true);
  const contentBytes = view.getUint32(at + 6, true);
  if (index >= countChunks(file)) return undefined;
  const { start, end } = chunkRange(file, index);
  if (contentBytes !== end - start) return undefined;
  return {
    index,
    contentBytes,
    payloadBytes: view.getUint32(at + 10, true),
    contentCrc: view.getUint32(at + 14, true),
    payloadCrc: view.getUint32(at + 18, true),
  };
}

/** The byte range [start, end) of the contents in chunk `index`. */
export function chunkRange(
  { length, chunkBytes }: ZdHeader,
  index: number,
): { start: number; end: number } {
  return { start: index * chunkBytes, end: Math.min((index + 1) * chunkBytes, length) };
}

/** Encodes text as UTF-8; the core has no TextEncoder, but percent-encoding uses UTF-8 too. */
function textBytes(title: string, text: string): Uint8Array {
  const escaped = encodeURIComponent(text).match(/%..|./g) ?? [];
  if (escaped.length > MOST_TEXT_BYTES) {
    throw new RangeError(`"${title}" expected at most ${MOST_TEXT_BYTES} bytes`);
  }
  return Uint8Array.from(escaped, (byte) =>
    byte.length === 3 ? Number.parseInt(byte.slice(1), 16) : byte.charCodeAt(0),
  );
}

function textOf(bytes: Uint8Array): string {
  const escaped = Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`);
  try {
    return decodeURIComponent(escaped.join(''));
  } catch (cause) {
    throw new CorruptDataError('a name in the .zd header is not UTF-8', 0, { cause });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
