// `zipdream compress`: writes a compressor's own format, or a .zd file coded with one of its
// readings. Compressors of pixels or samples get the decoded contents of the file, not its bytes.

import { Command } from 'commander';
import { decodeZd, defaultChunkBytes, encodeZd } from '../coding/zd.js';
import { type FilterChoice, type PngEffort, writePng } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import type { Content, Medium } from '../media/medium.js';
import { pictureOf } from '../media/picture.js';
import { text } from '../media/text.js';
import { nodeMedia } from '../node/media.js';
import { openCompressor } from '../node/open.js';
import { nodeRegistry } from '../node/registry.js';
import { parseOptions, splitSpec } from '../options.js';
import type { Compressor, Reading } from '../types.js';
import { mediumOfInput, readWith } from './content.js';
import { addFlags, checkFlags, checkReading } from './flags.js';
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
import { count, sizes } from './views/numbers.js';
import { createProgress, type Progress } from './views/progress.js';

export function compressCommand(io: Io): Command {
  const command = new Command('compress')
    .description(
      'Compresses a file. Compressors with a format of their own write it, so that other tools ' +
        'read it. With --reading, and for models that only predict, the distribution over the ' +
        'next byte drives an arithmetic coder, and the file is a .zd.',
    )
    .argument('[file]', 'the file to compress (- or nothing: stdin, to stdout)')
    .addHelpText('after', HELP)
    .action((file: string | undefined, flags, self: Command) => {
      checkFlags(self);
      return run(io, file, flags);
    });
  return addFlags(command, {
    '': [
      ...(['packer', 'codedReading', 'output', 'codedChunk', 'effort'] as const),
      ...(['verify', 'codedForce'] as const),
    ],
  });
}

const HELP = `
Examples:
  zipdream compress speech.wav -c flac                     writes speech.flac
  zipdream compress photo.jpg -c png --effort max          writes photo.png
  zipdream compress letter.txt                             writes letter.txt.gz
  zipdream compress letter.txt -c gzip --reading decode    writes letter.txt.zd, smaller
  zipdream compress - < letter.txt > letter.gz`;

interface CompressFlags {
  readonly compressor?: string;
  readonly reading?: Reading;
  readonly output?: string;
  readonly chunk?: number;
  readonly effort?: PngEffort;
  readonly verify?: boolean;
  readonly force?: boolean;
}

/** File name extensions of the compressors' own formats. */
const ENDINGS: Readonly<Record<string, string>> = {
  gzip: '.gz',
  zlib: '.zz',
  deflate: '.deflate',
  pako: '.deflate',
  fflate: '.deflate',
  'node-zlib': '.deflate',
  lzma: '.lzma',
};

async function run(io: Io, file = STANDARD, flags: CompressFlags): Promise<void> {
  const { compressor: spec = 'gzip', effort, verify = false, force } = flags;
  const medium = await mediumTaken(spec, file);
  if (medium.kind === 'audio' && (flags.reading || flags.chunk !== undefined)) {
    throw new UsageError('--reading and --chunk write .zd files, which hold bytes; not sounds');
  }
  const content = medium === text ? undefined : await readWith(io, medium, file);
  const compressor = await openCompressor(spec, { format: content?.format });
  const { name } = compressor;
  const own = flags.reading === undefined && compressor.compress !== undefined;
  const reading = own ? undefined : checkReading(compressor, flags.reading);
  if (own && flags.chunk !== undefined) {
    throw new UsageError(`--chunk is for .zd files; ${name} writes its own format`);
  }
  if (effort && !(own && name === 'png')) {
    throw new UsageError('--effort is for pictures, PNG or JPEG, that -c png compresses');
  }
  if (own && verify && !compressor.decompress) {
    throw new UsageError(`--verify: ${name} cannot decompress here`);
  }
  const output = flags.output ?? nameOutput(file, spec, medium, own);
  refuseTerminal(io, output, force);
  await refuseExisting(output, force, [file]);
  const data = content?.data ?? (await readWhole(io, file));
  const progress = createProgress(io, 'bytes');
  const chunkBytes = chunkFor(compressor, data, content, flags.chunk);
  const image = content?.format.kind === 'image' ? content.format : undefined;
  const zd = { spec, reading, chunkBytes, onProgress: progress.step, image };
  const parts = reading
    ? encodeZd(compressor, data, { ...zd, reading })
    : inOnePart(() => ownFormat(compressor, spec, data, content, effort));
  const how: Writing = { io, compressor, spec, own, output, force, verify, progress };
  const bytes = await writeParts(data, parts, how);
  const size = content && image ? `${sizeOf(content)}, ` : '';
  const title = reading ? `${name}, ${reading}` : name;
  const verified = verify ? ', verified' : '';
  notify(io, `${title}: ${size}${sizes(data.length, bytes)}${inFile(output)}${verified}`);
  if (reading && !content && data.length > chunkBytes) {
    const chunks = Math.ceil(data.length / chunkBytes);
    notify(io, `${chunks} chunks, each coded on its own; a larger --chunk makes a smaller file`);
  }
}

