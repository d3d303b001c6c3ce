// Stores a continuation in a row of results, so that a report can show it: bytes and surprisals in
// base64 (RFC 4648 §4).

import { fromBase64, toBase64 } from '../bits/base64.js';
import type { Bytes } from '../types.js';

/** A continuation as stored in a row of results. */
export interface StoredSample {
  /** The drawn or held-out bytes in base64; for a picture in raster order. */
  readonly bytes: string;
  /**
   * The bytes before it, in base64; only for the control `held-out`. For a picture, the whole
   * picture.
   */
  readonly given?: string;
  /**
   * Surprisals in base64, one per byte (per sample for a sound drawn by whole samples), in
   * sixteenths of a bit; 255 means 15.9 bits or more. Under the model that drew, or under the judge
   * for the control `held-out`.
   */
  readonly surprisals?: string;
}

/** Longer samples are measured but not stored. */
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

/** A stored sample, decoded. */
export interface SampleRead {
  /** The drawn or held-out bytes. */
  readonly bytes: Bytes;
  /** The bytes before it. */
  readonly given: Bytes | undefined;
  /** Bits of each byte, or of each sample of a sound. */
  readonly surprisals: Float64Array | undefined;
}

/** Decodes a stored sample; surprisals are in bits. */
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
