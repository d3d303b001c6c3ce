// Row `zstd`: Zstandard (RFC 8878) compiled to WebAssembly, as a black box. The package is loaded
// when the row is opened. The reading excludes the magic number and the frame header, because the
// size of the header depends on the message length; 3-byte block headers are included. No checksum
// is written.

import { DEFAULT_MAX_BYTES } from '../bits/limited-buffer.js';
import { CompressorUnavailableError, CorruptDataError, UsageError } from '../errors.js';
import { expectNumber } from '../expect.js';
import { chooseReading } from '../readings/choose.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { Bytes, DecompressLimits } from '../types.js';

/** Row `zstd`: Zstandard in WebAssembly, recompress. */
export const zstd: CompressorEntry = {
  summary: 'Zstandard (RFC 8878) in WebAssembly, as a black box',
  accepts: ['bytes'],
  reach: 'nothing',
  options: {
    level: { type: 'integer', min: 1, max: 22, default: 19, summary: 'effort; 20 and up is ultra' },
  },
  async open(_format, options) {
    const level = Number(options.level);
    const library = await load();
    const compress = (data: Uint8Array): Bytes => library.compress(data, level) as Bytes;
    const measure = (data: Uint8Array): number => {
      const frame = compress(data);
      return 8 * (frame.length - readHeader(frame).length);
    };
    return {
      name: 'zstd',
      version: `zstd ${library.version()}`,
      ...chooseReading('zstd', { recompress: () => recompressReading(measure) }),
      codeLength: (data) => 8 * compress(data).length,
      compress,
      decompress(data, limits) {
        checkFrame(data, limits);
        try {
          return library.decompress(data) as Bytes;
        } catch (cause) {
          throw new CorruptDataError('zstd cannot decode the data', 0, { cause });
        }
      },
    };
  },
};

async function load() {
  try {
    const { Zstd } = await import('@hpcc-js/wasm-zstd');
    return await Zstd.load();
  } catch (cause) {
    const hint = 'it needs WebAssembly and the package: npm install @hpcc-js/wasm-zstd';
    throw new CompressorUnavailableError('zstd cannot be loaded', hint, { cause });
  }
}

const MAGIC = 0xfd2fb528;
const MAX_BLOCK_BYTES = 2 ** 17;

interface FrameHeader {
  /** Bytes of the magic number and the header. */
  readonly length: number;
  /** Length of the message in bytes, from the header. */
  readonly contentBytes: number;
  /** Length of the checksum after the last block: 0 or 4 bytes. */
  readonly checksumBytes: number;
}

/** Parses the start of a frame (§3.1.1.1), with or without a checksum; `compress` writes none. */
function readHeader(frame: Uint8Array): FrameHeader {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 6) throw new CorruptDataError('the zstd frame ends too soon', frame.length);
  if (view.getUint32(0, true) !== MAGIC) throw new CorruptDataError('not a zstd frame', 0);
  const descriptor = frame[4]!;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeCode = descriptor >> 6;
  if ((descriptor & 8) !== 0) throw new CorruptDataError('reserved bit of a zstd frame is set', 4);
  if ((descriptor & 3) !== 0) {
    throw new UsageError('a zstd frame that needs a dictionary is not supported; use zstd -d -D');
  }
  // Size code 0 has a size field only in single-segment frames.
  if (sizeCode === 0 && !isSingleSegment) {
    throw new UsageError('a zstd frame without a content size is not supported; use zstd -d');
  }
  const at = isSingleSegment ? 5 : 6;
  const length = at + 2 ** sizeCode;
  if (frame.length < length) throw new CorruptDataError('the zstd frame ends too soon', length);
  const contentBytes = [
    () => view.getUint8(at),
    () => view.getUint16(at, true) + 256,
    () => view.getUint32(at, true),
    () => Number(view.getBigUint64(at, true)),
  ][sizeCode]!();
  return { length, contentBytes, checksumBytes: descriptor & 4 };
}

/** Walks the blocks (§3.1.1.2): they must fill the data and be large enough for the message. */
function checkFrame(data: Uint8Array, { maxBytes = DEFAULT_MAX_BYTES }: DecompressLimits = {}) {
  expectNumber('maxBytes', maxBytes, { min: 0 });
  const { length, contentBytes, checksumBytes } = readHeader(data);
  let at = length;
  let room = 0;
  for (let isLast = false; !isLast; ) {
    if (at + 3 > data.length) {
      throw new CorruptDataError('the zstd frame ends too soon', data.length);
    }
    const header = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16);
    isLast = (header & 1) !== 0;
    const isRun = ((header >> 1) & 3) === 1;
    at += 3 + (isRun ? 1 : header >> 3);
    room += MAX_BLOCK_BYTES;
  }
  at += checksumBytes;
  if (at > data.length) throw new CorruptDataError('the zstd frame ends too soon', data.length);
  if (at < data.length) throw new CorruptDataError('data after the zstd frame', at);
  if (contentBytes > room)
    throw new CorruptDataError('content size of the zstd frame exceeds its blocks', 5);
  if (contentBytes > maxBytes) {
    throw new UsageError(
      `output would exceed ${maxBytes} bytes; a higher maxBytes (--max-bytes) allows more`,
    );
  }
}
