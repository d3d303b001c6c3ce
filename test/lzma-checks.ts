// What the fast and the slow tests of LZMA check alike: the coder's own count of bits, other
// programs' files, and random settings.

import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { type EncodeOptions, encodeAlone } from '../src/engines/lzma/codec/encode.js';
import { FastParse } from '../src/engines/lzma/codec/fast-parse.js';
import { History } from '../src/engines/lzma/codec/history.js';
import { createModels, PROBABILITY_ONE } from '../src/engines/lzma/codec/models.js';
import { LzmaRangeEncoder } from '../src/engines/lzma/codec/range-encoder.js';
import type { EncoderTwin } from '../src/engines/lzma/twin/encoder-twin.js';
import type { Random } from '../src/types.js';

export const PLAIN: EncodeOptions = {
  lc: 3,
  lp: 0,
  pb: 2,
  dictionary: 1 << 23,
  depth: 48,
  nice: 273,
  parser: 'fast',
};

/** Settings that xz knows too, the odd ones more often than people take them. */
export function randomSettings(random: Random): EncodeOptions {
  const below = (limit: number) => Math.floor(random() * limit);
  const lc = below(5);
  return {
    lc,
    lp: below(5 - lc),
    pb: below(5),
    dictionary: 2 ** (12 + below(random() < 0.5 ? 3 : 10)),
    depth: 1 + Math.floor(100 * random() ** 3),
    nice: 2 + below(272),
    parser: random() < 0.5 ? 'fast' : 'optimal',
  };
}

/**
 * Bits of the message by the fast parse: −log2 of the probability of every decision, added up
 * where the range encoder is told it. The encoder's own length has to agree.
 */
export function countedBits(message: Uint8Array, options: EncodeOptions): number {
  const models = createModels(options);
  const encoder = new LzmaRangeEncoder(models);
  let bits = 0;
  const history = new History();
  history.append(message);
  new FastParse(options, models, {
    decide(model, bit) {
      const zero = models[model]! / PROBABILITY_ONE;
      bits -= Math.log2(bit === 0 ? zero : 1 - zero);
      encoder.decide(model, bit);
    },
    decideEvenly(value, count) {
      bits += count;
      encoder.decideEvenly(value, count);
    },
  }).finish(history);
  // The range is rounded at every decision, by 2^−13 of it at most.
  expect(Math.abs(encoder.bits - bits)).toBeLessThan(0.01 + 1e-5 * bits);
  const narrowed = encoder.bits;
  expect(encoder.finish().length).toBe(Math.ceil(narrowed / 8) + 4);
  return bits;
}

/** That L(context) + Δ of these next bytes is what the coder counts, to 1e-6 bits; or of all. */
export function checkNext(
  twin: EncoderTwin,
  context: Uint8Array,
  options: EncodeOptions,
  bytes: Iterable<number> = Array(256).keys(),
): void {
  const next = new Float64Array(256);
  twin.nextCodeLengths(next);
  const message = new Uint8Array(context.length + 1);
  message.set(context);
  for (const byte of bytes) {
    message[context.length] = byte;
    const expected = countedBits(message, options);
    if (Math.abs(next[byte]! - expected) > 1e-6) {
      const where = `byte ${byte} after ${context.length}, ${JSON.stringify(options)}`;
      expect.fail(`${next[byte]} bits, the coder counts ${expected}: ${where}`);
    }
  }
}

export const xzIsHere = spawnSync('xz', ['--version']).status === 0;

/** What xz writes to stdout; undefined if it fails. */
export function xz(args: readonly string[], input: Uint8Array): Uint8Array | undefined {
  const { status, stdout } = spawnSync('xz', [...args, '--stdout'], { input, maxBuffer: 2 ** 28 });
  return status === 0 ? Uint8Array.from(stdout) : undefined;
}

export function unpackWithXz(file: Uint8Array): Uint8Array | undefined {
  return xz(['--format=lzma', '--decompress'], file);
}

/** xz reads what we write. */
export function checkXzReads(data: Uint8Array, options: EncodeOptions): void {
  const back = unpackWithXz(encodeAlone(data, options));
  if (!back || !sameBytes(back, data)) {
    expect.fail(`xz reads other bytes: ${data.length} bytes, ${JSON.stringify(options)}`);
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
