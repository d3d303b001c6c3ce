// One cell of a comparison: a passage, and how well one reading of a
// compressor expects the rest of it, or what it draws instead.

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

/** How well a compressor expects what is held out of a message. */
export interface CellMeasure {
  /** Bytes that are held out; of a whole input, all. */
  readonly bytes: number;
  /** Bytes of the message, given and held out. */
  readonly messageBytes: number;
  /** Σ −log2 P of them, in bits: what an ideal coder would spend. Undefined without a reading. */
  readonly bits?: number;
  /** L(message) − L(given), in bits: what the compressor itself spends on them. */
  readonly ownBits: number;
  /** L(message), in bits, with everything a file of it has around. */
  readonly chunkBits: number;
  /** Of these, what the smallest message has too, in whole bytes: the paper's header. */
  readonly headerBits?: number;
  /** Parameters that a decoder needs beside the program. */
  readonly modelBytes?: number;
  /** Time to score a byte. */
  readonly msPerByte?: number;
  /** `bits` of each sixteenth of the held-out bytes, in order: a learning curve. */
  readonly curve?: readonly number[];
  /** Of all 256 chances at each byte. */
  readonly calibration?: readonly CalibrationBin[];
  /** What it drew in place of the held-out bytes. */
  readonly drawn?: DrawnMeasure;
}

/** What a compressor drew, and how it is. */
export interface DrawnMeasure extends ContinuationMeasure {
  /** −log2 P under the reading itself. */
  readonly bits: number;
  /** L(given + drawn) − L(given), in bits (PAQ-generation's measure). */
  readonly ownBits: number;
  /** Time to draw a byte. */
  readonly msPerByte?: number;
  /** Memory while it drew, above what was taken before, in bytes. */
  readonly peakBytes?: number;
}

export interface CellOptions {
  /** Undefined: the compressor's own code lengths alone. */
  readonly reading: Reading | undefined;
  /** Whether to ask for all 256 probabilities at each byte. */
  readonly calibration?: boolean | undefined;
  /** Draws as many bytes as are held out, and measures them. */
  readonly random?: Random | undefined;
  readonly judge?: Compressor | undefined;
  /** The time in ms. */
  readonly clock?: (() => number) | undefined;
  /** Bytes of memory that are in use. */
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

/** Whether all 256 bytes can be asked for: of wide samples each is a sum over thousands. */
function knowsBytes(subject: Subject, passage: Passage): boolean {
  return (sampleFormat(subject, passage)?.bitsPerSample ?? 8) === 8;
}

/**
 * Bits of each context of a passage up to each of some lengths in bytes, ascending; without a
 * reading, what the compressor itself writes, in whole bytes.
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

/** All chunks of an input as one passage: its length alone. */
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

/** The truth as if it had been drawn; its surprisals are the judge's. */
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

/** What a control without a compressor draws (controls.ts). */
export async function measureSharpened(
  name: string,
  truth: Passage,
  random: Random,
  judge?: Compressor,
): Promise<ContinuationMeasure> {
  return measureSample(await drawSharpened(name, truth, random), truth, judge);
}

/** What the subject draws in the place of what is held out. */
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

/** Steps between two looks at the memory. */
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
 * What the paper takes for the header of a codec: the length of the smallest message, in whole
 * bytes (Delétang et al. 2023, their code: one zero byte). Predictors have none.
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
