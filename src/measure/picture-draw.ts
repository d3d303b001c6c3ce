// Draws what is missing of a picture, and measures what truly is there: pixels in raster order, the
// given part of each row pushed before the rest of it. In the paper's protocol (Delétang et al. 2023
// §3.4) each row is alone.

import type { Picture } from '../engines/png/picture.js';
import type { GivenPart } from '../modality/image-given.js';
import { generate } from '../sampling/generate.js';
import { modelPredictor, updateDrawn } from '../sampling/proposals.js';
import { generateSpans } from '../sampling/spans.js';
import type { Warps } from '../sampling/warps.js';
import type { CodeLengthModel, Compressor, MaybePromise, Random, Reading } from '../types.js';
import { surprisal } from './surprisal.js';

/** A way through a picture with a compressor. */
export interface Course {
  readonly compressor: Compressor;
  readonly reading: Reading;
  readonly picture: Picture;
  readonly part: GivenPart;
  readonly protocol?: 'paper' | undefined;
  /** Hears after each byte how many are done, and is waited for; `true` ends it. */
  readonly onByte?: (done: number) => MaybePromise<boolean | undefined> | undefined;
}

export interface Drawn {
  /** Mid-grey where nothing was drawn, as the work was ended. */
  readonly picture: Picture;
  /** Bytes that were drawn. */
  readonly bytes: number;
  /** −log2 P of them under the model itself. */
  readonly bits: number;
}

const NOT_DRAWN = 128;

/** A copy of the picture, mid-grey where it is not given. */
export function givenCanvas({ picture, part }: Pick<Course, 'picture' | 'part'>): Picture {
  const { width, height, channels } = picture;
  const pixels = picture.pixels.slice();
  for (let y = part.rows; y < height; y++) {
    pixels.fill(NOT_DRAWN, (y * width + part.columns) * channels, (y + 1) * width * channels);
  }
  return { ...picture, pixels };
}

/** Draws by spans: candidates for so many bytes, or for the rest of the row if that is less. */
export interface SpansOfRows {
  readonly span: number;
  readonly candidates: number;
  /** Candidates are drawn from it; it has seen nothing yet, and is taken over. */
  readonly proposal: CodeLengthModel;
  readonly beta?: number | undefined;
}

/** As `drawPicture`, whole spans of rows at once: what black boxes can do. */
export async function drawPictureBySpans(
  course: Course,
  canvas: Picture,
  random: Random,
  { proposal: proposer, ...settings }: SpansOfRows,
): Promise<Drawn> {
  const { pixels } = canvas;
  const proposal = modelPredictor(proposer);
  let known = 0;
  let bytes = 0;
  let bits = 0;
  await alongRows(course, async (model, start, end) => {
    while (known < start) proposal.update(pixels[known++]!);
    const options = { ...settings, proposal, random, length: end - start };
    for await (const step of generateSpans(model, options)) {
      pixels.set(step.bytes, start + step.index);
      for (const byte of step.bytes) updateDrawn(proposal, byte);
      known += step.bytes.length;
      bytes += step.bytes.length;
      bits += step.bits;
      if (await course.onByte?.(bytes)) return true;
    }
    return false;
  });
  return { picture: canvas, bytes, bits };
}

/** @param canvas where it is drawn, from `givenCanvas`; it can be watched meanwhile. */
export async function drawPicture(
  course: Course,
  canvas: Picture,
  random: Random,
  warps: Warps,
): Promise<Drawn> {
  const { pixels } = canvas;
  let bytes = 0;
  let bits = 0;
  await alongRows(course, async (model, start, end) => {
    let at = start;
    for await (const step of generate(model, { ...warps, length: end - start, random })) {
      pixels[at++] = step.byte;
      bytes++;
      bits += step.bits;
      if (await course.onByte?.(bytes)) return true;
    }
    return false;
  });
  return { picture: canvas, bytes, bits };
}

export interface Measured {
  /** −log2 P of each byte that is not given, in raster order. */
  readonly surprisals: Float64Array;
  /** Their sum, and their mean: bits per pixel and channel. */
  readonly bits: number;
  readonly bpd: number;
}

