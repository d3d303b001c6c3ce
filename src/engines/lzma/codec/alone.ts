// The header of a .lzma file (LZMA-alone): one byte of properties, the size of the dictionary and
// the length of the contents, 13 bytes in all. There is no magic number and no checksum.

import { CorruptDataError } from '../../../errors.js';
import type { LzmaProperties } from './models.js';

export const ALONE_HEADER_BYTES = 13;
/** Minimum dictionary size, whatever a header declares. */
const LEAST_DICTIONARY = 4096;
const UNKNOWN_LENGTH = 2n ** 64n - 1n;

export interface AloneHeader extends LzmaProperties {
  /** Largest match distance in bytes. */
  readonly dictionary: number;
  /** Length of the contents in bytes; undefined if an end marker terminates them. */
  readonly length: number | undefined;
}

export function writeAloneHeader({ lc, lp, pb, dictionary, length }: AloneHeader): Uint8Array {
  const header = new Uint8Array(ALONE_HEADER_BYTES).fill(255);
  const view = new DataView(header.buffer);
  view.setUint8(0, (pb * 5 + lp) * 9 + lc);
  view.setUint32(1, dictionary, true);
  if (length !== undefined) view.setBigUint64(5, BigInt(length), true);
  return header;
}

/** @throws CorruptDataError if the header is cut short or invalid. */
export function readAloneHeader(data: Uint8Array): AloneHeader {
  if (data.length < ALONE_HEADER_BYTES) {
    throw new CorruptDataError('.lzma header ends too soon', data.length);
  }
  const view = new DataView(data.buffer, data.byteOffset, ALONE_HEADER_BYTES);
  const properties = view.getUint8(0);
  if (properties >= 9 * 5 * 5) throw new CorruptDataError('impossible .lzma properties', 0);
  const size = view.getBigUint64(5, true);
  const unknown = size === UNKNOWN_LENGTH;
  if (!unknown && size > Number.MAX_SAFE_INTEGER) {
    throw new CorruptDataError('impossible .lzma length', 5);
  }
  return {
    lc: properties % 9,
    lp: Math.floor(properties / 9) % 5,
    pb: Math.floor(properties / 45),
    dictionary: Math.max(LEAST_DICTIONARY, view.getUint32(1, true)),
    length: unknown ? undefined : Number(size),
  };
}

/**
 * True if the data start like .lzma files written by common tools: a dictionary of 2^n or 3 · 2^n
 * bytes, contents below 256 GiB or of unknown length, and a stream that starts with a zero byte.
 */
export function looksLikeAlone(data: Uint8Array): boolean {
  if (data.length < ALONE_HEADER_BYTES + 5 || data[0]! >= 9 * 5 * 5) return false;
  const view = new DataView(data.buffer, data.byteOffset, ALONE_HEADER_BYTES);
  const dictionary = view.getUint32(1, true);
  const length = view.getBigUint64(5, true);
  const mantissa = dictionary / 2 ** (31 - Math.clz32(dictionary));
  const usual = mantissa === 1 || mantissa === 1.5 || dictionary === 2 ** 32 - 1;
  return (
    usual && (length < 2n ** 38n || length === UNKNOWN_LENGTH) && data[ALONE_HEADER_BYTES] === 0
  );
}
