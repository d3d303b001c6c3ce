// The table of compressors: spec string in, opened compressor out. `registry` holds those of the
// pure core; node/ adds the ones that need Node. A new compressor is one file and one row here.

import { nearestName, UsageError } from './errors.js';
import { type OptionSpecs, type OptionValues, parseOptions, splitSpec } from './options.js';
import type { Compressor, Format, MaybePromise } from './types.js';

/** One row: options are data, so that CLI flags, --help and checks come from one place. */
export interface CompressorEntry {
  /** What it is, in a line. */
  readonly summary: string;
  /** Formats it knows. One that knows bytes is given any other format as bytes. */
  readonly accepts: readonly Format['kind'][];
  /** What may stand behind the colon of its spec. */
  readonly options: OptionSpecs;
  /**
   * Binds a format and checked options. What is costly or may fail happens here. A row that is made
   * of others looks them up in the registry that it was found in.
   *
   * @throws CompressorUnavailableError when something it needs is missing.
   */
  open(format: Format, options: OptionValues, registry?: Registry): MaybePromise<Compressor>;
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
  const { name, text } = splitSpec(spec);
  const entry = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (!entry) {
    const nearest = nearestName(name, Object.keys(registry));
    const advice = nearest ? `did you mean "${nearest}"?` : `try "zipdream compressors" for a list`;
    throw new UsageError(`unknown compressor "${name}"; ${advice}`);
  }
  const values = parseOptions(name, entry.options, text);
  if (entry.accepts.includes(format.kind)) return entry.open(format, values, registry);
  if (entry.accepts.includes('bytes')) return entry.open({ kind: 'bytes' }, values, registry);
  throw new UsageError(`${name} expected ${entry.accepts.join(' or ')}, got ${format.kind}`);
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
