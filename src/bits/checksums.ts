// The checksums of gzip, zlib and PNG: CRC-32 (RFC 1952 §8, ISO 3309) and Adler-32 (RFC 1950 §9).
// Both are incremental: the checksum of `ab` is checksum(b, checksum(a)).

const CRC_POLYNOMIAL = 0xedb88320;
/** Bytes processed per step; table s gives the effect of a byte followed by s zero bytes. */
const CRC_SLICES = 8;
const crcTable = new Int32Array(CRC_SLICES * 256);
for (let byte = 0; byte < 256; byte++) {
  let c = byte;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ CRC_POLYNOMIAL : c >>> 1;
  crcTable[byte] = c;
}
for (let i = 256; i < crcTable.length; i++) {
  const c = crcTable[i - 256]!;
  crcTable[i] = crcTable[c & 255]! ^ (c >>> 8);
}

/**
 * CRC-32 as an unsigned 32-bit integer, eight bytes at a time (slicing-by-8, Kounavis & Berry 2005).
 *
 * @param previous the CRC of the bytes before these; 0 if there are none.
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  const t = crcTable;
  const sliced = bytes.length - (bytes.length % CRC_SLICES);
  let c = ~previous;
  let i = 0;
  for (; i < sliced; i += CRC_SLICES) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    c =
      t[1792 + (c & 255)]! ^
      t[1536 + ((c >>> 8) & 255)]! ^
      t[1280 + ((c >>> 16) & 255)]! ^
      t[1024 + (c >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) c = t[(c ^ bytes[i]!) & 255]! ^ (c >>> 8);
  return ~c >>> 0;
}

const ADLER_BASE = 65521;
/**
 * Largest number of bytes whose sums stay below 2^32 before reduction (RFC 1950 §9; zlib's NMAX).
 */
const ADLER_RUN = 5552;

/**
 * Adler-32 as an unsigned 32-bit integer.
 *
 * @param previous the Adler-32 of the bytes before these; 1 if there are none.
 */
export function adler32(bytes: Uint8Array, previous = 1): number {
  let a = previous & 0xffff;
  let b = previous >>> 16;
  for (let from = 0; from < bytes.length; from += ADLER_RUN) {
    const to = Math.min(from + ADLER_RUN, bytes.length);
    for (let i = from; i < to; i++) {
      a += bytes[i]!;
      b += a;
    }
    a %= ADLER_BASE;
    b %= ADLER_BASE;
  }
  return ((b << 16) | a) >>> 0;
}
