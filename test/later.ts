// A black box behind promises that settle out of order, as external programs do.

import { chooseReading } from '../src/readings/choose.js';
import { recompressReading } from '../src/readings/recompress.js';
import type { CompressorEntry } from '../src/registry.js';

/** The same compressor, answering later, read by recompressing. */
export function later(entry: CompressorEntry): CompressorEntry {
  return {
    ...entry,
    async open(format, options) {
      const compressor = await entry.open(format, options);
      let calls = 0;
      const codeLength = async (data: Uint8Array): Promise<number> => {
        for (let wait = calls++ % 7; wait > 0; wait--) await null;
        return compressor.codeLength(data);
      };
      const starters = { recompress: () => recompressReading(codeLength) };
      return { ...compressor, codeLength, ...chooseReading(compressor.name, starters) };
    },
  };
}
