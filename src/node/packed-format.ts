// Determines the format of a compressed file by its first bytes: a .zd, a row of the registry that
// can decompress it, or an unsupported format with its name.

import { ZD_MAGIC } from '../coding/zd-format.js';
import { looksLikeAlone } from '../engines/lzma/codec/alone.js';
import { UsageError } from '../errors.js';

/** `zd`, or the row that decompresses it. */
export type PackedFormat = 'zd' | 'gzip' | 'zlib' | 'lzma' | 'zstd' | 'bzip2' | 'brotli';

const READ: readonly (readonly [magic: readonly number[], format: PackedFormat])[] = [
  [[0x1f, 0x8b], 'gzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd'],
  [[0x42, 0x5a, 0x68], 'bzip2'], // "BZh"
];

/** Unsupported formats, and the program that can read them. */
const NOT_READ: readonly (readonly [magic: readonly number[], name: string, program: string])[] = [
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'an .xz file', 'xz -d'],
  [[0x4c, 0x5a, 0x49, 0x50], 'an .lz file', 'lzip -d'],
  [[0x04, 0x22, 0x4d, 0x18], 'an .lz4 file', 'lz4 -d'],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], 'a 7z archive', '7z x'],
  [[0x50, 0x4b, 0x03, 0x04], 'a zip archive', 'unzip'],
  [[0x1f, 0x9d], 'a .Z file', 'gzip -d'],
];

/**
 * The format of a file; undefined if it is not recognised. Brotli has no magic bytes and is
 * recognised by the name ending `.br`.
 *
 * @throws UsageError for a recognised but unsupported format.
 */
export function packedFormatOf(data: Uint8Array, name: string): PackedFormat | undefined {
  const starts = (magic: readonly number[]): boolean => magic.every((byte, i) => data[i] === byte);
  // A .zd is recognised even if one of the four bytes of its magic is damaged.
  if (ZD_MAGIC.filter((byte, i) => data[i] === byte).length >= 3) return 'zd';
  if (name.endsWith('.br')) return 'brotli';
  const read = READ.find(([magic]) => starts(magic));
  if (read) return read[1];
  const known = NOT_READ.find(([magic]) => starts(magic));
  if (known) throw new UsageError(`${known[1]} is not supported; use ${known[2]}`);
  const [first = 0, second = 0] = data;
  const isZlib = (first & 15) === 8 && first >> 4 < 8 && (first * 256 + second) % 31 === 0;
  if (isZlib && data.length >= 2) return 'zlib';
  return looksLikeAlone(data) ? 'lzma' : undefined;
}
