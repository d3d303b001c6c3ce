// One cell of a figure of the paper: some bytes, a way to measure them or to go on with them, and
// what came of it.

import { createRandom } from '../../bits/random.js';
import { pushMeasuring } from '../../measure/score.js';
import { bytesOfSamples, samplesOfBytes } from '../../modality/audio-bytes.js';
import { generate } from '../../sampling/generate.js';
import type { AudioFormat, Compressor, Format, Random, Reading } from '../../types.js';

/** Measures each `chunk` bytes alone, up to each of some lengths. */
export interface MeasureWork {
  readonly kind: 'measure';
  readonly chunk: number;
  /** Lengths of prefixes in bytes, ascending. */
  readonly at: readonly number[];
}

/** Goes on with each line of `given` bytes, for `length` bytes. */
export interface DrawWork {
  readonly kind: 'draw';
  readonly given: number;
  readonly length: number;
  /** Whether each line has a context of its own; else all before it is known, drawn parts too. */
  readonly alone: boolean;
  readonly seed: string;
}

/** What decides the result of a cell, but for the machine. */
export interface PaperIdentity {
  readonly id: string;
  readonly zipdream: string;
  /** What the bytes are from. */
  readonly input: string;
  /** Where in the input they begin. */
  readonly start: number;
  readonly sha256: string;
  readonly spec: string;
  readonly version: string;
  readonly format: Format;
  /** Undefined: sizes of files that the compressor writes. */
  readonly reading: Reading | undefined;
  readonly work: MeasureWork | DrawWork;
}

export interface PaperRow extends PaperIdentity {
  /** Of measuring: bits of each chunk up to each length; of a file, whole bytes. */
  readonly bits?: readonly (readonly number[])[];
  /** Of drawing: all lines' continuations, base64. */
  readonly drawn?: string;
  /** −log2 P of them under the reading; not of sounds drawn by whole samples. */
  readonly drawnBits?: number;
  readonly error?: string;
}

export type PaperResult = Pick<PaperRow, 'bits' | 'drawn' | 'drawnBits'>;

export function runPaperCell(
  compressor: Compressor,
  bytes: Uint8Array,
  { work, reading, format }: Pick<PaperIdentity, 'work' | 'reading' | 'format'>,
): Promise<PaperResult> {
  if (work.kind === 'draw') return drawLines(compressor, bytes, reading!, work, format);
  return measureChunks(compressor, bytes, reading, work);
}

async function measureChunks(
  compressor: Compressor,
  bytes: Uint8Array,
  reading: Reading | undefined,
  { chunk, at }: MeasureWork,
): Promise<PaperResult> {
  const bits: number[][] = [];
  for (let start = 0; start < bytes.length; start += chunk) {
    const data = bytes.subarray(start, start + chunk);
    bits.push(
      reading === undefined
        ? await fileBits(compressor, data, at)
        : await readBits(compressor, data, reading, at),
    );
  }
  return { bits };
}

async function fileBits(
  compressor: Compressor,
  data: Uint8Array,
  at: readonly number[],
): Promise<number[]> {
  const bits: number[] = [];
  for (const length of at) {
    bits.push(8 * Math.ceil((await compressor.codeLength(data.subarray(0, length))) / 8));
  }
  return bits;
}

async function readBits(
  compressor: Compressor,
  data: Uint8Array,
  reading: Reading,
  at: readonly number[],
): Promise<number[]> {
  const bits: number[] = [];
  let sum = 0;
  await pushMeasuring(compressor.start(reading), data, (index, byteBits) => {
    sum += byteBits;
    if (index + 1 === at[bits.length]) bits.push(sum);
  });
  return bits;
}

async function drawLines(
  compressor: Compressor,
  bytes: Uint8Array,
  reading: Reading,
  { given, length, alone, seed }: DrawWork,
  format: Format,
): Promise<PaperResult> {
  const random = createRandom(seed);
  const drawn = new Uint8Array((bytes.length / given) * length);
  if (compressor.startSamples && reading === 'decode' && format.kind === 'audio') {
    const samples = speak(compressor, bytes, length, format, random);
    return { drawn: Buffer.from(samples).toString('base64') };
  }
  let model = compressor.start(reading);
  let drawnBits = 0;
  for (let line = 0; line * given < bytes.length; line++) {
    if (alone && line > 0) model = compressor.start(reading);
    model.push(bytes.subarray(line * given, (line + 1) * given));
    for await (const step of generate(model, { length, random })) {
      drawn[line * length + step.index] = step.byte;
      drawnBits += step.bits;
    }
  }
  return { drawn: Buffer.from(drawn).toString('base64'), drawnBits };
}

/** By whole samples, as `decode` readings of sound draw. */
function speak(
  compressor: Compressor,
  given: Uint8Array,
  length: number,
  format: AudioFormat,
  random: Random,
): Uint8Array {
  const model = compressor.startSamples!();
  model.push(samplesOfBytes(given, format));
  const next = model.speak(random, 1);
  const count = (8 * length) / format.bitsPerSample;
  return bytesOfSamples(Int32Array.from({ length: count }, next), format);
}
