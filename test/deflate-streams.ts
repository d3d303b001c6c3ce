// Raw DEFLATE streams for tests: valid ones of every kind, dynamic blocks written by hand from any
// code lengths, random damage, and the verdicts of our decoder and of zlib.

import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { BitWriter } from '../src/bits/bit-writer.js';
import { inflateRaw } from '../src/engines/deflate/codec/inflate.js';
import { CorruptDataError } from '../src/errors.js';
import type { Random } from '../src/types.js';

export const TEXT =
  'How doth the little crocodile improve his shining tail, and pour the waters of the Nile ' +
  'on every golden scale! How cheerfully he seems to grin, how neatly spreads his claws, and ' +
  'welcomes little fishes in, with gently smiling jaws! How doth the little crocodile grin!';

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export const strategies = {
  default: constants.Z_DEFAULT_STRATEGY,
  filtered: constants.Z_FILTERED,
  huffmanOnly: constants.Z_HUFFMAN_ONLY,
  rle: constants.Z_RLE,
  fixed: constants.Z_FIXED,
};

/** Inputs small and large, plain and hard to compress. */
export function samples(random: Random): Uint8Array[] {
  const noise = Uint8Array.from({ length: 70_000 }, () => random() * 256);
  const skewed = Uint8Array.from({ length: 40_000 }, () => 256 * random() ** 12);
  const copies = new Uint8Array(100_000);
  for (let i = 0; i < copies.length; i++) {
    copies[i] = i < 300 || random() < 0.01 ? random() * 256 : copies[i - 300]!;
  }
  return [
    new Uint8Array(0),
    bytesOf('a'),
    bytesOf(TEXT),
    bytesOf(TEXT.repeat(300)),
    new Uint8Array(66_000),
    noise,
    skewed,
    copies,
  ];
}

/** Small streams with stored, fixed and dynamic blocks, to be damaged. */
export function smallStreams(): Uint8Array[] {
  const streams: Uint8Array[] = [];
  const inputs = [
    '',
    'a',
    'abcabcabcabcabc',
    TEXT,
    '0123456789'.repeat(30),
    'aaaaaaaaab'.repeat(9),
  ];
  for (const input of inputs) {
    for (const strategy of Object.values(strategies)) {
      for (const level of [0, 1, 9]) {
        streams.push(new Uint8Array(deflateRawSync(bytesOf(input), { level, strategy })));
      }
    }
    const open = deflateRawSync(bytesOf(input), { finishFlush: constants.Z_FULL_FLUSH });
    const last = deflateRawSync(bytesOf(input), { strategy: constants.Z_FIXED });
    streams.push(new Uint8Array([...open, ...last]));
  }
  return streams;
}

/** Begins a dynamic block with these code lengths; 4 bits of header for each. */
export function writeDynamicHeader(
  writer: BitWriter,
  literalLengths: ArrayLike<number>,
  distanceLengths: ArrayLike<number>,
  final = 1,
): void {
  writer.writeBits(final | (2 << 1), 3);
  writer.writeBits(literalLengths.length - 257, 5);
  writer.writeBits(distanceLengths.length - 1, 5);
  writer.writeBits(19 - 4, 4);
  for (let i = 0; i < 19; i++) writer.writeBits(i < 3 ? 0 : 4, 3); // 16, 17, 18 unused
  for (const lengths of [literalLengths, distanceLengths]) {
    for (let i = 0; i < lengths.length; i++) writeCode(writer, lengths[i]!, 4);
  }
}

/** A Huffman code word, first bit first. */
export function writeCode(writer: BitWriter, word: number, length: number): void {
  for (let bit = length - 1; bit >= 0; bit--) writer.writeBits((word >> bit) & 1, 1);
}

/** Code lengths of a random complete code: `used` of `symbols` symbols, one of them `always`. */
export function randomCodeLengths(
  random: Random,
  symbols: number,
  used: number,
  always: number,
): Uint8Array {
  const leaves = [0];
  while (leaves.length < used) {
    const at = Math.floor(random() ** 2 * leaves.length);
    const depth = leaves[at]!;
    if (depth === 15) {
      leaves.reverse();
      continue;
    }
    leaves.splice(at, 1, depth + 1);
    leaves.push(depth + 1);
  }
  const order = Array.from({ length: symbols }, (_, symbol) => symbol);
  for (let i = 0; i < symbols; i++) {
    const j = i + Math.floor(random() * (symbols - i));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const at = order.indexOf(always);
  [order[0], order[at]] = [order[at]!, order[0]!];
  const lengths = new Uint8Array(symbols);
  for (let i = 0; i < used; i++) lengths[order[i]!] = leaves[i]!;
  return lengths;
}

const STORED = Uint8Array.from({ length: 65_535 }, (_, i) => (i * i) >> 7);

/**
 * 65535 stored bytes, so that every distance is in reach, then a dynamic block of a random code and
 * random bits. One in three has one code length changed.
 */
export function randomDynamicStream(random: Random): Uint8Array {
  const writer = new BitWriter(70_000);
  writer.writeBits(0, 3);
  writer.alignToByte();
  writer.writeBytes(Uint8Array.of(0xff, 0xff, 0, 0));
  writer.writeBytes(STORED);
  const pick = (least: number, most: number) => least + Math.floor(random() * (most - least + 1));
  const literals = randomCodeLengths(random, pick(257, 286), pick(2, 257), 256);
  const distanceCount = pick(2, 30);
  const distances = randomCodeLengths(random, distanceCount, pick(2, distanceCount), 0);
  if (random() < 0.33) {
    const lengths = random() < 0.5 ? literals : distances;
    lengths[pick(0, lengths.length - 1)] = pick(0, 15);
  }
  writeDynamicHeader(writer, literals, distances);
  const tokens = pick(0, 400);
  for (let i = 0; i < tokens; i++) writer.writeBits(pick(0, 255), 8);
  return writer.finish();
}

/** A copy with one to three wounds: bits flipped, bytes set, put in, taken out, or the end cut. */
export function damage(stream: Uint8Array, random: Random): Uint8Array {
  const bytes = [...stream];
  const wounds = 1 + Math.floor(random() * 3);
  for (let i = 0; i < wounds; i++) {
    const reach = random() < 0.5 ? bytes.length : Math.min(bytes.length, 12);
    const at = Math.floor(random() * reach);
    const byte = Math.floor(random() * 256);
    const kind = random();
    if (kind < 0.5) bytes[at] = (bytes[at] ?? 0) ^ (1 << (byte & 7));
    else if (kind < 0.7) bytes[at] = byte;
    else if (kind < 0.8) bytes.splice(at, 0, byte);
    else if (kind < 0.9) bytes.splice(at, 1);
    else bytes.length = at;
  }
  return Uint8Array.from(bytes);
}

/** What zlib makes of a stream: its contents, or null if it is refused. */
export function zlibVerdict(stream: Uint8Array): Uint8Array | null {
  try {
    return inflateRawSync(stream);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'Z_DATA_ERROR' || code === 'Z_BUF_ERROR') return null;
    throw error;
  }
}

/** The same of our decoder; an error that is not CorruptDataError is a crash and goes on. */
export function verdict(
  stream: Uint8Array,
  inflate = (data: Uint8Array) => inflateRaw(data).bytes,
): Uint8Array | null {
  try {
    return inflate(stream);
  } catch (error) {
    if (error instanceof CorruptDataError) return null;
    throw error;
  }
}

export function same(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}
