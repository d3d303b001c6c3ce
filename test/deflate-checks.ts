// What the fast and the slow tests of the DEFLATE encoder check alike.

import { deflateRaw } from 'pako';
import { expect } from 'vitest';
import { encodeDeflate } from '../src/engines/deflate/codec/encode.js';
import { inflateRaw } from '../src/engines/deflate/codec/inflate.js';
import type { ParseOptions } from '../src/engines/deflate/codec/parse.js';
import { EncoderTwin } from '../src/engines/deflate/twin/encoder-twin.js';
import type { DeflateCase } from './deflate-inputs.js';

/** Stock zlib's stream: pako with zlib's own hash, in one call with room for all output. */
export function pakoDeflate(data: Uint8Array, options: ParseOptions): Uint8Array {
  const chunkSize = data.length + (data.length >> 3) + 1024;
  return deflateRaw(data, { ...options, legacyHash: true, chunkSize });
}

/** The bytes are zlib's, and the length is the bit position at which they end. */
export function checkCase({ kind, options, data }: DeflateCase): void {
  const expected = pakoDeflate(data, options);
  const stream = encodeDeflate(data, options);
  const about = `${kind}, ${data.length} bytes, ${JSON.stringify(options)}`;
  if (!sameBytes(stream, expected)) expect.fail(`other bytes than pako: ${about}`);
  const twin = new EncoderTwin(options);
  twin.push(data);
  const { endBit, bytes } = inflateRaw(expected);
  if (twin.codeLength() !== endBit) {
    expect.fail(`${twin.codeLength()} bits, not ${endBit}: ${about}`);
  }
  if (!sameBytes(bytes, data)) expect.fail(`inflate gives other bytes: ${about}`);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
