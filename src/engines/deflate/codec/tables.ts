// The constant tables of DEFLATE (RFC 1951 §3.2.5–3.2.7) and of zlib's encoder (deflate.c).
// A length or distance is written as a code plus extra bits; these tables map both ways.

export const MIN_MATCH = 3;
export const MAX_MATCH = 258;
export const END_OF_BLOCK = 256;
/** Literal bytes 0–255, end of block 256, length codes 257–285. */
export const LITERAL_LENGTH_CODES = 286;
export const DISTANCE_CODES = 30;
export const CODE_LENGTH_CODES = 19;
/** Longest code word, in bits, of literal/length and distance codes, and of code length codes. */
export const MAX_CODE_BITS = 15;
export const MAX_CODE_LENGTH_BITS = 7;

// biome-ignore format: these read as the RFC prints them
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
// biome-ignore format: likewise
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];

/** Extra bits of each length code, indexed by code − 257. */
export const lengthExtraBits = Uint8Array.from(LENGTH_EXTRA);
/** Extra bits of each distance code. */
export const distanceExtraBits = Uint8Array.from(DISTANCE_EXTRA);
/** Shortest length of each length code, indexed by code − 257. */
export const lengthBase = new Uint16Array(29);
/** Shortest distance of each distance code. */
export const distanceBase = new Uint16Array(DISTANCE_CODES);
/** Length code − 257 of each match length 3–258. */
export const lengthCode = new Uint8Array(MAX_MATCH + 1);
/** Distance code of each distance 1–32768. */
export const distanceCode = new Uint8Array(32768 + 1);

for (let code = 0, length = MIN_MATCH; code < 28; code++) {
  lengthBase[code] = length;
  for (let k = 0; k < 1 << LENGTH_EXTRA[code]!; k++) lengthCode[length++] = code;
}
lengthBase[28] = MAX_MATCH; // 258 has its own code, though code 284 could reach it
lengthCode[MAX_MATCH] = 28;
for (let code = 0, distance = 1; code < DISTANCE_CODES; code++) {
  distanceBase[code] = distance;
  for (let k = 0; k < 1 << DISTANCE_EXTRA[code]!; k++) distanceCode[distance++] = code;
}

/** Code length of each symbol of the fixed literal/length code (RFC 1951 §3.2.6). */
export const fixedLiteralLengths = new Uint8Array(288);
for (let symbol = 0; symbol < 288; symbol++) {
  fixedLiteralLengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
}
export const FIXED_DISTANCE_BITS = 5;

/** The order in which code length code lengths are sent (RFC 1951 §3.2.7). */
// biome-ignore format: as the RFC prints it
export const codeLengthOrder = Uint8Array.from([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** Search effort of a zlib level (deflate.c, configuration_table). */
export interface SearchEffort {
  /** Search only a quarter of the chain if the previous match is at least this long. */
  readonly goodLength: number;
  /**
   * Do not search for a better match after one of this length; for levels 1–3, the longest match
   * whose strings are all hashed.
   */
  readonly maxLazy: number;
  /** Stop searching at a match of this length. */
  readonly niceLength: number;
  /** Maximum steps along a hash chain. */
  readonly maxChain: number;
}

/** Levels 1–9; level 0 stores. 1–3 parse greedily (deflate_fast), 4–9 lazily (deflate_slow). */
export const searchEfforts: readonly SearchEffort[] = [
  [0, 0, 0, 0],
  [4, 4, 8, 4],
  [4, 5, 16, 8],
  [4, 6, 32, 32],
  [4, 4, 16, 16],
  [8, 16, 32, 32],
  [8, 16, 128, 128],
  [8, 32, 128, 256],
  [32, 128, 258, 1024],
  [32, 258, 258, 4096],
].map(([goodLength, maxLazy, niceLength, maxChain]) => ({
  goodLength: goodLength!,
  maxLazy: maxLazy!,
  niceLength: niceLength!,
  maxChain: maxChain!,
}));
