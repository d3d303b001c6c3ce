// How a compressor of the Lempel-Ziv kind parses a message: read off what it writes. LZMA's stream is
// not read this way.

import { inflateRaw } from '../engines/deflate/codec/inflate.js';
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
 * token may begin before it. Nothing for a compressor that writes no DEFLATE.
 */
export async function parseMessage(
  { name, compress }: Compressor,
  message: Uint8Array,
  from: number,
): Promise<readonly PlacedToken[]> {
  const offset = HEADER_BYTES[name];
  if (offset === undefined || !compress) return [];
  const tokens: PlacedToken[] = [];
  let at = 0;
  const add = (length: number, distance: number): void => {
    if (at + length > from) tokens.push({ start: at - from, length, distance });
    at += length;
  };
  const visit = { literal: () => add(1, 0), match: add };
  inflateRaw(await compress(message), { offset, visit });
  return tokens;
}
