// The registry of compressors: looks up a spec string and opens the compressor. `registry` holds
// those of the pure core; node/ adds the ones that need Node. A new compressor is one file and one
// row here.

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

/** One row: options are data, so that CLI flags, --help and checks have one source. */
export interface CompressorEntry<
  Specs extends OptionSpecs = OptionSpecs,
  Opened extends Compressor = Compressor,
> {
  /** One-line description. */
  readonly summary: string;
  /**
   * Supported formats. A compressor that supports bytes also accepts any other format, as bytes.
   */
  readonly accepts: readonly Format['kind'][];
  /** Readings of a row that cannot be opened without a required text option. */
  readonly readings?: readonly Reading[];
  /** Options that may follow the colon of its spec. */
  readonly options: Specs;
  /**
   * What opening it with given options accesses outside this package, for specs from untrusted
   * sources (`openFromOutside`). A row without this property is rejected for them.
   */
  readonly reach?: 'nothing' | ((options: OptionValues) => Reach);
  /**
   * Binds a format and checked options. Work that is costly or may fail happens here. A row
   * composed of others looks them up in the registry that contains it.
   *
   * @throws CompressorUnavailableError if something it needs is missing.
   */
  open(format: Format, options: OptionValues, registry?: Registry): MaybePromise<Opened>;
}

/** What a row accesses when it is opened. */
export interface Reach {
  /** A program that it runs. */
  readonly program?: string;
  /** A file named by its options. */
  readonly file?: string;
  /** Specs of other compressors in its options, which it opens from the same registry. */
  readonly specs?: readonly string[];
}

/** A compressor that can write and read a file format. */
export type FileCompressor = Compressor & Required<Pick<Compressor, 'compress' | 'decompress'>>;

/** Returns a row unchanged, keeping the types of its options and of its compressor for `open`. */
export function compressorRow<const Specs extends OptionSpecs, Opened extends Compressor>(
  row: CompressorEntry<Specs, Opened>,
): CompressorEntry<Specs, Opened> {
  return row;
}

/**
 * Opens a row with options from code: `open(gzip, { level: 6 })`.
 *
 * @param format what the bytes of a context mean (default: bytes).
 * @throws UsageError for an unknown option or a value out of range, or an unsupported format.
 * @throws CompressorUnavailableError if something it needs is missing.
 */
export async function open<Specs extends OptionSpecs, Opened extends Compressor>(
  row: CompressorEntry<Specs, Opened>,
  options: OptionsOf<Specs>,
  { format = { kind: 'bytes' } }: { readonly format?: Format | undefined } = {},
): Promise<Opened> {
  const values = checkOptions('options', row.options, options as OptionValues);
  return row.open(formatFor('the row', row, format), values);
}

/**
 * The format to open a row with. @throws UsageError if it supports neither this format nor bytes.
 */
function formatFor(name: string, { accepts }: CompressorEntry, format: Format): Format {
  if (accepts.includes(format.kind)) return format;
  if (accepts.includes('bytes')) return { kind: 'bytes' };
  throw new UsageError(`${name} expected ${accepts.join(' or ')}, got ${format.kind}`);
}

/** Rows by name, in which specs are looked up. */
export type Registry = Readonly<Record<string, CompressorEntry>>;

/**
 * Opens a compressor by its spec: `gzip`, `gzip:level=6,memLevel=9`, `command:xz -9`.
 *
 * @throws UsageError for an unknown name, option or value.
 * @throws CompressorUnavailableError if something it needs is missing.
 */
export async function openCompressor(
  spec: string,
  registry: Registry,
  format: Format = { kind: 'bytes' },
): Promise<Compressor> {
  const { name, entry, values } = findRow(spec, registry);
  return entry.open(formatFor(name, entry, format), values, registry);
}

/** How a spec from an untrusted source is opened. */
export interface OutsideOptions {
  /** What the bytes of a context mean (default: bytes). */
  readonly format?: Format | undefined;
  /** Whether the user has allowed programs and files (default: no). */
  readonly allowed?: boolean | undefined;
  /** How to allow it, for the error message: `-c SPEC allows it`. */
  readonly advice?: string | undefined;
}

/**
 * Opens a compressor by a spec from an untrusted source: a file header, a queued job, a link. It
 * starts no program and opens no file that the spec names, unless that is allowed. The check uses
 * the row that the spec resolves to, and the rows of all specs inside it.
 *
 * @throws UsageError for a spec that needs a program or a file, and as `openCompressor` does.
 * @throws CompressorUnavailableError if something it needs is missing.
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

/** Why an untrusted spec is rejected; undefined if it accesses nothing outside. */
function refusal(spec: string, registry: Registry, depth: number): string | undefined {
  const { name, entry, values } = findRow(spec, registry);
  const { reach } = entry;
  if (reach === 'nothing') return undefined;
  const refused = `"${spec}" comes from an untrusted source and is refused: ${name}`;
  if (!reach) return `${refused} may start programs and open files`;
  const { program, file, specs = [] } = reach(values);
  if (program !== undefined) return `${refused} starts the program "${program}"`;
  if (file !== undefined) return `${refused} opens the file "${file}"`;
  if (depth === 0 && specs.length > 0) return `${refused} nests specs too deeply`;
  for (const inner of specs) {
    const problem = refusal(inner, registry, depth - 1);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Resolves a spec to its row and checked options; all specs are parsed here. */
function findRow(spec: string, registry: Registry) {
  const { name, text } = splitSpec(spec);
  const entry = findEntry(registry, name);
  return { name, entry, values: parseOptions(name, entry.options, text) };
}

/**
 * Looks up a row by name.
 *
 * @throws UsageError if there is none; the message suggests the closest name.
 */
export function findEntry(registry: Registry, name: string): CompressorEntry {
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (!entry && name.includes(',')) {
    throw new UsageError(
      `expected one compressor, got "${name}"; compare takes several, blend:gzip+ppm makes them one`,
    );
  }
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

/** A format to open a row with for inspection: bytes if supported; any message fits it. */
export function exampleFormat({ accepts }: CompressorEntry): Format {
  return EXAMPLES[accepts.includes('bytes') ? 'bytes' : accepts[0]!];
}
