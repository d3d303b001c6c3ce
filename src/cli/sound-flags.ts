// Lengths of sound on the command line: in samples or in seconds.

import { UsageError } from '../errors.js';
import type { AudioFormat } from '../types.js';

/** A length as it was written: samples of each channel, or a time. */
export type SoundLength = number | { readonly seconds: number };

/** Reads `2s`, `500ms` or a number of samples. @throws UsageError for anything else. */
export function soundLength(flag: string): (text: string) => SoundLength {
  return (text) => {
    const [, digits, unit] = /^\s*(\d+|\d*\.\d+)\s*(s|ms)?\s*$/.exec(text) ?? [];
    const value = Number(digits);
    if (digits === undefined || (!unit && !Number.isSafeInteger(value))) {
      throw new UsageError(`"${flag}" expected integer >= 0 or a time like 2s, got "${text}"`);
    }
    if (!unit) return value;
    return { seconds: unit === 's' ? value : value / 1000 };
  };
}

export function samplesIn(length: SoundLength, { sampleRate }: AudioFormat): number {
  return typeof length === 'number' ? length : Math.round(length.seconds * sampleRate);
}
