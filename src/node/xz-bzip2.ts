// Rows `xz` and `bzip2`: the programs, as black boxes without their containers. xz writes a raw
// LZMA stream with only an end marker; for bzip2 the padding of the last byte is excluded, and
// headers and checksums cancel in differences (except those of a new block).

import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { DEFAULT_MAX_BYTES } from '../bits/limited-buffer.js';
import { CompressorUnavailableError, CorruptDataError } from '../errors.js';
import { expectNumber } from '../expect.js';
import { chooseReading } from '../readings/choose.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { Bytes } from '../types.js';
import { Program, ProgramFailedError } from './program.js';

const TIMEOUT_MS = 30_000;

interface Filter {
  readonly name: string;
  readonly summary: string;
  /** The Debian package that contains it. */
  readonly debian: string;
  readonly minLevel: number;
  readonly defaultLevel: number;
  compressWith(level: number): readonly string[];
  decompressWith(level: number): readonly string[];
  /** Length of a stream in bits, without padding. @throws CorruptDataError if it has no end. */
  bitsOf(stream: Uint8Array): number;
}

/** Row `xz`: the program, recompress. */
export const xz: CompressorEntry = filterEntry({
  name: 'xz',
  summary: 'the program xz, raw LZMA stream, as a black box',
  debian: 'xz-utils',
  minLevel: 0,
  defaultLevel: 6,
  compressWith: (level) => ['--format=raw', `--lzma1=preset=${level}`, '-c'],
  decompressWith: (level) => ['--format=raw', `--lzma1=preset=${level}`, '-dc'],
  bitsOf: (stream) => 8 * stream.length,
});

/** Row `bzip2`: the program, recompress. */
export const bzip2: CompressorEntry = filterEntry({
  name: 'bzip2',
  summary: 'the program bzip2, as a black box',
  debian: 'bzip2',
  minLevel: 1,
  defaultLevel: 9,
  compressWith: (level) => [`-${level}`, '-c'],
  decompressWith: () => ['-dc'],
  bitsOf: bzip2EndBit,
});

function filterEntry(filter: Filter): CompressorEntry {
  const { name, summary, minLevel, defaultLevel } = filter;
  return {
    summary,
    accepts: ['bytes'],
    reach: () => ({ program: name }),
    options: {
      level: { type: 'integer', min: minLevel, max: 9, default: defaultLevel, summary: 'effort' },
    },
    async open(_format, options) {
      const level = Number(options.level);
      const limits = { concurrency: availableParallelism(), timeoutMs: TIMEOUT_MS };
      const packer = new Program(name, [name, ...filter.compressWith(level)], limits);
      const unpacker = new Program(name, [name, ...filter.decompressWith(level)], limits);
      const compress = async (data: Uint8Array): Promise<Bytes> => {
        const chunks: Uint8Array[] = [];
        await packer.run(data, (chunk) => chunks.push(chunk));
        return new Uint8Array(Buffer.concat(chunks));
      };
      const codeLength = async (data: Uint8Array) => filter.bitsOf(await compress(data));
      return {
        name,
        version: await versionOf(filter),
        ...chooseReading(name, { recompress: () => recompressReading(codeLength) }),
        codeLength,
        compress,
        async decompress(data, { maxBytes = DEFAULT_MAX_BYTES } = {}) {
          expectNumber('maxBytes', maxBytes, { min: 0 });
          filter.bitsOf(data);
          const chunks: Uint8Array[] = [];
          try {
            const bounds = { mayBeEmpty: true, maxBytes };
            await unpacker.run(data, (chunk) => chunks.push(chunk), bounds);
          } catch (error) {
            if (!(error instanceof ProgramFailedError)) throw error;
            throw new CorruptDataError(`${name} cannot decode the data`, 0, { cause: error });
          }
          return new Uint8Array(Buffer.concat(chunks));
        },
      };
    },
  };
}

/** The first line of `--version`. @throws CompressorUnavailableError if the program is missing. */
function versionOf({ name, debian }: Filter): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(name, ['--version'], { timeout: 2_000 }, (error, stdout, stderr) => {
      if (error && (error as NodeJS.ErrnoException).code === 'ENOENT') {
        const hint = `install it: apt install ${debian}`;
        const message = `program "${name}" not found`;
        return reject(new CompressorUnavailableError(message, hint, { cause: error }));
      }
      const text = `${stderr}${stdout}`;
      return resolve(`${name} ${/\d+\.\d+(\.\d+)?/.exec(text)?.[0] ?? 'version unknown'}`);
    });
    child.stdin?.on('error', () => {}).end();
  });
}

/** The first decimal digits of the square root of pi, which mark the end of a bzip2 stream. */
const BZIP2_END = 0x177245385090n;
/** Bits from there to the end: that marker and the checksum of all blocks. */
const BZIP2_END_BITS = 48 + 32;

/** The end of a bzip2 stream within its last byte: the padding is at most seven zeros. */
function bzip2EndBit(stream: Uint8Array): number {
  let last = 0n;
  for (const byte of stream.subarray(-11)) last = (last << 8n) | BigInt(byte);
  for (let padding = 0; padding < 8; padding++) {
    const end = last >> BigInt(padding);
    const isPadded = end << BigInt(padding) === last;
    if (isPadded && ((end >> 32n) & 0xffffffffffffn) === BZIP2_END) {
      const bits = 8 * stream.length - padding;
      if (bits >= 32 + BZIP2_END_BITS) return bits;
    }
  }
  throw new CorruptDataError('the bzip2 stream has no end', stream.length);
}
