// Scores data under a compressor's reading, and measures the compressor's own marginal code length.
// The difference is the conversion loss: the cost of turning the compressor into a distribution
// over the next byte (≤ 0: none).

import { expectBytes, expectInteger } from '../expect.js';
import { ownBits } from '../passage/own-bits.js';
import { heldOutLength, legsOf, type Passage } from '../passage/passage.js';
import { countUnits, type Unit, unitOf } from '../passage/units.js';
import { expectHeldOut, type Subject, type Watch } from '../passage/walk.js';
import type { Abort, Compressor, Reading } from '../types.js';

/** Options of `score`: the reading, the chunks, and callbacks. */
export interface ScoreOptions {
  /** Default: the compressor's best reading. */
  readonly reading?: Reading | undefined;
  /** Bytes per chunk, each a fresh context (default: all data as one chunk). */
  readonly chunk?: number | undefined;
  /** Bytes at the start of each chunk that prime the context and are not scored (default 0). */
  readonly from?: number | undefined;
  /** Limit on the bytes scored, over all chunks. */
  readonly limit?: number | undefined;
  /** Returns the time in ms, for `msPerByte`. */
  readonly clock?: (() => number) | undefined;
  /** Called for each scored byte with its surprisal in bits and its index in the data. */
  readonly onByte?: ((byte: number, bits: number, index: number) => void) | undefined;
  /** Called with the scored bytes done so far and their total; a promise is awaited. */
  readonly onProgress?: ((done: number, total: number) => unknown) | undefined;
  /** Stops the work: `score` throws the reason. */
  readonly signal?: Abort | undefined;
}

/** Result of `score`; all lengths in bits. */
export interface ScoreResult {
  /** Name of the compressor, without options. */
  readonly compressor: string;
  /** The implementation and its version, as in `Compressor.version`. */
  readonly version: string;
  /** The reading that was scored. */
  readonly reading: Reading;
  /** Chunks of which at least one byte was scored. */
  readonly chunks: number;
  /** Scored bytes. */
  readonly bytes: number;
  /** Natural unit of the data. */
  readonly unit: Unit;
  /** Number of units in the scored bytes. */
  readonly units: number;
  /** Σ −log2 P of the scored bytes, each given all before it in the chunk. */
  readonly bits: number;
  /** `bits` per scored byte; 0 if there are none. */
  readonly bpb: number;
  /** `bits` per unit; 0 if there are none. */
  readonly bitsPerUnit: number;
  /** Σ L(chunk) − L(its given part): the compressor's own bits for the scored bytes. */
  readonly ownBits: number;
  /** As in `Compressor.codeLengthIn`. */
  readonly codeLengthIn?: 'tokens';
  /** (bits − ownBits) per scored byte; 0 if there are none. */
  readonly conversionLoss: number;
  /** Time in the model per scored byte, priming excluded; 0 without a clock. */
  readonly msPerByte: number;
}

/**
 * Scores bytes [from, chunk) of every chunk. A short last chunk counts if it is longer than `from`.
 * If `limit` cuts a chunk, its code length is that of the bytes before the cut.
 *
 * @throws TypeError or RangeError for an option out of range or a missing reading.
 */
export async function score(
  compressor: Compressor,
  data: Uint8Array,
  options: ScoreOptions = {},
): Promise<ScoreResult> {
  expectBytes('data', data);
  const { reading = compressor.readings[0]!, chunk, from = 0, onByte, ...watch } = options;
  if (chunk !== undefined) expectInteger('chunk', chunk, { min: 1 });
  expectInteger('from', from, { min: 0, max: chunk === undefined ? Infinity : chunk - 1 });
  const bytes = data.subarray(0, endOf(data.length, options));
  return scorePassage(
    { compressor, reading },
    { bytes, from, fresh: chunk },
    { ...watch, note: (index, bits) => onByte?.(bytes[index]!, bits, index) },
  );
}

/**
 * Scores the held-out part of a passage of any medium.
 *
 * @throws the reason of the signal if it aborts.
 */
export async function scorePassage(
  subject: Subject,
  passage: Passage,
  watch: Watch & { readonly note?: ((index: number, bits: number) => void) | undefined } = {},
): Promise<ScoreResult> {
  const { compressor, reading } = subject;
  const expected = await expectHeldOut(subject, passage, watch);
  const own = await ownBits(subject, passage, expected, watch);
  const bytes = heldOutLength(passage);
  const unit = unitOf(passage.bytes, passage.format);
  const units = countUnits(passage, unit);
  const { bits } = expected;
  const per = (sum: number, count: number): number => (count === 0 ? 0 : sum / count);
  return {
    compressor: compressor.name,
    version: compressor.version,
    reading,
    chunks: new Set(legsOf(passage).map(({ contextStart }) => contextStart)).size,
    bytes,
    unit,
    units,
    bits,
    bpb: per(bits, bytes),
    bitsPerUnit: per(bits, units),
    ownBits: own,
    ...(compressor.codeLengthIn && { codeLengthIn: compressor.codeLengthIn }),
    conversionLoss: per(bits - own, bytes),
    msPerByte: per(expected.ms, bytes),
  };
}

/** The end of the data once `limit` bytes of all chunks are scored. */
function endOf(length: number, { chunk, from = 0, limit }: ScoreOptions): number {
  if (limit === undefined || limit === Infinity) return length;
  expectInteger('limit', limit, { min: 0 });
  if (limit === 0) return Math.min(length, from);
  if (chunk === undefined) return Math.min(length, from + limit);
  const whole = Math.ceil(limit / (chunk - from)) - 1;
  return Math.min(length, whole * chunk + from + (limit - whole * (chunk - from)));
}
