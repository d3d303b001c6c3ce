// Codes the chunks of a .zd file, each from an empty context: one after another, or in groups of
// equal size in lockstep if the compressor has a lockstep model.

import { RangeDecoder, RangeEncoder } from '../engines/arithmetic/range-coder.js';
import type { Compressor, LockstepModel, MaybePromise, Reading } from '../types.js';
import {
  bitDecoder,
  bitEncoder,
  byteSymbols,
  decodeSymbols,
  encodeSymbols,
  FrequencyCoder,
} from './symbols.js';

/** Called with the bytes of a group done so far; awaited. May throw to stop. */
type GroupProgress = ((done: number) => MaybePromise<void>) | undefined;

/** Codes up to `size` chunks at once. */
interface ChunkCoder {
  readonly size: number;
  /** The payload of each chunk. */
  encode(contents: readonly Uint8Array[], onProgress: GroupProgress): Promise<Uint8Array[]>;
  /** Fills each of `contents` from its payload. Lost chunks stay in place with empty payloads. */
  decode(
    payloads: readonly Uint8Array[],
    contents: readonly Uint8Array[],
    onProgress: GroupProgress,
  ): Promise<void>;
}

/**
 * Chooses how a file of `count` chunks is coded; the decoder makes the same choice. Uses as few
 * groups as the compressor allows, of sizes as equal as possible.
 *
 * @throws RangeError for a reading that the compressor does not have.
 */
export function chunkCoder(compressor: Compressor, reading: Reading, chunks: number): ChunkCoder {
  compressor.start(reading);
  const lockstep = reading === 'decode' ? compressor.lockstep : undefined;
  if (!lockstep) return oneByOne(compressor, reading);
  const groups = Math.ceil(chunks / lockstep.rows);
  const size = groups === 0 ? 1 : Math.ceil(chunks / groups);
  return {
    size,
    encode: (contents, onProgress) =>
      encodeTogether(lockstep.start(size), size, contents, onProgress),
    decode: (payloads, contents, onProgress) =>
      decodeTogether(lockstep.start(size), size, payloads, contents, onProgress),
  };
}

function oneByOne(compressor: Compressor, reading: Reading): ChunkCoder {
  return {
    size: 1,
    async encode([contents], onProgress) {
      const model = compressor.start(reading);
      const payload = await encodeSymbols(byteSymbols(model), contents!, { onProgress });
      model.release?.();
      return [payload];
    },
    async decode([payload], [contents], onProgress) {
      const model = compressor.start(reading);
      await decodeSymbols(byteSymbols(model), payload!, contents!, { onProgress });
      model.release?.();
    },
  };
}

async function encodeTogether(
  model: LockstepModel,
  size: number,
  contents: readonly Uint8Array[],
  onProgress: GroupProgress,
): Promise<Uint8Array[]> {
  const encoders = contents.map(({ length }) => new RangeEncoder(length >> 1));
  const coder = new FrequencyCoder(256);
  const bitCoders = encoders.map(bitEncoder);
  await stepTogether(model, size, contents, onProgress, (row, i, bits) => {
    const byte = contents[row]![i]!;
    if (model.code) model.code(row, bitCoders[row]!, byte);
    else coder.encode(encoders[row]!, bits, byte);
  });
  return encoders.map((encoder) => encoder.finish());
}

async function decodeTogether(
  model: LockstepModel,
  size: number,
  payloads: readonly Uint8Array[],
  contents: readonly Uint8Array[],
  onProgress: GroupProgress,
): Promise<void> {
  const decoders = payloads.map((payload) => new RangeDecoder(payload));
  const coder = new FrequencyCoder(256);
  const bitCoders = decoders.map(bitDecoder);
  await stepTogether(model, size, contents, onProgress, (row, i, bits) => {
    contents[row]![i] = model.code
      ? model.code(row, bitCoders[row]!, -1)
      : coder.decode(decoders[row]!, bits);
  });
}

/** Approximate number of bytes between two progress reports. */
const STRIDE = 256;

/** Codes byte `i` of every chunk, then byte `i + 1`; shorter chunks are padded with zeros. */
async function stepTogether(
  model: LockstepModel,
  size: number,
  contents: readonly Uint8Array[],
  onProgress: GroupProgress,
  code: (row: number, i: number, bits: Float64Array) => void,
): Promise<void> {
  const all = new Float64Array(256 * size);
  const rows = contents.map((_, row) => all.subarray(256 * row, 256 * row + 256));
  const bytes = new Uint8Array(size);
  const longest = contents.reduce((most, { length }) => Math.max(most, length), 0);
  const stride = Math.ceil(STRIDE / size);
  for (let i = 0; i < longest; i++) {
    const pending = model.code ? model.prepare?.() : model.predict(all);
    if (pending) await pending;
    for (let row = 0; row < rows.length; row++) {
      if (i < contents[row]!.length) code(row, i, rows[row]!);
      bytes[row] = contents[row]![i] ?? 0;
    }
    model.update(bytes);
    if (onProgress && i % stride === stride - 1) {
      const pause = onProgress(contents.reduce((sum, c) => sum + Math.min(c.length, i + 1), 0));
      if (pause) await pause;
    }
  }
}
