// `zipdream sample`: continues a text, finishes a picture, goes on with a sound. Keeps what was drawn
// when it is interrupted.

import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import { createRandom } from '../bits/random.js';
import { UsageError } from '../errors.js';
import type { Cut, Medium } from '../media/medium.js';
import { text } from '../media/text.js';
import { mediumOfFile, nodeMedia } from '../node/media.js';
import { openCompressor } from '../node/open.js';
import { withWorkers } from '../node/workers.js';
import type { Drawer, SpanDrawer } from '../passage/drawers.js';
import { join, type Passage } from '../passage/passage.js';
import { sampleBytes, unitOf } from '../passage/units.js';
import {
  expectHeldOut,
  type PlacedDrawn,
  type Primed,
  plainDrawer,
  prime,
  type Subject,
} from '../passage/walk.js';
import { measureSpanNoise, type SpanNoise } from '../sampling/span-noise.js';
import type { Reading } from '../types.js';
import { VERSION } from '../version.js';
import { readMedium } from './content.js';
import { type Context, type ContextFlags, readContext } from './context.js';
import { addFlags, checkFlags, checkMedium, checkReading, integer } from './flags.js';
import { type Interrupt, type Io, listenForInterrupt, notify, paletteOf, write } from './io.js';
import {
  createPacer,
  endingOf,
  nameOutputs,
  openSink,
  refuseExisting,
  type Sink,
  STANDARD,
  writeWhole,
} from './output.js';
import { type CopyRecord, copyNotice, DrawnBytes, findCopy } from './views/copies.js';
import { type Completion, MEDIA_VIEWS } from './views/media.js';
import { count, duration, plural } from './views/numbers.js';
import { createProgress, type Progress } from './views/progress.js';
import { jsonView, rawView, screenView, type View } from './views/stream.js';
import { drawingSpec, openWay, type Way, type WayFlags, withDrawingDefaults } from './ways.js';

export function sampleCommand(io: Io): Command {
  const command = new Command('sample')
    .description(
      'Continues a prompt with what the compressor expects. The prompt is the argument, a file, or ' +
        'stdin if something is piped in; without one, the compressor starts from nothing.',
    )
    .argument('[prompt]', 'the text to continue (- for stdin), or a file of a sound or a picture')
    .addHelpText('after', HELP)
    .action((prompt: string | undefined, flags, self: Command) => run(io, prompt, flags, self));
  return addFlags(command, {
    'What it knows': ['promptFile', 'corpus', 'compressor', 'reading', 'workers'],
    'How it draws': [
      ...(['length', 'temperature', 'topK', 'topP', 'minP', 'seed', 'count', 'stop'] as const),
      ...(['alphabet', 'utf8', 'units', 'overlap', 'noCopy', 'maxMatch'] as const),
    ],
    'Looking farther than a byte': [
      ...(['beam', 'horizon', 'commit', 'spans', 'candidates', 'proposal', 'beta'] as const),
      'vocabulary',
    ],
    'How it is shown': ['heat', 'sampleJson', 'sampleOutput', 'sampleForce'],
    'Of a sound or a picture': [
      ...(['given', 'protocol', 'maxSize', 'grey', 'width', 'height', 'sheet', 'beside'] as const),
    ],
  });
}

const HELP = `
On a terminal the prompt is shown first, dimmed, and bytes that are not text are
shown as symbols. Elsewhere only the continuation is written, byte for byte, with
an empty line between samples. With --units tokens, matches and tokens of
language models are coloured, or stand in [brackets] where there is no colour; a
file of -o has no brackets. The seed, the longest copy of anything given and
other notices go to stderr.

Examples:
  zipdream sample photo.png -c gzip --given left -o out.png
  zipdream sample speech.wav -c flac --given 2s -n 2s -o out.wav
  zipdream sample "Once upon a time" --corpus tales.txt
  zipdream sample --corpus src/*.ts --prompt-file opening.ts -n 1000 --heat
  zipdream sample "Dear" --corpus letters.txt --temperature 0.8 --stop "\\n\\n" --count 3
  zipdream sample --corpus tales.txt --units tokens --seed 7
  zipdream sample --corpus tales.txt -c gzip --reading exact --spans 16 --no-copy 24
  cat poem.txt | zipdream sample -c "command:xz -9" -n 40 --json`;

