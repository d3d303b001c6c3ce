// One cell of a comparison: a chunk of data whose beginning is given, and how well one reading of a
// compressor expects the rest of it, or what it draws instead.

import { totalBits } from '../bits/units.js';
import { generate } from '../sampling/generate.js';
import type { Compressor, Random, Reading } from '../types.js';
import { longestCopy } from './longest-copy.js';
import { score } from './score.js';

/** Probabilities in (2^−(k+1), 2^−k]; the last bin has all below too. */
export interface CalibrationBin {
  /** Σ of the probabilities: how many of the bytes they were given to should have come. */
  expected: number;
  /** How many came. */
  came: number;
}

const BINS = 10;

/** What a continuation of some given bytes is like, drawn or true. */
export interface ContinuationMeasure {
  readonly bytes: number;
  /** Its bits under the judge, after the given bytes; undefined without one. */
  readonly judgeBits?: number;
  /** Three bytes in a row that are different ones, over all there are (distinct-3, Li et al. 2016). */
  readonly distinct3: number;
  /** Bytes of its longest verbatim copy of what was given or of itself. */
  readonly longestCopy: number;
}

export interface CellMeasure {
  /** Bytes behind the given ones. */
  readonly bytes: number;
  /** Σ −log2 P of them, in bits: what an ideal coder would spend. Undefined without a reading. */
  readonly bits?: number;
  /** L(chunk) − L(given), in bits: what the compressor itself spends on them. */
  readonly ownBits: number;
  /** L(chunk), in bits, with everything a file of it has around. */
  readonly chunkBits: number;
  readonly msPerByte?: number;
  readonly calibration?: readonly CalibrationBin[];
  readonly drawn?: ContinuationMeasure & {
    /** −log2 P under the reading itself. */
    readonly bits: number;
    /** L(given + drawn) − L(given), in bits (PAQ-generation's measure). */
    readonly ownBits: number;
  };
}

export interface CellOptions {
  /** Undefined: the compressor's own code lengths alone. */
  readonly reading: Reading | undefined;
  /** Bytes at the start of the chunk that are given. */
  readonly from: number;
  /** Whether to ask for all 256 probabilities at each byte. */
  readonly calibration?: boolean | undefined;
  /** Draws as many bytes as are held out, and measures them. */
  readonly random?: Random | undefined;
  readonly judge?: Compressor | undefined;
  readonly clock?: (() => number) | undefined;
}

export async function measureCell(
  compressor: Compressor,
  chunk: Uint8Array,
  options: CellOptions,
): Promise<CellMeasure> {
  const { reading, from, random, judge } = options;
  if (reading === undefined) {
    const chunkBits = await compressor.codeLength(chunk);
    const ownBits = chunkBits - (await compressor.codeLength(chunk.subarray(0, from)));
    return { bytes: chunk.length - from, ownBits, chunkBits };
  }
  const scored = await score(compressor, chunk, { reading, from, clock: options.clock });
  return {
    bytes: scored.bytes,
    bits: scored.bits,
    ownBits: scored.codeLengthBits,
    chunkBits: await compressor.codeLength(chunk),
    msPerByte: scored.msPerByte,
    ...(options.calibration && { calibration: await calibrate(compressor, chunk, options) }),
    ...(random && { drawn: await draw(compressor, chunk, options, random, judge) }),
  };
}

async function draw(
  compressor: Compressor,
  chunk: Uint8Array,
  { reading, from }: CellOptions,
  random: Random,
  judge: Compressor | undefined,
): Promise<CellMeasure['drawn']> {
  const given = chunk.subarray(0, from);
  const model = compressor.start(reading);
  model.push(given);
  const whole = chunk.slice();
  let bits = 0;
  for await (const step of generate(model, { length: chunk.length - from, random })) {
    whole[from + step.index] = step.byte;
    bits += step.bits;
  }
  const ownBits = (await compressor.codeLength(whole)) - (await compressor.codeLength(given));
  return { ...(await measureContinuation(whole, from, judge)), bits, ownBits };
}

/** @param judge another model, which never saw what drew the continuation. */
export async function measureContinuation(
  chunk: Uint8Array,
  from: number,
  judge?: Compressor,
): Promise<ContinuationMeasure> {
  const bytes = chunk.subarray(from);
  const triples = new Set<number>();
  for (let i = 2; i < bytes.length; i++) {
    triples.add((bytes[i - 2]! << 16) | (bytes[i - 1]! << 8) | bytes[i]!);
  }
  return {
    bytes: bytes.length,
    ...(judge && { judgeBits: (await score(judge, chunk, { from })).bits }),
    distinct3: triples.size / Math.max(1, bytes.length - 2),
    longestCopy: longestCopy([chunk.subarray(0, from)], [bytes]).length,
  };
}

async function calibrate(
  compressor: Compressor,
  chunk: Uint8Array,
  { reading, from }: CellOptions,
): Promise<CalibrationBin[]> {
  const bins = Array.from({ length: BINS }, (): CalibrationBin => ({ expected: 0, came: 0 }));
  const model = compressor.start(reading);
  model.push(chunk.subarray(0, from));
  const lengths = new Float64Array(256);
  for (let i = from; i < chunk.length; i++) {
    await model.next(lengths);
    const total = totalBits(lengths);
    for (let b = 0; b < 256; b++) {
      const bits = lengths[b]! - total;
      const bin = bins[Math.min(BINS - 1, Math.max(0, Math.floor(bits)))]!;
      bin.expected += 2 ** -bits;
      if (b === chunk[i]) bin.came++;
    }
    model.push(chunk.subarray(i, i + 1));
  }
  return bins;
}
