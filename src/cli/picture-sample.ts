// What `zipdream sample` does with a picture: what the compressor makes of the part that is not
// given, as a PNG, in the terminal, or on a sheet beside the truth and others.

import { randomInt } from 'node:crypto';
import { createRandom } from '../bits/random.js';
import type { Picture } from '../engines/png/picture.js';
import { UsageError } from '../errors.js';
import { formatOfPicture } from '../modality/image.js';
import { type GivenPart, missingPixels } from '../modality/image-given.js';
import { openCompressor } from '../node/open.js';
import type { Compressor, Reading } from '../types.js';
import { VERSION } from '../version.js';
import { colourDepth } from './colour.js';
import { openPlace, refuseExisting, STANDARD } from './compress-output.js';
import { checkReading } from './flags.js';
import { listenForInterrupt } from './interrupt.js';
import type { MediaFlags } from './media-flags.js';
import { notify } from './notify.js';
import { count, duration } from './numbers.js';
import { writeStdout } from './output.js';
import { type Drawn, drawPicture, givenCanvas, measurePicture } from './picture-draw.js';
import { emptyPicture, encodePicture, pictureSpec, readGivenPicture } from './picture-input.js';
import { createPreview, halfBlocks } from './picture-preview.js';
import { drawPictureSheet, type SheetPicture } from './picture-sheet.js';

export interface PictureSampleFlags extends MediaFlags {
  /** Undefined: the best for pictures. */
  readonly compressor?: string | undefined;
  readonly reading?: Reading;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly seed?: string;
  readonly count: number;
  readonly output?: string;
  readonly json?: boolean;
  readonly force?: boolean;
}

/** The flags of `sample` that go with a picture. */
export const PICTURE_SAMPLE_FLAGS: readonly string[] = [
  ...['compressor', 'reading', 'temperature', 'topK', 'topP', 'minP', 'seed', 'count'],
  ...['given', 'protocol', 'maxSize', 'grey', 'width', 'height', 'sheet', 'beside'],
  ...['output', 'json', 'force'],
];

/** @param path undefined where nothing is given and `--width` and `--height` say how large. */
export async function runSamplePicture(
  path: string | undefined,
  flags: PictureSampleFlags,
): Promise<void> {
  if (flags.beside && !flags.sheet) throw new UsageError('--beside needs --sheet');
  const outputs = nameOutputs(flags);
  const files = flags.sheet === undefined ? outputs : [...outputs, flags.sheet];
  for (const output of files) await refuseExisting(output, flags.force ?? false);
  const { picture, part } =
    path === undefined ? emptyPicture(flags) : await readGivenPicture(path, flags);
  const isKnown = path !== undefined;
  const missing = missingPixels(part, picture) * picture.channels;
  const format = formatOfPicture(picture);
  const compressor = await openCompressor(pictureSpec(flags.compressor), { format });
  const reading = checkReading(compressor, flags.reading);
  const seed = flags.seed ?? String(randomInt(2 ** 32));
  if (flags.seed === undefined) notify(`seed ${seed}`);

  const interrupt = listenForInterrupt();
  const startMs = performance.now();
  const sheet: SheetPicture[] = [];
  const { protocol } = flags;

  const complete = async (by: Compressor, its: Reading, i: number): Promise<Drawn> => {
    const course = { compressor: by, reading: its, picture, part, protocol };
    const canvas = givenCanvas(course);
    const preview = createPreview(by.name);
    const watch = (shown?: Picture) => (done: number) =>
      preview.show(shown, done / missing)?.then(() => interrupt.exitCode !== undefined);
    const random = createRandom(`${seed}:${i}`);
    try {
      const drawn = await drawPicture({ ...course, onByte: watch(canvas) }, canvas, random, flags);
      if (flags.sheet === undefined || i > 0) return drawn;
      let note = `seed ${seed}`;
      if (isKnown && interrupt.exitCode === undefined) {
        const { bpd } = await measurePicture({ ...course, onByte: watch() });
        note = `${bpd.toFixed(2)} bits per channel for the truth`;
      }
      sheet.push({ picture: canvas, title: `${by.name}, ${its}`, note });
      return drawn;
    } finally {
      preview.clear();
    }
  };

  const drawn: Drawn[] = [];
  try {
    for (let i = 0; i < flags.count && interrupt.exitCode === undefined; i++) {
      drawn.push(await complete(compressor, reading, i));
      if (outputs[i] === undefined) continue;
      await writeFile(outputs[i]!, encodePicture(drawn[i]!.picture), flags.force);
    }
    if (flags.sheet !== undefined) {
      for (const spec of flags.beside ?? []) {
        if (interrupt.exitCode !== undefined) break;
        const other = await openCompressor(spec, { format });
        await complete(other, other.readings[0]!, 0);
      }
      const size = `${picture.width} × ${picture.height}`;
      const before = [
        { picture: givenCanvas({ picture, part }), title: 'given', note: share(part, picture) },
      ];
      if (isKnown) before.unshift({ picture, title: 'truth', note: size });
      const svg = drawPictureSheet([...before, ...sheet]);
      await writeFile(flags.sheet, new TextEncoder().encode(svg), flags.force);
    }
  } finally {
    interrupt.release();
  }
  if (interrupt.exitCode !== undefined) process.exitCode = interrupt.exitCode;
  const ms = performance.now() - startMs;
  if (flags.json) {
    const { width, height, channels } = picture;
    const record = { seed, compressor: compressor.name, version: compressor.version, reading };
    const settings = { zipdream: VERSION, temperature: flags.temperature, protocol };
    const pictures = drawn.map(({ bytes, bits }) => ({ bytes, bits, bpd: bits / (bytes || 1) }));
    const seen = {
      ...record,
      ...settings,
      width,
      height,
      channels,
      given: part,
      pictures,
      outputs,
    };
    await writeStdout(`${JSON.stringify(seen)}\n`);
  } else if (
    !outputs.includes(STANDARD) &&
    colourDepth(process.stdout, process.env) === 'truecolour'
  ) {
    const columns = Math.min(process.stdout.columns ?? 80, 96);
    for (const { picture: shown } of drawn) await writeStdout(halfBlocks(shown, columns, 40));
  }
  const places = files.filter((file) => file !== STANDARD).join(', ');
  const bytes = drawn.reduce((sum, one) => sum + one.bytes, 0);
  const pixels = `${count(Math.ceil(bytes / picture.channels))} pixels drawn`;
  notify(`${pixels}${places ? `, ${places}` : ''}, ${duration(ms)}`);
}

function share({ rows, columns }: GivenPart, { width, height }: Picture): string {
  if (rows > 0) return `the first ${rows} of ${height} rows`;
  return columns > 0 ? `the left ${columns} of ${width} columns` : 'nothing';
}

function nameOutputs({ output, count: copies, json }: PictureSampleFlags): string[] {
  if (output === undefined) return process.stdout.isTTY || json || copies > 1 ? [] : [STANDARD];
  if (copies === 1) return [output];
  const [, stem, ending] = /^(.*?)(\.[^./\\]*)?$/s.exec(output)!;
  return Array.from({ length: copies }, (_, i) => `${stem}-${i + 1}${ending ?? ''}`);
}

async function writeFile(path: string, bytes: Uint8Array, force = false): Promise<void> {
  const sink = await openPlace(path, force);
  sink.write(bytes);
  await sink.finish();
}
