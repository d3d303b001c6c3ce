// Combines a predictor with an arithmetic coder. Each symbol is coded with its predicted
// probability, through the predictor's own binary decisions if it has them, otherwise with
// frequencies quantised to 2^24. The decoder runs the same predictor on the decoded symbols, so
// both use identical probabilities.

import { BYTES } from '../bits/bytes.js';
import { quantiseBits } from '../engines/arithmetic/quantise.js';
import { RangeDecoder, RangeEncoder } from '../engines/arithmetic/range-coder.js';
import { expectInteger } from '../expect.js';
import type { BitCoder, Bytes, CodeLengthModel, MaybePromise, Predictor } from '../types.js';

/**
 * The part of a predictor that the coder needs. −log2 P may be off by a constant: the coder
 * normalises.
 */
export type SymbolModel = Pick<Predictor, 'alphabetSize' | 'predict' | 'code' | 'update'> &
  Pick<CodeLengthModel, 'prepare'>;

/** Options common to encoding and decoding. */
export interface CodingOptions {
  /** Called regularly with the number of symbols done; awaited. May throw to stop. */
  readonly onProgress?: ((done: number) => MaybePromise<void>) | undefined;
}

/**
 * Frequencies sum to 2^24; keeping all 256 symbols possible costs at most 2.2e-5 bits per symbol.
 */
const LEAST_TOTAL_BITS = 24;
const MOST_TOTAL_BITS = 32;
/** Large alphabets get 2^8 per symbol, within the limit of 32 bits. */
const SPARE_BITS = 8;
/** Symbols between two progress reports. */
const STRIDE = 256;

/**
 * Compresses symbols of the predictor's alphabet. Takes ownership of the predictor; give
 * `decodeSymbols` another one in the same state.
 */
export async function encodeSymbols(
  predictor: SymbolModel,
  symbols: ArrayLike<number>,
  { onProgress }: CodingOptions = {},
): Promise<Bytes> {
  const encoder = new RangeEncoder(symbols.length >> 1);
  const encode = predictor.code
    ? binaryEncoder(predictor, encoder)
    : frequencyEncoder(predictor, encoder);
  for (let i = 0; i < symbols.length; i++) {
    const pending = encode(symbols[i]!);
    if (pending) await pending;
    predictor.update(symbols[i]!);
    if (onProgress && i % STRIDE === STRIDE - 1) {
      const pause = onProgress(i + 1);
      if (pause) await pause;
    }
  }
  return encoder.finish();
}

/**
 * Decompresses as many symbols as `out` holds. Corrupt input gives wrong symbols, not an error; use
 * a checksum to detect it.
 */
export async function decodeSymbols(
  predictor: SymbolModel,
  bytes: Uint8Array,
  out: { readonly length: number; [index: number]: number },
  { onProgress }: CodingOptions = {},
): Promise<void> {
  const decoder = new RangeDecoder(bytes);
  const decode = predictor.code
    ? binaryDecoder(predictor, decoder)
    : frequencyDecoder(predictor, decoder);
  for (let i = 0; i < out.length; i++) {
    const decoded = decode();
    const symbol = typeof decoded === 'number' ? decoded : await decoded;
    out[i] = symbol;
    predictor.update(symbol);
    if (onProgress && i % STRIDE === STRIDE - 1) {
      const pause = onProgress(i + 1);
      if (pause) await pause;
    }
  }
}

/** Codes `symbols` with a fresh predictor; `decodeWithPredictor` is the inverse. */
export function encodeWithPredictor(
  start: () => SymbolModel,
  symbols: ArrayLike<number>,
): Promise<Bytes> {
  return encodeSymbols(start(), symbols);
}

/** Decodes `count` symbols that `encodeWithPredictor` wrote with the same `start`. */
export async function decodeWithPredictor(
  start: () => SymbolModel,
  bytes: Uint8Array,
  count: number,
): Promise<Uint32Array> {
  expectInteger('count', count, { min: 0, max: 2 ** 30 });
  const symbols = new Uint32Array(count);
  await decodeSymbols(start(), bytes, symbols);
  return symbols;
}

