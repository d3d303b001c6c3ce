// Starts a compressor by the name of a reading. All compressors share this.

import type { CodeLengthModel, Reading } from '../types.js';

/** One function per reading that starts a model, best reading first. */
export type Starters = Readonly<Partial<Record<Reading, () => CodeLengthModel>>>;

/**
 * `readings` and `start` of a Compressor, built from one function per reading, best first.
 *
 * @throws RangeError (from `start`) for a reading that the compressor does not have.
 */
export function chooseReading(name: string, starters: Starters) {
  const readings = Object.keys(starters) as Reading[];
  return {
    readings,
    start(reading: Reading = readings[0]!): CodeLengthModel {
      const starter = starters[reading];
      if (!starter) {
        throw new RangeError(
          `"reading" of ${name} expected ${readings.join(' or ')}, got ${reading}`,
        );
      }
      return starter();
    },
  };
}
