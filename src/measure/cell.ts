// One cell of a comparison: a message of which a part is given, and how well one reading of a
// compressor expects the rest of it, or what it draws instead.

import { bytesOfSamples, samplesOfBytes } from '../modality/audio-bytes.js';
import type { Compressor, Random, Reading } from '../types.js';
import { type CalibrationBin, calibrate } from './calibration.js';
import {
  type ContinuationMeasure,
  judgeContinuation,
  measureContinuation,
} from './continuation.js';
import { drawSharpened } from './controls.js';
import {
  type DrawnMessage,
  drawHeldOut,
  expectHeldOut,
  givenBytes,
  heldOutBytes,
  type Message,
  ownBits,
} from './message.js';
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
}

export async function measureCell(
  compressor: Compressor,
  message: Message,
  options: CellOptions,
): Promise<CellMeasure> {
  const { reading, random, clock = () => 0 } = options;
  const bytes = heldOutBytes(message).length;
  const lengths = {
    messageBytes: message.bytes.length,
    chunkBits: await compressor.codeLength(message.bytes),
    headerBits: await headerBits(compressor, message),
    ...(compressor.modelBytes !== undefined && { modelBytes: compressor.modelBytes }),
  };
  if (reading === undefined) {
    return { bytes, ownBits: await ownBits(compressor, message), ...lengths };
  }
  const startMs = clock();
  const surprisals = await expectHeldOut(compressor, reading, message);
  const ms = clock() - startMs;
  const bits = sum(surprisals);
  const calibrates = options.calibration && knowsBytes(compressor, reading, message);
  return {
    ...{ bytes, bits, ownBits: await ownBitsOf(compressor, message, bits), ...lengths },
    msPerByte: ms / Math.max(1, bytes),
    curve: curveOf(surprisals),
    ...(calibrates && { calibration: await calibrate(compressor.start(reading), message) }),
    ...(random && { drawn: await measureDrawn(compressor, reading, message, random, options) }),
  };
}

/** Its own bits: of a predictor, which writes no files, those of its one reading by definition. */
async function ownBitsOf(compressor: Compressor, message: Message, bits: number): Promise<number> {
  return compressor.compress ? ownBits(compressor, message) : bits;
}

/** Whether all 256 bytes can be asked for: of wide samples each is a sum over thousands. */
function knowsBytes(compressor: Compressor, reading: Reading, { format }: Message): boolean {
  const bySamples = compressor.startSamples !== undefined && reading === 'decode';
  return !bySamples || format?.kind !== 'audio' || format.bitsPerSample === 8;
}

/** All chunks of an input as one message: its length alone. */
export async function measureWhole(compressor: Compressor, message: Message): Promise<CellMeasure> {
  const chunkBits = await compressor.codeLength(message.bytes);
  return {
    bytes: message.bytes.length,
    messageBytes: message.bytes.length,
    ownBits: chunkBits,
    chunkBits,
    headerBits: await headerBits(compressor, message),
    ...(compressor.modelBytes !== undefined && { modelBytes: compressor.modelBytes }),
  };
}

/** The truth as if it had been drawn; its surprisals are the judge's. */
export async function measureHeldOut(
  truth: Message,
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
  truth: Message,
  random: Random,
  judge?: Compressor,
): Promise<ContinuationMeasure> {
  return measureSample(await drawSharpened(name, truth, random), truth, judge);
}

async function measureDrawn(
  compressor: Compressor,
  reading: Reading,
  truth: Message,
  random: Random,
  { judge, clock = () => 0, memory }: CellOptions,
): Promise<DrawnMeasure> {
  const watch = watchMemory(memory);
  const startMs = clock();
  const drawn = await draw(compressor, reading, truth, random, watch.step);
  const ms = clock() - startMs;
  const bits = sum(drawn.surprisals);
  const measure = await measureSample(drawn, truth, judge);
  return {
    ...measure,
    bits,
    ownBits: await ownBitsOf(compressor, drawn.message, bits),
    msPerByte: ms / Math.max(1, measure.bytes),
    ...(memory && { peakBytes: watch.peakBytes() }),
  };
}

async function measureSample(
  { message, surprisals }: DrawnMessage,
  truth: Message,
  judge: Compressor | undefined,
): Promise<ContinuationMeasure> {
  const sample = storeSample(heldOutBytes(message), surprisals);
  return {
    ...measureContinuation(message, truth),
    ...(judge && { judgeBits: (await judgeContinuation(judge, message)).bits }),
    ...(sample && { sample }),
  };
}

/** Sounds by whole samples where the compressor knows them, all else byte by byte. */
async function draw(
  compressor: Compressor,
  reading: Reading,
  truth: Message,
  random: Random,
  onStep: () => void,
): Promise<DrawnMessage> {
  const { format, from } = truth;
  if (format?.kind !== 'audio' || reading !== 'decode' || !compressor.startSamples) {
    return drawHeldOut(compressor.start(reading), truth, { random, onStep });
  }
  const model = compressor.startSamples();
  model.push(samplesOfBytes(truth.bytes.subarray(0, from), format));
  const speak = model.speak(random, 1);
  const samples = samplesOfBytes(truth.bytes.subarray(from), format);
  for (let i = 0; i < samples.length; i++) {
    samples[i] = speak();
    onStep();
  }
  const bytes = truth.bytes.slice();
  bytes.set(bytesOfSamples(samples, format), from);
  const message = { ...truth, bytes };
  return { message, surprisals: await expectHeldOut(compressor, reading, message) };
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
async function headerBits(compressor: Compressor, { format }: Message): Promise<number> {
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

function curveOf(surprisals: readonly number[]): number[] {
  const curve = new Array<number>(SLICES).fill(0);
  surprisals.forEach((bits, i) => {
    curve[Math.floor((i * SLICES) / surprisals.length)]! += bits;
  });
  return curve;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
