// Rows `gzip`, `zlib` and `deflate`: stock zlib, bit for bit, in its three containers. The readings
// are the same for all three, as headers and checksums cancel in differences.

import { unwrapGzip, unwrapZlib, wrapGzip, wrapZlib } from '../engines/deflate/codec/containers.js';
import { encodeDeflate } from '../engines/deflate/codec/encode.js';
import { inflateRaw } from '../engines/deflate/codec/inflate.js';
import type { ParseOptions } from '../engines/deflate/codec/parse.js';
import { createDeflateDecoder } from '../engines/deflate/decode/decode.js';
import { EncoderTwin, StoredTwin } from '../engines/deflate/twin/encoder-twin.js';
import { CorruptDataError } from '../errors.js';
import type { IntegerOption } from '../options.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import { exactReading, inWholeBytes } from '../readings/exact.js';
import type { CompressorEntry, FileCompressor } from '../registry.js';
import type { Bytes, DecompressLimits } from '../types.js';
import { VERSION } from '../version.js';

/**
 * Options of rows `gzip`, `zlib` and `deflate` as in zlib's deflateInit2, all integers; defaults
 * are level 9 and memLevel 8.
 */
export type DeflateOptionSpecs = Readonly<
  Record<'level' | 'memLevel' | 'windowBits', IntegerOption>
>;

export const deflateOptions: DeflateOptionSpecs = {
  level: {
    type: 'integer',
    min: 0,
    max: 9,
    default: 9,
    summary: 'effort: 0 stores, 1 is fastest, 9 is smallest',
  },
  memLevel: {
    type: 'integer',
    min: 1,
    max: 9,
    default: 8,
    summary: 'memory for hashing and for the symbols of a block',
  },
  windowBits: {
    type: 'integer',
    min: 9,
    max: 15,
    default: 15,
    summary: 'log2 of the window, in bytes',
  },
};

interface Container {
  /** Bits outside the DEFLATE stream: header, checksum, length. */
  readonly bits: number;
  wrap(raw: Bytes, original: Uint8Array, options: ParseOptions): Bytes;
  unwrap(data: Uint8Array, limits?: DecompressLimits): Bytes;
}

/** Row `gzip`: stock zlib in the .gz container (RFC 1952), all three readings. */
export const gzip: CompressorEntry<DeflateOptionSpecs, FileCompressor> = row(
  'gzip',
  'stock zlib in the .gz container (RFC 1952)',
  {
    bits: 8 * 18,
    wrap: (raw, original, { level }) => wrapGzip(raw, original, level),
    unwrap: unwrapGzip,
  },
);

/** Row `zlib`: stock zlib in its own container (RFC 1950), all three readings. */
export const zlib: CompressorEntry<DeflateOptionSpecs, FileCompressor> = row(
  'zlib',
  'stock zlib in the zlib container (RFC 1950)',
  {
    bits: 8 * 6,
    wrap: (raw, original, { level, windowBits }) => wrapZlib(raw, original, level, windowBits),
    unwrap: unwrapZlib,
  },
);

/** Row `deflate`: stock zlib without a container (RFC 1951), all three readings. */
export const deflate: CompressorEntry<DeflateOptionSpecs, FileCompressor> = row(
  'deflate',
  'stock zlib, raw DEFLATE stream (RFC 1951)',
  {
    bits: 0,
    wrap: (raw) => raw,
    unwrap: unwrapRaw,
  },
);

function row(
  name: string,
  summary: string,
  container: Container,
): CompressorEntry<DeflateOptionSpecs, FileCompressor> {
  return {
    summary,
    accepts: ['bytes'],
    reach: 'nothing',
    options: deflateOptions,
    open: (_format, { level, memLevel, windowBits }) =>
      openDeflate(name, container, {
        level: Number(level),
        memLevel: Number(memLevel),
        windowBits: Number(windowBits),
      }),
  };
}

function openDeflate(name: string, container: Container, options: ParseOptions): FileCompressor {
  const startTwin = () => (options.level === 0 ? new StoredTwin() : new EncoderTwin(options));
  const codeLength = (data: Uint8Array): number => {
    const twin = startTwin();
    twin.push(data);
    return container.bits + twin.codeLength();
  };
  const startDecoder = () => createDeflateDecoder(new EncoderTwin(options), options);
  const measured = {
    exact: () => exactReading(startTwin()),
    recompress: () => exactReading(inWholeBytes(startTwin(), container.bits)),
  };
  // A stored block has no tokens to learn from.
  const decoded = { decode: () => decodeReading(startDecoder()) };
  return {
    name,
    version: `zipdream ${VERSION}`,
    ...chooseReading(name, options.level === 0 ? measured : { ...decoded, ...measured }),
    ...(options.level === 0 ? {} : { startTokens: startDecoder }),
    codeLength,
    compress: (data) => container.wrap(encodeDeflate(data, options), data, options),
    decompress: (data, limits) => container.unwrap(data, limits),
  };
}

/** Decompresses a raw stream that must fill `data`. */
export function unwrapRaw(data: Uint8Array, limits: DecompressLimits = {}): Bytes {
  const { bytes, endBit } = inflateRaw(data, limits);
  const endByte = Math.ceil(endBit / 8);
  if (endByte < data.length) throw new CorruptDataError('data after the deflate stream', endByte);
  return bytes;
}
