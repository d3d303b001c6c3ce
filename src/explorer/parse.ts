// The tokens of a message as a compressor of the Lempel-Ziv kind writes them, read back from its
// output.

import { inflateRaw } from '../engines/deflate/codec/inflate.js';
import { decompressAlone } from '../engines/lzma/codec/decompress.js';
import type { Compressor } from '../types.js';
import type { PlacedToken } from './messages.js';

/** Bytes before the DEFLATE stream in what each row writes. */
const HEADER_BYTES: Readonly<Record<string, number>> = {
  gzip: 10,
  zlib: 2,
  deflate: 0,
  pako: 0,
  fflate: 0,
};

/**
 * The tokens that touch the message from `from` on, in order, their places counted from there; a
 * token may begin before it. None for a compressor that writes neither DEFLATE nor .lzma.
 */
export async function parseMessage(
  { name, compress }: Compressor,
  message: Uint8Array,
  from: number,
): Promise<readonly PlacedToken[]> {
  const offset = HEADER_BYTES[name];
  const isLzma = name === 'lzma' || name === 'lzma-js';
  if (!compress || (offset === undefined && !isLzma)) return [];
  const tokens: PlacedToken[] = [];
  let at = 0;
  const add = (length: number, distance: number): void => {
    if (at + length > from) tokens.push({ start: at - from, length, distance });
    at += length;
  };
  const visit = { literal: () => add(1, 0), match: add };
  const written = await compress(message);
  if (isLzma) decompressAlone(written, {}, visit);
  else inflateRaw(written, { offset, visit });
  return tokens;
}
