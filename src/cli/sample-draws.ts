// The ways in which `zipdream sample` draws, bytes, tokens, spans or words: each a start that has
// read the context, to be forked for each sample.

import { createRandom } from '../bits/random.js';
import { UsageError } from '../errors.js';
import { openCompressor } from '../node/open.js';
import { readVocabulary } from '../node/vocabulary.js';
import { decodeReading } from '../readings/decode.js';
import { generateChoices } from '../sampling/choices.js';
import type { ConstraintOptions } from '../sampling/constraints.js';
import { CopyGuard } from '../sampling/copy-guard.js';
import { generate } from '../sampling/generate.js';
import { lookaheadPredictor } from '../sampling/lookahead.js';
import { copyPredictor, NgramCounts, ngramPredictor } from '../sampling/ngram.js';
import { generatePieces } from '../sampling/pieces.js';
import { modelPredictor } from '../sampling/proposals.js';
import { measureSpanNoise, type SpanNoise } from '../sampling/span-noise.js';
import { generateSpans } from '../sampling/spans.js';
import { generateTokens, type TokenStep } from '../sampling/tokens.js';
import type { CodeLengthModel, Compressor, Predictor, Random, Reading } from '../types.js';
import type { Context } from './input.js';
import { readAlphabet, type SampleFlags } from './sample-flags.js';
import type { View } from './views.js';

/** What was drawn at once, with the way to show it. */
export interface Draw {
  readonly bytes: Uint8Array;
  /** Surprisal; of a span, what it added to the code. */
  readonly bits: number;
  /** Absent for what is no token. */
  readonly isMatch?: boolean;
  show(view: View): void;
}

/** The context read, nothing drawn. */
export interface Start {
  fork(): Start;
  /** Draws one sample; the start is used up. */
  draw(random: Random): AsyncIterable<Draw>;
  /** What the last record of `--json` says of this way to draw. */
  readonly record: Readonly<Record<string, unknown>>;
}

export interface Settings {
  readonly compressor: Compressor;
  readonly reading: Reading;
  readonly flags: SampleFlags;
  readonly context: Context;
  readonly seed: string;
}

/** The last bytes of what is given: where a character or a word may have begun. */
const CONTEXT_BYTES = 16;
const DEFAULT_HORIZON = 4;
const DEFAULT_CANDIDATES = 64;
const DEFAULT_PROPOSAL = 'ppm';
/** Bytes of context by which a `corpus` proposal finds what to go on with. */
const CORPUS_ORDER = 5;

/** @throws UsageError, FileError or CompressorUnavailableError, each with a message of one line. */
export async function openStart(settings: Settings): Promise<Start> {
  const { compressor, reading, flags, context } = settings;
  const { alphabet: name, utf8 } = flags;
  const alphabet = name === undefined ? undefined : await readAlphabet(name);
  const words = flags.vocabulary === undefined ? undefined : await readVocabulary(flags.vocabulary);
  const given = [...context.corpus, context.prompt];
  const copyGuard = flags.noCopy === undefined ? undefined : CopyGuard.of(flags.noCopy, given);
  const before = given.findLast(({ length }) => length > 0);
  const constraints = { alphabet, utf8, copyGuard, context: before?.slice(-CONTEXT_BYTES) };
  if (flags.units === 'tokens' && !flags.overlap) return startTokens(settings, given, copyGuard);
  const model = compressor.start(reading);
  for (const part of given) model.push(part);
  if (flags.spans !== undefined) return startSpans(model, settings, given, constraints);
  if (words) return startWords(model, words, flags, constraints);
  if (flags.overlap && !model.nextOverlapping) throw new UsageError(noOverlap(compressor, reading));
  if (flags.beam === undefined) return startBytes(model, flags, constraints, {});
  const { beam, horizon = DEFAULT_HORIZON, commit = 'byte' } = flags;
  const search = { beam, horizon, commit };
  return startBytes(decodeReading(lookaheadPredictor(model, search)), flags, constraints, search);
}

function noOverlap({ name }: Compressor, reading: Reading): string {
  return `${name}, ${reading} knows of no copies; --overlap works with decode of gzip and lzma`;
}

function forkGuard(constraints: ConstraintOptions): ConstraintOptions {
  return { ...constraints, copyGuard: constraints.copyGuard?.fork() };
}

