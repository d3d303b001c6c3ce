// Types of the package lzma1, as far as they are used. The package's own types are its whole
// source, which does not pass the checks here; tsconfig.json maps the name to this file.

export type CompressionMode = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
/** A .lzma file: properties, dictionary size, message size, LZMA stream with an end marker. */
export function compress(data: Uint8Array, mode?: CompressionMode): Uint8Array;
export function decompress(data: Uint8Array): Uint8Array;
