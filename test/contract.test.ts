// The contract, for every row of the registry that can be opened without saying more. A row whose
// option is required (`command:xz -9`) is tested where its program is.

import { openCompressor } from '../src/registry.js';
import { compressorContract } from './contract.js';
import { registry } from './contract-registry.js';

for (const [name, entry] of Object.entries(registry)) {
  if (Object.values(entry.options).some(({ type }) => type === 'rest')) continue;
  compressorContract(name, () => openCompressor(name, registry));
}
