// The ways to draw, each as something that reads what is given and draws so many bytes after it:
// single bytes, a codec's tokens, words, spans, or whole samples of sound.

import { bytesOfSamples, samplesOfBytes } from '../modality/audio-bytes.js';
import { type ChoiceOptions, generateChoices } from '../sampling/choices.js';
import type { ConstraintOptions } from '../sampling/constraints.js';
import { type GenerateOptions, generate } from '../sampling/generate.js';
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

/** What was drawn at once. */
export type Drawn = {
  readonly bytes: Uint8Array;
  /**
   * −log2 P under the model itself, before constraints and warps; of a span Δ, what it added to the
   * code; NaN of samples of sound, which are drawn without asking for it.
   */
  readonly bits: number;
} & (
  | { readonly kind: 'byte'; readonly probability: number }
  | { readonly kind: 'token'; readonly token: Token }
  | { readonly kind: 'word'; readonly choice: number; readonly probability: number }
  | { readonly kind: 'span'; readonly span: SpanStep }
  | { readonly kind: 'samples' }
);

/** Reads and draws by turns. */
export interface Drawer {
  /** Appends bytes that are given. */
  push(bytes: Uint8Array): void;
  /** A copy that can go its own way. */
  fork(): Drawer;
  /** Draws so many bytes, the last step whole, and goes on from there. */
  draw(length: number, random: Random): AsyncIterable<Drawn>;
}

type Settings<Options> = Omit<Options, 'length' | 'random' | 'candidates' | 'proposal'>;

/** Byte by byte. @throws as `generate` does. */
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

/** A codec's or language model's own tokens. @throws as `generateTokens` does. */
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

/** Words of a vocabulary. @throws as `generateChoices` does. */
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

/** A drawer of spans, with the state that its noise is measured in. */
export interface SpanDrawer extends Drawer {
  readonly model: CodeLengthModel;
  readonly proposal: Predictor;
  fork(): SpanDrawer;
}

/** Spans from a proposal, which reads along. @throws as `generateSpans` does. */
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

/** Samples that are drawn between two looks around. */
const SAMPLES = 64;

/** Whole samples of sound. */
export function sampleDrawer(model: SampleModel, format: AudioFormat, temperature = 1): Drawer {
  return {
    push: (bytes) => model.push(samplesOfBytes(bytes, format)),
    fork: () => sampleDrawer(model.fork(), format, temperature),
    async *draw(length, random) {
      const speak = model.speak(random, temperature);
      const total = (8 * length) / format.bitsPerSample;
      for (let at = 0; at < total; at += SAMPLES) {
        const samples = Int32Array.from({ length: Math.min(SAMPLES, total - at) }, speak);
        yield { kind: 'samples', bytes: bytesOfSamples(samples, format), bits: Number.NaN };
      }
    },
  };
}

function forkGuard<Options extends ConstraintOptions>(options: Options): Options {
  if (options.copyGuard === undefined) return options;
  return { ...options, copyGuard: options.copyGuard.fork() };
}
