// The central interfaces of zipdream: what a compressor offers to sampling and measurement. All
// lengths are in bits. This file has types only; the adapters are in readings/.

/** A value or a promise of it; generic callers await it. */
export type MaybePromise<T> = T | Promise<T>;

/** The part of AbortSignal that is used, so that these types also work where it is missing. */
export interface Abort {
  /** True once aborted. */
  readonly aborted: boolean;
  /** Throws its reason if it has. */
  throwIfAborted(): void;
  /** Registers a callback for the abort. */
  addEventListener(type: 'abort', listener: () => void, options: { once: true }): void;
}

/**
 * Returned bytes, in memory that is not shared, as `Blob`, `Response` and `crypto.subtle` require.
 * Bytes passed in may be in any kind of memory.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * A way to obtain a distribution from a compressor.
 *
 * - `recompress`: compress the context with every candidate and subtract (Delétang et al. 2023 §2).
 * - `exact`: the same difference to the last bit, from an incremental twin of the encoder.
 * - `decode`: the distribution a decoder gives to fair coin flips, P(x) = Σ 2^−|program|.
 */
export type Reading = 'recompress' | 'exact' | 'decode';

/** The smallest step of the code lengths of a reading. */
export type Resolution = 'byte' | 'bit' | 'fractional';

/** A source of uniform numbers in [0, 1): `createRandom(seed)`, never ambient. */
export type Random = () => number;

/** What the bytes of a context mean. */
export type Format = BytesFormat | ImageFormat | AudioFormat;

/** Plain bytes without further structure, such as text. */
export interface BytesFormat {
  /** Discriminant of the union. */
  readonly kind: 'bytes';
}

/** Pixels in raster order, one byte per channel. */
export interface ImageFormat {
  /** Discriminant of the union. */
  readonly kind: 'image';
  /** Pixels per row; a row is `width · channels` bytes. */
  readonly width: number;
  /** 1: grey; 3: red, green and blue. */
  readonly channels: 1 | 3;
}

/**
 * Interleaved samples in order of time. 8-bit samples are unsigned; wider ones are signed,
 * little-endian.
 */
export interface AudioFormat {
  /** Discriminant of the union. */
  readonly kind: 'audio';
  /** Frames per second: samples per second of each channel. */
  readonly sampleRate: number;
  /** 1: mono; 2: left and right. */
  readonly channels: 1 | 2;
  /** Width of a sample in bits: 8, 16 or 24. */
  readonly bitsPerSample: 8 | 16 | 24;
}

/** A model of the next bytes: code lengths in bits, conditional on everything pushed so far. */
export interface CodeLengthModel {
  /** Appends to the context; `push(a); push(b)` is the same as `push(ab)`. */
  push(bytes: Uint8Array): void;
  /**
   * As `push`, for bytes that were drawn from this model at a temperature. Present only if the
   * model treats drawn bytes differently from given ones: it learns less from them, or
   * `nextOverlapping` distinguishes them.
   */
  pushDrawn?(bytes: Uint8Array, temperature: number): void;
  /** An independent copy; later pushes to one do not affect the other. */
  fork(): CodeLengthModel;
  /** Ends the use of this model, whose memory the next one may get. Not required. */
  release?(): void;
  /** `out[b]` = Δ bits of each of the 256 possible next bytes; +Infinity where impossible. */
  next(out: Float64Array): MaybePromise<void>;
  /**
   * `out[b]` = −log2 P of each next byte given that a copy is in progress which covers at least the
   * last `overlap` bytes and continues with a byte that was not drawn; +Infinity for bytes that no
   * such copy continues with. If there is no such copy, the overlap is reduced to what the longest
   * copy covers; below two bytes the distribution is unconditional. Absent if the model does not
   * know copies; use `push` for all given bytes and `pushDrawn` for all drawn ones.
   *
   * @returns how many bytes the copy covers at least; 0 for the unconditional distribution.
   */
  nextOverlapping?(out: Float64Array, overlap: number): number;
  /**
   * Distances in bytes, nearest first, of the copies that `nextOverlapping` knows to cover the last
   * `covered` bytes and to continue with `byte`. Absent if `nextOverlapping` is.
   */
  sourcesOf?(byte: number, covered: number): readonly number[];
  /** Δ bits of each candidate, in the order given. */
  score(candidates: readonly Uint8Array[]): MaybePromise<Float64Array>;
  /**
   * −log2 P of one next byte, normalised over all 256. Present if cheaper than `next`. The context
   * is unchanged.
   */
  surprisal?(byte: number): MaybePromise<number>;
  /**
   * −log2 P of each of several bytes, each conditional on those before it. Present if cheaper in
   * one call than byte by byte; equal up to rounding to calling `surprisal` and `push` in turn. The
   * context is unchanged.
   */
  surprisals?(bytes: Uint8Array): MaybePromise<Float64Array>;
  /**
   * Δ bits of all 256 bytes at each position of `bytes`, conditional on the bytes before it; the
   * first is the result of `next`. Yields batches of positions in order, each valid until the next
   * one is requested. Present if cheaper in batches than one by one; equal up to rounding to calling
   * `next` and `push` in turn. The context is unchanged.
   */
  nexts?(bytes: Uint8Array): AsyncIterable<Float64Array>;
  /** Asynchronous preparation for `code`; called before each. */
  prepare?(): MaybePromise<void>;
  /** Codes the next byte as binary decisions, as `Predictor.code` does. */
  code?(coder: BitCoder, byte: number): number;
  /** See `Predictor.codesBits`. */
  readonly codesBits?: boolean;
  /** For a blend: the prediction of each member for the next byte. */
  memberPredictions?(): MaybePromise<MemberPredictions>;
  /** As `surprisals`, with the share of each member in each byte. */
  memberShares?(bytes: Uint8Array): MaybePromise<MemberShares>;
  /**
   * As `memberShares`, and appends the bytes, which is cheaper than `surprisals` or `memberShares`
   * followed by `push`. The model must not be used until the promise is settled.
   */
  pushShares?(bytes: Uint8Array): MaybePromise<MemberShares>;
}

