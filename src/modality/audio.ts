// Files of sound: WAV and FLAC, told apart by their first bytes.

import { decodeFlac } from '../engines/flac/decode.js';
import { encodeFlac } from '../engines/flac/encode.js';
import { UsageError } from '../errors.js';
import { audioOfBytes, bytesOfAudio, formatOfAudio } from './audio-bytes.js';
import { readWav, type Sound, writeWav } from './wav.js';

export type AudioContainer = 'wav' | 'flac';

/**
 * @throws CorruptDataError if the file is damaged.
 * @throws UsageError for a kind of sound that is not read, by its name.
 */
export function readAudio(file: Uint8Array): Sound {
  if (String.fromCharCode(...file.subarray(0, 4)) !== 'fLaC') return readWav(file);
  const audio = decodeFlac(file);
  try {
    return { format: formatOfAudio(audio), data: bytesOfAudio(audio) };
  } catch (error) {
    throw new UsageError(`FLAC of ${(error as Error).message}`, { cause: error });
  }
}

export function writeAudio(sound: Sound, container: AudioContainer): Uint8Array {
  if (container === 'wav') return writeWav(sound);
  return encodeFlac(audioOfBytes(sound.data, sound.format));
}
