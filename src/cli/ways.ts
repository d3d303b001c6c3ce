// The ways in which `zipdream sample` draws, as its flags say: bytes, tokens, spans, words or whole
// samples.

import { drawnPngSpec } from '../compressors/png.js';
import { nearestName, UsageError } from '../errors.js';
import { pictureOfBytes } from '../modality/image.js';
import { FileError, readInput } from '../node/files.js';
import { openCompressor } from '../node/open.js';
import { nodeRegistry } from '../node/registry.js';
import { readVocabulary } from '../node/vocabulary.js';
import { splitSpec, withOption } from '../options.js';
import {
  byteDrawer,
  type Drawer,
  pieceDrawer,
  sampleDrawer,
  spanDrawer,
  tokenDrawer,
  wordDrawer,
} from '../passage/drawers.js';
import type { Passage } from '../passage/passage.js';
import { type Subject, sampleFormat } from '../passage/walk.js';
import { decodeReading } from '../readings/decode.js';
import { ALPHABETS, alphabetOf, namedAlphabet } from '../sampling/constraints.js';
import { CopyGuard } from '../sampling/copy-guard.js';
import { lookaheadPredictor } from '../sampling/lookahead.js';
import { copyPredictor, NgramCounts, ngramPredictor } from '../sampling/ngram.js';
import { AFTER_CORPUS, CONTEXT_BYTES, type Overlap } from '../sampling/overlap.js';
import { PATCH_BETA, PatchPlaces, patchPredictor } from '../sampling/patch.js';
import { modelPredictor } from '../sampling/proposals.js';
import type { Format, Predictor, Reading } from '../types.js';
import { ALL, ALPHABET_NAMES, GIVEN } from './alphabets.js';

export interface WayFlags {
  readonly reading?: Reading;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly stop?: readonly Uint8Array[];
  readonly alphabet?: string;
  readonly utf8?: boolean;
  readonly units: 'bytes' | 'tokens';
  readonly overlap?: Overlap;
  readonly noCopy?: number;
  readonly maxMatch?: number;
  readonly beam?: number;
  readonly horizon?: number;
  readonly commit?: 'byte' | 'span';
  readonly spans?: number;
  readonly candidates?: number;
  readonly proposal?: string;
  readonly beta?: number;
  readonly vocabulary?: string;
}

/** A way to draw, opened. */
export interface Way {
  /** A drawer that has read nothing. */
  readonly start: () => Drawer;
  /** What it draws at once, in the plural. */
  readonly drawn: 'bytes' | 'tokens' | 'spans' | 'words' | 'samples';
  /** What the record of `--json` says of it. */
  readonly record: Readonly<Record<string, unknown>>;
}

const DEFAULT_HORIZON = 4;
const DEFAULT_CANDIDATES = { bytes: 64, image: 16, audio: 16 };
const DEFAULT_PROPOSAL = { bytes: 'ppm', image: 'mix', audio: 'mix' };
/** Bytes of context by which a `corpus` proposal finds what to go on with. */
const CORPUS_ORDER = 5;

/**
 * @param given what copies are looked for in, in order.
 * @throws UsageError, FileError or CompressorUnavailableError, each with a message of one line.
 */
