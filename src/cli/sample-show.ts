// The outputs of `zipdream sample`: a stream of text while it is drawn, finished pictures and
// sounds, and a sheet that compares several compressors.

import { createRandom } from '../bits/random.js';
import { drawWhole } from '../measure/draw.js';
import type { Cut, Medium } from '../media/medium.js';
import { openCompressor } from '../node/open.js';
import type { Passage } from '../passage/passage.js';
import { expectHeldOut, type PlacedDrawn, type Subject } from '../passage/walk.js';
import type { Reading } from '../types.js';
import type { Context, ContextFlags } from './context.js';
import { type Io, notify, paletteOf, write } from './io.js';
import { createPacer, endingOf, openSink, type Sink, STANDARD, writeWhole } from './output.js';
import { type CopyRecord, copyNotice, DrawnBytes, findCopy } from './views/copies.js';
import { type Completion, MEDIA_VIEWS } from './views/media.js';
import type { Progress } from './views/progress.js';
import { jsonView, rawView, screenView, type View } from './views/stream.js';
import { openWay, pictureSpec, type WayFlags } from './ways.js';
export interface SampleFlags extends ContextFlags, WayFlags {
  readonly compressor?: string;
  readonly workers?: number;
  readonly reading?: Reading;
  readonly length?: string;
  readonly seed?: string;
  readonly count: number;
  readonly heat?: boolean;
  readonly json?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly given?: string;
  readonly protocol?: 'paper';
  readonly maxSize?: number;
  readonly grey?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly sheet?: string;
  readonly beside?: readonly string[];
}

/** Everything that a run of `sample` needs to draw and show samples. */
export interface Session {
  readonly io: Io;
  readonly flags: SampleFlags;
  readonly medium: Medium;
  readonly cut: Cut;
  readonly subject: Subject;
  readonly spec: string;
  readonly seed: string;
  /** Corpus and prompt of a text; undefined for other media. */
  readonly context: Context | undefined;
  readonly progress: Progress;
}

/** Sums over all samples. */
export interface Totals {
  samples: number;
  bytes: number;
  bits: number;
  tokens: number;
  matches: number;
}

/** Shows and stores samples while they are drawn. */
export interface Show {
  begin(index: number): void;
  drawn(step: PlacedDrawn): void;
  /** Called after each step; a promise is awaited. */
  pause(done: number, total: number): Promise<void> | undefined;
  /** Called when a sample is complete or was interrupted. */
  endSample(index: number): Promise<void>;
  /** Called after all samples; `record` is the last line of `--json`. */
  end(record: object, totals: Totals, isFailed: boolean): Promise<void>;
}

/** An output for text while it is drawn: on a screen, as bytes, or as JSON lines. */
export async function createStream(
  session: Session,
  context: Context,
  output: string,
): Promise<Show> {
  const { io, flags } = session;
  const sink = await openSink(io, output, flags.force);
  const view = chooseView(io, sink, flags, context.prompt);
  const isRaw = !flags.json && !io.stdout.isTTY;
  let lastByte: number = NEWLINE;
  const pace = createPacer(sink);
  const kept = new DrawnBytes();
  let from = 0;
  let isEnded = false;
  return {
    begin(index) {
      view.begin(index, flags.count);
      from = session.cut.passage.from;
    },
    drawn(step) {
      if (isEnded) return;
      view.drawn(step, step.at - from);
      lastByte = step.bytes.at(-1) ?? lastByte;
      kept.add(step.bytes);
    },
    pause: pace,
    async endSample() {
      if (!isEnded) kept.endSample();
    },
    async end(record, { bytes }, isFailed) {
      isEnded = true;
      view.end();
      const longestCopy: CopyRecord = findCopy(context, flags.corpus ?? [], kept.samples());
      if (flags.json && !isFailed) {
        sink.write(`${JSON.stringify({ ...record, longestCopy })}\n`);
      }
      if (isFailed && bytes === 0) await sink.discard();
      else await sink.finish();
      if (isFailed) return;
      // Raw bytes may not end with a newline.
      if (isRaw && output === STANDARD && lastByte !== NEWLINE) io.stderr.write('\n');
      notify(io, copyNotice(longestCopy));
    },
  };
}

const NEWLINE = 10;

function chooseView(io: Io, sink: Sink, flags: SampleFlags, prompt: Uint8Array): View {
  if (flags.json) return jsonView(sink);
  const isFile = flags.output !== undefined && flags.output !== STANDARD;
  const palette = paletteOf(io, isFile ? { write() {} } : io.stdout);
  const heat = flags.heat === true && palette.depth !== 'none';
  if (flags.heat && !heat) {
    notify(io, 'the output has no colours, so --heat shows none; FORCE_COLOR=1 forces them');
  }
  if ((isFile || !io.stdout.isTTY) && !heat) return rawView(sink, !isFile);
  return screenView(sink, { palette, heat, prompt });
}