/** Any reading of a compressor as a model of the next byte; P ∝ 2^−Δ, normalised. */
export function byteSymbols(model: CodeLengthModel): SymbolModel {
  return {
    alphabetSize: 256,
    predict: (out) => model.next(out),
    ...(model.prepare && { prepare: () => model.prepare!() }),
    ...(model.code && { code: (coder: BitCoder, byte: number) => model.code!(coder, byte) }),
    update: (symbol) => model.push(BYTES[symbol]!),
  };
}

type EncodeSymbol = (symbol: number) => MaybePromise<void>;
type DecodeSymbol = () => MaybePromise<number>;

export function bitEncoder(encoder: RangeEncoder): BitCoder {
  return {
    code(bit, p1) {
      encoder.encodeBit(bit, p1);
      return bit;
    },
  };
}

export function bitDecoder(decoder: RangeDecoder): BitCoder {
  return { code: (_bit, p1) => decoder.decodeBit(p1) };
}

function binaryEncoder(predictor: SymbolModel, encoder: RangeEncoder): EncodeSymbol {
  const coder = bitEncoder(encoder);
  const encode = (symbol: number): void => {
    predictor.code!(coder, symbol);
  };
  if (!predictor.prepare) return encode;
  return (symbol) => {
    const pending = predictor.prepare!();
    return pending ? pending.then(() => encode(symbol)) : encode(symbol);
  };
}

function binaryDecoder(predictor: SymbolModel, decoder: RangeDecoder): DecodeSymbol {
  const coder = bitDecoder(decoder);
  const decode = (): number => predictor.code!(coder, -1);
  if (!predictor.prepare) return decode;
  return () => {
    const pending = predictor.prepare!();
    return pending ? pending.then(decode) : decode();
  };
}

/** Codes symbols with quantised frequencies of the whole alphabet, in reused buffers. */
export class FrequencyCoder {
  readonly #totalBits: number;
  readonly #frequencies: Uint32Array;
  readonly #scratch: Float64Array;

  constructor(alphabetSize: number) {
    expectInteger('alphabetSize', alphabetSize, { min: 1, max: 2 ** (MOST_TOTAL_BITS - 1) });
    const wanted = Math.ceil(Math.log2(alphabetSize)) + SPARE_BITS;
    this.#totalBits = Math.min(Math.max(wanted, LEAST_TOTAL_BITS), MOST_TOTAL_BITS);
    this.#frequencies = new Uint32Array(alphabetSize);
    this.#scratch = new Float64Array(alphabetSize);
  }

  /** `bits[s]` = −log2 P of each symbol, up to a constant. */
  encode(encoder: RangeEncoder, bits: Float64Array, symbol: number): void {
    const frequencies = this.#quantise(bits);
    let low = 0;
    for (let s = 0; s < symbol; s++) low += frequencies[s]!;
    encoder.encodeShift(low, frequencies[symbol]!, this.#totalBits);
  }

  decode(decoder: RangeDecoder, bits: Float64Array): number {
    const frequencies = this.#quantise(bits);
    const target = decoder.decodeTargetShift(this.#totalBits);
    let symbol = 0;
    let low = 0;
    while (target - low >= frequencies[symbol]!) low += frequencies[symbol++]!;
    decoder.consume(low, frequencies[symbol]!, 2 ** this.#totalBits);
    return symbol;
  }

  #quantise(bits: Float64Array): Uint32Array {
    return quantiseBits(bits, 2 ** this.#totalBits, this.#frequencies, this.#scratch);
  }
}

function frequencyEncoder(predictor: SymbolModel, encoder: RangeEncoder): EncodeSymbol {
  const coder = new FrequencyCoder(predictor.alphabetSize);
  const bits = new Float64Array(predictor.alphabetSize);
  return (symbol) => {
    const pending = predictor.predict(bits);
    if (pending) return pending.then(() => coder.encode(encoder, bits, symbol));
    return coder.encode(encoder, bits, symbol);
  };
}

function frequencyDecoder(predictor: SymbolModel, decoder: RangeDecoder): DecodeSymbol {
  const coder = new FrequencyCoder(predictor.alphabetSize);
  const bits = new Float64Array(predictor.alphabetSize);
  return () => {
    const pending = predictor.predict(bits);
    return pending ? pending.then(() => coder.decode(decoder, bits)) : coder.decode(decoder, bits);
  };
}
