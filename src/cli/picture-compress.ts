// What `zipdream compress` and `decompress` do with pictures: a compressor that knows pixels gets
// those of the file and not its bytes, and writes its own format or a .zd; a .zd of a picture comes
// back as a PNG.

import { defaultChunkBytes, encodeZd, type ZdPart } from '../coding/zd.js';
import { readHeader } from '../coding/zd-format.js';
import { type FilterChoice, type PngEffort, writePng } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import { formatOfPicture, pictureOfBytes } from '../modality/image.js';
import { openCompressor } from '../node/open.js';
import { nodeRegistry } from '../node/registry.js';
import { parseOptions, splitSpec } from '../options.js';
import type { MaybePromise, Reading } from '../types.js';
import { createPace, refuseExisting, refuseTerminal, STANDARD, sizes } from './compress-output.js';
import { writeCompressed } from './compress-write.js';
import { checkReading } from './flags.js';
import { mediumOfFile } from './media.js';
import { notify } from './notify.js';
import { readPicture } from './picture-input.js';

/** Whether a compressor gets pixels: all that it knows, or what the file is and it knows too. */
export async function takesPicture(spec: string, file: string): Promise<boolean> {
  const { name } = splitSpec(spec);
  const accepts = Object.hasOwn(nodeRegistry, name) ? nodeRegistry[name]!.accepts : [];
  if (!accepts.includes('image')) return false;
  return !accepts.includes('bytes') || (await mediumOfFile(file)) === 'image';
}

export const EFFORT_NEEDS = '--effort is for pictures, PNG or JPEG, that -c png compresses';

export interface PictureCompressFlags {
  readonly compressor: string;
  readonly reading?: Reading;
  readonly output?: string;
  readonly chunk?: number;
  readonly effort?: PngEffort;
  readonly verify?: boolean;
  readonly force?: boolean;
}

export async function runCompressPicture(file: string, flags: PictureCompressFlags): Promise<void> {
  const { compressor: spec, effort = 'parse', verify = false, force = false } = flags;
  const picture = await readPicture(file);
  const { pixels } = picture;
  const format = formatOfPicture(picture);
  const compressor = await openCompressor(spec, { format });
  const { name } = compressor;
  const own = flags.reading === undefined && compressor.compress !== undefined;
  const reading = own ? undefined : checkReading(compressor, flags.reading);
  if (own && flags.chunk !== undefined) {
    throw new UsageError(`--chunk is for .zd files; ${name} writes its own format`);
  }
  const isPng = own && name === 'png';
  if (flags.effort && !isPng) throw new UsageError(EFFORT_NEEDS);
  if (own && verify && !compressor.decompress) {
    throw new UsageError(`--verify: ${name} cannot decompress here`);
  }
  const output = flags.output ?? nameOutput(file, name, own);
  refuseTerminal(output, force);
  await refuseExisting(output, force);
  const pace = createPace();
  const row = picture.width * picture.channels;
  const wanted = flags.chunk ?? defaultChunkBytes(compressor, picture.pixels.length);
  const chunkBytes = row * Math.max(1, Math.floor(wanted / row));
  const zd = { spec, chunkBytes, onProgress: pace.step, image: format };
  const parts = reading
    ? encodeZd(compressor, pixels, { ...zd, reading })
    : inOnePart(isPng ? writePng(picture, effort, filterOf(spec)) : compressor.compress!(pixels));
  const write = { compressor, spec, own, output, force, verify, pace };
  const bytes = await writeCompressed(pixels, parts, write);
  const how = reading ? `${name}, ${reading}` : name;
  const size = `${picture.width} × ${picture.height} pixels`;
  notify(`${how}: ${size}, ${sizes(pixels.length, bytes)}${verify ? ', verified' : ''}`);
}

async function* inOnePart(bytes: MaybePromise<Uint8Array>) {
  yield await bytes;
}

/** How the options of row `png` say that rows are filtered. */
function filterOf(spec: string): FilterChoice {
  const { name, text } = splitSpec(spec);
  return parseOptions(name, nodeRegistry[name]!.options, text).filter as FilterChoice;
}

/** Beside the file, with the format's own ending; `photo.png.zd` for a .zd. */
function nameOutput(file: string, name: string, own: boolean): string {
  if (file === STANDARD) return STANDARD;
  return own ? `${file.replace(/\.[^./\\]*$/, '')}.${name}` : `${file}.zd`;
}

/** The parts of a decoded .zd file; where they are pixels, as one part that is a PNG. */
export async function* withPictureAsPng(
  file: Uint8Array,
  parts: AsyncGenerator<ZdPart, void, void>,
): AsyncGenerator<ZdPart, void, void> {
  const { image, length } = readHeader(file).header;
  if (!image) return yield* parts;
  // Grows with what was decoded: the length that the header says may be a lie.
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
