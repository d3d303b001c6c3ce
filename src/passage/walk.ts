// Walks through a passage: the surprisal of the held-out part under a model, and what the model
// draws instead of it. This is the only place that decides between bytes and whole samples, and it
// asks for surprisals in the cheapest way that the model offers.

import { surprisal } from '../bits/units.js';
import { samplesOfBytes } from '../modality/audio-bytes.js';
import type {
  Abort,
  AudioFormat,
  CodeLengthModel,
  Compressor,
  MaybePromise,
  MemberShares,
  Random,
  Reading,
  SampleModel,
} from '../types.js';
import { byteDrawer, type Drawer, type Drawn, sampleDrawer } from './drawers.js';
import { heldOutLength, type Leg, legsOf, type Passage } from './passage.js';
import { sampleBytes } from './units.js';

/** Callbacks during a walk. */
export interface Watch {
  /**
   * Called with the held-out bytes done so far and their total; a promise is awaited, so that the
   * screen can be updated and signals handled.
   */
  readonly onProgress?: ((done: number, total: number) => unknown) | undefined;
  /** The same for given bytes, which are read before. */
  readonly onGiven?: ((done: number, total: number) => unknown) | undefined;
  /**
   * For a blend: called with the members' shares in some bytes, the first of them at `start` in the
   * passage.
   */
  readonly onShares?: ((start: number, shares: MemberShares) => void) | undefined;
  /** Stops the walk, which throws the reason. */
  readonly signal?: Abort | undefined;
  /** Returns the time in ms. */
  readonly clock?: (() => number) | undefined;
}

/** An opened compressor and the reading to walk with. */
export interface Subject {
  readonly compressor: Compressor;
  readonly reading: Reading;
}

/**
 * The format of a sound that is walked by whole samples, if the `decode` reading supports that;
 * undefined if the walk goes by bytes.
 */
export function sampleFormat(
  { compressor, reading }: Subject,
  { format }: Passage,
): AudioFormat | undefined {
  const knows = reading === 'decode' && compressor.startSamples !== undefined;
  return knows && format?.kind === 'audio' ? format : undefined;
}

/** How a model predicted the held-out part. */
export interface Expectation {
  /**
   * −log2 P of each held-out byte given all before it in its context, or of each sample if walked
   * by samples.
   */
  readonly surprisals: Float64Array;
  /** Their sum. */
  readonly bits: number;
  /** Time spent in the model on the held-out part; 0 without a clock. */
  readonly ms: number;
}

/** @throws the reason of the signal if it aborts. */
export async function expectHeldOut(
  subject: Subject,
  passage: Passage,
  watch: Watch & { readonly note?: ((index: number, bits: number) => void) | undefined } = {},
): Promise<Expectation> {
  const total = heldOutLength(passage);
  const step = sampleBytes(sampleFormat(subject, passage));
  const surprisals = new Float64Array(total / step);
  const { clock = () => 0, note } = watch;
  let done = 0;
  let bits = 0;
  let ms = 0;
  let walker: Walker | undefined;
  for (const leg of legsOf(passage)) {
    if (!walker || leg.given[0] === leg.contextStart) {
      walker?.release?.();
      walker = startWalker(subject, passage, watch.onShares !== undefined);
    }
    await readGiven(walker, passage, leg, watch);
    const [start, end] = leg.heldOut;
    for (let at = start; at < end; ) {
      const size = Math.min(walker.stride, end - at);
      const piece = passage.bytes.subarray(at, at + size);
      const before = clock();
      const expected = walker.expect(piece);
      const known = expected instanceof Promise ? await expected : expected;
      ms += clock() - before;
      for (let i = 0; i < known.length; i++) {
        const one = known[i]!;
        surprisals[done / step] = one;
        bits += one;
        done += step;
        note?.(at + i * step, one);
      }
      if (walker.shares) watch.onShares?.(at, walker.shares);
      at += size;
      watch.signal?.throwIfAborted();
      const pause = watch.onProgress?.(done, total);
      if (pause instanceof Promise) await pause;
    }
  }
  walker?.release?.();
  return { surprisals, bits, ms };
}

