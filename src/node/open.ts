// Opens a compressor by its spec from all compressors available in Node.

import type { OpenOptions } from '../open.js';
import { openCompressor as openFrom } from '../registry.js';
import type { Compressor } from '../types.js';
import { nodeRegistry } from './registry.js';

/**
 * Opens a compressor by its spec: `gzip:level=6`, `node-zlib`, `command:xz -9`.
 *
 * @throws UsageError for an unknown name, option or value.
 * @throws CompressorUnavailableError if something it needs is missing, such as a program.
 */
export function openCompressor(spec: string, options: OpenOptions = {}): Promise<Compressor> {
  return openFrom(spec, options.registry ?? nodeRegistry, options.format);
}
