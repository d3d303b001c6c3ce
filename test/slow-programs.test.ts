// The contract of the rows that run a process for each candidate.

import { nodeRegistry } from '../src/node/registry.js';
import { openCompressor } from '../src/registry.js';
import { compressorContract } from './contract.js';

for (const name of ['xz', 'bzip2']) {
  compressorContract(name, () => openCompressor(name, nodeRegistry));
}
