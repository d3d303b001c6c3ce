// What the encoder and the decoder of FLAC share: the limits and the tables of RFC 9639.

/** Samples of one channel each, all of one length. */
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
/** Bytes of the metadata block STREAMINFO, its header left out (§8.2). */
export const STREAMINFO_BYTES = 34;
export const SYNC_CODE = 0x7ffc; // 14 bits 1, then a zero bit: 15 bits (§9.1)

export const MOST_LPC_ORDER = 32;
export const MOST_FIXED_ORDER = 4;
/** Above this order a stream of at most 48 kHz is not of the streamable subset (§7). */
export const SUBSET_LPC_ORDER = 12;

/** Coefficients of the fixed predictors, those of the latest sample first (§9.2.5). */
export const FIXED_COEFFICIENTS: readonly (readonly number[])[] = [
  [],
  [1],
  [2, -1],
  [3, -3, 1],
  [4, -6, 4, -1],
];

/** Sample rates with a code of their own; undefined where the code says something else (§9.1.2). */
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

/** Bits per sample by their code; undefined: as STREAMINFO says, or reserved (§9.1.4). */
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

/** How two channels are coded (§9.1.3); the codes below these count independent channels. */
export const LEFT_SIDE = 8;
export const SIDE_RIGHT = 9;
export const MID_SIDE = 10;

/** Predictors of subframes (§9.2.1). */
export const CONSTANT = 0;
export const VERBATIM = 1;
export const FIXED = 8;
export const LPC = 32;