/** Measures what truly is there, each byte after the true ones before it. */
export async function measurePicture(course: Course): Promise<Measured> {
  const { pixels } = course.picture;
  const surprisals: number[] = [];
  const lengths = new Float64Array(256);
  await alongRows(course, async (model, start, end) => {
    const bytes = pixels.subarray(start, end);
    if (model.surprisals) {
      for (const bits of await model.surprisals(bytes)) surprisals.push(bits);
      model.push(bytes);
      return (await course.onByte?.(surprisals.length)) ?? false;
    }
    for (const byte of bytes) {
      if (model.surprisal) surprisals.push(await model.surprisal(byte));
      else {
        await model.next(lengths);
        surprisals.push(surprisal(lengths, byte));
      }
      model.push(Uint8Array.of(byte));
      if (await course.onByte?.(surprisals.length)) return true;
    }
    return false;
  });
  const bits = surprisals.reduce((sum, b) => sum + b, 0);
  return { surprisals: Float64Array.from(surprisals), bits, bpd: bits / (surprisals.length || 1) };
}

/** Visits what is not given of each row, with a model that was given all before it. */
async function alongRows(
  course: Course,
  visit: (model: CodeLengthModel, start: number, end: number) => Promise<boolean>,
): Promise<void> {
  const { part, protocol } = course;
  const { width, height, channels, pixels } = course.picture;
  const size = width * channels;
  let { model, at } = modelAt(course, part.rows);
  for (let y = part.rows; y < height; y++) {
    if (y > part.rows) {
      if (protocol === 'paper') ({ model, at } = modelAt(course, y));
      else model.push(pixels.subarray(y * size, (at += size)));
    }
    if (await visit(model, at, (y + 1) * size)) return;
  }
}

/** A model that was given what it is of the picture up to the first byte of row `y` to be drawn. */
export function modelAt(
  { compressor, reading, picture, part, protocol }: Course,
  y: number,
): { model: CodeLengthModel; at: number } {
  const size = picture.width * picture.channels;
  const model = compressor.start(reading);
  const at = y * size + part.columns * picture.channels;
  model.push(picture.pixels.subarray(protocol === 'paper' ? y * size : 0, at));
  return { model, at };
}

/** Rows of which the compressor's own length is measured, evenly spread. */
const MEASURED_ROWS = 16;

/**
 * The compressor's own bits for what is not given: Σ over rows of L(all to the row's end) − L(all to
 * where it is no longer given). Measured on some rows: of the others it is taken to be in the same
 * proportion to what was measured of all. Undefined where they are those of its best reading by
 * definition.
 */
export async function ownLength(
  course: Course,
  { surprisals, bits: allBits }: Measured,
  measuredRows = MEASURED_ROWS,
): Promise<number | undefined> {
  const { compressor, picture, part, protocol } = course;
  const size = picture.width * picture.channels;
  const length = async (start: number, end: number): Promise<number> =>
    compressor.codeLength(picture.pixels.subarray(start, end));
  if (!compressor.compress) return undefined;
  if (part.columns === 0 && protocol !== 'paper') {
    return (await length(0, picture.height * size)) - (await length(0, part.rows * size));
  }
  const rows = picture.height - part.rows;
  const count = Math.min(rows, measuredRows);
  const missing = size - part.columns * picture.channels;
  let bits = 0;
  let sameBits = 0;
  for (let i = 0; i < count; i++) {
    const row = Math.floor(((i + 0.5) * rows) / count);
    const y = part.rows + row;
    const start = protocol === 'paper' ? y * size : 0;
    bits += await length(start, (y + 1) * size);
    bits -= await length(start, (y + 1) * size - missing);
    for (let j = row * missing; j < (row + 1) * missing; j++) sameBits += surprisals[j]!;
    if (await course.onByte?.(0)) break;
  }
  return count === rows || sameBits === 0 ? bits : bits * (allBits / sameBits);
}
