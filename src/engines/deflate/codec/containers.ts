// The wrappers around a DEFLATE stream: gzip (RFC 1952) and zlib (RFC 1950). Headers are written
// like zlib's deflate.c does without a user-supplied gzip header; any valid header can be read.

import { adler32, crc32 } from '../../../bits/checksums.js';
import { LimitedBuffer } from '../../../bits/limited-buffer.js';
import { CorruptDataError } from '../../../errors.js';
import type { Bytes, DecompressLimits } from '../../../types.js';
import { inflateInto } from './inflate.js';

const METHOD_DEFLATE = 8;
/** Operating system "Unix": OS_CODE in zlib's zutil.h on most platforms. */
const OS_UNIX = 3;
const GZIP_HEADER_BYTES = 10;
const GZIP_TRAILER_BYTES = 8;
const ZLIB_HEADER_BYTES = 2;
const ZLIB_TRAILER_BYTES = 4;

/** Flags of a gzip header (RFC 1952 §2.3.1). */
const FHCRC = 0x02;
const FEXTRA = 0x04;
const FNAME = 0x08;
const FCOMMENT = 0x10;
const RESERVED_FLAGS = 0xe0;

/** A gzip file of one member: `raw` is the DEFLATE stream of `original`, made at `level` 0–9. */
export function wrapGzip(raw: Uint8Array, original: Uint8Array, level: number): Bytes {
  const extraFlags = level === 9 ? 2 : level < 2 ? 4 : 0;
  const file = new Uint8Array(GZIP_HEADER_BYTES + raw.length + GZIP_TRAILER_BYTES);
  file.set([0x1f, 0x8b, METHOD_DEFLATE, 0, 0, 0, 0, 0, extraFlags, OS_UNIX]);
  file.set(raw, GZIP_HEADER_BYTES);
  const trailer = viewOf(file, GZIP_HEADER_BYTES + raw.length);
  trailer.setUint32(0, crc32(original), true);
  trailer.setUint32(4, original.length, true); // modulo 2^32 (RFC 1952 §2.3.1)
  return file;
}

/**
 * A zlib stream: `raw` is the DEFLATE stream of `original`, made at `level` 0–9 with a window of
 * 2^`windowBits` bytes. For 8 the header declares 9, which zlib uses instead.
 */
export function wrapZlib(
  raw: Uint8Array,
  original: Uint8Array,
  level: number,
  windowBits: number,
): Bytes {
  const levelFlags = level < 2 ? 0 : level < 6 ? 1 : level === 6 ? 2 : 3;
  const head = ((Math.max(windowBits, 9) - 8) << 12) | (METHOD_DEFLATE << 8) | (levelFlags << 6);
  const stream = new Uint8Array(ZLIB_HEADER_BYTES + raw.length + ZLIB_TRAILER_BYTES);
  const view = viewOf(stream, 0);
  view.setUint16(0, head + 31 - (head % 31));
  stream.set(raw, ZLIB_HEADER_BYTES);
  view.setUint32(ZLIB_HEADER_BYTES + raw.length, adler32(original));
  return stream;
}

/**
 * The contents of a gzip file: all its members, one after another. Zeros may follow the last one.
 *
 * @throws CorruptDataError if the file is not gzip, is damaged, ends too soon or is followed by
 * other data; the offset is relative to the whole file.
 * @throws UsageError if all members together would exceed `maxBytes`.
 */
export function unwrapGzip(data: Uint8Array, limits: DecompressLimits = {}): Bytes {
  const output = new LimitedBuffer(limits.maxBytes, 4 * data.length);
  let at = 0;
  do {
    const memberStart = output.length;
    at = readGzipHeader(data, at);
    at += Math.ceil(inflateInto(output, data, at) / 8);
    requireBytes(data, at, GZIP_TRAILER_BYTES, 'gzip');
    const trailer = viewOf(data, at);
    const member = output.bytes.subarray(memberStart, output.length);
    if (trailer.getUint32(0, true) !== crc32(member)) {
      throw new CorruptDataError('gzip CRC-32 does not match the contents', at);
    }
    if (trailer.getUint32(4, true) !== member.length >>> 0) {
      throw new CorruptDataError('gzip length does not match the contents', at + 4);
    }
    at += GZIP_TRAILER_BYTES;
  } while (at < data.length && data[at] !== 0);
  for (; at < data.length; at++) {
    if (data[at] !== 0) throw new CorruptDataError('gzip file is followed by other data', at);
  }
  return output.finish();
}

