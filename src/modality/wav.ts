// WAV files (RIFF; Microsoft and IBM 1991) of integer samples, WAVE_FORMAT_EXTENSIBLE included.
// Chunks other than `fmt ` and `data` are skipped.

import { CorruptDataError, UsageError } from '../errors.js';
import type { AudioFormat } from '../types.js';
import { bytesPerMoment } from './audio-bytes.js';

/** Sound as it lies in a file. */
export interface Sound {
  /** What the samples are like. */
  readonly format: AudioFormat;
  /** Whole moments only. */
  readonly data: Uint8Array;
}

const PCM = 1;
const EXTENSIBLE = 0xfffe;

/** Names of what is refused; from the registry of mmreg.h. */
const ENCODINGS: Readonly<Record<number, string>> = {
  2: 'ADPCM',
  3: 'floating-point samples',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  85: 'MP3',
};

/**
 * Reads 8-bit unsigned, 16- and 24-bit samples, mono or stereo. Of a file cut short, or written by
 * a program that could not go back to say how long it is, what is there is taken.
 *
 * @throws CorruptDataError if it is no WAV or its parts contradict each other.
 * @throws UsageError for a kind of WAV that is not read, by its name.
 */
export function readWav(file: Uint8Array): Sound {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const name = (at: number): string => String.fromCharCode(...file.subarray(at, at + 4));
  if (name(0) !== 'RIFF' || name(8) !== 'WAVE') throw new CorruptDataError('no WAV file', 0);
  let format: AudioFormat | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (name(at) === 'fmt ') format = readFormat(view, start, size);
    if (name(at) === 'data') {
      if (!format) throw new CorruptDataError('samples before their format', at);
      const there = Math.min(size, file.length - start);
      const whole = there - (there % bytesPerMoment(format));
      return { format, data: file.slice(start, start + whole) };
    }
    at = start + size + (size % 2);
  }
  throw new CorruptDataError('WAV file without samples', file.length);
}

function readFormat(view: DataView, start: number, size: number): AudioFormat {
  if (size < 16) throw new CorruptDataError(`format of ${size} bytes`, start);
  if (start + Math.min(size, 40) > view.byteLength) {
    throw new CorruptDataError('WAV file ends too soon', view.byteLength);
  }
  let encoding = view.getUint16(start, true);
  const channels = view.getUint16(start + 2, true);
  const sampleRate = view.getUint32(start + 4, true);
  const blockBytes = view.getUint16(start + 12, true);
  const bitsPerSample = view.getUint16(start + 14, true);
  if (encoding === EXTENSIBLE) {
    if (size < 40) throw new CorruptDataError(`extensible format of ${size} bytes`, start);
    encoding = view.getUint16(start + 24, true);
  }
  const refuse = (what: string, reads: string): never => {
    throw new UsageError(`WAV of ${what} is not read; ${reads}`);
  };
  if (encoding !== PCM) {
    refuse(ENCODINGS[encoding] ?? `encoding ${encoding}`, 'convert it to integer samples');
  }
  if (channels !== 1 && channels !== 2) return refuse(`${channels} channels`, '1 and 2 are');
  if (bitsPerSample !== 8 && bitsPerSample !== 16 && bitsPerSample !== 24) {
    return refuse(`${bitsPerSample} bits per sample`, '8, 16 and 24 are');
  }
  if (sampleRate < 1 || sampleRate >= 2 ** 20) refuse(`${sampleRate} Hz`, '1 to 1048575 Hz are');
  const format: AudioFormat = { kind: 'audio', sampleRate, channels, bitsPerSample };
  if (blockBytes !== bytesPerMoment(format)) {
    throw new CorruptDataError(`blocks of ${blockBytes} bytes`, start + 12);
  }
  return format;
}

/** A WAV file with the usual header of 44 bytes. @throws RangeError if it exceeds 4 GiB. */
export function writeWav({ format, data }: Sound): Uint8Array {
  const { channels, sampleRate, bitsPerSample } = format;
  if (data.length >= 2 ** 32 - 64) throw new RangeError('a WAV file holds less than 4 GiB');
  const padded = data.length + (data.length % 2);
  const file = new Uint8Array(44 + padded);
  const view = new DataView(file.buffer);
  const put = (at: number, text: string): void => {
    for (let i = 0; i < 4; i++) file[at + i] = text.charCodeAt(i);
  };
  put(0, 'RIFF');
  view.setUint32(4, 36 + padded, true);
  put(8, 'WAVE');
  put(12, 'fmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * bytesPerMoment(format), true);
  view.setUint16(32, bytesPerMoment(format), true);
  view.setUint16(34, bitsPerSample, true);
  put(36, 'data');
  view.setUint32(40, data.length, true);
  file.set(data, 44);
  return file;
}