/** The medium to read a file as: the compressor's only one, or the file's if that is accepted. */
async function mediumTaken(spec: string, file: string): Promise<Medium> {
  const found = await mediumOfInput(file);
  const { name } = splitSpec(spec);
  const accepts = Object.hasOwn(nodeRegistry, name) ? nodeRegistry[name]!.accepts : [];
  if (accepts.length === 0 || (accepts.length === 1 && accepts[0] === 'bytes')) return text;
  if (!accepts.includes('bytes')) return nodeMedia.find(({ kind }) => kind === accepts[0])!;
  return found.kind === 'image' && accepts.includes('image') ? found : text;
}

function chunkFor(
  compressor: Compressor,
  data: Uint8Array,
  content: Content | undefined,
  asked: number | undefined,
): number {
  const wanted = asked ?? defaultChunkBytes(compressor, data.length);
  if (content?.format.kind !== 'image') return wanted;
  const row = content.format.width * content.format.channels;
  return row * Math.max(1, Math.floor(wanted / row));
}

/** Compresses to the compressor's own format; for PNG with the requested effort. */
function ownFormat(
  compressor: Compressor,
  spec: string,
  data: Uint8Array,
  content: Content | undefined,
  effort: PngEffort = 'parse',
): Uint8Array | Promise<Uint8Array> {
  if (compressor.name !== 'png' || !content) return compressor.compress!(data);
  const { text: options } = splitSpec(spec);
  const { filter } = parseOptions('png', nodeRegistry.png!.options, options);
  return writePng(pictureOf(content), effort, filter as FilterChoice);
}

async function* inOnePart(make: () => Uint8Array | Promise<Uint8Array>) {
  yield await make();
}

function sizeOf(content: Content): string {
  const { width, height } = pictureOf(content);
  return `${width} × ${height} pixels`;
}

/** The default output: the input's name with the extension of the format. */
function nameOutput(file: string, spec: string, medium: Medium, own: boolean): string {
  if (file === STANDARD) return STANDARD;
  if (!own) return `${file}.zd`;
  const { name } = splitSpec(spec);
  if (medium.kind === 'image') return withEnding(file, `.${name}`);
  if (medium.kind === 'audio') return withEnding(file, '.flac');
  if (ENDINGS[name]) return file + ENDINGS[name];
  throw new UsageError(`files of ${name} have no usual ending; name one with -o FILE`);
}

interface Writing {
  readonly io: Io;
  readonly compressor: Compressor;
  readonly spec: string;
  /** True for the compressor's own format, false for .zd. */
  readonly own: boolean;
  readonly output: string;
  readonly force: boolean | undefined;
  readonly verify: boolean;
  readonly progress: Progress;
}

/**
 * Writes the compressed parts of `data`; returns their size in bytes.
 *
 * @throws Error if `verify` is set and they do not decompress to `data`; then nothing is written.
 */
async function writeParts(
  data: Uint8Array,
  parts: AsyncGenerator<Uint8Array, void, void>,
  how: Writing,
): Promise<number> {
  const kept: Uint8Array[] = [];
  let bytes = 0;
  // Only one part is produced for a compressor's own format, and before it nothing is written.
  const first = await parts.next();
  await endingOnInterrupt(how.io, async () => {
    const sink = await openSink(how.io, how.output, how.force);
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
  how.progress.clear();
  return bytes;
}

/** @throws Error if `compressed` does not decompress to `data`. */
async function checkReturn(
  data: Uint8Array,
  compressed: Uint8Array,
  { compressor, spec, own, progress }: Writing,
): Promise<void> {
  const refuse = (): never => {
    throw new Error(`${compressor.name} did not give the original back: nothing was written`);
  };
  const maxBytes = data.length;
  if (own) {
    const back = await compressor.decompress!(compressed, { maxBytes });
    if (Buffer.compare(back, data) !== 0) refuse();
    return;
  }
  const options = { registry: nodeRegistry, confirmed: spec, maxBytes, onProgress: progress.step };
  let known = 0;
  for await (const { bytes, start } of decodeZd(compressed, options)) {
    if (Buffer.compare(bytes, data.subarray(start, start + bytes.length)) !== 0) refuse();
    known += bytes.length;
  }
  if (known !== data.length) {
    throw new Error(`only ${count(known)} bytes came back: nothing was written`);
  }
}
