// The waist of zipdream and its neighbours: what a compressor offers to samplers and measures.
// All lengths are in bits. Nothing here is implemented; see readings/ for the adapters.

/** A value now or later; whoever calls generically awaits it. */
export type MaybePromise<T> = T | Promise<T>;

/** What is used of an AbortSignal, so that these types also serve where there is none. */
export interface Abort {
  /** Whether it has aborted. */
  readonly aborted: boolean;
  /** Throws its reason if it has. */
  throwIfAborted(): void;
  /** Calls back when it does. */
  addEventListener(type: 'abort', listener: () => void, options: { once: true }): void;
}

/**
 * Bytes that are returned: on memory that is not shared, which `Blob`, `Response` and
 * `crypto.subtle` ask for. Bytes that are taken may lie anywhere.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * A way to get a distribution out of a compressor.
 *
 * - `recompress`: compress the context with every candidate and subtract (Delétang et al. 2023 §2).
 * - `exact`: the same difference to the last bit, from an incremental twin of the encoder.
 * - `decode`: the distribution a decoder gives to fair coin flips, P(x) = Σ 2^−|program|.
 */
export type Reading = 'recompress' | 'exact' | 'decode';

/** The smallest step of a reading's code lengths. */
export type Resolution = 'byte' | 'bit' | 'fractional';

/** A source of uniform numbers in [0, 1): `createRandom(seed)`, never ambient. */
export type Random = () => number;

/** What the bytes of a context mean. */
export type Format = BytesFormat | ImageFormat | AudioFormat;

/** Bytes that mean nothing in particular: text, say. */
export interface BytesFormat {
  /** Tells formats apart. */
  readonly kind: 'bytes';
}

/** Pixels row by row from the top, left to right, one byte per channel. */
export interface ImageFormat {
  /** Tells formats apart. */
  readonly kind: 'image';
  /** Pixels in a row; a row is `width · channels` bytes. */
  readonly width: number;
  /** Grey, or red, green and blue. */
  readonly channels: 1 | 3;
}

/**
 * Samples in the order of time, those of one moment channel by channel. Samples of 8 bits are
 * unsigned; wider ones are signed, little-endian.
 */
export interface AudioFormat {
  /** Tells formats apart. */
  readonly kind: 'audio';
  /** Moments a second. */
  readonly sampleRate: number;
  /** Mono, or left and right. */
  readonly channels: 1 | 2;
  /** 8, 16 or 24: how wide a sample is. */
  readonly bitsPerSample: 8 | 16 | 24;
}

/** THE WAIST. Code lengths in bits, conditional on everything pushed so far. */
export interface CodeLengthModel {
  /** Appends to the context; `push(a); push(b)` is the same as `push(ab)`. */
  push(bytes: Uint8Array): void;
  /**
   * As `push`, of bytes that were drawn from this model at a temperature, where the model learns
   * less from those, or otherwise, than from given ones, or tells them apart as `nextOverlapping`
   * does; left out where it does not.
   */
  pushDrawn?(bytes: Uint8Array, temperature: number): void;
  /** A copy that can go its own way; neither sees what the other pushes afterwards. */
  fork(): CodeLengthModel;
  /** `out[b]` = Δ bits of each of the 256 next bytes; +Infinity where impossible. */
  next(out: Float64Array): MaybePromise<void>;
  /**
   * `out[b]` = −log2 P of each next byte given that a copy is under way which covers at least
   * `overlap` of the last bytes and goes on with a byte that was not drawn, +Infinity where none
   * does. If there is no such copy it is as many bytes as the longest covers, and without two of
   * them no condition at all. Left out where the model knows of no copies; `push` all that is
   * given, `pushDrawn` all that is drawn.
   *
   * @returns how many bytes the copy covers at least; 0 without condition.
   */
  nextOverlapping?(out: Float64Array, overlap: number): MaybePromise<number>;
  /**
   * How far back the copies are that `nextOverlapping` knows to cover `covered` of the last bytes
   * and to go on with `byte`, in bytes, nearest first. Left out with it.
   */
  sourcesOf?(byte: number, covered: number): readonly number[];
  /** Δ bits of each continuation, in the order given. */
  score(candidates: readonly Uint8Array[]): MaybePromise<Float64Array>;
  /**
   * −log2 P of one next byte, normalised over all 256, where that is cheaper than `next`; left out
   * where it is not. The context stays as it is.
   */
  surprisal?(byte: number): MaybePromise<number>;
  /**
   * −log2 P of each of some bytes, each after those before it, where many at once are cheaper than
   * one by one; up to rounding what `surprisal` and `push` would say in turn. The context stays as
   * it is.
   */
  surprisals?(bytes: Uint8Array): MaybePromise<Float64Array>;
  /**
   * The Δ bits of all 256 bytes at each of some places, after the bytes before it: the first is what
   * `next` says. Some places at a time, one after the other, where many at once are cheaper than one
   * by one; up to rounding what `next` and `push` would say in turn. The context stays as it is.
   */
  nexts?(bytes: Uint8Array): AsyncIterable<Float64Array>;
  /** What `code` needs that has to be waited for; asked before each. */
  prepare?(): MaybePromise<void>;
  /** Codes the next byte in binary decisions, as `Predictor.code` does. */
  code?(coder: BitCoder, byte: number): number;
  /** As of `Predictor`. */
  readonly codesBits?: boolean;
  /** Of a blend: what its members say of the next byte, each for itself. */
  voices?(): MaybePromise<Voices>;
  /** As `surprisals`, with the part that each member had in each byte. */
  carried?(bytes: Uint8Array): MaybePromise<Carried>;
}