interface SampleFlags extends ContextFlags, WayFlags {
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

/** What is drawn from, and for whom. */
interface Session {
  readonly io: Io;
  readonly flags: SampleFlags;
  readonly medium: Medium;
  readonly cut: Cut;
  readonly subject: Subject;
  readonly spec: string;
  readonly seed: string;
  /** Of a text. */
  readonly context: Context | undefined;
  readonly progress: Progress;
}

async function run(
  io: Io,
  argument: string | undefined,
  flags: SampleFlags,
  command: Command,
): Promise<void> {
  const medium = await chooseMedium(argument, flags);
  checkFlags(command);
  checkMedium(command, medium, nodeMedia);
  const isText = medium === text;
  const spec = isText
    ? drawingSpec(flags.compressor ?? medium.compressor, flags.maxMatch)
    : (flags.compressor ?? medium.compressor);
  const outputs = outputsOf(io, flags, isText);
  const files = flags.sheet === undefined ? outputs : [...outputs, flags.sheet];
  const inputs = [argument, flags.promptFile, ...(flags.corpus ?? [])].filter(
    (one) => one !== undefined,
  );
  for (const output of files) await refuseExisting(output, flags.force, inputs);
  let context: Context | undefined;
  let cut: Cut;
  if (isText) {
    context = await readContext(io, argument, flags);
    cut = cutText(context, flags.length);
    hintOfFile(io, argument);
  } else {
    cut = await readMedium(io, medium, argument, withLength(medium, flags));
  }
  const { format } = cut.passage;
  const opened = await openCompressor(spec, { format });
  const compressor = isText ? withWorkers(opened, spec, flags.workers) : opened;
  const subject = { compressor, reading: checkReading(compressor, flags.reading) };
  const seed = flags.seed ?? String(randomInt(2 ** 32));
  const progress = createProgress(io, 'bytes');
  const drawing = context && flags.corpus ? withDrawingDefaults(flags, subject) : flags;
  const session = { io, flags: drawing, medium, cut, subject, spec, seed, context, progress };
  await drawSamples(session, outputs);
}

/** What has read less than this draws noise. */
const LITTLE_BYTES = 1000;

function notifyOfLittle(io: Io, { compressor }: Subject, { corpusBytes, prompt }: Context): void {
  const read = corpusBytes + prompt.length;
  if (read >= LITTLE_BYTES || compressor.modelBytes !== undefined) return;
  const advice = 'give it something to learn from: --corpus FILE, or --corpus tale';
  notify(io, `${compressor.name} has read ${plural(read, 'byte')}; ${advice}`);
}

async function chooseMedium(
  argument: string | undefined,
  { given, width, height }: SampleFlags,
): Promise<Medium> {
  if (argument !== undefined) return (await mediumOfFile(argument)) ?? text;
  const isBlank = given === 'none' || width !== undefined || height !== undefined;
  return (isBlank && nodeMedia.find(({ blank }) => blank !== undefined)) || text;
}

/** A passage as long as is to be drawn after corpus and prompt. */
function cutText({ corpus, prompt }: Context, length = '256'): Cut {
  if (/^\d+(\.\d+)?m?s$/.test(length)) {
    throw new UsageError('a length in seconds needs a sound; "--length" expected bytes');
  }
  const room = new Uint8Array(integer('--length', { min: 0 })(length));
  const from = corpus.reduce((sum, part) => sum + part.length, prompt.length);
  return { passage: { bytes: join([...corpus, prompt, room]), from }, trueBytes: 0 };
}

/** Samples that are drawn where nobody says how many. */
function withLength(medium: Medium, flags: SampleFlags): SampleFlags {
  if (flags.length !== undefined || !medium.flags.includes('length')) return flags;
  return { ...flags, length: flags.protocol === 'paper' ? '1024' : '2s' };
}

/** A prompt that looks like a file's name is taken as it is, and said so. */
function hintOfFile(io: Io, argument: string | undefined): void {
  if (argument === undefined || !/^\S+\.(png|jpe?g|wav|flac|txt|md)$/i.test(argument)) return;
  notify(io, `"${argument}" is taken as the prompt: there is no such file`);
}

function outputsOf({ stdout }: Io, flags: SampleFlags, isText: boolean): string[] {
  const { output, count: copies, json } = flags;
  if (isText) return [output ?? STANDARD];
  if (output !== undefined) return nameOutputs(output, copies);
  return stdout.isTTY || json || copies > 1 ? [] : [STANDARD];
}

/** Sums over all samples. */
interface Totals {
  samples: number;
  bytes: number;
  bits: number;
  tokens: number;
  matches: number;
}

/** Shows samples while they are drawn, and keeps them. */
interface Show {
  begin(index: number): void;
  drawn(step: PlacedDrawn): void;
  /** After each step. */
  pause(done: number, total: number): Promise<void> | undefined;
  /** The sample is whole, or was cut short. */
  endSample(index: number): Promise<void>;
  /** All samples are done; `record` is what `--json` says last. */
  end(record: object, totals: Totals, isFailed: boolean): Promise<void>;
}

async function drawSamples(session: Session, outputs: readonly string[]): Promise<void> {
  const { io, flags, medium, cut, subject, seed, context, progress } = session;
  const given = context ? [...context.corpus, context.prompt] : [];
  const way = await openWay(subject, cut.passage, flags, given);
  const show = context
    ? await createStream(session, context, outputs[0]!)
    : createCanvas(session, outputs);
  const interrupt = listenForInterrupt(io);
  if (flags.seed === undefined) notify(io, `seed ${seed}`);
  const totals: Totals = { samples: 0, bytes: 0, bits: 0, tokens: 0, matches: 0 };
  const startMs = performance.now();
  let failure: unknown;
  let record: object = {};
  const drawAll = async (): Promise<void> => {
    const primed = await primeAll(session, way.start, interrupt);
    const noise = way.drawn === 'spans' && context ? await checkNoise(session, primed) : {};
    record = { ...way.record, ...noise };
    for (let i = 0; i < flags.count; i++) {
      await drawOne(primed, session, { index: i, show, totals, interrupt });
    }
  };
  const work = drawAll();
  // A black box may take long over a step: what was drawn of a text is there without it.
  await (context ? Promise.race([work, interrupt.arrived]) : work).catch((error) => {
    if (interrupt.exitCode === undefined) failure = error;
  });
  progress.clear();
  const interrupted = interrupt.exitCode !== undefined && { interrupted: true };
  const line = { ...recordOf(session, way, totals), ...record, ...interrupted };
  await show.end(line, totals, failure !== undefined);
  interrupt.release();
  if (failure) throw failure;
  if (context) notifyOfLittle(io, subject, context);
  const ms = performance.now() - startMs;
  const files = [...outputs, ...(flags.sheet === undefined ? [] : [flags.sheet])];
  const places = files.filter((file) => file !== STANDARD).join(', ');
  if (io.stderr.isTTY || !context) notify(io, totalsNotice(medium, cut, totals, ms, places));
}

/** Reads what is given, with progress where that takes long. */
async function primeAll(
  { cut, progress }: Session,
  start: () => Drawer,
  { signal }: Interrupt,
): Promise<Primed> {
  const primed = await prime(start, cut.passage, { onGiven: progress.step, signal });
  progress.clear();
  return primed;
}

async function drawOne(
  primed: Primed,
  { flags, seed }: Session,
  {
    index,
    show,
    totals,
    interrupt,
  }: {
    readonly index: number;
    readonly show: Show;
    readonly totals: Totals;
    readonly interrupt: Interrupt;
  },
): Promise<void> {
  show.begin(index);
  totals.samples++;
  const random = createRandom(`${seed}:${index}`);
  const watch = { onProgress: show.pause, signal: interrupt.signal };
  try {
    for await (const step of primed.draw(random, watch, index === flags.count - 1)) {
      show.drawn(step);
      totals.bytes += step.bytes.length;
      totals.bits += step.bits;
      if (step.kind === 'token') {
        totals.tokens++;
        if (step.token.kind === 'match') totals.matches++;
      }
    }
  } finally {
    await show.endSample(index);
  }
}

/** @throws UsageError where a compressor's lengths of spans are mostly noise. */
async function checkNoise(
  { subject, flags, seed }: Session,
  { drawer }: Primed,
): Promise<Pick<SpanNoise, 'deltaSd' | 'proposalSd'>> {
  const { model, proposal } = drawer as SpanDrawer;
  const random = createRandom(`${seed}:noise`);
  const noise = await measureSpanNoise(model, { proposal, span: flags.spans!, random });
  const { deltaSd, proposalSd, isNoise } = noise;
  if (!isNoise || flags.force) return { deltaSd, proposalSd };
  throw new UsageError(
    `the code lengths of ${subject.compressor.name} are mostly noise here: over spans from ` +
      `${flags.proposal ?? 'ppm'} they vary by ${deltaSd.toFixed(0)} bits, the spans' own by ` +
      `${proposalSd.toFixed(0)}; --force draws all the same`,
  );
}

/** Text as it comes: on a screen, as bytes, or as JSON lines. */
async function createStream(session: Session, context: Context, output: string): Promise<Show> {
  const { io, flags } = session;
  const sink = await openSink(io, output, flags.force);
  const view = chooseView(io, sink, flags, context.prompt);
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
      if (!isFailed) notify(io, copyNotice(longestCopy));
    },
  };
}

