// Writes FLAC streams (RFC 9639): STREAMINFO, then frames of one block size, each channel, or mid
// and side, coded in the cheapest way found.

import { expectInteger } from '../../expect.js';
import type { Bytes } from '../../types.js';
import { crc16, md5 } from './checksums.js';
import {
  type Channels,
  type FlacAudio,
  LEFT_SIDE,
  MAGIC,
  MID_SIDE,
  MOST_LPC_ORDER,
  SIDE_RIGHT,
  STREAMINFO_BYTES,
  SUBSET_LPC_ORDER,
} from './format.js';
import { writeFrameHeader } from './frame-header.js';
import { MsbWriter } from './msb-writer.js';
import { type SubframePlan, SubframePlanner, writeSubframe } from './subframe.js';

/** Samples per channel in a frame; the last frame may have fewer. */
export const BLOCK_SIZE = 4096;

/** Bytes before the first frame: the magic, and STREAMINFO with its header. */
export const HEADER_BYTES = MAGIC.length + 4 + STREAMINFO_BYTES;

export interface EncodeOptions {
  /** Highest order of linear prediction, 0–32 (default 12, the most in the streamable subset). */
  readonly lpcOrder?: number;
}

/** Encodes a whole stream. */
export function encodeFlac(audio: FlacAudio, options: EncodeOptions = {}): Bytes {
  const { channels } = audio;
  const frames = new FrameEncoder(audio, options);
  const length = channels[0]!.length;
  const body = new MsbWriter();
  let least = Infinity;
  let most = 0;
  for (let from = 0; from < length; from += BLOCK_SIZE) {
    const start = body.bitLength;
    const block = channels.map((channel) => channel.subarray(from, from + BLOCK_SIZE));
    frames.write(body, block, from / BLOCK_SIZE);
    const bytes = (body.bitLength - start) / 8;
    least = Math.min(least, bytes);
    most = Math.max(most, bytes);
  }
  const writer = new MsbWriter();
  writer.writeBytes(MAGIC);
  writer.writeBits(0x80, 8); // the last metadata block, of type STREAMINFO
  writer.writeBits(STREAMINFO_BYTES, 24);
  writer.writeBits(BLOCK_SIZE, 16);
  writer.writeBits(BLOCK_SIZE, 16);
  writer.writeBits(least === Infinity ? 0 : least, 24);
  writer.writeBits(most, 24);
  writer.writeBits(audio.sampleRate, 20);
  writer.writeBits(channels.length - 1, 3);
  writer.writeBits(audio.bitsPerSample - 1, 5);
  writer.writeBits(Math.floor(length / 2 ** 32), 4);
  writer.writeBits(length, 32);
  writer.writeBytes(md5(interleave(audio)));
  writer.writeBytes(body.bytesFrom(0));
  return writer.bytesFrom(0).slice();
}

/** Little-endian, signed, in whole bytes: the input of a stream's MD5 (§8.2). */
export function interleave({ channels, bitsPerSample }: FlacAudio): Uint8Array {
  const width = Math.ceil(bitsPerSample / 8);
  const bytes = new Uint8Array(channels.length * channels[0]!.length * width);
  for (let c = 0; c < channels.length; c++) {
    const samples = channels[c]!;
    for (let i = 0; i < samples.length; i++) {
      const at = (i * channels.length + c) * width;
      for (let b = 0; b < width; b++) bytes[at + b] = samples[i]! >> (8 * b);
    }
  }
  return bytes;
}

/** Encodes the frames of one stream. */
export class FrameEncoder {
  readonly #audio: Omit<FlacAudio, 'channels'>;
  readonly #planner: SubframePlanner;

  constructor(audio: Omit<FlacAudio, 'channels'>, { lpcOrder = SUBSET_LPC_ORDER }: EncodeOptions) {
    expectInteger('sampleRate', audio.sampleRate, { min: 1, max: 2 ** 20 - 1 });
    expectInteger('bitsPerSample', audio.bitsPerSample, { min: 4, max: 24 });
    expectInteger('lpcOrder', lpcOrder, { min: 0, max: MOST_LPC_ORDER });
    this.#audio = audio;
    this.#planner = new SubframePlanner({ lpcOrder, partitionOrder: 6 });
  }

  /** Bits of a frame before padding to a byte, its CRC-16 included. */
  codeLength(block: Channels, number: number): number {
    const writer = new MsbWriter();
    const { assignment, plans } = this.#plan(block);
    this.#writeHeader(writer, block, assignment, number);
    return writer.bitLength + plans.reduce((sum, { bits }) => sum + bits, 0) + 16;
  }

  write(writer: MsbWriter, block: Channels, number: number): void {
    const start = writer.bitLength / 8;
    const { assignment, plans } = this.#plan(block);
    this.#writeHeader(writer, block, assignment, number);
    for (const plan of plans) writeSubframe(writer, plan);
    writer.alignToByte();
    writer.writeBits(crc16(writer.bytesFrom(start)), 16);
  }

  #writeHeader(writer: MsbWriter, block: Channels, assignment: number, number: number): void {
    const blockSize = block[0]!.length;
    writeFrameHeader(writer, { ...this.#audio, blockSize, assignment, number, variable: false });
  }

  #plan(block: Channels): { assignment: number; plans: readonly SubframePlan[] } {
    const bits = this.#audio.bitsPerSample;
    const plans = block.map((channel) => this.#planner.plan(channel, bits));
    if (block.length !== 2) return { assignment: block.length - 1, plans };
    const [left, right] = block as [Int32Array, Int32Array];
    const [leftPlan, rightPlan] = plans as [SubframePlan, SubframePlan];
    const mid = this.#planner.plan(
      left.map((x, i) => (x + right[i]!) >> 1),
      bits,
    );
    const side = this.#planner.plan(
      left.map((x, i) => x - right[i]!),
      bits + 1,
    );
    const ways = [
      { assignment: 1, plans },
      { assignment: LEFT_SIDE, plans: [leftPlan, side] },
      { assignment: SIDE_RIGHT, plans: [side, rightPlan] },
      { assignment: MID_SIDE, plans: [mid, side] },
    ];
    const bitsOf = (way: (typeof ways)[number]): number => way.plans[0]!.bits + way.plans[1]!.bits;
    return ways.reduce((best, way) => (bitsOf(way) < bitsOf(best) ? way : best));
  }
}
