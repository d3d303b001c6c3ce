// The ways of drawing that the flags of `zipdream sample` select: bytes, tokens, spans, words or
// whole samples. The drawers themselves are in passage/drawers.ts.

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
import { ALPHABETS, alphabetOf, keepsToGiven, namedAlphabet } from '../sampling/constraints.js';
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

/** A way of drawing, with everything it needs opened. */
export interface Way {
  /** Returns a drawer with an empty context. */
  readonly start: () => Drawer;
  /** The unit drawn per step, in the plural. */
  readonly drawn: 'bytes' | 'tokens' | 'spans' | 'words' | 'samples';
  /** Its fields in the record of `--json`. */
  readonly record: Readonly<Record<string, unknown>>;
}

const DEFAULT_HORIZON = 4;
const DEFAULT_CANDIDATES = { bytes: 64, image: 16, audio: 16 };
const DEFAULT_PROPOSAL = { bytes: 'ppm', image: 'mix', audio: 'mix' };
/** Bytes of context for which a `corpus` proposal looks up continuations. */
const CORPUS_ORDER = 5;

/**
 * Opens the way of drawing that the flags select.
 *
 * @param given the texts in which copies are looked up, in order.
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
  const keeps = flags.units === 'bytes' && !overlap && keepsToGiven(compressor, reading, given);
  const alphabetName = flags.alphabet ?? (keeps ? GIVEN : ALL);
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

/** Returns a function that starts a proposal of pixels from the given part of a picture. */
function openPatch(passage: Passage, temperature: number): () => Predictor {
  const { bytes, format, given } = passage;
  if (format?.kind !== 'image' || !given) {
    throw new UsageError('--proposal patch needs a picture; try ppm, order3 or corpus');
  }
  const places = new PatchPlaces({ ...pictureOfBytes(bytes, format), ...given });
  return () => patchPredictor(places, temperature);
}

/** Returns a function that starts a proposal; n-gram proposals have counted the given texts. */
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
 * Adds the defaults for drawing after a corpus, an overlap by words and no long copies, if the
 * model supports overlaps and no other way of drawing was requested.
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

/** Default of `maxMatch` while drawing, in bytes. */
const DEFAULT_MAX_MATCH = 16;

/**
 * The spec with the longest match of `--max-match`, or its default, if the compressor has that
 * option.
 *
 * @throws UsageError if it was requested but the compressor does not have the option.
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

/** The spec for drawing a picture with a decode reading; in all other cases the same spec. */
export function pictureSpec(spec: string, { reading, protocol }: PictureFlags): string {
  const isDecode = reading === undefined || reading === 'decode';
  return isDecode && !protocol ? drawnPngSpec(spec) : spec;
}

type PictureFlags = { readonly reading?: Reading; readonly protocol?: 'paper' };

/** Flags that constrain bytes and so cannot be used when drawing tokens. */
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

/** @throws UsageError for a stop text that has a byte outside the alphabet. */
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

/**
 * Reads a named alphabet, or the set of bytes in a file.
 *
 * @param given the texts whose bytes the name `given` stands for.
 * @returns undefined for all bytes.
 */
async function readAlphabet(
  name: string,
  given: readonly Uint8Array[],
): Promise<readonly number[] | undefined> {
  if (name === ALL) return undefined;
  if (name === GIVEN) {
    const bytes = alphabetOf(...given);
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
