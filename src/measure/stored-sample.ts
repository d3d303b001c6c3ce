// A continuation as a row of results keeps it, so that a report can show it: bytes and surprisals
// in base64 (RFC 4648 §4).

import { fromBase64, toBase64 } from '../bits/base64.js';
import type { Bytes } from '../types.js';

/** A continuation as a row of results keeps it. */
export interface StoredSample {
  /** The bytes that were drawn, or are held out, in base64; of a picture in raster order. */
  readonly bytes: string;
  /** The message up to there, in base64: of the control `held-out` alone; a picture's is whole. */
  readonly given?: string;
  /**
   * Surprisals in base64, one for each byte (of a sound by whole samples: for each sample), in
   * sixteenths of a bit; 255 is 15.9 bits or more. Under the model that drew; of the control
   * `held-out`, under the judge.
   */
  readonly surprisals?: string;
}

/** Samples longer than this are measured and not kept. */
const MOST_SAMPLE_BYTES = 2 ** 19;

const STEPS = 16;

export function storeSample(
  bytes: Uint8Array,
  surprisals?: ArrayLike<number>,
  given?: Uint8Array,
): StoredSample | undefined {
  if (bytes.length + (given?.length ?? 0) > MOST_SAMPLE_BYTES) return undefined;
  return {
    bytes: toBase64(bytes),
    ...(given && { given: toBase64(given) }),
    ...(surprisals && { surprisals: toBase64(Uint8Array.from(surprisals, quantise)) }),
  };
}

/** A stored sample read back. */
export interface SampleRead {
  /** What was drawn, or is held out. */
  readonly bytes: Bytes;
  /** The message up to there. */
  readonly given: Bytes | undefined;
  /** Bits of each byte, or sample of a sound. */
  readonly surprisals: Float64Array | undefined;
}

/** The way back: surprisals in bits. */
export function readSample({ bytes, given, surprisals }: StoredSample): SampleRead {
  return {
    bytes: fromBase64(bytes),
    given: given === undefined ? undefined : fromBase64(given),
    surprisals:
      surprisals === undefined
        ? undefined
        : Float64Array.from(fromBase64(surprisals), (step) => step / STEPS),
  };
}

function quantise(bits: number): number {
  return Math.max(0, Math.min(255, Math.round(bits * STEPS)));
}
