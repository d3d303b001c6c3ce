// Limits and tables of RFC 9639, shared by the FLAC encoder and decoder.

/** Samples of each channel, all of the same length. */
export type Channels = readonly Int32Array[];

export interface FlacAudio {
  /** In Hz; 1–1,048,575. */
  readonly sampleRate: number;
  /** 4–24, of signed samples. */
  readonly bitsPerSample: number;
  /** 1–8. */
  readonly channels: Channels;
}

export const MAGIC = Uint8Array.of(0x66, 0x4c, 0x61, 0x43); // "fLaC"
/** Length of the STREAMINFO metadata block in bytes, without its header (§8.2). */
export const STREAMINFO_BYTES = 34;
export const SYNC_CODE = 0x7ffc; // 14 bits 1, then a zero bit: 15 bits (§9.1)

export const MOST_LPC_ORDER = 32;
export const MOST_FIXED_ORDER = 4;
/** Above this order a stream of at most 48 kHz is outside the streamable subset (§7). */
export const SUBSET_LPC_ORDER = 12;

/** Coefficients of the fixed predictors, latest sample first (§9.2.5). */
export const FIXED_COEFFICIENTS: readonly (readonly number[])[] = [
  [],
  [1],
  [2, -1],
  [3, -3, 1],
  [4, -6, 4, -1],
];

/** Sample rates by code; undefined for codes with another meaning (§9.1.2). */
export const SAMPLE_RATES: readonly (number | undefined)[] = [
  undefined,
  88_200,
  176_400,
  192_000,
  8000,
  16_000,
  22_050,
  24_000,
  32_000,
  44_100,
  48_000,
  96_000,
];

/** Bits per sample by code; undefined: as in STREAMINFO, or reserved (§9.1.4). */
export const SAMPLE_BITS: readonly (number | undefined)[] = [
  undefined,
  8,
  12,
  undefined,
  16,
  20,
  24,
  32,
];

/**
 * Stereo decorrelation modes (§9.1.3); codes below these give the number of independent channels.
 */
export const LEFT_SIDE = 8;
export const SIDE_RIGHT = 9;
export const MID_SIDE = 10;

/** Subframe types (§9.2.1). */
export const CONSTANT = 0;
export const VERBATIM = 1;
export const FIXED = 8;
export const LPC = 32;