/** A model that has read the given bytes before the first held-out one. */
export async function modelAtHeldOut(
  { compressor, reading }: Subject,
  passage: Passage,
  watch: Watch = {},
): Promise<CodeLengthModel> {
  const model = compressor.start(reading);
  const [first] = legsOf(passage);
  if (first) await readGiven(model, passage, first, watch);
  return model;
}

/** Draws whole samples of sound if the compressor supports them, bytes otherwise. */
export function plainDrawer(subject: Subject, passage: Passage, temperature = 1): Drawer {
  const { compressor, reading } = subject;
  const format = sampleFormat(subject, passage);
  return format
    ? sampleDrawer(compressor.startSamples!(), format, temperature)
    : byteDrawer(compressor.start(reading), { temperature });
}

/** One drawing step and its position in the passage. */
export type PlacedDrawn = Drawn & {
  /** Position of its first byte in the passage. */
  readonly at: number;
};

/** A passage read up to its first held-out byte, from which any number of samples can be drawn. */
export interface Primed {
  /** The drawer that has read it. */
  readonly drawer: Drawer;
  /**
   * Draws the held-out part step by step; a token or word may go past the end.
   *
   * @param isLast true if nothing is drawn afterwards, so the model need not be copied.
   * @throws the reason of the signal if it aborts.
   */
  draw(random: Random, watch?: Watch, isLast?: boolean): AsyncGenerator<PlacedDrawn, void, void>;
}

/**
 * @param start returns a drawer of an empty context; called again wherever the passage restarts.
 */
export async function prime(
  start: () => Drawer,
  passage: Passage,
  watch: Watch = {},
): Promise<Primed> {
  const legs = legsOf(passage);
  const primed = start();
  if (legs[0]) await readGiven(primed, passage, legs[0], watch);
  return {
    drawer: primed,
    async *draw(random, { onProgress, signal } = {}, isLast = false) {
      const total = heldOutLength(passage);
      let done = 0;
      let drawer = isLast ? primed : primed.fork();
      for (const [i, leg] of legs.entries()) {
        if (i > 0) {
          if (leg.given[0] === leg.contextStart) drawer = start();
          drawer.push(passage.bytes.subarray(...leg.given));
        }
        const [from, end] = leg.heldOut;
        let at = from;
        for await (const drawn of drawer.draw(end - from, random)) {
          yield { ...drawn, at };
          at += drawn.bytes.length;
          done += drawn.bytes.length;
          signal?.throwIfAborted();
          const pause = onProgress?.(done, total);
          if (pause instanceof Promise) await pause;
        }
      }
    },
  };
}

/** Given bytes pushed at once, between progress reports: a whole number of samples of any width. */
const GIVEN_BYTES = 3 * 2 ** 15;

async function readGiven(
  model: { push(bytes: Uint8Array): void },
  { bytes }: Passage,
  { given: [start, end] }: Leg,
  { onGiven, signal }: Watch,
): Promise<void> {
  for (let at = start; at < end; at += GIVEN_BYTES) {
    const next = Math.min(at + GIVEN_BYTES, end);
    model.push(bytes.subarray(at, next));
    signal?.throwIfAborted();
    const pause = onGiven?.(next - start, end - start);
    if (pause instanceof Promise) await pause;
  }
}

/** Asks a model for surprisals, in bytes or in samples. */
interface Walker {
  /** Bytes per request. */
  readonly stride: number;
  push(bytes: Uint8Array): void;
  /** Shares of a blend's members in the last bytes, if requested and available. */
  readonly shares?: MemberShares | undefined;
  /** −log2 P of each byte or sample given all before it; also pushes them. */
  expect(bytes: Uint8Array): MaybePromise<ArrayLike<number>>;
  release?(): void;
}

/** Bytes per request to a model with `surprisals`. */
const BATCH = 2 ** 14;