export async function openWay(
  subject: Subject,
  passage: Passage,
  flags: WayFlags,
  given: readonly Uint8Array[],
): Promise<Way> {
  checkUnits(flags);
  const { compressor, reading } = subject;
  const { temperature, topK, topP, minP, stop, utf8, overlap, noCopy } = flags;
  const alphabetName = flags.alphabet ?? defaultAlphabet(subject, flags, given);
  const alphabet = await readAlphabet(alphabetName, [...given, ...(stop ?? [])]);
  if (alphabet) checkStops(stop, alphabet, alphabetName);
  const context = given.findLast(({ length }) => length > 0)?.slice(-CONTEXT_BYTES);
  const constraints = () => ({
    ...{ alphabet, utf8, context, stop },
    copyGuard: noCopy === undefined ? undefined : CopyGuard.of(noCopy, given),
  });
  const warps = { temperature, topK, topP, minP };
  if (overlap) {
    if (!compressor.start(reading).nextOverlapping) {
      throw new UsageError(
        `${compressor.name}, ${reading} knows of no copies; --overlap works with decode of gzip and lzma`,
      );
    }
    const drawer = flags.units === 'tokens' ? pieceDrawer : byteDrawer;
    const start = (): Drawer =>
      drawer(compressor.start(reading), { ...warps, ...constraints(), overlap });
    return { start, drawn: flags.units, record: { overlap } };
  }
  if (flags.units === 'tokens') {
    if (flags.reading !== undefined && flags.reading !== 'decode') {
      throw new UsageError(`--units tokens needs --reading decode, got "${flags.reading}"`);
    }
    if (!compressor.startTokens) {
      throw new UsageError(
        `${compressor.name} draws no tokens; --units tokens works with gzip, lzma and language models of tokens`,
      );
    }
    const start = (): Drawer =>
      tokenDrawer(compressor.startTokens!(), { temperature, copyGuard: constraints().copyGuard });
    return { start, drawn: 'tokens', record: {} };
  }
  if (flags.spans !== undefined || flags.proposal !== undefined) {
    return openSpans(subject, passage, flags, given, constraints);
  }
  if (flags.vocabulary !== undefined) {
    const words = await readVocabulary(flags.vocabulary);
    const start = (): Drawer =>
      wordDrawer(compressor.start(reading), words, { ...warps, ...constraints() });
    return { start, drawn: 'words', record: { vocabulary: flags.vocabulary, words: words.length } };
  }
  const format = sampleFormat(subject, passage);
  if (format) {
    const start = (): Drawer => sampleDrawer(compressor.startSamples!(), format, temperature);
    return { start, drawn: 'samples', record: {} };
  }
  const { beam, horizon = DEFAULT_HORIZON, commit = 'byte' } = flags;
  const search = beam === undefined ? undefined : { beam, horizon, commit };
  const start = (): Drawer => {
    const model = compressor.start(reading);
    const ahead = search ? decodeReading(lookaheadPredictor(model, search)) : model;
    return byteDrawer(ahead, { ...warps, ...constraints() });
  };
  const record = { ...search, ...(alphabetName === GIVEN && { alphabet: GIVEN }) };
  return { start, drawn: 'bytes', record };
}

async function openSpans(
  { compressor, reading }: Subject,
  passage: Passage,
  flags: WayFlags,
  given: readonly Uint8Array[],
  constraints: () => Omit<Parameters<typeof spanDrawer>[1], 'span' | 'candidates' | 'proposal'>,
): Promise<Way> {
  const { format = { kind: 'bytes' } } = passage;
  const { candidates = DEFAULT_CANDIDATES[format.kind] } = flags;
  const { proposal: name = DEFAULT_PROPOSAL[format.kind] } = flags;
  const isPatch = name === 'patch';
  if (flags.spans === undefined && !isPatch) throw new UsageError('--proposal needs --spans');
  const { spans: span = 1, beta = isPatch ? PATCH_BETA : undefined } = flags;
  const propose = isPatch
    ? openPatch(passage, flags.temperature)
    : await openProposal(name, given, format);
  const uniformShare = isPatch ? 0 : undefined;
  const start = (): Drawer => {
    const settings = { ...constraints(), span, candidates, beta, uniformShare };
    return spanDrawer(compressor.start(reading), { ...settings, proposal: propose() });
  };
  const record = { span, candidates, proposal: name, ...(beta !== undefined && { beta }) };
  return { start, drawn: 'spans', record };
}

/** What starts a proposal of pixels from the given part of a picture. */
function openPatch(passage: Passage, temperature: number): () => Predictor {
  const { bytes, format, given } = passage;
  if (format?.kind !== 'image' || !given) {
    throw new UsageError('--proposal patch needs a picture; try ppm, order3 or corpus');
  }
  const places = new PatchPlaces({ ...pictureOfBytes(bytes, format), ...given });
  return () => patchPredictor(places, temperature);
}

/** What starts a proposal that has read nothing but for the counts of what is given. */
async function openProposal(
  name: string,
  given: readonly Uint8Array[],
  format: Format,
): Promise<() => Predictor> {
  const order = name === 'corpus' ? CORPUS_ORDER : Number(/^order([0-9])$/.exec(name)?.[1] ?? -1);
  if (order < 0) {
    const proposer = await openCompressor(name, { format });
    return () => modelPredictor(proposer.start());
  }
  const counts = new NgramCounts(given);
  return () => (name === 'corpus' ? copyPredictor : ngramPredictor)(counts, order);
}

/**
 * The flags with what draws best after a corpus: the overlap of the word and no long copies, where
 * the model knows of copies and no other way to draw was asked for.
 */
export function withDrawingDefaults<Flags extends WayFlags>(
  flags: Flags,
  { compressor, reading }: Subject,
): Flags {
  const { overlap, beam, spans, proposal, vocabulary, noCopy = AFTER_CORPUS.noCopy } = flags;
  const isAsked = [overlap, beam, spans, proposal, vocabulary].some((value) => value !== undefined);
  if (isAsked || reading !== 'decode' || !compressor.start(reading).nextOverlapping) return flags;
  return { ...flags, overlap: AFTER_CORPUS.overlap, noCopy };
}

