// The metadata of a FLAC file (RFC 9639 §8): STREAMINFO is read, other metadata is only reported by
// kind. ID3v2 tags may come first, as some programs write them.

import { chunkName, type NotKept } from '../../bits/not-kept.js';
import { CorruptDataError, UsageError } from '../../errors.js';
import { MAGIC, STREAMINFO_BYTES } from './format.js';
import { MsbReader } from './msb-reader.js';

/** Contents of STREAMINFO (§8.2). */
export interface StreamInfo {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** Samples per channel; 0 if unknown. */
  readonly samples: number;
  readonly leastBlockSize: number;
  readonly mostBlockSize: number;
  /** Undefined if all zero, which means not computed. */
  readonly md5: Uint8Array | undefined;
  /** Position in the file. */
  readonly offset: number;
}

const STREAMINFO = 0;
const PADDING = 1;
const APPLICATION = 2;
const SEEKTABLE = 3;
const COMMENTS = 4;
const CUESHEET = 5;
const PICTURE = 6;
const FORBIDDEN = 127;

/** @throws CorruptDataError at the start of the first invalid block. */
export function readMetadata(
  data: Uint8Array,
  notKept: NotKept,
): { info: StreamInfo; end: number } {
  const start = skipId3(data);
  if (!isFlac(data)) {
    throw new CorruptDataError('no FLAC stream', start);
  }
  if (start > 0) notKept.add('ID3 tags');
  let info: StreamInfo | undefined;
  let at = start + MAGIC.length;
  for (let last = false; !last; ) {
    const reader = new MsbReader(data, at);
    last = reader.readBits(1) === 1;
    const type = reader.readBits(7);
    const length = reader.readBits(24);
    if (type === FORBIDDEN) throw new CorruptDataError('forbidden metadata block', at);
    if (at + 4 + length > data.length) {
      throw new CorruptDataError('FLAC stream ends too soon', data.length);
    }
    if ((type === STREAMINFO) !== (info === undefined)) {
      throw new CorruptDataError('STREAMINFO must be the first metadata block and occur once', at);
    }
    if (type === STREAMINFO) info = readStreamInfo(reader, length, at);
    const kind = kindOf(type, data.subarray(at + 4, at + 4 + length));
    if (kind !== undefined) notKept.add(kind);
    at += 4 + length;
  }
  return { info: info!, end: at };
}

/** True if a file holds a FLAC stream, possibly after tags. */
export function isFlac(data: Uint8Array): boolean {
  const start = skipId3(data);
  return MAGIC.every((byte, i) => data[start + i] === byte);
}

/** The end of any ID3v2 tags (ID3 2.4.0 §3.1); 0 if there are none. */
export function skipId3(data: Uint8Array): number {
  let at = 0;
  while (String.fromCharCode(...data.subarray(at, at + 3)) === 'ID3' && at + 10 <= data.length) {
    const hasFooter = (data[at + 5]! & 0x10) !== 0;
    let size = 0; // seven bits per byte
    for (let i = 6; i < 10; i++) size = size * 128 + (data[at + i]! & 127);
    at += 10 + size + (hasFooter ? 10 : 0);
  }
  return at;
}

/** The kind of information lost with a block; undefined if it only helps to read the stream. */
function kindOf(type: number, block: Uint8Array): string | undefined {
  if (type === COMMENTS) return countComments(block) > 0 ? 'tags' : undefined;
  if (type === PICTURE) return 'pictures';
  if (type === CUESHEET) return 'cue sheet';
  if (type === APPLICATION) return `application data (${chunkName(block.subarray(0, 4))})`;
  if (type === STREAMINFO || type === PADDING || type === SEEKTABLE) return undefined;
  return `metadata of type ${type}`;
}

/**
 * Counts comments. Every encoder writes a comment block that names itself (§8.6), which is not
 * worth reporting if it has no others.
 */
function countComments(block: Uint8Array): number {
  if (block.length < 8) return 0;
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const at = 4 + view.getUint32(0, true);
  return at + 4 <= block.length ? view.getUint32(at, true) : 0;
}

function readStreamInfo(reader: MsbReader, length: number, offset: number): StreamInfo {
  if (length !== STREAMINFO_BYTES) {
    throw new CorruptDataError(`STREAMINFO of ${length} bytes`, offset);
  }
  const leastBlockSize = reader.readBits(16);
  const mostBlockSize = reader.readBits(16);
  reader.readBits(24); // minimum and maximum frame size: a hint
  reader.readBits(24);
  const sampleRate = reader.readBits(20);
  const channels = reader.readBits(3) + 1;
  const bitsPerSample = reader.readBits(5) + 1;
  const samples = reader.readBits(4) * 2 ** 32 + reader.readBits(32);
  const digest = Uint8Array.from({ length: 16 }, () => reader.readBits(8));
  if (leastBlockSize < 16 || mostBlockSize < leastBlockSize) {
    throw new CorruptDataError(`block sizes ${leastBlockSize} to ${mostBlockSize}`, offset);
  }
  if (sampleRate === 0) throw new CorruptDataError('sample rate 0', offset);
  if (bitsPerSample < 4) throw new CorruptDataError(`${bitsPerSample} bits per sample`, offset);
  if (bitsPerSample > 24) {
    throw new UsageError(
      `FLAC with ${bitsPerSample} bits per sample is not supported; the maximum is 24`,
    );
  }
  const md5 = digest.some((byte) => byte !== 0) ? digest : undefined;
  const shape = { sampleRate, channels, bitsPerSample, samples };
  return { ...shape, leastBlockSize, mostBlockSize, md5, offset };
}
