// Files of every format that is read, and damage to them: what reads them may answer or refuse by name,
// within the room that it was given and in bounded time.

import { crc32 } from '../src/bits/checksums.js';
import { createRandom } from '../src/bits/random.js';
import { decodeZd, encodeZd } from '../src/coding/zd.js';
import { coreRegistry } from '../src/compressors/index.js';
import { crc8, crc16 } from '../src/engines/flac/checksums.js';
import { decodeFlac } from '../src/engines/flac/decode.js';
import { encodeFlac, HEADER_BYTES } from '../src/engines/flac/encode.js';
import { writePng } from '../src/engines/png/write.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { readUprightPng } from '../src/modality/exif.js';
import { readWav, writeWav } from '../src/modality/wav.js';
import { readJpeg } from '../src/node/jpeg.js';
import { openCompressor } from '../src/node/open.js';
import type { MaybePromise, Random } from '../src/types.js';
import { makeAudio, WAVE_NAMES } from './flac-inputs.js';
import { JPEG_FILES } from './jpeg-files.js';

export interface FuzzedFormat {
  readonly name: string;
  /** Whole files of the format. */
  readonly files: () => MaybePromise<readonly Uint8Array[]>;
  /** Reads a file; the bytes that came of it. */
  readonly read: (file: Uint8Array) => MaybePromise<number>;
  /** Makes checksums right again, so that the damage behind them is seen; for every other file. */
  readonly mend?: (file: Uint8Array) => void;
}

/** What may come of a file at most, in bytes or pixels. */
export const ROOM = 2 ** 20;

const TEXT = new TextEncoder().encode(
  'It is a truth universally acknowledged, that a truth '.repeat(20),
);

function row(spec: string): FuzzedFormat {
  return {
    name: spec,
    async files() {
      const { compress } = await openCompressor(spec);
      const messages = [TEXT, TEXT.subarray(0, 40), new Uint8Array(300), new Uint8Array(0)];
      return Promise.all(messages.map((message) => compress!(message)));
    },
    async read(file) {
      const { decompress } = await openCompressor(spec);
      return (await decompress!(file, { maxBytes: ROOM })).length;
    },
  };
}

export const FUZZED: readonly FuzzedFormat[] = [
  {
    name: 'PNG',
    files: () =>
      ([1, 3] as const).flatMap((channels) =>
        [1, 13].map((width) => {
          const pixels = Uint8Array.from({ length: width * 9 * channels }, (_, i) => (i * i) >> 3);
          return writePng({ width, height: 9, channels, pixels });
        }),
      ),
    read: (file) => readUprightPng(file, { maxPixels: ROOM }).picture.pixels.length / 3,
    mend: mendPng,
  },
  {
    name: 'JPEG',
    files: () => JPEG_FILES.map(({ file }) => file),
    read: async (file) => (await readJpeg(file, { maxPixels: ROOM })).picture.pixels.length / 3,
  },
  {
    name: 'WAV',
    files: () =>
      ([8, 16, 24] as const).flatMap((bitsPerSample) =>
        ([1, 2] as const).map((channels) => {
          const format = { kind: 'audio', sampleRate: 8000, channels, bitsPerSample } as const;
          return writeWav({ format, data: new Uint8Array(48) });
        }),
      ),
    read: (file) => readWav(file).data.length,
  },
  {
    name: 'FLAC',
    files: () =>
      WAVE_NAMES.map((wave, i) => {
        const shape = { wave, length: 200, channels: 1 + (i % 2), bitsPerSample: 8 + 8 * (i % 3) };
        const file = encodeFlac(makeAudio(shape));
        file.fill(0, HEADER_BYTES - 16, HEADER_BYTES); // no MD5
        return file;
      }),
    read: (file) => {
      const { channels } = decodeFlac(file, { maxBytes: ROOM });
      return channels.length * channels[0]!.length;
    },
    mend: mendFlac,
  },
  ...['gzip', 'zlib', 'deflate', 'lzma', 'zstd', 'brotli'].map(row),
  {
    name: '.zd',
    async files() {
      const files: Uint8Array[] = [];
      for (const spec of ['order0', 'gzip']) {
        const compressor = await openCompressor(spec);
        const parts: Uint8Array[] = [];
        const options = { spec, chunkBytes: 60 };
        for await (const part of encodeZd(compressor, TEXT.subarray(0, 150), options))
          parts.push(part);
        files.push(new Uint8Array(Buffer.concat(parts)));
      }
      return files;
    },
    async read(file) {
      let length = 0;
      // A damaged name may be that of a row which takes long to make ready.
      const { order0, gzip } = coreRegistry;
      const registry = { order0: order0!, gzip: gzip! };
      for await (const part of decodeZd(file, { registry, maxBytes: 4096 })) {
        length += part.bytes.length;
      }
      return length;
    },
  },
];