function startWalker(subject: Subject, passage: Passage, collectsShares: boolean): Walker {
  const { compressor, reading } = subject;
  const format = sampleFormat(subject, passage);
  if (format) return new SampleWalker(compressor.startSamples!(), format, collectsShares);
  return new ByteWalker(compressor.start(reading), collectsShares);
}

class ByteWalker implements Walker {
  readonly stride: number;
  readonly #model: CodeLengthModel;
  readonly #lengths = new Float64Array(256);
  readonly #collectsShares: boolean;
  shares: MemberShares | undefined;

  constructor(model: CodeLengthModel, collectsShares: boolean) {
    this.#model = model;
    this.#collectsShares = collectsShares && model.pushShares !== undefined;
    this.stride = this.#collectsShares || model.surprisals ? BATCH : 1;
  }

  push(bytes: Uint8Array): void {
    this.#model.push(bytes);
  }

  release(): void {
    this.#model.release?.();
  }

  expect(bytes: Uint8Array): MaybePromise<ArrayLike<number>> {
    if (this.stride > 1 && this.#model.pushShares) return this.#pushShares(bytes);
    const known = this.#ask(bytes);
    if (known instanceof Promise) return known.then((bits) => this.#pushed(bytes, bits));
    return this.#pushed(bytes, known);
  }

  async #pushShares(bytes: Uint8Array): Promise<Float64Array> {
    const shares = await this.#model.pushShares!(bytes);
    if (this.#collectsShares) this.shares = shares;
    return shares.bits;
  }

  #ask(bytes: Uint8Array): MaybePromise<Float64Array | number> {
    const model = this.#model;
    if (model.surprisals) return model.surprisals(bytes);
    if (model.surprisal) return model.surprisal(bytes[0]!);
    const pending = model.next(this.#lengths);
    if (pending) return pending.then(() => surprisal(this.#lengths, bytes[0]!));
    return surprisal(this.#lengths, bytes[0]!);
  }

  #pushed(bytes: Uint8Array, known: Float64Array | number): ArrayLike<number> {
    this.#model.push(bytes);
    return typeof known === 'number' ? [known] : known;
  }
}

class SampleWalker implements Walker {
  readonly stride: number;
  readonly #model: SampleModel;
  readonly #format: AudioFormat;
  readonly #collectsShares: boolean;
  shares: MemberShares | undefined;

  constructor(model: SampleModel, format: AudioFormat, collectsShares: boolean) {
    this.#model = model;
    this.#format = format;
    this.#collectsShares = collectsShares && model.memberShares !== undefined;
    this.stride = 64 * sampleBytes(format);
  }

  push(bytes: Uint8Array): void {
    this.#model.push(samplesOfBytes(bytes, this.#format));
  }

  expect(bytes: Uint8Array): ArrayLike<number> {
    const samples = samplesOfBytes(bytes, this.#format);
    if (this.#collectsShares) {
      const shares = this.#model.memberShares!(samples);
      this.shares = byBytes(shares, sampleBytes(this.#format));
      this.#model.push(samples);
      return shares.bits;
    }
    return Float64Array.from(samples, (sample, i) => {
      const bits = this.#model.surprisal(sample);
      this.#model.push(samples.subarray(i, i + 1));
      return bits;
    });
  }
}

/** Spreads values per sample of `width` bytes over its bytes; bits are divided among them. */
function byBytes({ bits, weights, shares }: MemberShares, width: number): MemberShares {
  const members = weights.length / bits.length;
  const spread = (of: Float64Array): Float64Array => {
    const out = new Float64Array(width * of.length);
    for (let byte = 0; byte < width * bits.length; byte++) {
      const at = members * Math.floor(byte / width);
      out.set(of.subarray(at, at + members), members * byte);
    }
    return out;
  };
  const byteBits = Float64Array.from(
    { length: width * bits.length },
    (_, byte) => bits[Math.floor(byte / width)]! / width,
  );
  return { bits: byteBits, weights: spread(weights), shares: spread(shares) };
}
