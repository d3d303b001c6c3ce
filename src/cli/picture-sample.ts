// What `zipdream sample` does with a picture: what the compressor makes of the part that is not
// given, as a PNG, in the terminal, or on a sheet beside the truth and others.

import { randomInt } from 'node:crypto';
import { createRandom } from '../bits/random.js';
import type { Picture } from '../engines/png/picture.js';
import { writePng } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import {
  type Course,
  type Drawn,
  drawPicture,
  drawPictureBySpans,
  givenCanvas,
  measurePicture,
} from '../measure/picture-draw.js';
import { formatOfPicture } from '../modality/image.js';
import { type GivenPart, missingPixels } from '../modality/image-given.js';
import { openCompressor } from '../node/open.js';
import { warpsAny } from '../sampling/warps.js';
import type { Random, Reading } from '../types.js';
import { VERSION } from '../version.js';
import { colourDepth } from './colour.js';
import { openPlace, refuseExisting, STANDARD } from './compress-output.js';
import { checkReading } from './flags.js';
import { listenForInterrupt } from './interrupt.js';
import type { MediaFlags } from './media-flags.js';
import { notify } from './notify.js';
import { count, duration } from './numbers.js';
import { writeStdout } from './output.js';
import { emptyPicture, type GivenPicture, pictureSpec, readGivenPicture } from './picture-input.js';
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
  readonly spans?: number;
  readonly candidates?: number;
  readonly proposal?: string;
  readonly beta?: number;
  readonly output?: string;
  readonly json?: boolean;
  readonly force?: boolean;
}

/** The flags of `sample` that go with a picture. */
export const PICTURE_SAMPLE_FLAGS: readonly string[] = [
  ...['compressor', 'reading', 'temperature', 'topK', 'topP', 'minP', 'seed', 'count'],
  ...['spans', 'candidates', 'proposal', 'beta'],
  ...['given', 'protocol', 'maxSize', 'grey', 'width', 'height', 'sheet', 'beside'],
  ...['output', 'json', 'force'],
];

/** @param path undefined where nothing is given and `--width` and `--height` say how large. */
export async function runSamplePicture(
  path: string | undefined,
  flags: PictureSampleFlags,
): Promise<void> {
  if (flags.beside && !flags.sheet) throw new UsageError('--beside needs --sheet');
  if (flags.spans !== undefined) refuseWithSpans(flags);
  const outputs = nameOutputs(flags);
  const files = flags.sheet === undefined ? outputs : [...outputs, flags.sheet];
  for (const output of files) await refuseExisting(output, flags.force ?? false);
  const subject = path === undefined ? emptyPicture(flags) : await readGivenPicture(path, flags);
  const courses: NamedCourse[] = [];
  for (const spec of [pictureSpec(flags.compressor), ...(flags.beside ?? [])]) {
    const compressor = await openCompressor(spec, { format: formatOfPicture(subject.picture) });
    const reading = checkReading(compressor, courses.length === 0 ? flags.reading : undefined);
    courses.push({ ...subject, spec, compressor, reading, protocol: flags.protocol });
  }
  const seed = flags.seed ?? String(randomInt(2 ** 32));
  if (flags.seed === undefined) notify(`seed ${seed}`);

  const interrupt = listenForInterrupt();
  const isEnded = (): boolean => interrupt.exitCode !== undefined;
  const startMs = performance.now();
  const drawn: Drawn[] = [];
  try {
    for (let i = 0; i < flags.count && !isEnded(); i++) {
      drawn.push(await draw(courses[0]!, createRandom(`${seed}:${i}`), flags, isEnded));
      if (outputs[i] === undefined) continue;
      await writeFile(outputs[i]!, writePng(drawn[i]!.picture), flags.force);
    }
    if (flags.sheet !== undefined && !isEnded()) {
      const sheet = introduction(subject, path !== undefined);
      const isMeasured = path !== undefined && flags.spans === undefined;
      for (const course of courses) {
        const isFirst = course === courses[0];
        const { picture } = isFirst
          ? drawn[0]!
          : await draw(course, createRandom(`${seed}:0`), flags, isEnded);
        const { spec, reading } = course;
        const note = isMeasured ? await rateOfTruth(course, isEnded) : `seed ${seed}`;
        sheet.push({ picture, title: `${spec}, ${reading}`, note });
      }
      const svg = new TextEncoder().encode(drawPictureSheet(sheet));
      if (!isEnded()) await writeFile(flags.sheet, svg, flags.force);
    }
  } finally {
    interrupt.release();
  }
  if (isEnded()) process.exitCode = interrupt.exitCode;
  if (flags.json) await writeRecord(courses[0]!, drawn, { seed, flags, outputs });
  else if (!outputs.includes(STANDARD)) await showDrawn(drawn);
  const places = files.filter((file) => file !== STANDARD).join(', ');
  const bytes = drawn.reduce((sum, one) => sum + one.bytes, 0);
  const pixels = `${count(Math.ceil(bytes / subject.picture.channels))} pixels drawn`;
  const ms = performance.now() - startMs;
  notify(`${pixels}${places ? `, ${places}` : ''}, ${duration(ms)}`);
}