/** What the members of a blend say of the next byte. */
export interface Voices {
  /** The weight of each. */
  readonly weights: Float64Array;
  /** −log2 P of each of the 256 bytes, by each. */
  readonly bits: readonly Float64Array[];
}

/** Who carried each of some bytes through a blend. Of member i at byte j at place j · members + i. */
export interface Carried {
  /** −log2 P of each byte by the blend. */
  readonly bits: Float64Array;
  /** The weight of each member before the byte. */
  readonly weights: Float64Array;
  /** The part of each member in what the byte was given, 0 to 1, in all 1. */
  readonly shares: Float64Array;
}

/** One side of a binary arithmetic coder. */
export interface BitCoder {
  /**
   * Codes a bit that is 1 with probability `p1`. The encoder writes `bit` and returns it; the
   * decoder takes no notice of `bit` and returns the one that it reads.
   */
  code(bit: number, p1: number): number;
}

/** A next-symbol distribution: `predict` fills −log2 P for every symbol, with Σ 2^−bits = 1. */
export interface Predictor {
  /** How many symbols there are: 256 for bytes. */
  readonly alphabetSize: number;
  /** `out[s]` = −log2 P of each next symbol. The state stays as it is. */
  predict(out: Float64Array): MaybePromise<void>;
  /**
   * −log2 P of one symbol, what `predict` would say of it up to rounding, where that is cheaper
   * than `predict`; left out where it is not. The state stays as it is.
   */
  surprisal?(symbol: number): number;
  /**
   * −log2 P of each of some symbols, each after those before it, where many at once are cheaper
   * than one by one; what `predict` and `update` would say in turn, up to rounding. The state stays
   * as it is.
   */
  surprisals?(symbols: Uint8Array): MaybePromise<Float64Array>;
  /**
   * Codes the next symbol by a chain of binary decisions, the probabilities of which multiply to
   * what `surprisal` says of it up to rounding, and returns it; left out where `predict` is no
   * dearer. In a decoder `symbol` is −1: the answers of `coder` alone may then decide what is asked
   * next, and in an encoder the same answers must lead to the same questions, to the last digit.
   * The state stays as it is; `update` goes on.
   */
  code?(coder: BitCoder, symbol: number): number;
  /** Whether `code` asks for the eight bits of a byte, highest first, and for nothing else. */
  readonly codesBits?: boolean;
  /** The −log2 P of all symbols at each of some places, as `CodeLengthModel.nexts`. */
  nexts?(symbols: Uint8Array): AsyncIterable<Float64Array>;
  /** Goes on by a symbol that came. */
  update(symbol: number): void;
  /**
   * Goes on by many symbols that came, where that is cheaper than `update` of each; left out where
   * it is not. The state is the same as after those updates, unless the predictor states how far
   * apart the two are.
   */
  learn?(symbols: Uint8Array): void;
  /** See `CodeLengthModel.nextOverlapping`. */
  predictOverlapping?(out: Float64Array, overlap: number): MaybePromise<number>;
  /** See `CodeLengthModel.sourcesOf`. */
  sourcesOf?(symbol: number, covered: number): readonly number[];
  /** As `update`, of a symbol that was drawn; see `CodeLengthModel.pushDrawn`. */
  updateDrawn?(symbol: number, temperature: number): void;
  /** A copy that can go its own way; neither sees the other's updates afterwards. */
  fork(): Predictor;
}

/** Contexts of the same length that step together, each as a predictor of bytes alone would. */
export interface LockstepModel {
  /** `out[256 · row + b]` = −log2 P of each next byte in each context. */
  predict(out: Float64Array): MaybePromise<void>;
  /** What `code` needs that has to be waited for; asked before each step, in place of `predict`. */
  prepare?(): MaybePromise<void>;
  /** Codes the next byte of a context, as `Predictor.code` does. */
  code?(row: number, coder: BitCoder, byte: number): number;
  /** Appends a byte to each context. */
  update(bytes: Uint8Array): void;
}

