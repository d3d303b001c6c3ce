// The natural unit of a passage's contents, in which rates are given beside bits per byte.

import { isUtf8 } from '../sampling/utf8-guard.js';
import type { Format } from '../types.js';
import { heldOutBytes, type Passage } from './passage.js';

/**
 * Characters of UTF-8 text, channel values of a picture, samples (per channel) of a sound, bytes of
 * any other data.
 */
export type Unit = 'byte' | 'character' | 'channel' | 'sample';

/** @param data the whole input, of which a passage may be a part. */
export function unitOf(data: Uint8Array, format: Format | undefined): Unit {
  if (format?.kind === 'image') return 'channel';
  if (format?.kind === 'audio') return 'sample';
  return isUtf8(data) ? 'character' : 'byte';
}

/** The number of units that begin in the held-out part. */
export function countUnits(passage: Passage, unit: Unit): number {
  const bytes = heldOutBytes(passage);
  if (unit === 'character') {
    return bytes.reduce((count, byte) => count + ((byte & 0xc0) === 0x80 ? 0 : 1), 0);
  }
  return bytes.length / sampleBytes(unit === 'sample' ? passage.format : undefined);
}

/** Bytes of one sample of one channel; 1 if the format is not audio. */
export function sampleBytes(format: Format | undefined): number {
  return format?.kind === 'audio' ? format.bitsPerSample / 8 : 1;
}
