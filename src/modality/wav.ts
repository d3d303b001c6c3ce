// WAV files (RIFF; Microsoft and IBM 1991, and RF64, EBU Tech 3306) of integer samples,
// WAVE_FORMAT_EXTENSIBLE included. Chunks other than `fmt ` and `data` are discarded and reported
// by kind.

import { chunkName, NotKept, type ReadingNotes } from '../bits/not-kept.js';
import { CorruptDataError, UsageError } from '../errors.js';
import type { AudioFormat, Bytes } from '../types.js';
import { bytesPerFrame } from './audio-bytes.js';

/** Sound as stored in a file. */
export interface Sound {
  /** Sample rate, channels and sample width. */
  readonly format: AudioFormat;
  /** The samples; whole frames only. */
  readonly data: Uint8Array;
}

const PCM = 1;
const EXTENSIBLE = 0xfffe;
/**
 * Last 8 bytes of the subtype in an extensible header, if the subtype is only an encoding number.
 */
const SUBTYPE_END = [0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];

/** Names of unsupported encodings, from the registry in mmreg.h. */
const ENCODINGS: Readonly<Record<number, string>> = {
  2: 'ADPCM',
  3: 'floating-point samples',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  49: 'GSM 6.10',
  85: 'MP3',
};

/** A sound, and notes on what else the file contained. */
export interface SoundRead extends Sound, ReadingNotes {
  readonly data: Bytes;
}

/** What chunks other than the samples contain; undefined for those not worth reporting. */
const EXTRAS: Readonly<Record<string, string | undefined>> = {
  'cue ': 'cue points',
  plst: 'playlist',
  smpl: 'loops',
  inst: 'instrument',
  bext: 'broadcast data (bext)',
  iXML: 'XML data',
  axml: 'XML data',
  _PMX: 'XML data',
  'id3 ': 'ID3 tags',
  'ID3 ': 'ID3 tags',
  ds64: undefined,
  fact: undefined,
  PEAK: undefined,
  JUNK: undefined,
  junk: undefined,
  'PAD ': undefined,
  FLLR: undefined,
  fllr: undefined,
};

const UNKNOWN_SIZE = 0xffffffff;

/**
 * Reads 8-bit unsigned, 16- and 24-bit samples, mono or stereo, from RIFF, from RIFX (which is
 * big-endian) and from RF64. 24-bit samples stored in 32 bits are supported. If a file was
 * truncated, or written by a program that could not go back to set the length, the sound extends to
 * the end of the file, and `assumed` says so.
 *
 * @throws CorruptDataError if it is not a WAV file or its parts contradict each other.
 * @throws UsageError for an unsupported kind of WAV, which the message names.
 */
export function readWav(file: Uint8Array): SoundRead {
  const container = nameAt(file, 0);
  if (!['RIFF', 'RIFX', 'RF64', 'BW64'].includes(container) || nameAt(file, 8) !== 'WAVE') {
    throw new CorruptDataError('not a WAV file', 0);
  }
  const little = container !== 'RIFX';
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const notKept = new NotKept();
  let stored: StoredFormat | undefined;
  let samples: Samples | undefined;
  let longSize: number | undefined;
  let at = 12;
  while (at + 8 <= file.length) {
    const name = nameAt(file, at);
    const size = view.getUint32(at + 4, little);
    const start = at + 8;
    if (name === 'ds64' && start + 16 <= file.length) {
      longSize = Number(view.getBigUint64(start + 8, little));
    }
    if (name === 'fmt ' && !samples) stored = readFormat(view, start, size, little);
    if (name === 'data' && !samples) {
      if (!stored) throw new CorruptDataError('samples before their format', at);
      const said = size === UNKNOWN_SIZE ? (longSize ?? size) : size;
      samples = findSamples(view, start, said, bytesOfBlock(stored), little);
      at = samples.end;
      continue;
    }
    if (name !== 'fmt ') addKind(notKept, file, at, size);
    at = start + size + (size % 2);
  }
  if (samples && at < file.length) notKept.add(`${file.length - at} bytes after the sound`);
  if (!stored || !samples) throw new CorruptDataError('WAV file without samples', file.length);
  const data = toBytes(file.subarray(samples.start, samples.start + samples.bytes), stored, little);
  return { format: stored.format, data, notKept: notKept.kinds, assumed: samples.assumed };
}

function nameAt(file: Uint8Array, at: number): string {
  return String.fromCharCode(...file.subarray(at, at + 4));
}

function addKind(notKept: NotKept, file: Uint8Array, at: number, size: number): void {
  const name = nameAt(file, at);
  if (name === 'LIST') {
    const list = size < 4 ? '' : nameAt(file, at + 8);
    notKept.add(
      list === 'INFO' ? 'text (INFO)' : list === 'adtl' ? 'labels of cue points' : 'list',
    );
  } else if (!Object.hasOwn(EXTRAS, name)) notKept.add(chunkName(file.subarray(at, at + 4)));
  else if (EXTRAS[name] !== undefined) notKept.add(EXTRAS[name]);
}

interface Samples {
  readonly start: number;
  /** Size in whole frames. */
  readonly bytes: number;
  /** Position of the next chunk. */
  readonly end: number;
  readonly assumed: readonly string[];
}

