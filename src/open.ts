// Opens a compressor of the pure core by its spec; node/open.ts does the same for all compressors
// available in Node.

import { coreRegistry } from './compressors/index.js';
import { openCompressor as openFrom, type Registry } from './registry.js';
import type { Compressor, Format } from './types.js';

/** What a spec does not specify: the meaning of the bytes, and the registry to look in. */
export interface OpenOptions {
  /** What the bytes of a context mean (default: bytes). */
  readonly format?: Format | undefined;
  /** Registry in which the name is looked up; you can add rows to the built-in one. */
  readonly registry?: Registry | undefined;
}

/**
 * Opens a compressor by its spec: `gzip`, `gzip:level=6,memLevel=9`, `pako`.
 *
 * @throws UsageError for an unknown name, option or value.
 * @throws CompressorUnavailableError if something it needs is missing.
 */
export function openCompressor(spec: string, options: OpenOptions = {}): Promise<Compressor> {
  return openFrom(spec, options.registry ?? coreRegistry, options.format);
}
