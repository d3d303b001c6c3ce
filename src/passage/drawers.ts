// The ways of sampling behind one interface: it reads the given bytes and draws N bytes after them,
// as single bytes, a codec's tokens, words, spans, or whole samples of sound.

import { bytesOfSamples, samplesOfBytes } from '../modality/audio-bytes.js';
import { type ChoiceOptions, generateChoices } from '../sampling/choices.js';
import type { ConstraintOptions } from '../sampling/constraints.js';
import { type GenerateOptions, generate } from '../sampling/generate.js';
import { generatePieces } from '../sampling/pieces.js';
import { updateDrawn } from '../sampling/proposals.js';
import { generateSpans, type SpanOptions, type SpanStep } from '../sampling/spans.js';
import { type GenerateTokensOptions, generateTokens } from '../sampling/tokens.js';
import type {
  AudioFormat,
  CodeLengthModel,
  Predictor,
  Random,
  SampleModel,
  Token,
  TokenSource,
} from '../types.js';

/** The result of one drawing step. */
export type Drawn = {
  readonly bytes: Uint8Array;
  /**
   * −log2 P under the model itself, before constraints and warps. For a span, Δ: the bits it added
   * to the code. NaN for samples of sound, whose bits are not computed.
   */
  readonly bits: number;
} & (
  | { readonly kind: 'byte'; readonly probability: number }
  | { readonly kind: 'token'; readonly token: Token }
  | { readonly kind: 'word'; readonly choice: number; readonly probability: number }
  | { readonly kind: 'span'; readonly span: SpanStep }
  | { readonly kind: 'samples' }
);

/** Alternately reads given bytes and draws new ones. */
export interface Drawer {
  /** Appends given bytes. */
  push(bytes: Uint8Array): void;
  /** An independent copy. */
  fork(): Drawer;
  /** Draws `length` bytes and appends them; the last step is completed even if it goes beyond. */
  draw(length: number, random: Random): AsyncIterable<Drawn>;
}

type Settings<Options> = Omit<Options, 'length' | 'random' | 'candidates' | 'proposal'>;

/** Draws byte by byte. @throws as `generate` does. */
export function byteDrawer(model: CodeLengthModel, settings: Settings<GenerateOptions>): Drawer {
  return {
    push: (bytes) => model.push(bytes),
    fork: () => byteDrawer(model.fork(), forkGuard(settings)),
    async *draw(length, random) {
      for await (const step of generate(model, { ...settings, length, random })) {
        const { byte, bits, probability } = step;
        yield { kind: 'byte', bytes: Uint8Array.of(byte), bits, probability };
      }
    },
  };
}

/**
 * Draws bytes from overlapping copies, in the pieces that each copy gave. @throws as
 * `generatePieces`.
 */
export function pieceDrawer(model: CodeLengthModel, settings: Settings<GenerateOptions>): Drawer {
  return {
    push: (bytes) => model.push(bytes),
    fork: () => pieceDrawer(model.fork(), forkGuard(settings)),
    async *draw(length, random) {
      for await (const { token } of generatePieces(model, { ...settings, length, random })) {
        yield { kind: 'token', bytes: token.bytes, bits: token.bits, token };
      }
    },
  };
}

/** Draws the tokens of a codec or a language model. @throws as `generateTokens` does. */
export function tokenDrawer(
  source: TokenSource,
  settings: Settings<GenerateTokensOptions>,
): Drawer {
  return {
    push: (bytes) => source.push(bytes),
    fork: () => tokenDrawer(source.fork(), forkGuard(settings)),
    async *draw(length, random) {
      for await (const { token } of generateTokens(source, { ...settings, length, random })) {
        yield { kind: 'token', bytes: token.bytes, bits: token.bits, token };
      }
    },
  };
}

/** Draws words of a vocabulary. @throws as `generateChoices` does. */
export function wordDrawer(
  model: CodeLengthModel,
  words: readonly Uint8Array[],
  settings: Settings<ChoiceOptions>,
): Drawer {
  return {
    push: (bytes) => model.push(bytes),
    fork: () => wordDrawer(model.fork(), words, forkGuard(settings)),
    async *draw(length, random) {
      const options = { ...settings, length, random, candidates: words };
      for await (const { bytes, bits, choice, probability } of generateChoices(model, options)) {
        yield { kind: 'word', bytes, bits, choice, probability };
      }
    },
  };
}

/** A drawer of spans, with the state in which its noise is measured. */
export interface SpanDrawer extends Drawer {
  readonly model: CodeLengthModel;
  readonly proposal: Predictor;
  fork(): SpanDrawer;
}

/** Draws spans from a proposal, which reads the same bytes. @throws as `generateSpans` does. */
export function spanDrawer(
  model: CodeLengthModel,
  settings: Settings<SpanOptions> & Pick<SpanOptions, 'candidates' | 'proposal'>,
): SpanDrawer {
  const { proposal } = settings;
  return {
    model,
    proposal,
    push(bytes) {
      model.push(bytes);
      for (const byte of bytes) proposal.update(byte);
    },
    fork: () => spanDrawer(model.fork(), { ...forkGuard(settings), proposal: proposal.fork() }),
    async *draw(length, random) {
      for await (const span of generateSpans(model, { ...settings, length, random })) {
        for (const byte of span.bytes) updateDrawn(proposal, byte);
        yield { kind: 'span', bytes: span.bytes, bits: span.bits, span };
      }
    },
  };
}

/** Samples drawn between two yields. */
const SAMPLES = 64;

/** Draws whole samples of sound. */
export function sampleDrawer(model: SampleModel, format: AudioFormat, temperature = 1): Drawer {
  return {
    push: (bytes) => model.push(samplesOfBytes(bytes, format)),
    fork: () => sampleDrawer(model.fork(), format, temperature),
    async *draw(length, random) {
      const draw = model.sampler(random, temperature);
      const total = (8 * length) / format.bitsPerSample;
      for (let at = 0; at < total; at += SAMPLES) {
        const samples = Int32Array.from({ length: Math.min(SAMPLES, total - at) }, draw);
        yield { kind: 'samples', bytes: bytesOfSamples(samples, format), bits: Number.NaN };
      }
    },
  };
}

function forkGuard<Options extends ConstraintOptions>(options: Options): Options {
  if (options.copyGuard === undefined) return options;
  return { ...options, copyGuard: options.copyGuard.fork() };
}
