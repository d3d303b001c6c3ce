// Measures one cell of a comparison: how well one reading of a compressor predicts the held-out
// part of a passage, or what it draws instead.

import { ownBits } from '../passage/own-bits.js';
import { givenBytes, heldOutBytes, heldOutLength, type Passage } from '../passage/passage.js';
import { expectHeldOut, plainDrawer, type Subject, sampleFormat } from '../passage/walk.js';
import type { Abort, Compressor, Random, Reading } from '../types.js';
import { type CalibrationBin, calibrate } from './calibration.js';
import {
  type ContinuationMeasure,
  judgeContinuation,
  measureContinuation,
} from './continuation.js';
import { drawSharpened } from './controls.js';
import { type DrawnPassage, drawWhole } from './draw.js';
import { storeSample } from './stored-sample.js';

/** How well a compressor predicts the held-out part of a message. */
export interface CellMeasure {
  /** Number of held-out bytes; for a whole input, all bytes. */
  readonly bytes: number;
  /** Number of bytes of the message, given and held out. */
  readonly messageBytes: number;
  /**
   * Σ −log2 P of the held-out bytes: the bits an ideal coder would spend. Undefined without a
   * reading.
   */
  readonly bits?: number;
  /** L(message) − L(given): the bits the compressor itself spends on the held-out bytes. */
  readonly ownBits: number;
  /** L(message) in bits, including the header and trailer of its file format. */
  readonly chunkBits: number;
  /**
   * The part of `chunkBits` that the smallest message has too, in whole bytes: the paper's header.
   */
  readonly headerBits?: number;
  /** Size of the parameters that a decoder needs besides the program. */
  readonly modelBytes?: number;
  /** Time to score a byte, in ms. */
  readonly msPerByte?: number;
  /** `bits` in each sixteenth of the held-out bytes, in order: a learning curve. */
  readonly curve?: readonly number[];
  /** Calibration of all 256 probabilities at each byte. */
  readonly calibration?: readonly CalibrationBin[];
  /** What it drew instead of the held-out bytes. */
  readonly drawn?: DrawnMeasure;
}

/** Measures of what a compressor drew. */
export interface DrawnMeasure extends ContinuationMeasure {
  /** −log2 P under the reading that drew. */
  readonly bits: number;
  /** L(given + drawn) − L(given), in bits (PAQ-generation's measure). */
  readonly ownBits: number;
  /** Time to draw a byte, in ms. */
  readonly msPerByte?: number;
  /** Peak memory while drawing, minus the level before, in bytes. */
  readonly peakBytes?: number;
}

interface CellOptions {
  /** Undefined: measure only the compressor's own code lengths. */
  readonly reading: Reading | undefined;
  /** True to compute all 256 probabilities at each byte. */
  readonly calibration?: boolean | undefined;
  /** If present, draws as many bytes as are held out, and measures them. */
  readonly random?: Random | undefined;
  readonly judge?: Compressor | undefined;
  /** Returns the time in ms. */
  readonly clock?: (() => number) | undefined;
  /** Returns the bytes of memory in use. */
  readonly memory?: (() => number) | undefined;
  readonly signal?: Abort | undefined;
}

export async function measureCell(
  compressor: Compressor,
  passage: Passage,
  options: CellOptions,
): Promise<CellMeasure> {
  const { reading, random, clock, signal } = options;
  const lengths = await lengthsOf(compressor, passage);
  const bytes = heldOutLength(passage);
  if (reading === undefined) {
    return { bytes, ownBits: await ownBits({ compressor }, passage), ...lengths };
  }
  const subject = { compressor, reading };
  const expected = await expectHeldOut(subject, passage, { clock, signal });
  const calibrates = options.calibration && knowsBytes(subject, passage);
  return {
    ...{
      bytes,
      bits: expected.bits,
      ownBits: await ownBits(subject, passage, expected),
      ...lengths,
    },
    msPerByte: expected.ms / Math.max(1, bytes),
    curve: curveOf(expected.surprisals),
    ...(calibrates && { calibration: await calibrate(compressor.start(reading), passage) }),
    ...(random && { drawn: await measureDrawn(subject, passage, random, options) }),
  };
}

/**
 * True if all 256 byte probabilities are affordable: for wide samples each is a sum over thousands.
 */
function knowsBytes(subject: Subject, passage: Passage): boolean {
  return (sampleFormat(subject, passage)?.bitsPerSample ?? 8) === 8;
}

/**
 * Bits of each context of a passage up to each of some lengths in bytes, ascending. Without a
 * reading, the compressor's own lengths in whole bytes.
 */
