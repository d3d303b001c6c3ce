// The end of `zipdream compress`: what it made is written part by part, or, with --verify, once it
// has been seen to come back.

import { decodeZd } from '../coding/zd.js';
import { nodeRegistry } from '../node/registry.js';
import type { Compressor } from '../types.js';
import { endingOnInterrupt, openPlace, type Pace } from './compress-output.js';

export interface CompressedWrite {
  readonly compressor: Compressor;
  readonly spec: string;
  /** Whether it is the compressor's own format, and not a .zd. */
  readonly own: boolean;
  readonly output: string;
  readonly force: boolean;
  readonly verify: boolean;
  readonly pace: Pace;
}

/**
 * Writes the compressed parts of `data`, and returns their bytes.
 *
 * @throws Error if they do not give the original back; then nothing is written.
 */
export async function writeCompressed(
  data: Uint8Array,
  parts: AsyncGenerator<Uint8Array, void, void>,
  how: CompressedWrite,
): Promise<number> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  // The first part of a real format is all of it: until it is there, Ctrl-C needs no tidying.
  const first = await parts.next();
  await endingOnInterrupt(async () => {
    const sink = await openPlace(how.output, how.force);
    for (let part = first; !part.done; part = await parts.next()) {
      bytes += part.value.length;
      if (how.verify) kept.push(part.value);
      else {
        sink.write(part.value);
        await sink.flush();
      }
    }
    if (how.verify) {
      await checkReturn(data, Buffer.concat(kept), how);
      for (const part of kept) sink.write(part);
    }
    await sink.finish();
  });
  how.pace.clear();
  return bytes;
}

/** @throws Error if the compressed data does not give the original back. */
async function checkReturn(
  data: Uint8Array,
  compressed: Uint8Array,
  { compressor, spec, own, pace }: CompressedWrite,
): Promise<void> {
  const same = (part: Uint8Array, start: number): void => {
    const expected = data.subarray(start, start + part.length);
    if (Buffer.compare(part, expected) === 0 && part.length === expected.length) return;
    throw new Error(`${compressor.name} did not give the original back: nothing was written`);
  };
  const maxBytes = data.length;
  if (own) {
    const back = await compressor.decompress!(compressed, { maxBytes });
    if (back.length !== data.length) same(back, -1);
    return same(back, 0);
  }
  const options = { registry: nodeRegistry, confirmed: spec, maxBytes, onProgress: pace.step };
  for await (const { bytes, start } of decodeZd(compressed, options)) same(bytes, start);
}