/** The `decode` reading of many contexts at once, where that is cheaper than one by one. */
export interface Lockstep {
  /** Contexts that step together at most. */
  readonly rows: number;
  /**
   * So many empty contexts. The last digits of what is said of one may depend on their number and
   * on its place among them, not on what the others hold.
   */
  start(rows: number): LockstepModel;
}

/** One token in a codec's own terms: what its decoder reads at once, or a language model's. */
export interface Token {
  /** A byte said outright, a copy, or a language model's token. */
  readonly kind: 'literal' | 'match' | 'token';
  /** The bytes it stands for: one for a literal, `length` of them for a match. */
  readonly bytes: Uint8Array;
  /** How far back a match copies from, in bytes; only of a match. */
  readonly distance?: number;
  /** −log2 of the probability with which it was drawn, at temperature 1. */
  readonly bits: number;
}

/** Draws whole tokens from the distribution that a `decode` reading sums over. */
export interface TokenSource {
  /** Draws a token given everything pushed and drawn so far, and appends its bytes. */
  draw(random: Random, temperature: number): MaybePromise<Token>;
  /** Appends bytes that were given. */
  push(bytes: Uint8Array): void;
  /** A copy that can go its own way. */
  fork(): TokenSource;
}

/**
 * A `decode` reading of sound by whole samples, where bytes would be halves of them. Samples are
 * signed and interleaved, and up to 2^24 of them possible: they are never listed.
 */
export interface SampleModel {
  /** −log2 P of the next sample, normalised over all; +Infinity for one out of range. */
  surprisal(sample: number): number;
  /**
   * P of all samples below one that is in range or one past the highest, 0 to 1. Differences are
   * exact up to the rounding of numbers near 1.
   */
  below(sample: number): number;
  /** Appends samples that were given; it learns from them. */
  push(samples: Int32Array): void;
  /** Appends samples that were drawn; it learns nothing from them. */
  pushDrawn(samples: Int32Array): void;
  /** Draws sample after sample, going on from here; the model stays as it is. */
  speak(random: Random, temperature: number): () => number;
  /** Of a blend: as `CodeLengthModel.carried`, sample by sample. */
  carried?(samples: Int32Array): Carried;
  /** A copy that can go its own way. */
  fork(): SampleModel;
}

/** An opened compressor, its format bound. Costly and fallible to open, cheap to start. */
export interface Compressor {
  /** Its row's name, without options. */
  readonly name: string;
  /** What made the code lengths: the implementation and its version, `zlib 1.3.1` say. */
  readonly version: string;
  /** The specs of those that a blend is made of, in order; left out of others. */
  readonly members?: readonly string[];
  /** Best first; `start()` takes the first. */
  readonly readings: readonly Reading[];
  /** The smallest step of `exact` where it is not a whole bit: a range coder's is a fraction. */
  readonly exactResolution?: Resolution;
  /** A model of an empty context. @throws RangeError for a reading it does not have. */
  start(reading?: Reading): CodeLengthModel;
  /** The `decode` reading of many contexts at once; chunks of a .zd file are coded by it. */
  readonly lockstep?: Lockstep;
  /** The same distribution as the `decode` reading, in the codec's own tokens. */
  startTokens?(): TokenSource;
  /** The same distribution as the `decode` reading of sound, by whole samples. */
  startSamples?(): SampleModel;
  /**
   * `codeLength` is what the data takes in the model's own tokens, cut as its tokenizer cuts it;
   * `decode` sums over all ways to cut, and what it codes takes less. Left out where they agree.
   */
  readonly codeLengthIn?: 'tokens';
  /** Bytes of which it compresses multiples only, as whole rows are; it predicts no single byte. */
  readonly wholeBytes?: number;
  /** The length of the compressed whole message in bits; padding to a byte is left out. */
  codeLength(data: Uint8Array): MaybePromise<number>;
  /** A file of its own kind; left out where it only measures. */
  compress?(data: Uint8Array): MaybePromise<Bytes>;
  /** @throws CorruptDataError for anything that `compress` could not have written. */
  decompress?(data: Uint8Array, limits?: DecompressLimits): MaybePromise<Bytes>;
  /** Size of the parameters that a decoder needs beside the program, for the adjusted rate. */
  readonly modelBytes?: number;
  /** SHA-256 of those parameters, 32 bytes: a .zd written with others is not decoded. */
  readonly modelSha256?: Uint8Array;
}

/** What a decoder may be made to do by files of strangers. */
export interface DecompressLimits {
  /** Refuse to write more bytes than this (default 1 GiB), so that no bomb fills the memory. */
  readonly maxBytes?: number;
}

/** The resolution of a reading's code lengths, as a compressor has it. */
export function resolutionOf(
  reading: Reading,
  { exactResolution = 'bit' }: Pick<Compressor, 'exactResolution'>,
): Resolution {
  if (reading === 'exact') return exactResolution;
  return reading === 'decode' ? 'fractional' : 'byte';
}
