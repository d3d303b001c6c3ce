// Types of the used part of the package lzma1. The package gives its source as its types, and that
// fails this project's type check, so tsconfig.json maps the package name to this file.

export type CompressionMode = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;
/** Returns a .lzma file: properties, dictionary size, message size, LZMA stream with an end marker. */
export function compress(data: Uint8Array, mode?: CompressionMode): Uint8Array;
export function decompress(data: Uint8Array): Uint8Array;
