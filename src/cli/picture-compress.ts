// What `zipdream compress` and `decompress` do with pictures: a compressor that knows pixels gets
// those of the file and not its bytes, and writes its own format or a .zd; a .zd of a picture comes
// back as a PNG.

import { defaultChunkBytes, encodeZd, type ZdPart } from '../coding/zd.js';
import { readHeader } from '../coding/zd-format.js';
import { type PngEffort, writePng } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import { formatOfPicture, pictureOfBytes } from '../modality/image.js';
import { openCompressor } from '../node/open.js';
import { nodeRegistry } from '../node/registry.js';
import { splitSpec } from '../options.js';
import type { Compressor, MaybePromise, Reading } from '../types.js';
import {
  createPace,
  endingOnInterrupt,
  openPlace,
  refuseExisting,
  refuseTerminal,
  STANDARD,
  sizes,
} from './compress-output.js';
import { checkReading } from './flags.js';
import { mediumOfFile } from './media.js';
import { notify } from './notify.js';
import { readPicture } from './picture-input.js';

/** Whether a file is a picture and a compressor knows what pixels are. */
export async function takesPicture(spec: string, file: string): Promise<boolean> {
  const { name } = splitSpec(spec);
  const accepts = Object.hasOwn(nodeRegistry, name) ? nodeRegistry[name]!.accepts : [];
  return accepts.includes('image') && file !== STANDARD && (await mediumOfFile(file)) === 'image';
}

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
  const { compressor: spec, verify = false, force = false } = flags;
  const picture = await readPicture(file);
  const format = formatOfPicture(picture);
  const compressor = await openCompressor(spec, { format });
  const own = flags.reading === undefined && compressor.compress !== undefined;
  const reading = own ? undefined : checkReading(compressor, flags.reading);
  if (own && flags.chunk !== undefined) {
    throw new UsageError(`--chunk is for .zd files; ${compressor.name} writes its own format`);
  }
  const isPng = own && compressor.name === 'png';
  if (flags.effort && !isPng)
    throw new UsageError('--effort is for pictures that -c png compresses');
  if (own && verify && !compressor.decompress) {
    throw new UsageError(`--verify: ${compressor.name} cannot decompress here`);
  }
  if (!own && verify) throw new UsageError('--verify of a .zd works on bytes, not on pictures');
  const output = flags.output ?? nameOutput(file, splitSpec(spec).name, own);
  refuseTerminal(output, force);
  await refuseExisting(output, force);
  const { pixels } = picture;
  const pace = createPace();
  const row = picture.width * picture.channels;
  const wanted = flags.chunk ?? defaultChunkBytes(compressor, pixels.length);
  const chunkBytes = row * Math.max(1, Math.floor(wanted / row));
  const parts = reading
    ? encodeZd(compressor, pixels, {
        ...{ spec, reading, chunkBytes, onProgress: pace.step },
        image: format,
      })
    : ownFormat(
        compressor,
        pixels,
        () => (isPng ? writePng(picture, flags.effort ?? 'parse') : compressor.compress!(pixels)),
        verify,
      );
  let bytes = 0;
  await endingOnInterrupt(async () => {
    const sink = await openPlace(output, force);
    for await (const part of parts) {
      bytes += part.length;
      sink.write(part);
      await sink.flush();
    }
    await sink.finish();
  });
  pace.clear();
  const how = reading ? `${compressor.name}, ${reading}` : compressor.name;
  const size = `${picture.width} × ${picture.height} pixels`;
  notify(`${how}: ${size}, ${sizes(pixels.length, bytes)}${verify ? ', verified' : ''}`);
}

async function* ownFormat(
  compressor: Compressor,
  pixels: Uint8Array,
  compress: () => MaybePromise<Uint8Array>,
  verify: boolean,
) {
  const bytes = await compress();
  if (verify) {
    const back = await compressor.decompress?.(bytes, { maxBytes: pixels.length });
    if (!back || Buffer.compare(back, pixels) !== 0) {
      throw new Error(`${compressor.name} did not give the pixels back: nothing was written`);
    }
  }
  yield bytes;
}

/** Beside the file, with the format's own ending; `photo.png.zd` for a .zd. */
function nameOutput(file: string, name: string, own: boolean): string {
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
  yield { start: 0, end: bytes.length, bytes, ...(lost && { lost }) };
}