export async function measurePrefixes(
  compressor: Compressor,
  reading: Reading | undefined,
  { bytes, format, fresh = bytes.length }: Passage,
  at: readonly number[],
): Promise<number[][]> {
  const prefixes: number[][] = [];
  for (let start = 0; start < bytes.length; start += fresh) {
    const context = bytes.subarray(start, start + fresh);
    const bits: number[] = [];
    if (reading === undefined) {
      for (const length of at) {
        bits.push(8 * Math.ceil((await compressor.codeLength(context.subarray(0, length))) / 8));
      }
    } else {
      let sum = 0;
      const note = (index: number, one: number): void => {
        sum += one;
        if (index + 1 === at[bits.length]) bits.push(sum);
      };
      await expectHeldOut({ compressor, reading }, { bytes: context, from: 0, format }, { note });
    }
    prefixes.push(bits);
  }
  return prefixes;
}

/** Measures all chunks of an input as one passage: only its length. */
export async function measureWhole(compressor: Compressor, passage: Passage): Promise<CellMeasure> {
  const lengths = await lengthsOf(compressor, passage);
  return { bytes: passage.bytes.length, ownBits: lengths.chunkBits, ...lengths };
}

async function lengthsOf(compressor: Compressor, passage: Passage) {
  return {
    messageBytes: passage.bytes.length,
    chunkBits: await compressor.codeLength(passage.bytes),
    headerBits: await headerBits(compressor, passage),
    ...(compressor.modelBytes !== undefined && { modelBytes: compressor.modelBytes }),
  };
}

/** Measures the true continuation as if it had been drawn; its surprisals are the judge's. */
export async function measureHeldOut(
  truth: Passage,
  judge?: Compressor,
): Promise<ContinuationMeasure> {
  const judgement = judge && (await judgeContinuation(judge, truth));
  const given = truth.given ? truth.bytes : givenBytes(truth);
  const sample = storeSample(heldOutBytes(truth), judgement?.surprisals, given);
  return {
    ...measureContinuation(truth, truth),
    ...(judgement && { judgeBits: judgement.bits }),
    ...(sample && { sample }),
  };
}

/** Measures a sample of a control without a compressor (controls.ts). */
export async function measureSharpened(
  name: string,
  truth: Passage,
  random: Random,
  judge?: Compressor,
): Promise<ContinuationMeasure> {
  return measureSample(await drawSharpened(name, truth, random), truth, judge);
}

/** Measures what the subject draws instead of the held-out part. */
export async function measureDrawn(
  subject: Subject,
  truth: Passage,
  random: Random,
  { judge, clock = () => 0, memory }: Pick<CellOptions, 'judge' | 'clock' | 'memory'>,
): Promise<DrawnMeasure> {
  const watch = watchMemory(memory);
  const startMs = clock();
  const start = () => plainDrawer(subject, truth);
  const onProgress = watch.step;
  const { passage, surprisals } = await drawWhole(start, truth, random, { onProgress });
  const ms = clock() - startMs;
  const expected = surprisals
    ? { surprisals, bits: surprisals.reduce((sum, bits) => sum + bits, 0), ms }
    : await expectHeldOut(subject, passage);
  const measure = await measureSample({ passage, surprisals: expected.surprisals }, truth, judge);
  return {
    ...measure,
    bits: expected.bits,
    ownBits: await ownBits(subject, passage, expected),
    msPerByte: ms / Math.max(1, measure.bytes),
    ...(memory && { peakBytes: watch.peakBytes() }),
  };
}

async function measureSample(
  { passage, surprisals }: DrawnPassage,
  truth: Passage,
  judge: Compressor | undefined,
): Promise<ContinuationMeasure> {
  const sample = storeSample(heldOutBytes(passage), surprisals);
  return {
    ...measureContinuation(passage, truth),
    ...(judge && { judgeBits: (await judgeContinuation(judge, passage)).bits }),
    ...(sample && { sample }),
  };
}

/** Steps between two measurements of memory. */
const MEMORY_STEPS = 64;

function watchMemory(memory: (() => number) | undefined) {
  const before = memory?.() ?? 0;
  let most = before;
  let steps = 0;
  return {
    step: (): void => {
      if (memory && steps++ % MEMORY_STEPS === 0) most = Math.max(most, memory());
    },
    peakBytes: (): number => Math.max(most, memory?.() ?? 0) - before,
  };
}

/**
 * The paper's measure of a codec's header: the length of the smallest message in whole bytes
 * (Delétang et al. 2023, their code: one zero byte). Predictors have none.
 */
async function headerBits(compressor: Compressor, { format }: Passage): Promise<number> {
  if (!compressor.compress) return 0;
  const bytes =
    format?.kind === 'image'
      ? format.width * format.channels
      : format?.kind === 'audio'
        ? (format.channels * format.bitsPerSample) / 8
        : 1;
  return 8 * Math.ceil((await compressor.codeLength(new Uint8Array(bytes))) / 8);
}

const SLICES = 16;

function curveOf(surprisals: Float64Array): number[] {
  const curve = new Array<number>(SLICES).fill(0);
  surprisals.forEach((bits, i) => {
    curve[Math.floor((i * SLICES) / surprisals.length)]! += bits;
  });
  return curve;
}
