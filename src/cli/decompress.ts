// `zipdream decompress`: recognises the format of a file by its contents, and restores the original
// data. Decoded FLAC is written as WAV, and decoded pixels as PNG.

import { Command } from 'commander';
import { decodeZd, type ZdPart } from '../coding/zd.js';
import { readHeader } from '../coding/zd-format.js';
import { isFlac } from '../engines/flac/metadata.js';
import { writePng } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import { readAudio } from '../modality/audio.js';
import { pictureOfBytes } from '../modality/image.js';
import { writeWav } from '../modality/wav.js';
import { FileError } from '../node/files.js';
import { openCompressor } from '../node/open.js';
import { type PackedFormat, packedFormatOf } from '../node/packed-format.js';
import { nodeRegistry } from '../node/registry.js';
import { noteReading } from './content.js';
import { addFlags, checkFlags } from './flags.js';
import { endingOnInterrupt, type Io, notify } from './io.js';
import {
  inFile,
  openSink,
  readWhole,
  refuseExisting,
  refuseTerminal,
  STANDARD,
  withEnding,
} from './output.js';
import { count, plural } from './views/numbers.js';
import { createProgress } from './views/progress.js';

export function decompressCommand(io: Io): Command {
  const command = new Command('decompress')
    .description(
      'Decompresses .zd, .gz, zlib, .lzma, .zst, .bz2 and .flac, which it tells apart by their ' +
        'contents, and .br, by its name. A raw deflate stream has nothing to be known by: say ' +
        '-c deflate.',
    )
    .argument('[file]', 'the file to decompress (- or nothing: stdin, to stdout)')
    .addHelpText('after', HELP)
    .action((file: string | undefined, flags, self: Command) => {
      checkFlags(self);
      return run(io, file, flags);
    });
  return addFlags(command, {
    '': ['writer', 'restored', 'salvage', 'maxBytes', 'codedForce'],
  });
}

const HELP = `
Examples:
  zipdream decompress speech.flac            writes speech.wav
  zipdream decompress letter.txt.zd          writes letter.txt
  zipdream decompress letter.txt.gz -o -     to stdout
  zipdream decompress torn.zd --salvage -o saved.txt`;

interface DecompressFlags {
  readonly compressor?: string;
  readonly output?: string;
  readonly salvage?: boolean;
  readonly maxBytes?: number;
  readonly force?: boolean;
}

type FileFormat = PackedFormat | 'flac';

async function run(io: Io, file = STANDARD, flags: DecompressFlags): Promise<void> {
  const { salvage = false, maxBytes, force = false } = flags;
  const data = await readWhole(io, file);
  const title = file === STANDARD ? 'standard input' : `"${file}"`;
  const format = formatOf(data, file, title, flags.compressor);
  if (format === undefined && flags.compressor === undefined) refuseUnknown(title);
  const output = flags.output ?? nameOutput(file, format);
  await refuseExisting(output, force, [file]);
  if (format !== 'zd' && salvage) throw new UsageError('--salvage is for .zd files');

  const progress = createProgress(io, 'bytes');
  const lost: Lost[] = [];
  let bytes = 0;
  const allowed = { registry: nodeRegistry, confirmed: flags.compressor };
  const decode = { ...allowed, maxBytes, salvage, onProgress: progress.step };
  const parts =
    format === 'zd'
      ? withPictureAsPng(data, decodeZd(data, decode))
      : format === 'flac'
        ? flacAsWav(io, file, data, maxBytes)
        : ownFormat(data, flags.compressor ?? format!, maxBytes);
  const first = await parts.next();
  await endingOnInterrupt(io, async () => {
    const sink = await openSink(io, output, force);
    for (let part = first; !part.done; part = await parts.next()) {
      if (part.value.lost) noteLost(lost, part.value.start, part.value.end, part.value.lost);
      if (isBinary(part.value.bytes)) refuseTerminal(io, output, force);
      bytes += part.value.end - part.value.start;
      sink.write(part.value.bytes);
      await sink.flush();
    }
    await sink.finish();
  });
  progress.clear();
  for (const { start, end, problem } of lost) {
    notify(io, `lost bytes ${count(start)} to ${count(end - 1)}, now zeros: ${problem}`);
  }
  notify(io, `${title}: ${count(data.length)} → ${plural(bytes, 'byte')}${inFile(output)}`);
  if (lost.length > 0) {
    io.exitCode = 1;
    const missing = lost.reduce((sum, { start, end }) => sum + end - start, 0);
    notify(io, `${count(bytes - missing)} of ${count(bytes)} bytes saved`);
  }
}