/**
 * The contents of a zlib stream, which must be all of `data`. As in zlib, matches may reach farther
 * back than the window that the header declares.
 *
 * @throws CorruptDataError if it is not zlib, needs a preset dictionary, is damaged, ends too soon
 * or is followed by other data.
 * @throws UsageError if the contents would exceed `maxBytes`.
 */
export function unwrapZlib(data: Uint8Array, limits: DecompressLimits = {}): Bytes {
  requireBytes(data, 0, ZLIB_HEADER_BYTES, 'zlib');
  const view = viewOf(data, 0);
  if (view.getUint16(0) % 31 !== 0) throw new CorruptDataError('not a zlib header', 0);
  const method = data[0]! & 15;
  if (method !== METHOD_DEFLATE) throw new CorruptDataError(`unknown zlib method ${method}`, 0);
  if (data[0]! >>> 4 > 7) throw new CorruptDataError('zlib window is larger than 32768 bytes', 0);
  if (data[1]! & 0x20) {
    throw new CorruptDataError('zlib preset dictionary (FDICT) is not supported', 1);
  }
  const output = new LimitedBuffer(limits.maxBytes, 4 * data.length);
  const at = ZLIB_HEADER_BYTES + Math.ceil(inflateInto(output, data, ZLIB_HEADER_BYTES) / 8);
  requireBytes(data, at, ZLIB_TRAILER_BYTES, 'zlib');
  const bytes = output.finish();
  if (view.getUint32(at) !== adler32(bytes)) {
    throw new CorruptDataError('zlib Adler-32 does not match the contents', at);
  }
  const end = at + ZLIB_TRAILER_BYTES;
  if (end < data.length) {
    throw new CorruptDataError('zlib stream is followed by other data', end);
  }
  return bytes;
}

/** Reads one member's header (RFC 1952 §2.3) and returns the start of its DEFLATE stream. */
function readGzipHeader(data: Uint8Array, start: number): number {
  const magic = [0x1f, 0x8b];
  for (let i = 0; i < magic.length; i++) {
    requireBytes(data, start + i, 1, 'gzip');
    if (data[start + i] !== magic[i]) {
      const first = start === 0;
      const message = first ? 'not a gzip header' : 'gzip file is followed by other data';
      throw new CorruptDataError(message, start);
    }
  }
  requireBytes(data, start, GZIP_HEADER_BYTES, 'gzip');
  const method = data[start + 2]!;
  if (method !== METHOD_DEFLATE) {
    throw new CorruptDataError(`unknown gzip method ${method}`, start + 2);
  }
  const flags = data[start + 3]!;
  if (flags & RESERVED_FLAGS) throw new CorruptDataError('reserved gzip flag is set', start + 3);

  let at = start + GZIP_HEADER_BYTES;
  if (flags & FEXTRA) {
    requireBytes(data, at, 2, 'gzip');
    const length = viewOf(data, at).getUint16(0, true);
    requireBytes(data, at + 2, length, 'gzip');
    at += 2 + length;
  }
  if (flags & FNAME) at = skipText(data, at);
  if (flags & FCOMMENT) at = skipText(data, at);
  if (flags & FHCRC) {
    requireBytes(data, at, 2, 'gzip');
    const check = viewOf(data, at).getUint16(0, true);
    if (check !== (crc32(data.subarray(start, at)) & 0xffff)) {
      throw new CorruptDataError('gzip header CRC does not match', at);
    }
    at += 2;
  }
  return at;
}

/** Skips a zero-terminated text. */
function skipText(data: Uint8Array, at: number): number {
  const end = data.indexOf(0, at);
  if (end < 0) requireBytes(data, data.length, 1, 'gzip');
  return end + 1;
}

function requireBytes(data: Uint8Array, at: number, count: number, format: string): void {
  if (at + count > data.length) {
    throw new CorruptDataError(`${format} file ends too soon`, data.length);
  }
}

function viewOf(bytes: Uint8Array, at: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at, bytes.byteLength - at);
}