function startBytes(
  model: CodeLengthModel,
  flags: SampleFlags,
  constraints: ConstraintOptions,
  record: Start['record'],
): Start {
  return {
    record,
    fork: () => startBytes(model.fork(), flags, forkGuard(constraints), record),
    async *draw(random) {
      const options = { ...flags, ...constraints, alphabet: constraints.alphabet, random };
      if (flags.units === 'tokens') {
        for await (const step of generatePieces(model, options)) yield tokenDraw(step);
        return;
      }
      for await (const step of generate(model, options)) {
        const bytes = Uint8Array.of(step.byte);
        yield { bytes, bits: step.bits, show: (view) => view.byte(step) };
      }
    },
  };
}

function tokenDraw(step: TokenStep): Draw {
  const { bytes, bits, kind } = step.token;
  return { bytes, bits, isMatch: kind === 'match', show: (view) => view.token(step) };
}

function startTokens(
  { compressor, flags }: Settings,
  given: readonly Uint8Array[],
  copyGuard: CopyGuard | undefined,
): Start {
  if (flags.reading !== undefined && flags.reading !== 'decode') {
    throw new UsageError(`--units tokens needs --reading decode, got "${flags.reading}"`);
  }
  if (!compressor.startTokens) {
    throw new UsageError(
      `${compressor.name} draws no tokens; --units tokens works with gzip, lzma and language models of tokens`,
    );
  }
  const primed = compressor.startTokens();
  for (const part of given) primed.push(part);
  const start = (source: typeof primed, guard: CopyGuard | undefined): Start => ({
    record: {},
    fork: () => start(source.fork(), guard?.fork()),
    async *draw(random) {
      for await (const step of generateTokens(source, { ...flags, random, copyGuard: guard })) {
        yield tokenDraw(step);
      }
    },
  });
  return start(primed, copyGuard);
}

function startWords(
  model: CodeLengthModel,
  candidates: readonly Uint8Array[],
  flags: SampleFlags,
  constraints: ConstraintOptions,
): Start {
  return {
    record: { vocabulary: flags.vocabulary, words: candidates.length },
    fork: () => startWords(model.fork(), candidates, flags, forkGuard(constraints)),
    async *draw(random) {
      const { alphabet } = constraints;
      const options = { ...flags, ...constraints, alphabet, candidates, random };
      for await (const step of generateChoices(model, options)) {
        yield { bytes: step.bytes, bits: step.bits, show: (view) => view.piece(step) };
      }
    },
  };
}

async function startSpans(
  primed: CodeLengthModel,
  { compressor, flags, seed }: Settings,
  given: readonly Uint8Array[],
  constraints: ConstraintOptions,
): Promise<Start> {
  const { candidates = DEFAULT_CANDIDATES, proposal: name = DEFAULT_PROPOSAL, beta } = flags;
  const span = flags.spans!;
  const proposal = await openProposal(name, given);
  const noise = await measureSpanNoise(primed, {
    proposal,
    span,
    random: createRandom(`${seed}:noise`),
  });
  if (noise.isNoise && !flags.force) throw new UsageError(tooNoisy(compressor.name, name, noise));
  const { deltaSd, proposalSd } = noise;
  const record = { span, candidates, proposal: name, ...(beta !== undefined && { beta }) };
  const start = (model: CodeLengthModel, limits: ConstraintOptions): Start => ({
    record: { ...record, deltaSd, proposalSd },
    fork: () => start(model.fork(), forkGuard(limits)),
    async *draw(random) {
      const { length, stop } = flags;
      const options = { ...limits, length, stop, span, candidates, proposal, beta, random };
      for await (const step of generateSpans(model, options)) {
        yield { bytes: step.bytes, bits: step.bits, show: (view) => view.piece(step) };
      }
    },
  });
  return start(primed, constraints);
}

/** A proposal that has read what is given. */
async function openProposal(name: string, given: readonly Uint8Array[]): Promise<Predictor> {
  const order = name === 'corpus' ? CORPUS_ORDER : Number(/^order([0-9])$/.exec(name)?.[1] ?? -1);
  if (order < 0) {
    const model = (await openCompressor(name)).start();
    for (const part of given) model.push(part);
    return modelPredictor(model);
  }
  const counts = new NgramCounts(given);
  const predictor = (name === 'corpus' ? copyPredictor : ngramPredictor)(counts, order);
  for (const part of given) for (const byte of part.subarray(-order - 1)) predictor.update(byte);
  return predictor;
}

function tooNoisy(compressor: string, proposal: string, noise: SpanNoise): string {
  const [delta, own] = [noise.deltaSd.toFixed(0), noise.proposalSd.toFixed(0)];
  return (
    `the code lengths of ${compressor} are mostly noise here: over spans from ${proposal} they ` +
    `vary by ${delta} bits, the spans' own by ${own}; --force draws all the same`
  );
}
