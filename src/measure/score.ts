// Scores data under a compressor's reading, byte by byte, beside the compressor's own marginal code
// length. The difference is the conversion loss: what turning the compressor into a distribution
// over the next byte cost (≤ 0: nothing).

import { expectBytes, expectInteger } from '../expect.js';
import type { Carried, CodeLengthModel, Compressor, MaybePromise, Reading } from '../types.js';
import { surprisal } from './surprisal.js';

/** Bytes that a model with `surprisals` is asked for at once. */
const BATCH = 2 ** 14;

/** What `score` looks at: the reading, the chunks, and who hears of it. */
export interface ScoreOptions {
  /** The compressor's best, if left out. */
  readonly reading?: Reading | undefined;
  /** Bytes in a chunk, each a fresh context; the whole data, if left out. */
  readonly chunk?: number | undefined;
  /** Bytes at the start of each chunk that prime the context and are not scored (default 0). */
  readonly from?: number | undefined;
  /** Bytes to score at most, over all chunks. */
  readonly limit?: number | undefined;
  /** The time in ms, for `msPerByte`. */
  readonly clock?: (() => number) | undefined;
  /** Hears of each scored byte: its surprisal in bits and its place in the data. */
  readonly onByte?: ((byte: number, bits: number, index: number) => void) | undefined;
  /** Of a blend, hears of each scored byte how much each member weighed and carried. */
  readonly onCarried?:
    | ((index: number, weights: Float64Array, shares: Float64Array) => void)
    | undefined;
  /** Hears after each scored byte how many of how many are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What `score` has measured; all lengths in bits, rates in bits per scored byte. */
export interface ScoreResult {
  /** Its name, without options. */
  readonly compressor: string;
  /** The implementation and its version, as `Compressor.version` says. */
  readonly version: string;
  /** The reading that was scored. */
  readonly reading: Reading;
  /** Chunks of which at least one byte was scored. */
  readonly chunks: number;
  /** Scored bytes. */
  readonly bytes: number;
  /** Σ −log2 P(byte | bytes before it in the chunk), with P normalised over all 256. */
  readonly bits: number;
  /** `bits` for each scored byte; 0 if there are none. */
  readonly bpb: number;
  /** Σ L(chunk) − L(its first `from` bytes): the compressor's own bits for what was scored. */
  readonly codeLengthBits: number;
  /** As the compressor says of its `codeLength`. */
  readonly codeLengthIn?: 'tokens';
  /** (bits − codeLengthBits) for each scored byte; 0 if there are none. */
  readonly conversionLoss: number;
  /** Time in `next` (or `surprisal`) and `push` for each scored byte, priming left out; 0 without a clock. */
  readonly msPerByte: number;
}

/**
 * Scores bytes [from, chunk) of every chunk. A short last chunk counts if it is longer than `from`;
 * where `limit` cuts a chunk, its code length is that of the bytes before the cut.
 *
 * @throws TypeError or RangeError for an option out of range or a reading that is not there.
 */
export async function score(
  compressor: Compressor,
  data: Uint8Array,
  options: ScoreOptions = {},
): Promise<ScoreResult> {
  expectBytes('data', data);
  const { reading = compressor.readings[0]!, from = 0, clock = () => 0 } = options;
  const chunks = planChunks(data.length, options);
  const total = chunks.reduce((sum, { start, end }) => sum + end - start - from, 0);
  const sameAsRead = compressor.isPredictor && reading === 'decode';
  let bytes = 0;
  let bits = 0;
  let codeLengthBits = 0;
  let ms = 0;
  const note = (index: number, byteBits: number): void => {
    bits += byteBits;
    bytes++;
    options.onByte?.(data[index]!, byteBits, index);
    options.onProgress?.(bytes, total);
  };
  for (const { start, end } of chunks) {
    const model = compressor.start(reading);
    model.push(data.subarray(start, start + from));
    const scored = data.subarray(start + from, end);
    ms += await pushMeasuring(
      model,
      scored,
      (i, byteBits) => note(start + from + i, byteBits),
      clock,
      options.onCarried &&
        ((i, weights, shares) => options.onCarried!(start + from + i, weights, shares)),
    );
    if (sameAsRead) continue;
    codeLengthBits += await compressor.codeLength(data.subarray(start, end));
    codeLengthBits -= await compressor.codeLength(data.subarray(start, start + from));
  }
  if (sameAsRead) codeLengthBits = bits;
  const perByte = (sum: number): number => (bytes === 0 ? 0 : sum / bytes);
  return {
    compressor: compressor.name,
    version: compressor.version,
    reading,
    chunks: chunks.length,
    bytes,
    bits,
    bpb: perByte(bits),
    codeLengthBits,
    ...(compressor.codeLengthIn && { codeLengthIn: compressor.codeLengthIn }),
    conversionLoss: perByte(bits - codeLengthBits),
    msPerByte: perByte(ms),
  };
}

/**
 * Pushes bytes to a model and hears of the surprisal of each, in bits, before it was pushed.
 *
 * @returns the time that the model took, by the clock.
 */
export async function pushMeasuring(
  model: CodeLengthModel,
  data: Uint8Array,
  note: (index: number, bits: number) => void,
  clock: () => number = () => 0,
  onCarried?: (index: number, weights: Float64Array, shares: Float64Array) => void,
): Promise<number> {
  const lengths = new Float64Array(256);
  const carries = onCarried !== undefined && model.carried !== undefined;
  const stride = carries || model.surprisals ? BATCH : 1;
  let ms = 0;
  for (let i = 0; i < data.length; i += stride) {
    const piece = data.subarray(i, i + stride);
    const before = clock();
    let bits: MaybePromise<number | Float64Array>;
    if (carries) {
      const carried = await model.carried!(piece);
      bits = carried.bits;
      noteCarried(carried, i, onCarried);
    } else if (model.surprisals) {
      bits = await model.surprisals(piece);
    } else if (model.surprisal) {
      bits = model.surprisal(piece[0]!);
      if (typeof bits !== 'number') bits = await bits;
    } else {
      const pending = model.next(lengths);
      if (pending) await pending;
      bits = surprisal(lengths, piece[0]!);
    }
    model.push(piece);
    ms += clock() - before;
    if (typeof bits === 'number') note(i, bits);
    else for (let j = 0; j < piece.length; j++) note(i + j, bits[j]!);
  }
  return ms;
}

function noteCarried(
  { bits, weights, shares }: Carried,
  from: number,
  onCarried: (index: number, weights: Float64Array, shares: Float64Array) => void,
): void {
  const members = weights.length / bits.length;
  for (let i = 0; i < bits.length; i++) {
    const [at, end] = [members * i, members * (i + 1)];
    onCarried(from + i, weights.subarray(at, end), shares.subarray(at, end));
  }
}

/** The chunks with something to score, [start, end) each, the last cut where `limit` ends. */
function planChunks(
  length: number,
  { chunk, from = 0, limit = Infinity }: ScoreOptions,
): { start: number; end: number }[] {
  if (chunk !== undefined) expectInteger('chunk', chunk, { min: 1 });
  expectInteger('from', from, { min: 0, max: chunk === undefined ? Infinity : chunk - 1 });
  if (limit !== Infinity) expectInteger('limit', limit, { min: 0 });
  const step = chunk ?? Math.max(length, 1);
  const chunks = [];
  let left = limit;
  for (let start = 0; start + from < length && left > 0; start += step) {
    const end = Math.min(start + step, length, start + from + left);
    chunks.push({ start, end });
    left -= end - start - from;
  }
  return chunks;
}
