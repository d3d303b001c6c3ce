// Opening a compressor of the pure core by its spec; node/open.ts does the same for all of Node's.

import { coreRegistry } from './compressors/index.js';
import { openCompressor as openFrom, type Registry } from './registry.js';
import type { Compressor, Format } from './types.js';

/** What a spec leaves open: the meaning of the bytes, and where its name is looked up. */
export interface OpenOptions {
  /** What the bytes of a context mean (default: bytes). */
  readonly format?: Format | undefined;
  /** Where to look the name up; your own rows can be added to the built-in ones. */
  readonly registry?: Registry | undefined;
}

/**
 * Opens a compressor by its spec: `gzip`, `gzip:level=6,memLevel=9`, `pako`.
 *
 * @throws UsageError for an unknown name, option or value.
 * @throws CompressorUnavailableError when something it needs is missing.
 */
export function openCompressor(spec: string, options: OpenOptions = {}): Promise<Compressor> {
  return openFrom(spec, options.registry ?? coreRegistry, options.format);
}