/** The predictions of a blend's members for the next byte. */
export interface MemberPredictions {
  /** The weight of each member. */
  readonly weights: Float64Array;
  /** −log2 P of each of the 256 bytes under each member. */
  readonly bits: readonly Float64Array[];
}

/**
 * The share of each member of a blend in each of several bytes. Member i at byte j is at index j ·
 * members + i.
 */
export interface MemberShares {
  /** −log2 P of each byte under the blend. */
  readonly bits: Float64Array;
  /** The weight of each member before the byte. */
  readonly weights: Float64Array;
  /** The share of each member in the probability of the byte, 0 to 1; the shares sum to 1. */
  readonly shares: Float64Array;
}

/** One side of a binary arithmetic coder. */
export interface BitCoder {
  /**
   * Codes a bit that is 1 with probability `p1`. The encoder writes `bit` and returns it; the
   * decoder ignores `bit` and returns the bit it reads.
   */
  code(bit: number, p1: number): number;
}

/** A next-symbol distribution: `predict` fills −log2 P for every symbol, with Σ 2^−bits = 1. */
export interface Predictor {
  /** Number of symbols: 256 for bytes. */
  readonly alphabetSize: number;
  /** `out[s]` = −log2 P of each next symbol. The state is unchanged. */
  predict(out: Float64Array): MaybePromise<void>;
  /**
   * −log2 P of one symbol, equal to that of `predict` up to rounding. Present if cheaper than
   * `predict`. The state is unchanged.
   */
  surprisal?(symbol: number): number;
  /**
   * −log2 P of each of several symbols, each conditional on those before it. Present if cheaper in
   * one call than symbol by symbol; equal up to rounding to calling `predict` and `update` in turn.
   * Synchronous if there is a `surprisal`. The state is unchanged.
   */
  surprisals?(symbols: Uint8Array): MaybePromise<Float64Array>;
  /**
   * Codes the next symbol as a sequence of binary decisions and returns it. The product of their
   * probabilities is 2^−`surprisal` up to rounding. Present if cheaper than `predict`. A decoder
   * passes −1 as `symbol`, so each decision may depend only on the earlier answers of `coder`; an
   * encoder must ask for exactly the same decisions with the same probabilities. The state is
   * unchanged; `update` advances it.
   */
  code?(coder: BitCoder, symbol: number): number;
  /** True if `code` asks exactly for the eight bits of a byte, highest first. */
  readonly codesBits?: boolean;
  /** −log2 P of all symbols at each of several positions, as `CodeLengthModel.nexts`. */
  nexts?(symbols: Uint8Array): AsyncIterable<Float64Array>;
  /** Advances the state by a symbol that occurred. */
  update(symbol: number): void;
  /**
   * Advances the state by several symbols. Present if cheaper than calling `update` for each. The
   * state is the same as after those updates, unless the predictor documents how far the two
   * differ.
   */
  learn?(symbols: Uint8Array): void;
  /** See `CodeLengthModel.nextOverlapping`. */
  predictOverlapping?(out: Float64Array, overlap: number): number;
  /** See `CodeLengthModel.sourcesOf`. */
  sourcesOf?(symbol: number, covered: number): readonly number[];
  /** As `update`, for a symbol that was drawn; see `CodeLengthModel.pushDrawn`. */
  updateDrawn?(symbol: number, temperature: number): void;
  /** An independent copy; later updates to one do not affect the other. */
  fork(): Predictor;
  /** See `CodeLengthModel.release`. */
  release?(): void;
}

/**
 * Several contexts of the same length that advance together, each predicted as by a single
 * predictor of bytes.
 */
export interface LockstepModel {
  /** `out[256 · row + b]` = −log2 P of each next byte in each context. */
  predict(out: Float64Array): MaybePromise<void>;
  /** Asynchronous preparation for `code`; called before each step, instead of `predict`. */
  prepare?(): MaybePromise<void>;
  /** Codes the next byte of a context, as `Predictor.code` does. */
  code?(row: number, coder: BitCoder, byte: number): number;
  /** Appends a byte to each context. */
  update(bytes: Uint8Array): void;
}

