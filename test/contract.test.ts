// The contract, for every row of the registry that can be opened without saying more. A row whose
// option is required (`command:xz -9`) is tested where its program is.

import { nodeRegistry } from '../src/node/registry.js';
import { exampleFormat, openCompressor } from '../src/registry.js';
import { compressorContract } from './contract.js';
import { later } from './later.js';

const registry = { ...nodeRegistry, 'pako-later': later(nodeRegistry.pako!) };

for (const [name, entry] of Object.entries(registry)) {
  if (Object.values(entry.options).some((spec) => !('default' in spec))) continue;
  if (name === 'xz' || name === 'bzip2') continue; // a process a candidate: slow-programs.test.ts
  compressorContract(name, () => openCompressor(name, registry, exampleFormat(entry)));
}
