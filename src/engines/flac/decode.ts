// Reads FLAC streams (RFC 9639) of up to 24 bits a sample, whatever encoder wrote them, and checks
// all they say: CRCs, MD5, the number of samples. Metadata other than STREAMINFO is skipped.

import { DEFAULT_MAX_BYTES } from '../../bits/limited-buffer.js';
import { CorruptDataError, UsageError } from '../../errors.js';
import { crc16, md5 } from './checksums.js';
import { interleave } from './encode.js';
import {
  CONSTANT,
  FIXED,
  FIXED_COEFFICIENTS,
  type FlacAudio,
  LEFT_SIDE,
  LPC,
  MAGIC,
  SIDE_RIGHT,
  STREAMINFO_BYTES,
  VERBATIM,
} from './format.js';
import { type FrameHeader, readFrameHeader } from './frame-header.js';
import { MsbReader } from './msb-reader.js';
import { readRice } from './rice.js';

/** What STREAMINFO says (§8.2). */
interface StreamInfo {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** Of each channel; 0 if unknown. */
  readonly samples: number;
  readonly mostBlockSize: number;
  /** Undefined if all zeros: not computed. */
  readonly md5: Uint8Array | undefined;
  /** Where it is in the file. */
  readonly offset: number;
}

export interface DecodeOptions {
  /** Refuse to write more bytes of samples than this (default 1 GiB). */
  readonly maxBytes?: number | undefined;
}

/**
 * The samples of a stream that fills `data`.
 *
 * @throws CorruptDataError for what no encoder writes; its offset is the byte where the metadata
 * block, frame or subframe with the trouble begins, or the end of the data if that comes too soon.
 * @throws UsageError for more than 24 bits per sample, or if the output would exceed `maxBytes`.
 */
export function decodeFlac(data: Uint8Array, options: DecodeOptions = {}): FlacAudio {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  const { info, end } = readMetadata(data);
  const bytesPerMoment = info.channels * Math.ceil(info.bitsPerSample / 8);
  const blocks: Int32Array[][] = [];
  let samples = 0;
  let frames = 0;
  const reader = new MsbReader(data, end);
  while (reader.bitsLeft > 0) {
    const start = reader.byte;
    const header = readFrameHeader(reader, data);
    checkHeader(header, info, start, header.variable ? samples : frames);
    if ((samples + header.blockSize) * bytesPerMoment > maxBytes) {
      throw new UsageError(`output would exceed ${maxBytes} bytes; raise maxBytes`);
    }
    blocks.push(readFrame(reader, header, info));
    reader.alignToByte();
    const crc = crc16(data.subarray(start, reader.byte));
    if (crc !== reader.readBits(16)) {
      throw new CorruptDataError('CRC-16 of a frame does not match', start);
    }
    samples += header.blockSize;
    frames++;
  }
  if (info.samples > 0 && info.samples !== samples) {
    const what = `${samples} samples where STREAMINFO says ${info.samples}`;
    throw new CorruptDataError(what, data.length);
  }
  const channels = Array.from({ length: info.channels }, (_, c) => {
    const channel = new Int32Array(samples);
    let at = 0;
    for (const block of blocks) {
      channel.set(block[c]!, at);
      at += block[c]!.length;
    }
    return channel;
  });
  const { sampleRate, bitsPerSample } = info;
  const audio = { sampleRate, bitsPerSample, channels };
  const expected = info.md5;
  if (expected && md5(interleave(audio)).some((byte, i) => byte !== expected[i])) {
    throw new CorruptDataError('MD5 of the samples does not match', info.offset);
  }
  return audio;
}

function readMetadata(data: Uint8Array): { info: StreamInfo; end: number } {
  if (MAGIC.some((byte, i) => data[i] !== byte)) throw new CorruptDataError('no FLAC stream', 0);
  let info: StreamInfo | undefined;
  let at = MAGIC.length;
  for (let last = false; !last; ) {
    const reader = new MsbReader(data, at);
    last = reader.readBits(1) === 1;
    const type = reader.readBits(7);
    const length = reader.readBits(24);
    if (type === 127) throw new CorruptDataError('forbidden metadata block', at);
    if (at + 4 + length > data.length) {
      throw new CorruptDataError('FLAC stream ends too soon', data.length);
    }
    if ((type === 0) !== (info === undefined)) {
      throw new CorruptDataError('the first metadata block and no other is STREAMINFO', at);
    }
    if (type === 0) info = readStreamInfo(reader, length, at);
    at += 4 + length;
  }
  return { info: info!, end: at };
}

function readStreamInfo(reader: MsbReader, length: number, offset: number): StreamInfo {
  if (length !== STREAMINFO_BYTES) {
    throw new CorruptDataError(`STREAMINFO of ${length} bytes`, offset);
  }
  const leastBlockSize = reader.readBits(16);
  const mostBlockSize = reader.readBits(16);
  reader.readBits(24); // least and most bytes of a frame: a hint
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
    throw new UsageError(`FLAC of ${bitsPerSample} bits per sample is not read; 24 are the most`);
  }
  const md5 = digest.some((byte) => byte !== 0) ? digest : undefined;
  return { sampleRate, channels, bitsPerSample, samples, mostBlockSize, md5, offset };
}