/** An output for pictures and sounds, each written when complete, with a preview while drawing. */
export function createCanvas(session: Session, outputs: readonly string[]): Show {
  const { io, flags, medium, cut, subject, progress } = session;
  const view = MEDIA_VIEWS[medium.name];
  const drawn: Passage[] = [];
  const samples: object[] = [];
  let canvas = view?.canvas?.(cut.passage);
  let bytes = cut.passage.bytes;
  let sum = { bytes: 0, bits: 0 };
  return {
    begin() {
      canvas = view?.canvas?.(cut.passage);
      bytes = canvas?.pixels ?? cut.passage.bytes.slice();
      if (!canvas) bytes.fill(0, cut.passage.from);
      sum = { bytes: 0, bits: 0 };
    },
    drawn(step) {
      bytes.set(step.bytes, step.at);
      sum.bytes += step.bytes.length;
      sum.bits += step.bits;
    },
    pause: (done, total) => progress.step(done, total, canvas),
    async endSample(index) {
      progress.clear();
      const passage = { ...cut.passage, bytes };
      drawn.push(passage);
      const output = outputs[index];
      if (output !== undefined) {
        await writeWhole(io, output, medium.write(passage, endingOf(output)), flags.force);
      }
      // Whole samples of sound are drawn without their bits, so these are computed here.
      const bits =
        flags.json && Number.isNaN(sum.bits)
          ? (await expectHeldOut(subject, passage, { onProgress: progress.step })).bits
          : sum.bits;
      samples.push({ sample: index, bytes: sum.bytes, bits, output });
    },
    async end(record, _, isFailed) {
      if (isFailed) return;
      if (flags.sheet !== undefined && io.exitCode === 0) await writeSheet(session, drawn[0]!);
      progress.clear();
      if (flags.json) {
        const bits = samples.reduce((all, one) => all + (one as { bits: number }).bits, 0);
        const last = withRates({ ...record, bits });
        await write(io, [...samples, last].map((line) => `${JSON.stringify(line)}\n`).join(''));
      } else if (!outputs.includes(STANDARD)) {
        for (const passage of drawn) await write(io, view?.show(io, passage) ?? '');
      }
    },
  };
}

/** Writes a sheet with the truth, the given part, and what each compressor draws with one seed. */
async function writeSheet(session: Session, first: Passage): Promise<void> {
  const { io, flags, medium, cut, spec, subject, seed, progress } = session;
  const { passage, trueBytes } = cut;
  const watch = { onProgress: progress.step };
  const completions: Completion[] = [];
  const beside = (flags.beside ?? []).map((one) => pictureSpec(one, flags));
  const proposed = flags.proposal === undefined ? '' : `, spans of ${flags.proposal}`;
  for (const one of [spec, ...beside]) {
    const isFirst = completions.length === 0;
    const compressor = isFirst
      ? subject.compressor
      : await openCompressor(one, { format: passage.format });
    const reading = isFirst ? subject.reading : compressor.readings[0]!;
    const other = { compressor, reading };
    const drawn = isFirst ? first : await drawLike(session, other);
    const note =
      trueBytes > 0 && medium.kind === 'image' && flags.spans === undefined
        ? `${perByte(await expectHeldOut(other, passage, watch), trueBytes)} bits per channel for the truth`
        : `seed ${seed}`;
    completions.push({ title: `${one}, ${reading}${proposed}`, note, passage: drawn });
  }
  const truth = trueBytes > 0 ? { ...passage, bytes: trueOnly(cut) } : undefined;
  const svg = MEDIA_VIEWS[medium.name]!.sheet(truth, passage, completions);
  await writeWhole(io, flags.sheet!, svg, flags.force);
}

function trueOnly({ passage, trueBytes }: Cut): Uint8Array {
  return passage.given ? passage.bytes : passage.bytes.subarray(0, passage.from + trueBytes);
}

const perByte = ({ bits }: { bits: number }, bytes: number): string => (bits / bytes).toFixed(2);

/** Draws with another compressor, with the same seed and settings. */
async function drawLike({ flags, cut, seed, progress }: Session, subject: Subject) {
  const { start } = await openWay(subject, cut.passage, flags, []);
  const watch = { onProgress: progress.step, onGiven: progress.step };
  return (await drawWhole(start, cut.passage, createRandom(`${seed}:0`), watch)).passage;
}

/** Adds `bpb` and `bitsPerUnit`, computed from the sums in the record. */
export function withRates(record: Record<string, unknown>): Record<string, unknown> {
  const { bits, bytes, units } = record as { bits: number; bytes: number; units: number };
  return {
    ...record,
    bpb: bytes === 0 ? 0 : bits / bytes,
    bitsPerUnit: units === 0 ? 0 : bits / units,
  };
}
