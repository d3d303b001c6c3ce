// A message of which a part is given: the end of a text or a sound is held out, or the right or
// lower part of a picture. How a model expects what is held out, what it draws instead, and what the
// compressor itself spends on it, the same way for all media.

import { samplesOfBytes } from '../modality/audio-bytes.js';
import type { GivenPart } from '../modality/image-given.js';
import { generate } from '../sampling/generate.js';
import type { CodeLengthModel, Compressor, Format, Random, Reading } from '../types.js';
import { surprisal } from './surprisal.js';

export interface Message {
  readonly bytes: Uint8Array;
  /** Bytes that are given: the first ones, but in a picture with `given`. */
  readonly from: number;
  /** Undefined: bytes. */
  readonly format?: Format | undefined;
  /** Of a picture. */
  readonly given?: GivenPart | undefined;
}

/** [start, end) in bytes. */
export type Span = readonly [start: number, end: number];

/** What is held out, in order; what lies before and between is given. */
export function heldOutSpans({ bytes, from, format, given }: Message): Span[] {
  if (format?.kind !== 'image' || !given) return from < bytes.length ? [[from, bytes.length]] : [];
  const row = format.width * format.channels;
  const spans: Span[] = [];
  for (let y = given.rows; (y + 1) * row <= bytes.length; y++) {
    const start = y * row + given.columns * format.channels;
    if (start < (y + 1) * row) spans.push([start, (y + 1) * row]);
  }
  return spans;
}

/** The bytes that are held out, one after the other. */
export function heldOutBytes(message: Message): Uint8Array {
  return join(heldOutSpans(message).map(([start, end]) => message.bytes.subarray(start, end)));
}

/** The bytes that are given, one after the other. */
export function givenBytes(message: Message): Uint8Array {
  let at = 0;
  const parts = heldOutSpans(message).map(([start, end]) => {
    const part = message.bytes.subarray(at, start);
    at = end;
    return part;
  });
  return join([...parts, message.bytes.subarray(at)]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * −log2 P of each held-out byte after all before it; of a sound, where the compressor knows whole
 * samples, of each sample.
 */
export async function expectHeldOut(
  compressor: Compressor,
  reading: Reading,
  message: Message,
): Promise<number[]> {
  const { bytes, from, format } = message;
  const surprisals: number[] = [];
  if (format?.kind === 'audio' && reading === 'decode' && compressor.startSamples) {
    const model = compressor.startSamples();
    model.push(samplesOfBytes(bytes.subarray(0, from), format));
    const samples = samplesOfBytes(bytes.subarray(from), format);
    for (let i = 0; i < samples.length; i++) {
      surprisals.push(model.surprisal(samples[i]!));
      model.push(samples.subarray(i, i + 1));
    }
    return surprisals;
  }
  await alongSpans(compressor.start(reading), message, async (model, start, end) => {
    await expectBytes(model, bytes.subarray(start, end), surprisals);
  });
  return surprisals;
}

/** Bytes that a model with `surprisals` is asked for at once. */
const BATCH = 2 ** 14;

/** Appends the surprisals of some bytes, each after those before it, and pushes them. */
async function expectBytes(
  model: CodeLengthModel,
  bytes: Uint8Array,
  surprisals: number[],
): Promise<void> {
  const lengths = new Float64Array(256);
  const stride = model.surprisals ? BATCH : 1;
  for (let i = 0; i < bytes.length; i += stride) {
    const piece = bytes.subarray(i, i + stride);
    if (model.surprisals) {
      for (const bits of await model.surprisals(piece)) surprisals.push(bits);
    } else if (model.surprisal) {
      const bits = model.surprisal(piece[0]!);
      surprisals.push(typeof bits === 'number' ? bits : await bits);
    } else {
      const pending = model.next(lengths);
      if (pending) await pending;
      surprisals.push(surprisal(lengths, piece[0]!));
    }
    model.push(piece);
  }
}

/** Visits each span with a model that was given all before it; `visit` pushes the span's bytes. */
export async function alongSpans(
  model: CodeLengthModel,
  message: Message,
  visit: (model: CodeLengthModel, start: number, end: number) => Promise<void>,
): Promise<void> {
  let at = 0;
  for (const [start, end] of heldOutSpans(message)) {
    model.push(message.bytes.subarray(at, start));
    await visit(model, start, end);
    at = end;
  }
}

export interface DrawOptions {
  readonly random: Random;
  readonly temperature?: number | undefined;
  /** Hears of each step, so that time and memory can be watched. */
  readonly onStep?: (() => void) | undefined;
}

export interface DrawnMessage {
  /** The same given part, and what was drawn. */
  readonly message: Message;
  /** −log2 P of what was drawn, under the model itself, as `expectHeldOut` has it. */
  readonly surprisals: readonly number[];
}

/** Draws as much as is held out. */
export async function drawHeldOut(
  model: CodeLengthModel,
  truth: Message,
  { random, temperature, onStep }: DrawOptions,
): Promise<DrawnMessage> {
  const bytes = truth.bytes.slice();
  const surprisals: number[] = [];
  await alongSpans(model, truth, async (at, start, end) => {
    for await (const step of generate(at, { length: end - start, random, temperature })) {
      bytes[start + step.index] = step.byte;
      surprisals.push(step.bits);
      onStep?.();
    }
  });
  return { message: { ...truth, bytes }, surprisals };
}

/** Spans of which the compressor's own length is measured, evenly spread; the rest is as they are. */
const MEASURED_SPANS = 16;

/**
 * The compressor's own bits for what is held out: Σ over spans of L(all to its end) − L(all to its
 * start). Of more than 16 spans, rows of a picture, 16 stand for all.
 */
export async function ownBits(compressor: Compressor, message: Message): Promise<number> {
  const spans = heldOutSpans(message);
  const count = Math.min(spans.length, MEASURED_SPANS);
  const length = async (end: number): Promise<number> =>
    compressor.codeLength(message.bytes.subarray(0, end));
  if (areAdjacent(spans)) {
    return (await length(spans.at(-1)![1])) - (await length(spans[0]![0]));
  }
  let bits = 0;
  for (let i = 0; i < count; i++) {
    const [start, end] = spans[Math.floor(((i + 0.5) * spans.length) / count)]!;
    bits += (await length(end)) - (await length(start));
  }
  return (bits * spans.length) / Math.max(1, count);
}

function areAdjacent(spans: readonly Span[]): boolean {
  return spans.length > 0 && spans.every(([start], i) => i === 0 || start === spans[i - 1]![1]);
}
