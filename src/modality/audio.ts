// Reads sound files: WAV and FLAC, distinguished by their first bytes.

import { type DecodeOptions, decodeFlac } from '../engines/flac/decode.js';
import { encodeFlac } from '../engines/flac/encode.js';
import { isFlac } from '../engines/flac/metadata.js';
import { UsageError } from '../errors.js';
import type { Bytes } from '../types.js';
import { audioOfBytes, bytesOfAudio, formatOfAudio } from './audio-bytes.js';
import { readWav, type Sound, type SoundRead, writeWav } from './wav.js';

type AudioContainer = 'wav' | 'flac';

/**
 * @throws CorruptDataError if the file is damaged.
 * @throws UsageError for an unsupported kind of sound, which the message names.
 */
export function readAudio(file: Uint8Array, limits: DecodeOptions = {}): SoundRead {
  if (!isFlac(file)) return readWav(file);
  const audio = decodeFlac(file, limits);
  const { notKept } = audio;
  try {
    return { format: formatOfAudio(audio), data: bytesOfAudio(audio), notKept, assumed: [] };
  } catch (error) {
    throw new UsageError(`FLAC with ${(error as Error).message}`, { cause: error });
  }
}

export function writeAudio(sound: Sound, container: AudioContainer): Bytes {
  if (container === 'wav') return writeWav(sound);
  return encodeFlac(audioOfBytes(sound.data, sound.format));
}