interface NamedCourse extends Course {
  readonly spec: string;
}

const DEFAULT_CANDIDATES = 16;
const DEFAULT_PROPOSAL = 'mix';

function refuseWithSpans({ protocol, temperature, topK, topP, minP }: PictureSampleFlags): void {
  if (protocol) throw new UsageError('--spans and --protocol exclude each other');
  if (warpsAny({ temperature, topK, topP, minP })) {
    throw new UsageError('--temperature, --top-k, --top-p and --min-p do not go with --spans');
  }
}

async function draw(
  course: Course,
  random: Random,
  flags: PictureSampleFlags,
  isEnded: () => boolean,
): Promise<Drawn> {
  const canvas = givenCanvas(course);
  const { spans: span, candidates = DEFAULT_CANDIDATES, proposal = DEFAULT_PROPOSAL, beta } = flags;
  if (span === undefined) {
    return watching(course, canvas, isEnded, (watched) =>
      drawPicture(watched, canvas, random, flags),
    );
  }
  const proposer = await openCompressor(proposal, { format: formatOfPicture(course.picture) });
  const spans = { span, candidates, beta, proposal: proposer.start() };
  return watching(course, canvas, isEnded, (watched) =>
    drawPictureBySpans(watched, canvas, random, spans),
  );
}

async function rateOfTruth(course: Course, isEnded: () => boolean): Promise<string> {
  const { bpd } = await watching(course, undefined, isEnded, measurePicture);
  return `${bpd.toFixed(2)} bits per channel for the truth`;
}

/** Does some work along a course while its canvas is shown, until it is ended. */
async function watching<T>(
  course: Course,
  canvas: Picture | undefined,
  isEnded: () => boolean,
  work: (course: Course) => Promise<T>,
): Promise<T> {
  const total = missingPixels(course.part, course.picture) * course.picture.channels;
  const preview = createPreview(course.compressor.name);
  const onByte = (done: number) => preview.show(canvas, done / total)?.then(isEnded);
  try {
    return await work({ ...course, onByte });
  } finally {
    preview.clear();
  }
}

/** What a sheet begins with: the truth, if there is one, and what was given of it. */
function introduction({ picture, part }: GivenPicture, isKnown: boolean): SheetPicture[] {
  const note = share(part, picture);
  const given = { picture: givenCanvas({ picture, part }), title: 'given', note };
  const size = `${picture.width} × ${picture.height}`;
  return isKnown ? [{ picture, title: 'truth', note: size }, given] : [given];
}

/** One line of JSON: how it was drawn, and the bits of each completion. */
function writeRecord(
  { spec, compressor, reading, picture, part }: NamedCourse,
  drawn: readonly Drawn[],
  { seed, flags, outputs }: { seed: string; flags: PictureSampleFlags; outputs: string[] },
): Promise<void> {
  const { width, height, channels } = picture;
  const { temperature, protocol, spans, candidates, proposal, beta } = flags;
  const record = { seed, spec, compressor: compressor.name, version: compressor.version, reading };
  const bySpans = { spans, candidates, proposal, beta };
  const settings = {
    zipdream: VERSION,
    temperature,
    protocol,
    ...bySpans,
    width,
    height,
    channels,
  };
  const pictures = drawn.map(({ bytes, bits }) => ({ bytes, bits, bpd: bits / (bytes || 1) }));
  const seen = { ...record, ...settings, given: part, pictures, outputs };
  return writeStdout(`${JSON.stringify(seen)}\n`);
}

async function showDrawn(drawn: readonly Drawn[]): Promise<void> {
  if (colourDepth(process.stdout, process.env) !== 'truecolour') return;
  const columns = Math.min(process.stdout.columns ?? 80, 96);
  for (const { picture } of drawn) await writeStdout(halfBlocks(picture, columns, 40));
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
