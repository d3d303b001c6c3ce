// What `zipdream score` and `zipdream next` do with a picture: bits per pixel and channel of what is
// not given, as a map too, and the likeliest next values.

import type { Picture } from '../engines/png/picture.js';
import { writePng } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import { type Course, measurePicture, modelAt, ownLength } from '../measure/picture-draw.js';
import { surprisal } from '../measure/surprisal.js';
import { formatOfPicture } from '../modality/image.js';
import { missingPixels } from '../modality/image-given.js';
import { openCompressor } from '../node/open.js';
import { heatColour } from '../report/heat.js';
import type { Reading } from '../types.js';
import { openPlace, refuseExisting, refuseTerminal } from './compress-output.js';
import { checkReading } from './flags.js';
import type { MediaFlags } from './media-flags.js';
import { count, signed } from './numbers.js';
import { writeStdout } from './output.js';
import { pictureSpec, readGivenPicture } from './picture-input.js';
import { createPreview } from './picture-preview.js';

export interface PictureScoreFlags extends MediaFlags {
  /** Undefined: the best for pictures. */
  readonly compressor?: string | undefined;
  readonly reading?: Reading;
  readonly json?: boolean;
  readonly heat?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

/** The flags of `score` that go with a picture. */
export const PICTURE_SCORE_FLAGS: readonly string[] = [
  ...['compressor', 'reading', 'given', 'protocol', 'maxSize', 'grey'],
  ...['json', 'heat', 'output', 'force'],
];

/** Scores what is not given: by default the right half. */
export async function runScorePicture(path: string, flags: PictureScoreFlags): Promise<void> {
  const { heat = false, output, force = false } = flags;
  if (heat !== (output !== undefined)) {
    throw new UsageError('the --heat of a picture needs -o FILE.png, and -o needs --heat');
  }
  if (output !== undefined) {
    refuseTerminal(output, force);
    await refuseExisting(output, force);
  }
  const course = await openCourse(path, flags);
  const { compressor, reading, picture, part } = course;
  const total = missingPixels(part, picture) * picture.channels;
  const preview = createPreview(compressor.name);
  const onByte = (done: number) => preview.show(undefined, done / total)?.then(() => false);
  const begin = performance.now();
  const measured = await measurePicture({ ...course, onByte });
  const { surprisals, bits, bpd } = measured;
  const ms = performance.now() - begin;
  const own = (await ownLength(course, measured)) ?? bits;
  preview.clear();
  if (output !== undefined) {
    const sink = await openPlace(output, force);
    sink.write(writePng(heatMap(course, surprisals)));
    await sink.finish();
  }
  const per = (sum: number): number => sum / Math.max(surprisals.length, 1);
  const { name, version } = compressor;
  const pixels = missingPixels(part, picture);
  if (flags.json) {
    const head = { compressor: name, version, reading, protocol: flags.protocol, pixels };
    const rates = { bits, codeLengthBits: own, bpd, conversionLoss: bpd - per(own) };
    const shape = { width: picture.width, height: picture.height, channels: picture.channels };
    return writeStdout(`${JSON.stringify({ ...head, ...shape, ...rates, ms })}\n`);
  }
  return writeStdout(
    `${name}, ${reading} (${version})
  scored           ${count(pixels)} pixels of ${picture.width} × ${picture.height}, ${picture.channels === 1 ? 'grey' : 'RGB'}
  surprisal        ${bpd.toFixed(3)} bits per pixel and channel
  own rate         ${per(own).toFixed(3)} bits per pixel and channel when it compresses
  conversion loss  ${signed(bpd - per(own), 3)} bits per pixel and channel
  speed            ${(ms / Math.max(pixels, 1)).toPrecision(3)} ms per pixel
`,
  );
}

/** The surprisal of each pixel, the mean of its channels, from dark to bright; what is given, dim. */
function heatMap({ picture, part }: Course, surprisals: Float64Array): Picture {
  const { width, height, channels } = picture;
  const pixels = new Uint8Array(3 * width * height);
  let at = 0;
  for (let i = 0; i < width * height; i++) {
    const isGiven = Math.floor(i / width) < part.rows || i % width < part.columns;
    let bits = 0;
    for (let c = 0; c < channels && !isGiven; c++) bits += surprisals[at++]! / channels;
    for (let c = 0; c < 3; c++) {
      pixels[3 * i + c] = isGiven
        ? picture.pixels[channels * i + (c % channels)]! / 2
        : heatColour(bits)[c]!;
    }
  }
  return { width, height, channels: 3, pixels };
}

export interface PictureNextFlags extends MediaFlags {
  readonly compressor?: string | undefined;
  readonly reading?: Reading;
  readonly json?: boolean;
  readonly top: number;
}

/** The flags of `next` that go with a picture. */
export const PICTURE_NEXT_FLAGS: readonly string[] = [
  ...['compressor', 'reading', 'given', 'protocol', 'maxSize', 'grey', 'json', 'top'],
];

/** Shows the likeliest values of the first pixel that is not given: of RGB, of its red. */
export async function runNextPicture(path: string, flags: PictureNextFlags): Promise<void> {
  const course = await openCourse(path, flags);
  const { compressor, reading, picture, part } = course;
  if (missingPixels(part, picture) === 0) throw new UsageError('all of the picture is given');
  const { model, at } = modelAt(course, part.rows);
  const raw = new Float64Array(256);
  await model.next(raw);
  const bits = raw.map((_, value) => surprisal(raw, value));
  const order = Array.from(bits.keys()).sort((a, b) => bits[a]! - bits[b]! || a - b);
  const truth = picture.pixels[at]!;
  const likeliest = order.slice(0, flags.top).map((value) => ({ value, bits: bits[value]! }));
  const seen = { compressor: compressor.name, reading, x: part.columns, y: part.rows, truth };
  if (flags.json) return writeStdout(`${JSON.stringify({ ...seen, likeliest })}\n`);
  const rows = likeliest.map(
    ({ value, bits: b }) =>
      `${String(value).padStart(5)} ${(100 * 2 ** -b).toFixed(3).padStart(8)} % ${b.toFixed(2).padStart(7)} bits${value === truth ? '  ← what comes' : ''}\n`,
  );
  const what = picture.channels === 1 ? 'grey' : 'red';
  const place = `${what} of the pixel in column ${part.columns}, row ${part.rows}`;
  const comes = `${truth} comes, at ${bits[truth]!.toFixed(2)} bits`;
  await writeStdout(`${compressor.name}, ${reading}: ${place}; ${comes}\n${rows.join('')}`);
}

async function openCourse(path: string, flags: PictureScoreFlags): Promise<Course> {
  const { picture, part } = await readGivenPicture(path, flags);
  const format = formatOfPicture(picture);
  const compressor = await openCompressor(pictureSpec(flags.compressor), { format });
  const reading = checkReading(compressor, flags.reading);
  return { compressor, reading, picture, part, protocol: flags.protocol };
}