/** The `decode` reading of several contexts at once. Present if cheaper than one by one. */
export interface Lockstep {
  /** Largest number of contexts that can advance together. */
  readonly rows: number;
  /**
   * Starts `rows` empty contexts. The last digits of a prediction may depend on the number of
   * contexts and on the position of the row, but not on the contents of other rows.
   */
  start(rows: number): LockstepModel;
}

/** One token of a codec, the unit its decoder reads in one step, or a token of a language model. */
export interface Token {
  /** A single byte, a copy, or a token of a language model. */
  readonly kind: 'literal' | 'match' | 'token';
  /** The bytes it decodes to: one for a literal, `length` of them for a match. */
  readonly bytes: Uint8Array;
  /** Distance of a match in bytes; present only for a match. */
  readonly distance?: number;
  /** −log2 of the probability with which it was drawn, at temperature 1. */
  readonly bits: number;
}

/** Draws whole tokens from the distribution that a `decode` reading sums over. */
export interface TokenSource {
  /** Draws a token given everything pushed and drawn so far, and appends its bytes. */
  draw(random: Random, temperature: number): MaybePromise<Token>;
  /** Appends given bytes. */
  push(bytes: Uint8Array): void;
  /** An independent copy. */
  fork(): TokenSource;
}

/**
 * A `decode` reading of sound by whole samples instead of bytes. Samples are signed and
 * interleaved. There are up to 2^24 possible values, so the distribution is never listed.
 */
export interface SampleModel {
  /** −log2 P of the next sample, normalised over all values; +Infinity for a value out of range. */
  surprisal(sample: number): number;
  /**
   * P of all samples below one that is in range or one past the highest, 0 to 1. Differences are
   * exact up to the rounding of numbers near 1.
   */
  below(sample: number): number;
  /** Appends samples that were given; it learns from them. */
  push(samples: Int32Array): void;
  /** Appends drawn samples without learning from them. */
  pushDrawn(samples: Int32Array): void;
  /** Returns a function that draws successive samples from here on; the model is unchanged. */
  sampler(random: Random, temperature: number): () => number;
  /** Of a blend: as `CodeLengthModel.memberShares`, sample by sample. */
  memberShares?(samples: Int32Array): MemberShares;
  /** An independent copy. */
  fork(): SampleModel;
}

/**
 * An opened compressor with its format bound. Opening is costly and may fail; starting is cheap.
 */
export interface Compressor {
  /** Name of its row, without options. */
  readonly name: string;
  /** The implementation that gives the code lengths and its version, such as `zlib 1.3.1`. */
  readonly version: string;
  /** Specs of the members of a blend, in order; absent for other compressors. */
  readonly members?: readonly string[];
  /** Available readings, best first; `start()` uses the first. */
  readonly readings: readonly Reading[];
  /** Resolution of `exact` if it is not a whole bit; a range coder has fractional bits. */
  readonly exactResolution?: Resolution;
  /** A model with an empty context. @throws RangeError for a reading it does not have. */
  start(reading?: Reading): CodeLengthModel;
  /** The `decode` reading of several contexts at once; used to code the chunks of a .zd file. */
  readonly lockstep?: Lockstep;
  /** The same distribution as the `decode` reading, by the codec's own tokens. */
  startTokens?(): TokenSource;
  /** The same distribution as the `decode` reading of sound, by whole samples. */
  startSamples?(): SampleModel;
  /**
   * Present if `codeLength` measures the data in the model's own tokens, as cut by its tokenizer,
   * while `decode` sums over all tokenisations and so codes it in fewer bits.
   */
  readonly codeLengthIn?: 'tokens';
  /**
   * Present if it compresses only multiples of this many bytes, such as whole rows, and does not
   * predict single bytes.
   */
  readonly wholeBytes?: number;
  /** Length of the compressed message in bits, without padding to a whole byte. */
  codeLength(data: Uint8Array): MaybePromise<number>;
  /** Compresses to its own file format; absent if the compressor only measures. */
  compress?(data: Uint8Array): MaybePromise<Bytes>;
  /** @throws CorruptDataError for anything that `compress` could not have written. */
  decompress?(data: Uint8Array, limits?: DecompressLimits): MaybePromise<Bytes>;
  /** Size of the parameters that a decoder needs besides the program, for the adjusted rate. */
  readonly modelBytes?: number;
  /**
   * SHA-256 of those parameters, 32 bytes: a .zd file written with other parameters is rejected.
   */
  readonly modelSha256?: Uint8Array;
}

/** Limits for decoding untrusted files. */
export interface DecompressLimits {
  /** Refuse to write more bytes than this (default 1 GiB), which bounds memory. */
  readonly maxBytes?: number;
}

/** The resolution of a reading's code lengths, for a compressor. */
export function resolutionOf(
  reading: Reading,
  { exactResolution = 'bit' }: Pick<Compressor, 'exactResolution'>,
): Resolution {
  if (reading === 'exact') return exactResolution;
  return reading === 'decode' ? 'fractional' : 'byte';
}
