// The natural unit of what a passage holds, in which rates are told beside bits per byte.

import { isUtf8 } from '../sampling/utf8-guard.js';
import type { Format } from '../types.js';
import { heldOutBytes, type Passage } from './passage.js';

/**
 * Characters of UTF-8 text, bytes of any other data, values of a picture's channels, samples of all
 * channels of a sound.
 */
export type Unit = 'byte' | 'character' | 'channel' | 'sample';

/** @param data all of the input, of which a passage may be a part. */
export function unitOf(data: Uint8Array, format: Format | undefined): Unit {
  if (format?.kind === 'image') return 'channel';
  if (format?.kind === 'audio') return 'sample';
  return isUtf8(data) ? 'character' : 'byte';
}

/** How many units begin in what is held out. */
export function countUnits(passage: Passage, unit: Unit): number {
  const bytes = heldOutBytes(passage);
  if (unit === 'character') {
    return bytes.reduce((count, byte) => count + ((byte & 0xc0) === 0x80 ? 0 : 1), 0);
  }
  return bytes.length / sampleBytes(unit === 'sample' ? passage.format : undefined);
}

/** Bytes of one sample of one channel; 1 where there is no sound. */
export function sampleBytes(format: Format | undefined): number {
  return format?.kind === 'audio' ? format.bitsPerSample / 8 : 1;
}
