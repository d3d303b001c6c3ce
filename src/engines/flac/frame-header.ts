// The header of a frame (RFC 9639 §9.1): block size, sample rate, channels, bits per sample and the
// frame's number, followed by a CRC-8.

import { CorruptDataError } from '../../errors.js';
import { crc8 } from './checksums.js';
import { MID_SIDE, SAMPLE_BITS, SAMPLE_RATES, SYNC_CODE } from './format.js';
import type { MsbReader } from './msb-reader.js';
import type { MsbWriter } from './msb-writer.js';

export interface FrameHeader {
  /** Samples of each channel in this frame. */
  readonly blockSize: number;
  /** Undefined: as in STREAMINFO. */
  readonly sampleRate: number | undefined;
  readonly bitsPerSample: number | undefined;
  /** Number of channels − 1, or `LEFT_SIDE`, `SIDE_RIGHT`, `MID_SIDE`. */
  readonly assignment: number;
  /** Number of the frame, or of its first sample if block sizes vary. */
  readonly number: number;
  readonly variable: boolean;
}

export function writeFrameHeader(writer: MsbWriter, header: FrameHeader): void {
  const { blockSize, sampleRate = 0, bitsPerSample = 0, assignment, number, variable } = header;
  const start = writer.bitLength / 8;
  const size = blockSizeCode(blockSize);
  const rate = sampleRateCode(sampleRate);
  writer.writeBits(SYNC_CODE * 2 + (variable ? 1 : 0), 16);
  writer.writeBits(size, 4);
  writer.writeBits(rate.code, 4);
  writer.writeBits(assignment, 4);
  writer.writeBits(Math.max(SAMPLE_BITS.indexOf(bitsPerSample), 0), 3);
  writer.writeBits(0, 1);
  writeNumber(writer, number);
  if (size === 6 || size === 7) writer.writeBits(blockSize - 1, size === 6 ? 8 : 16);
  writer.writeBits(rate.value, rate.bits);
  writer.writeBits(crc8(writer.bytesFrom(start)), 8);
}

/** §9.1.1: codes 6 and 7 mean that the size follows in 8 or 16 bits. */
function blockSizeCode(size: number): number {
  if (size === 192) return 1;
  for (let code = 2; code <= 5; code++) if (size === 144 << code) return code;
  for (let code = 8; code <= 15; code++) if (size === 1 << code) return code;
  return size <= 256 ? 6 : 7;
}

interface RateCode {
  readonly code: number;
  /** Field after the header's number, of `bits` bits. */
  readonly value: number;
  readonly bits: number;
}

function sampleRateCode(rate: number): RateCode {
  const code = SAMPLE_RATES.indexOf(rate);
  if (code > 0) return { code, value: 0, bits: 0 };
  if (rate % 1000 === 0 && rate <= 255_000) return { code: 12, value: rate / 1000, bits: 8 };
  if (rate <= 65_535) return { code: 13, value: rate, bits: 16 };
  if (rate % 10 === 0 && rate <= 655_350) return { code: 14, value: rate / 10, bits: 16 };
  return { code: 0, value: 0, bits: 0 };
}

/** A number as UTF-8 would code it, up to 36 bits (§9.1.5). */
function writeNumber(writer: MsbWriter, number: number): void {
  if (number < 0x80) {
    writer.writeBits(number, 8);
    return;
  }
  let followers = 1;
  while (followers < 6 && number >= 2 ** (5 * followers + 6)) followers++;
  const first = Math.floor(number / 2 ** (6 * followers));
  writer.writeBits(((0xff80 >> followers) & 0xff) | first, 8);
  for (let i = followers - 1; i >= 0; i--) {
    writer.writeBits(0x80 | (Math.floor(number / 2 ** (6 * i)) & 63), 8);
  }
}

/** @throws CorruptDataError if there is none at the reader's position, a byte boundary. */
export function readFrameHeader(reader: MsbReader, data: Uint8Array): FrameHeader {
  const start = reader.byte;
  const corrupt = (what: string): never => {
    throw new CorruptDataError(what, start);
  };
  if (reader.readBits(15) !== SYNC_CODE) corrupt('no FLAC frame');
  const variable = reader.readBits(1) === 1;
  const sizeCode = reader.readBits(4);
  const rateCode = reader.readBits(4);
  const assignment = reader.readBits(4);
  const bitsCode = reader.readBits(3);
  if (reader.readBits(1) !== 0) corrupt('reserved bit of a frame header is set');
  const number = readNumber(reader, start);
  let blockSize = 1 << sizeCode;
  if (sizeCode === 0) corrupt('reserved block size');
  else if (sizeCode === 1) blockSize = 192;
  else if (sizeCode <= 5) blockSize = 144 << sizeCode;
  else if (sizeCode === 6) blockSize = reader.readBits(8) + 1;
  else if (sizeCode === 7) blockSize = reader.readBits(16) + 1;
  let sampleRate = SAMPLE_RATES[rateCode];
  if (rateCode === 12) sampleRate = 1000 * reader.readBits(8);
  else if (rateCode === 13) sampleRate = reader.readBits(16);
  else if (rateCode === 14) sampleRate = 10 * reader.readBits(16);
  else if (rateCode === 15) corrupt('forbidden sample rate');
  const end = reader.byte;
  if (crc8(data.subarray(start, end)) !== reader.readBits(8)) {
    corrupt('CRC-8 of a frame header does not match');
  }
  if (blockSize > 65_535) corrupt('forbidden block size');
  if (assignment > MID_SIDE) corrupt('reserved channel assignment');
  if (bitsCode === 3) corrupt('reserved sample size');
  return {
    blockSize,
    sampleRate,
    bitsPerSample: SAMPLE_BITS[bitsCode],
    assignment,
    number,
    variable,
  };
}

function readNumber(reader: MsbReader, start: number): number {
  const first = reader.readBits(8);
  if (first < 0x80) return first;
  const ones = Math.clz32(~(first << 24));
  if (ones < 2 || ones > 7) throw new CorruptDataError('malformed frame number', start);
  let number = first & (0x7f >> ones);
  for (let i = 1; i < ones; i++) {
    const next = reader.readBits(8);
    if (next >> 6 !== 2) throw new CorruptDataError('malformed frame number', start);
    number = number * 64 + (next & 63);
  }
  return number;
}