/** The format of the data; undefined if it is unknown or is left to the compressor of `-c`. */
function formatOf(
  data: Uint8Array,
  file: string,
  title: string,
  compressor: string | undefined,
): FileFormat | undefined {
  if (isFlac(data)) return 'flac';
  try {
    return packedFormatOf(data, file);
  } catch (error) {
    if (compressor !== undefined) return undefined;
    throw new UsageError(`${title}: ${(error as Error).message}`, { cause: error });
  }
}

function refuseUnknown(title: string): never {
  const message = `${title} is not .zd, .gz, zlib, .lzma, .zst, .bz2 or .flac; if it is a raw deflate stream, say -c deflate`;
  throw new FileError(message);
}

async function* ownFormat(data: Uint8Array, spec: string, maxBytes: number | undefined) {
  const compressor = await openCompressor(spec);
  if (!compressor.decompress) throw new UsageError(`${compressor.name} cannot decompress here`);
  const bytes = await compressor.decompress(data, maxBytes === undefined ? {} : { maxBytes });
  yield { start: 0, end: bytes.length, bytes, lost: undefined };
}

/** Decodes a FLAC file into one part, which is a WAV file. */
async function* flacAsWav(
  io: Io,
  file: string,
  packed: Uint8Array,
  maxBytes: number | undefined,
): AsyncGenerator<ZdPart, void, void> {
  const audio = readAudio(packed, { maxBytes });
  noteReading(io, file, audio);
  yield { start: 0, end: audio.data.length, bytes: writeWav(audio) };
}

/** The parts of a decoded .zd file; if they are pixels, one part that is a PNG file. */
async function* withPictureAsPng(
  file: Uint8Array,
  parts: AsyncGenerator<ZdPart, void, void>,
): AsyncGenerator<ZdPart, void, void> {
  const { image, length } = readHeader(file).header;
  if (!image) return yield* parts;
  // Memory grows with the decoded data: the length in the header is not trusted.
  const pieces: Uint8Array[] = [];
  let lost: Error | undefined;
  for await (const part of parts) {
    pieces.push(part.bytes);
    lost ??= part.lost;
  }
  const pixels = new Uint8Array(Buffer.concat(pieces, length));
  const bytes = writePng(pictureOfBytes(pixels, image));
  yield { start: 0, end: pixels.length, bytes, ...(lost && { lost }) };
}

const STRIPPED = ['.zd', '.gz', '.zz', '.zlib', '.deflate', '.lzma', '.zst', '.bz2', '.br'];

function nameOutput(file: string, format: FileFormat | undefined): string {
  if (file === STANDARD) return STANDARD;
  if (format === 'flac') return withEnding(file, '.wav');
  if (file.endsWith('.tgz')) return file.replace(/tgz$/, 'tar');
  const extension = STRIPPED.find(
    (end) => file.endsWith(end) && !/(^|[/\\])$/.test(file.slice(0, -end.length)),
  );
  if (extension) return file.slice(0, -extension.length);
  throw new UsageError(`"${file}" has no ending to take off; say where to write with -o FILE`);
}

interface Lost {
  readonly start: number;
  end: number;
  readonly problem: string;
}

/** Records a lost range; adjacent ranges are joined and keep the first problem. */
function noteLost(lost: Lost[], start: number, end: number, { message }: Error): void {
  const before = lost.at(-1);
  if (before?.end === start) before.end = end;
  else lost.push({ start, end, problem: message });
}

/** True if there are control characters that do not occur in text. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 32 && byte !== 9 && byte !== 10 && byte !== 13);
}
