// The table of compressors: spec string in, opened compressor out. `registry` holds those of the
// pure core; node/ adds the ones that need Node. A new compressor is one file and one row here.

import { nearestName, UsageError } from './errors.js';
import {
  checkOptions,
  type OptionSpecs,
  type OptionsOf,
  type OptionValues,
  parseOptions,
  splitSpec,
} from './options.js';
import type { Compressor, Format, MaybePromise, Reading } from './types.js';

/** One row: options are data, so that CLI flags, --help and checks come from one place. */
export interface CompressorEntry<
  Specs extends OptionSpecs = OptionSpecs,
  Opened extends Compressor = Compressor,
> {
  /** What it is, in a line. */
  readonly summary: string;
  /** Formats it knows. One that knows bytes is given any other format as bytes. */
  readonly accepts: readonly Format['kind'][];
  /** What it can be read by, of a row that cannot be opened without a text among its options. */
  readonly readings?: readonly Reading[];
  /** What may stand behind the colon of its spec. */
  readonly options: Specs;
  /**
   * What opening it with some options touches beside this package, for specs that come from outside
   * (`openFromOutside`). A row that does not say is refused to them.
   */
  readonly reach?: 'nothing' | ((options: OptionValues) => Reach);
  /**
   * Binds a format and checked options. What is costly or may fail happens here. A row that is made
   * of others looks them up in the registry that it was found in.
   *
   * @throws CompressorUnavailableError when something it needs is missing.
   */
  open(format: Format, options: OptionValues, registry?: Registry): MaybePromise<Opened>;
}

/** What a row touches when it is opened. */
export interface Reach {
  /** A program that it starts. */
  readonly program?: string;
  /** A file that its options name. */
  readonly file?: string;
  /** Specs of other compressors, from its options, that it opens from the same table. */
  readonly specs?: readonly string[];
}

/** A compressor that writes a format of its own, and reads it. */
export type FileCompressor = Compressor & Required<Pick<Compressor, 'compress' | 'decompress'>>;

/** A row as it is, with the types of its options and of what it opens kept for `open`. */
export function compressorRow<const Specs extends OptionSpecs, Opened extends Compressor>(
  row: CompressorEntry<Specs, Opened>,
): CompressorEntry<Specs, Opened> {
  return row;
}

/**
 * Opens a row with options from code: `open(gzip, { level: 6 })`.
 *
 * @param format what the bytes of a context mean (default: bytes).
 * @throws UsageError for an unknown option or a value out of range, or a format it does not know.
 * @throws CompressorUnavailableError when something it needs is missing.
 */
export async function open<Specs extends OptionSpecs, Opened extends Compressor>(
  row: CompressorEntry<Specs, Opened>,
  options: OptionsOf<Specs>,
  { format = { kind: 'bytes' } }: { readonly format?: Format | undefined } = {},
): Promise<Opened> {
  const values = checkOptions('options', row.options, options as OptionValues);
  return row.open(formatFor('the row', row, format), values);
}

/** The format that a row is opened with. @throws UsageError if it knows neither it nor bytes. */
function formatFor(name: string, { accepts }: CompressorEntry, format: Format): Format {
  if (accepts.includes(format.kind)) return format;
  if (accepts.includes('bytes')) return { kind: 'bytes' };
  throw new UsageError(`${name} expected ${accepts.join(' or ')}, got ${format.kind}`);
}

/** Rows by name: the table that specs are looked up in. */
export type Registry = Readonly<Record<string, CompressorEntry>>;

/**
 * Opens a compressor by its spec: `gzip`, `gzip:level=6,memLevel=9`, `command:xz -9`.
 *
 * @throws UsageError for an unknown name, option or value.
 * @throws CompressorUnavailableError when something it needs is missing.
 */
export async function openCompressor(
  spec: string,
  registry: Registry,
  format: Format = { kind: 'bytes' },
): Promise<Compressor> {
  const { name, entry, values } = findRow(spec, registry);
  return entry.open(formatFor(name, entry, format), values, registry);
}

/** How a spec from outside is opened. */
export interface OutsideOptions {
  /** What the bytes of a context mean (default: bytes). */
  readonly format?: Format | undefined;
  /** Whether the person whose machine this is has allowed programs and files (default: not). */
  readonly allowed?: boolean | undefined;
  /** How that is allowed, for the error: `-c SPEC allows it`. */
  readonly advice?: string | undefined;
}

/**
 * Opens a compressor by a spec that a stranger may have written: in the header of a file, a job of a
 * queue, a link. It starts no program and opens no file that the spec names, unless that is allowed.
 * What counts is the row that the spec is read as, and those of all specs inside it.
 *
 * @throws UsageError for a spec that reaches further, and as `openCompressor` does.
 * @throws CompressorUnavailableError when something it needs is missing.
 */
export async function openFromOutside(
  spec: string,
  registry: Registry,
  { format, allowed = false, advice }: OutsideOptions = {},
): Promise<Compressor> {
  const problem = allowed ? undefined : refusal(spec, registry, MOST_NESTED);
  if (problem) throw new UsageError(advice === undefined ? problem : `${problem}; ${advice}`);
  return openCompressor(spec, registry, format);
}

const MOST_NESTED = 16;

/** Why a spec from outside is refused: undefined where it reaches nothing. */
function refusal(spec: string, registry: Registry, depth: number): string | undefined {
  const { name, entry, values } = findRow(spec, registry);
  const { reach } = entry;
  if (reach === 'nothing') return undefined;
  const refused = `"${spec}" is refused as it comes from outside: ${name}`;
  if (!reach) return `${refused} may start programs and open files`;
  const { program, file, specs = [] } = reach(values);
  if (program !== undefined) return `${refused} starts the program "${program}"`;
  if (file !== undefined) return `${refused} opens the file "${file}"`;
  if (depth === 0 && specs.length > 0) return `${refused} has specs in specs without end`;
  for (const inner of specs) {
    const problem = refusal(inner, registry, depth - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The row that a spec names, and its options, checked: the one place where specs are read. */
function findRow(spec: string, registry: Registry) {
  const { name, text } = splitSpec(spec);
  const entry = findEntry(registry, name);
  return { name, entry, values: parseOptions(name, entry.options, text) };
}

/**
 * The row of a name.
 *
 * @throws UsageError if there is none, with the nearest name.
 */
export function findEntry(registry: Registry, name: string): CompressorEntry {
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (!entry) {
    const nearest = nearestName(name, Object.keys(registry));
    const advice = nearest ? `did you mean "${nearest}"?` : `try "zipdream compressors" for a list`;
    throw new UsageError(`unknown compressor "${name}"; ${advice}`);
  }
  return entry;
}

const EXAMPLES: Readonly<Record<Format['kind'], Format>> = {
  bytes: { kind: 'bytes' },
  image: { kind: 'image', width: 1, channels: 1 },
  audio: { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample: 8 },
};

/** A format to open a row with and look at it: bytes if it knows them; any message fits it. */
export function exampleFormat({ accepts }: CompressorEntry): Format {
  return EXAMPLES[accepts.includes('bytes') ? 'bytes' : accepts[0]!];
}