function chooseView(io: Io, sink: Sink, flags: SampleFlags, prompt: Uint8Array): View {
  if (flags.json) return jsonView(sink);
  const isFile = flags.output !== undefined && flags.output !== STANDARD;
  const palette = paletteOf(io, isFile ? { write() {} } : io.stdout);
  const heat = flags.heat === true && palette.depth !== 'none';
  if (flags.heat && !heat) {
    notify(io, 'no colours here, so --heat shows none; FORCE_COLOR=1 insists');
  }
  if ((isFile || !io.stdout.isTTY) && !heat) return rawView(sink, !isFile);
  return screenView(sink, { palette, heat, prompt });
}

/** Pictures and sounds, each written when it is whole; what is being drawn can be watched. */
function createCanvas(session: Session, outputs: readonly string[]): Show {
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
      // By whole samples nothing was said of what they cost while they were drawn.
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

/** The truth, what was given, and what each compressor draws with the same seed. */
async function writeSheet(session: Session, first: Passage): Promise<void> {
  const { io, flags, medium, cut, spec, subject, seed, progress } = session;
  const { passage, trueBytes } = cut;
  const watch = { onProgress: progress.step };
  const completions: Completion[] = [];
  for (const one of [spec, ...(flags.beside ?? [])]) {
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
    completions.push({ title: `${one}, ${reading}`, note, passage: drawn });
  }
  const truth = trueBytes > 0 ? { ...passage, bytes: trueOnly(cut) } : undefined;
  const svg = MEDIA_VIEWS[medium.name]!.sheet(truth, passage, completions);
  await writeWhole(io, flags.sheet!, svg, flags.force);
}

function trueOnly({ passage, trueBytes }: Cut): Uint8Array {
  return passage.given ? passage.bytes : passage.bytes.subarray(0, passage.from + trueBytes);
}

const perByte = ({ bits }: { bits: number }, bytes: number): string => (bits / bytes).toFixed(2);

/** What another compressor draws with the same seed and settings. */
async function drawLike(session: Session, subject: Subject): Promise<Passage> {
  const { flags, cut, seed, progress } = session;
  const { passage } = cut;
  const way =
    flags.spans === undefined
      ? { start: () => plainDrawer(subject, passage, flags.temperature) }
      : await openWay(subject, passage, flags, []);
  const bytes = passage.bytes.slice();
  const watch = { onProgress: progress.step };
  const primed = await prime(way.start, passage, { onGiven: progress.step });
  for await (const step of primed.draw(createRandom(`${seed}:0`), watch, true)) {
    bytes.set(step.bytes, step.at);
  }
  return { ...passage, bytes };
}

/** The last line of `--json`: enough to repeat the run, and its totals (guide: records). */
function recordOf(session: Session, way: Way, totals: Totals): Record<string, unknown> {
  const { flags, medium, cut, subject, spec, seed, context } = session;
  const { format, given, from } = cut.passage;
  const { samples, bytes, bits, tokens, matches } = totals;
  // What is drawn of a text may not be UTF-8, so that bytes are counted.
  const unit = context ? 'byte' : unitOf(cut.passage.bytes, format);
  return withRates({
    zipdream: VERSION,
    medium: medium.name,
    format,
    seed,
    spec,
    compressor: subject.compressor.name,
    version: subject.compressor.version,
    reading: subject.reading,
    temperature: flags.temperature,
    protocol: flags.protocol,
    noCopy: flags.noCopy,
    drawn: way.drawn,
    given: given ?? from,
    ...(context && { corpusBytes: context.corpusBytes, promptBytes: context.prompt.length }),
    samples,
    unit,
    units: unit === 'sample' ? bytes / sampleBytes(format) : bytes,
    bytes,
    bits,
    ...(flags.units === 'tokens' && { tokens, matches }),
  });
}

/** With `bpb` and `bitsPerUnit` from the sums that the record has. */
function withRates(record: Record<string, unknown>): Record<string, unknown> {
  const { bits, bytes, units } = record as { bits: number; bytes: number; units: number };
  return {
    ...record,
    bpb: bytes === 0 ? 0 : bits / bytes,
    bitsPerUnit: units === 0 ? 0 : bits / units,
  };
}

/** One line: how much, how surprising, how long it took. */
function totalsNotice(
  medium: Medium,
  { passage }: Cut,
  totals: Totals,
  ms: number,
  places: string,
): string {
  const { bytes, bits, tokens, matches } = totals;
  const kinds = matches > 0 ? `, ${count(matches)} of them matches` : '';
  const units = tokens > 0 ? `, ${plural(tokens, 'token')}${kinds}` : '';
  const isSurprise = medium === text && bytes > 0;
  const rate = isSurprise ? `, ${(bits / bytes).toFixed(2)} bits per byte` : '';
  const place = places === '' ? '' : medium === text ? ` in ${places}` : `, ${places}`;
  const much =
    medium === text
      ? plural(bytes, 'byte')
      : `${count(Math.ceil(medium.count(bytes, passage.format ?? { kind: 'bytes' })))} ${medium.counted} drawn`;
  return `${much}${place}${units}${rate}, ${duration(ms)}`;
}
