// The chunks of a PNG file (PNG specification, third edition, §5): length, type, data and CRC each,
// after a signature of eight bytes.

import { crc32 } from '../../bits/checksums.js';
import { CorruptDataError } from '../../errors.js';
import type { Bytes } from '../../types.js';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Bytes of a chunk besides its data: length, type, CRC. */
const CHUNK_OVERHEAD = 12;
const MAX_LENGTH = 0x7fffffff;

export interface Chunk {
  /** Four letters, such as `IHDR`. */
  readonly type: string;
  readonly data: Uint8Array;
  /** Position of `data` in the file. */
  readonly offset: number;
  /** Only set for ancillary chunks; in others a wrong CRC is an error. */
  readonly hasWrongCrc: boolean;
}

/**
 * The chunks of a file in order, up to and including IEND, with their CRCs checked. A wrong CRC is
 * an error in a critical chunk, whose type starts with a capital letter; in others it is only
 * recorded (§13.1).
 *
 * @throws CorruptDataError at a wrong signature, length, type or CRC, and at the end of a truncated
 * file.
 */
export function* readChunks(file: Uint8Array): Generator<Chunk, void, undefined> {
  for (let i = 0; i < SIGNATURE.length; i++) {
    if (file[i] !== SIGNATURE[i]) throw new CorruptDataError('not a PNG file', i);
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let type = '';
  for (let at = SIGNATURE.length; type !== 'IEND'; ) {
    if (at + 8 > file.length) throw endsTooSoon(file);
    const length = view.getUint32(at);
    if (length > MAX_LENGTH) throw new CorruptDataError('PNG chunk is too long', at);
    type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw new CorruptDataError('PNG chunk has no type', at + 4);
    const end = at + 8 + length;
    if (end + 4 > file.length) throw endsTooSoon(file);
    const hasWrongCrc = crc32(file.subarray(at + 4, end)) !== view.getUint32(end);
    if (hasWrongCrc && isCritical(type)) {
      throw new CorruptDataError(`CRC of PNG chunk ${type} is wrong`, end);
    }
    yield { type, data: file.subarray(at + 8, end), offset: at + 8, hasWrongCrc };
    at = end + 4;
  }
}

/** True for chunks that every reader must understand (§5.4). */
export function isCritical(type: string): boolean {
  return /^[A-Z]/.test(type);
}

function endsTooSoon(file: Uint8Array): CorruptDataError {
  return new CorruptDataError('PNG file ends too soon', file.length);
}

/** Builds a PNG file of these chunks; their offsets are ignored. */
export function writeChunks(chunks: readonly Pick<Chunk, 'type' | 'data'>[]): Bytes {
  let bytes = SIGNATURE.length;
  for (const { data } of chunks) bytes += CHUNK_OVERHEAD + data.length;
  const file = new Uint8Array(bytes);
  const view = new DataView(file.buffer);
  file.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const { type, data } of chunks) {
    const end = at + 8 + data.length;
    view.setUint32(at, data.length);
    for (let i = 0; i < 4; i++) file[at + 4 + i] = type.charCodeAt(i);
    file.set(data, at + 8);
    view.setUint32(end, crc32(file.subarray(at + 4, end)));
    at = end + 4;
  }
  return file;
}