/** Longest match drawn, in bytes, by a compressor that has that option; it copies no more at once. */
const DEFAULT_MAX_MATCH = 16;

/**
 * The spec with the longest match that `--max-match` says, where the compressor knows of one.
 *
 * @throws UsageError if it was asked for and the compressor knows of none.
 */
export function drawingSpec(spec: string, maxMatch: number | undefined): string {
  const { name, text } = splitSpec(spec);
  const entry = Object.hasOwn(nodeRegistry, name) ? nodeRegistry[name] : undefined;
  if (entry && !('maxMatch' in entry.options)) {
    if (maxMatch === undefined) return spec;
    throw new UsageError(`--max-match does not apply to ${name}; it applies to lzma`);
  }
  if (!entry || (maxMatch === undefined && text.includes('maxMatch'))) return spec;
  return withOption(spec, `maxMatch=${maxMatch ?? DEFAULT_MAX_MATCH}`);
}

/** The spec to draw a picture with by a decode reading; others, and the paper's protocol, keep it. */
export function pictureSpec(spec: string, { reading, protocol }: PictureFlags): string {
  const isDecode = reading === undefined || reading === 'decode';
  return isDecode && !protocol ? drawnPngSpec(spec) : spec;
}

type PictureFlags = { readonly reading?: Reading; readonly protocol?: 'paper' };

/** Flags that work on bytes, which tokens are not drawn by. */
const OF_BYTES = {
  ...{ topK: '--top-k', topP: '--top-p', minP: '--min-p', alphabet: '--alphabet' },
  ...{ utf8: '--utf8', stop: '--stop', beam: '--beam', spans: '--spans' },
  ...{ proposal: '--proposal' },
  vocabulary: '--vocabulary',
} as const;

function checkUnits(flags: WayFlags): void {
  if (flags.units !== 'tokens' || flags.overlap) return;
  const names = Object.keys(OF_BYTES) as (keyof typeof OF_BYTES)[];
  const given = names.find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  throw new UsageError(`${OF_BYTES[given]} works on bytes; it cannot go with --units tokens`);
}

/** @throws UsageError for a stop that the alphabet can never spell. */
function checkStops(
  stops: readonly Uint8Array[] = [],
  alphabet: readonly number[],
  name: string,
): void {
  for (const stop of stops) {
    const missing = stop.find((byte) => !alphabet.includes(byte));
    if (missing === undefined) continue;
    const hex = `\\x${missing.toString(16).padStart(2, '0')}`;
    throw new UsageError(`--stop would never come: --alphabet ${name} has no byte ${hex}`);
  }
}

/** What has been given so many bytes has shown which bytes its text is made of. */
const MANY_BYTES = 1000;

/**
 * LZMA and language models spend much on bytes that a text never has; after enough of it they draw
 * only those that it has.
 */
function defaultAlphabet(
  { compressor, reading }: Subject,
  { units, overlap }: WayFlags,
  given: readonly Uint8Array[],
): string {
  const isForeign = compressor.name === 'lzma' || compressor.modelBytes !== undefined;
  const count = given.reduce((sum, { length }) => sum + length, 0);
  const isOfBytes = units === 'bytes' && !overlap;
  return isForeign && isOfBytes && reading === 'decode' && count >= MANY_BYTES ? GIVEN : ALL;
}

/**
 * A named alphabet, or the bytes that a file has.
 *
 * @param given what `given` stands for.
 */
async function readAlphabet(
  name: string,
  given: readonly Uint8Array[],
): Promise<readonly number[] | undefined> {
  if (name === ALL) return undefined;
  if (name === GIVEN) {
    const bytes = alphabetOf(Uint8Array.from(given.flatMap((part) => alphabetOf(part))));
    if (bytes.length === 0) throw new UsageError('--alphabet given: no bytes were given');
    return bytes;
  }
  if (Object.hasOwn(ALPHABETS, name)) return namedAlphabet(name);
  let data: Uint8Array;
  try {
    data = await readInput(name);
  } catch (error) {
    const nearest = nearestName(name, ALPHABET_NAMES);
    const advice = nearest ? `; did you mean "${nearest}"?` : '';
    const message = `--alphabet expected ${ALPHABET_NAMES.join(', ')} or a file: ${(error as Error).message}${advice}`;
    throw new FileError(message, { cause: error });
  }
  if (data.length === 0) throw new UsageError(`--alphabet: "${name}" has no bytes`);
  return alphabetOf(data);
}
