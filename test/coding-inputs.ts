// What the tests of .zd files share: small files, and a verdict on them.

import {
  decodeZd,
  encodeZd,
  type ZdDecodeOptions,
  type ZdEncodeOptions,
} from '../src/coding/zd.js';
import { coreRegistry } from '../src/compressors/index.js';
import { openCompressor, type Registry } from '../src/registry.js';

/** A whole .zd file. */
export async function toZd(
  spec: string,
  data: Uint8Array,
  options: Partial<ZdEncodeOptions> = {},
  registry: Registry = coreRegistry,
): Promise<Uint8Array> {
  const compressor = await openCompressor(spec, registry);
  const parts: Uint8Array[] = [];
  for await (const part of encodeZd(compressor, data, { spec, ...options })) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

/** The whole contents. */
export async function fromZd(
  file: Uint8Array,
  options: Partial<ZdDecodeOptions> = {},
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const { bytes } of decodeZd(file, { registry: coreRegistry, ...options })) {
    parts.push(bytes);
  }
  return new Uint8Array(Buffer.concat(parts));
}

/** The error of decoding, undefined if there is none. */
export async function failure(
  file: Uint8Array,
  options: Partial<ZdDecodeOptions> = {},
): Promise<Error | undefined> {
  try {
    await fromZd(file, options);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