/** The program, which is started for each file. */
export const BZIP2: FuzzedFormat = row('bzip2');

export interface FuzzResult {
  readonly read: number;
  readonly refused: number;
  /** Processor time of the worst file, in ms. */
  readonly worstMs: number;
}

/** Damages `count` files. @throws what a reader may not throw, or for a file that gave too much. */
export async function fuzz(format: FuzzedFormat, count: number): Promise<FuzzResult> {
  const random = createRandom(`fuzz ${format.name}`);
  const files = await format.files();
  let read = 0;
  let worstMs = 0;
  for (let i = 0; i < count; i++) {
    const file = damage(files[i % files.length]!, files, random);
    if (random() < 0.5) format.mend?.(file);
    const start = process.cpuUsage();
    try {
      const came = await format.read(file);
      if (came > ROOM) throw new Error(`${came} came of ${Buffer.from(file).toString('hex')}`);
      read++;
    } catch (error) {
      if (!(error instanceof CorruptDataError || error instanceof UsageError)) {
        const hex = Buffer.from(file).toString('hex');
        throw new Error(`${format.name} file ${i}: ${hex}`, { cause: error });
      }
      if (/\n/.test(error.message)) throw error;
    }
    const { user, system } = process.cpuUsage(start);
    worstMs = Math.max(worstMs, (user + system) / 1000);
  }
  return { read, refused: count - read, worstMs };
}

/** Numbers that lengths and counts are seldom tried with. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A file with one to four things wrong; now and then it is cut, or goes on as another one. */
function damage(whole: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  const upTo = (n: number): number => Math.floor(random() * n);
  let file = whole.slice();
  for (let hits = 1 + upTo(4); hits > 0 && file.length > 4; hits--) {
    const at = random() < 0.5 ? upTo(Math.min(file.length, 64)) : upTo(file.length);
    const kind = upTo(8);
    const view = new DataView(file.buffer);
    if (kind < 2) file[at]! ^= 1 << upTo(8);
    else if (kind === 2) file[at] = upTo(256);
    else if (kind === 3 && at + 4 <= file.length)
      view.setUint32(at, EDGES[upTo(10)]!, random() < 0.5);
    else if (kind === 4 && at + 2 <= file.length)
      view.setUint16(at, EDGES[upTo(10)]!, random() < 0.5);
    else if (kind === 5) file = file.slice(0, at);
    else if (kind === 6) {
      const other = others[upTo(others.length)]!;
      file = Uint8Array.from([...file.subarray(0, at), ...other.subarray(upTo(other.length))]);
    } else {
      const from = upTo(file.length);
      const part = file.slice(from, from + upTo(40));
      file = Uint8Array.from([...file.subarray(0, at), ...part, ...file.subarray(at)]);
    }
  }
  return file;
}

/** The CRC of each chunk that is whole. */
function mendPng(file: Uint8Array): void {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 8; at + 12 <= file.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > file.length) return;
    view.setUint32(end, crc32(file.subarray(at + 4, end)));
    at = end + 4;
  }
}

/** The CRCs of a single frame: that of its header at the only place where it may be. */
function mendFlac(file: Uint8Array): void {
  const frame = file.subarray(HEADER_BYTES);
  if (frame.length < 10) return;
  const size = frame[2]! >> 4;
  const rate = frame[2]! & 15;
  const extra = (size === 6 ? 1 : size === 7 ? 2 : 0) + (rate === 12 ? 1 : rate > 12 ? 2 : 0);
  frame[5 + extra] = crc8(frame.subarray(0, 5 + extra));
  const end = frame.length - 2;
  new DataView(frame.buffer, frame.byteOffset).setUint16(end, crc16(frame.subarray(0, end)));
}