function checkHeader(header: FrameHeader, info: StreamInfo, start: number, number: number): void {
  const { assignment, bitsPerSample, sampleRate } = header;
  const channels = assignment < LEFT_SIDE ? assignment + 1 : 2;
  const differs = (what: string): never => {
    throw new CorruptDataError(`frame differs from STREAMINFO in its ${what}`, start);
  };
  if (channels !== info.channels) differs('channels');
  if (bitsPerSample !== undefined && bitsPerSample !== info.bitsPerSample) differs('sample size');
  if (sampleRate !== undefined && sampleRate !== info.sampleRate) differs('sample rate');
  if (header.blockSize > info.mostBlockSize) differs('block size');
  if (header.number !== number) {
    throw new CorruptDataError(`frame is number ${header.number}, expected ${number}`, start);
  }
}

/** One block of each channel. */
function readFrame(reader: MsbReader, header: FrameHeader, info: StreamInfo): Int32Array[] {
  const { assignment, blockSize } = header;
  const block: Int32Array[] = [];
  for (let c = 0; c < info.channels; c++) {
    const isSide = assignment === SIDE_RIGHT ? c === 0 : assignment >= LEFT_SIDE && c === 1;
    block.push(readSubframe(reader, blockSize, info.bitsPerSample + (isSide ? 1 : 0)));
  }
  if (assignment < LEFT_SIDE) return block;
  const [first, second] = block as [Int32Array, Int32Array];
  for (let i = 0; i < blockSize; i++) {
    const a = first[i]!;
    const b = second[i]!;
    if (assignment === LEFT_SIDE) second[i] = a - b;
    else if (assignment === SIDE_RIGHT) first[i] = a + b;
    else {
      const sum = 2 * a + (b & 1);
      first[i] = (sum + b) >> 1;
      second[i] = (sum - b) >> 1;
    }
  }
  return block;
}

function readSubframe(reader: MsbReader, blockSize: number, givenBits: number): Int32Array {
  const start = reader.byte;
  const type = reader.readBits(7); // of which the first is a zero bit
  const wasted = reader.readBits(1) === 1 ? reader.readUnary() + 1 : 0;
  const bitsPerSample = givenBits - wasted;
  if (bitsPerSample < 1) throw new CorruptDataError('a subframe wastes all its bits', start);
  const samples = new Int32Array(blockSize);
  if (type === CONSTANT) samples.fill(reader.readSigned(bitsPerSample));
  else if (type === VERBATIM) {
    for (let i = 0; i < blockSize; i++) samples[i] = reader.readSigned(bitsPerSample);
  } else if (type >= FIXED && type < FIXED + FIXED_COEFFICIENTS.length) {
    const order = type - FIXED;
    readWarmUp(reader, samples, order, bitsPerSample, start);
    readRice(reader, samples, order);
    restore(samples, FIXED_COEFFICIENTS[order]!, 0, bitsPerSample, start);
  } else if (type >= LPC && type < LPC + 32) {
    const order = type - LPC + 1;
    readWarmUp(reader, samples, order, bitsPerSample, start);
    const precision = reader.readBits(4) + 1;
    const shift = reader.readSigned(5);
    if (precision === 16) throw new CorruptDataError('forbidden coefficient precision', start);
    if (shift < 0) throw new CorruptDataError('negative shift of a prediction', start);
    const coefficients = Array.from({ length: order }, () => reader.readSigned(precision));
    readRice(reader, samples, order);
    restore(samples, coefficients, shift, bitsPerSample, start);
  } else throw new CorruptDataError(`subframe of reserved type ${type}`, start);
  if (wasted > 0) for (let i = 0; i < blockSize; i++) samples[i] = samples[i]! << wasted;
  return samples;
}

function readWarmUp(
  reader: MsbReader,
  samples: Int32Array,
  order: number,
  bitsPerSample: number,
  start: number,
): void {
  if (order > samples.length) {
    throw new CorruptDataError(`order ${order} of ${samples.length} samples`, start);
  }
  for (let i = 0; i < order; i++) samples[i] = reader.readSigned(bitsPerSample);
}

/** Residuals to samples, in place. */
function restore(
  samples: Int32Array,
  coefficients: readonly number[],
  shift: number,
  bitsPerSample: number,
  start: number,
): void {
  const order = coefficients.length;
  const scale = 2 ** -shift;
  const limit = 2 ** (bitsPerSample - 1);
  const c = Float64Array.from(coefficients);
  for (let i = order; i < samples.length; i++) {
    let sum = 0;
    for (let j = 0; j < order; j++) sum += c[j]! * samples[i - 1 - j]!;
    const value = samples[i]! + Math.floor(sum * scale);
    if (value < -limit || value >= limit) {
      throw new CorruptDataError(`sample exceeds ${bitsPerSample} bits`, start);
    }
    samples[i] = value;
  }
}
