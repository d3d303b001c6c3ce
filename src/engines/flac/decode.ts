// Reads FLAC streams (RFC 9639) of up to 24 bits per sample from any encoder, and verifies CRCs,
// MD5 and the number of samples.

import { DEFAULT_MAX_BYTES } from '../../bits/limited-buffer.js';
import { NotKept } from '../../bits/not-kept.js';
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
  SIDE_RIGHT,
  VERBATIM,
} from './format.js';
import { type FrameHeader, readFrameHeader } from './frame-header.js';
import { readMetadata, type StreamInfo } from './metadata.js';
import { MsbReader } from './msb-reader.js';
import { readRice } from './rice.js';

/** Samples, and notes on what else the file contained. */
export interface FlacRead extends FlacAudio {
  /** Kinds of discarded contents, such as "tags"; empty if none. */
  readonly notKept: readonly string[];
}

export interface DecodeOptions {
  /** Refuse to write more bytes of samples than this (default 1 GiB). */
  readonly maxBytes?: number | undefined;
}

/**
 * Decodes a stream that fills `data`, except for ID3 tags before or after it.
 *
 * @throws CorruptDataError for invalid data; its offset is the byte where the invalid metadata
 * block, frame or subframe starts, or the end of the data if it is truncated.
 * @throws UsageError for more than 24 bits per sample, or if the output would exceed `maxBytes`.
 */
export function decodeFlac(data: Uint8Array, options: DecodeOptions = {}): FlacRead {
  const { maxBytes = DEFAULT_MAX_BYTES } = options;
  const notKept = new NotKept();
  const { info, end } = readMetadata(data, notKept);
  const interchannelSampleBytes = info.channels * Math.ceil(info.bitsPerSample / 8);
  const blocks: Int32Array[][] = [];
  let samples = 0;
  let frames = 0;
  // Before 2007 only STREAMINFO, not the frame header, declared variable block sizes; the number in
  // the header may then be that of the frame's first sample (libFLAC accepts this too).
  const isOld = info.leastBlockSize !== info.mostBlockSize;
  let countsSamples = false;
  const reader = new MsbReader(data, end);
  while (reader.bitsLeft > 0) {
    const start = reader.byte;
    if ((info.samples === 0 || samples === info.samples) && isId3v1(data.subarray(start))) {
      notKept.add('ID3 tags');
      break;
    }
    const header = readFrameHeader(reader, data);
    checkHeader(header, info, start);
    countsSamples ||= header.variable || (isOld && header.number !== frames);
    const number = countsSamples ? samples : frames;
    if (header.number !== number) {
      throw new CorruptDataError(`frame is number ${header.number}, expected ${number}`, start);
    }
    if ((samples + header.blockSize) * interchannelSampleBytes > maxBytes) {
      throw new UsageError(
        `output would exceed ${maxBytes} bytes; a higher maxBytes (--max-bytes) allows more`,
      );
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
  const audio = { sampleRate, bitsPerSample, channels, notKept: notKept.kinds };
  const expected = info.md5;
  if (expected && md5(interleave(audio)).some((byte, i) => byte !== expected[i])) {
    throw new CorruptDataError('MD5 of the samples does not match', info.offset);
  }
  return audio;
}

/** An ID3v1 tag: 128 bytes that programs without FLAC support append to a file. */
function isId3v1(rest: Uint8Array): boolean {
  return rest.length === 128 && String.fromCharCode(...rest.subarray(0, 3)) === 'TAG';
}

function checkHeader(header: FrameHeader, info: StreamInfo, start: number): void {
  const { assignment, bitsPerSample, sampleRate } = header;
  const channels = assignment < LEFT_SIDE ? assignment + 1 : 2;
  const differs = (what: string): never => {
    throw new CorruptDataError(`frame differs from STREAMINFO in its ${what}`, start);
  };
  if (channels !== info.channels) differs('channels');
  if (bitsPerSample !== undefined && bitsPerSample !== info.bitsPerSample) differs('sample size');
  if (sampleRate !== undefined && sampleRate !== info.sampleRate) differs('sample rate');
  if (header.blockSize > info.mostBlockSize) differs('block size');
}

/** Reads one block of each channel. */
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
  const type = reader.readBits(7); // the first is a zero bit
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

/** Converts residuals to samples, in place. */
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