/** @param size as declared by the chunk, which may be wrong. */
function findSamples(
  view: DataView,
  start: number,
  size: number,
  block: number,
  little: boolean,
): Samples {
  const assumed: string[] = [];
  const rest = view.byteLength - start;
  // An empty sound followed by other chunks has the correct file length.
  const isClosed = Math.abs(view.getUint32(4, little) + 8 - view.byteLength) <= 1;
  let bytes = size;
  if (size > rest) {
    bytes = rest;
    if (size >= 0x7fff0000)
      assumed.push('no length is declared: the rest of the file is read as sound');
    else assumed.push(`the file ends ${size - rest} bytes before the sound does`);
  } else if (size === 0 && rest > 0 && !isClosed) {
    bytes = rest;
    assumed.push('the declared length is 0: the rest of the file is read as sound');
  }
  const partial = bytes % block;
  if (partial > 0) assumed.push(`the last ${partial} of ${bytes} bytes are not a whole sample`);
  return { start, bytes: bytes - partial, end: start + bytes + (bytes % 2), assumed };
}

/** How samples are stored in the file. */
interface StoredFormat {
  readonly format: AudioFormat;
  /** Bytes per stored sample, including padding bytes at the low end. */
  readonly width: number;
}

function bytesOfBlock({ format, width }: StoredFormat): number {
  return format.channels * width;
}

/**
 * Converts stored samples to little-endian ones of the format's width. @throws UsageError if that
 * would lose bits.
 */
function toBytes(stored: Uint8Array, { format, width }: StoredFormat, little: boolean): Bytes {
  const kept = format.bitsPerSample / 8;
  if (little && kept === width) return stored.slice();
  const bytes = new Uint8Array((stored.length / width) * kept);
  for (let from = 0, to = 0; from < stored.length; from += width, to += kept) {
    // Byte b of a sample, lowest first.
    for (let b = 0; b < width; b++) {
      const byte = stored[little ? from + b : from + width - 1 - b]!;
      if (b >= width - kept) bytes[to + b - width + kept] = byte;
      else if (byte !== 0) {
        throw new UsageError(
          'WAV of 32 bits per sample is not supported, although its header declares 24 used bits',
        );
      }
    }
  }
  return bytes;
}

function readFormat(view: DataView, start: number, size: number, little: boolean): StoredFormat {
  if (size < 16) throw new CorruptDataError(`format of ${size} bytes`, start);
  if (start + Math.min(size, 40) > view.byteLength) {
    throw new CorruptDataError('WAV file ends too soon', view.byteLength);
  }
  let encoding = view.getUint16(start, little);
  const channels = view.getUint16(start + 2, little);
  const sampleRate = view.getUint32(start + 4, little);
  const blockBytes = view.getUint16(start + 12, little);
  const storedBits = view.getUint16(start + 14, little);
  let bitsPerSample = storedBits;
  const refuse = (what: string, reads: string): never => {
    throw new UsageError(`WAV of ${what} is not supported; ${reads}`);
  };
  if (encoding === EXTENSIBLE) {
    if (size < 40) throw new CorruptDataError(`extensible format of ${size} bytes`, start);
    encoding = view.getUint32(start + 24, little);
    if (SUBTYPE_END.some((byte, i) => view.getUint8(start + 32 + i) !== byte)) {
      refuse('a vendor-specific encoding', 'convert it to integer samples');
    }
    const validBits = view.getUint16(start + 18, little);
    if (validBits > storedBits) {
      throw new CorruptDataError(`${validBits} bits in samples of ${storedBits}`, start + 18);
    }
    if (storedBits === 32 && validBits > 0 && validBits <= 24) bitsPerSample = 24;
  }
  if (encoding !== PCM) {
    refuse(ENCODINGS[encoding] ?? `encoding ${encoding}`, 'convert it to integer samples');
  }
  if (channels !== 1 && channels !== 2) return refuse(`${channels} channels`, '1 and 2 are');
  if (bitsPerSample !== 8 && bitsPerSample !== 16 && bitsPerSample !== 24) {
    return refuse(`${bitsPerSample} bits per sample`, '8, 16 and 24 are');
  }
  if (sampleRate < 1 || sampleRate >= 2 ** 20) refuse(`${sampleRate} Hz`, '1 to 1048575 Hz are');
  const width = storedBits / 8;
  if (bitsPerSample === 24 && width === 3 && blockBytes === 4 * channels) {
    refuse(
      '24-bit samples in 4 bytes each without an extensible header',
      'rewrite the file with one',
    );
  }
  if (blockBytes !== channels * width) {
    throw new CorruptDataError(`blocks of ${blockBytes} bytes`, start + 12);
  }
  return { format: { kind: 'audio', sampleRate, channels, bitsPerSample }, width };
}

/** A WAV file with the usual header of 44 bytes. @throws RangeError if it exceeds 4 GiB. */
export function writeWav({ format, data }: Sound): Bytes {
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
  view.setUint32(28, sampleRate * bytesPerFrame(format), true);
  view.setUint16(32, bytesPerFrame(format), true);
  view.setUint16(34, bitsPerSample, true);
  put(36, 'data');
  view.setUint32(40, data.length, true);
  file.set(data, 44);
  return file;
}
