// The contract, for every row of the registry that can be opened without saying more. A row whose
// option is required (`command:xz -9`) is tested where its program is.

import { nodeRegistry } from '../src/node/registry.js';
import { exampleFormat, openCompressor } from '../src/registry.js';
import type { Format } from '../src/types.js';
import { compressorContract } from './contract.js';
import { DEEP } from './deep.js';
import { later } from './later.js';

const registry = { ...nodeRegistry, 'pako-later': later(nodeRegistry.pako!) };

/** Rows of 28 bytes are quicker than rows of one; WebP and JPEG XL take whole rows only. */
const WIDE: Format = { kind: 'image', width: 28, channels: 1 };

/** Tables of the usual size take longer to clear than to use. */
const SMALL: Readonly<Record<string, string>> = { mix: 'mix:memory=18', ctw: 'ctw:memory=16' };

for (const [name, entry] of Object.entries(registry)) {
  if (Object.values(entry.options).some((spec) => !('default' in spec))) continue;
  if (name === 'xz' || name === 'bzip2') continue; // a process a candidate: slow-programs.test.ts
  const format = name === 'png' ? WIDE : exampleFormat(entry);
  const row = format.kind === 'image' ? format.width : undefined;
  const spec = (!DEEP && SMALL[name]) || name;
  compressorContract(name, () => openCompressor(spec, registry, format), row);
}
