// The table of compressors: spec string in, opened compressor out. `registry` holds those of the
// pure core; node/ adds the ones that need Node. A new compressor is one file and one row here.

import { nearestName, UsageError } from './errors.js';
import { type OptionSpecs, type OptionValues, parseOptions, splitSpec } from './options.js';
import type { Compressor, Format, MaybePromise } from './types.js';

/** One row: options are data, so that CLI flags, --help and checks come from one place. */
export interface CompressorEntry {
  readonly summary: string;
  /** Formats it knows. One that knows bytes is given any other format as bytes. */
  readonly accepts: readonly Format['kind'][];
  readonly options: OptionSpecs;
  open(format: Format, options: OptionValues): MaybePromise<Compressor>;
}

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
  if (entry.accepts.includes(format.kind)) return entry.open(format, values);
  if (entry.accepts.includes('bytes')) return entry.open({ kind: 'bytes' }, values);
  throw new UsageError(`${name} expected ${entry.accepts.join(' or ')}, got ${format.kind}`);
}
