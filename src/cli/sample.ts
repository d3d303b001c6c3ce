// `zipdream sample`: continues a text, completes a picture, or continues a sound. If interrupted,
// it keeps what was drawn.

import { randomInt } from 'node:crypto';
import { Command } from 'commander';
import { createRandom } from '../bits/random.js';
import { UsageError } from '../errors.js';
import type { Cut, Medium } from '../media/medium.js';
import { text } from '../media/text.js';
import { nodeMedia } from '../node/media.js';
import type { Drawer, SpanDrawer } from '../passage/drawers.js';
import { join } from '../passage/passage.js';
import { sampleBytes, unitOf } from '../passage/units.js';
import { type Primed, prime, type Subject } from '../passage/walk.js';
import { measureSpanNoise, type SpanNoise } from '../sampling/span-noise.js';
import { VERSION } from '../version.js';
import { openSubject, readMedium } from './content.js';
import { type Context, mediumOfArgument, readContext } from './context.js';
import { integer } from './flag-values.js';
import { addFlags, checkFlags, checkMedium } from './flags.js';
import { type Interrupt, type Io, listenForInterrupt, notify, paletteOf } from './io.js';
import { endingOf, nameOutputs, refuseExisting, STANDARD } from './output.js';
import {
  createCanvas,
  createStream,
  type SampleFlags,
  type Session,
  type Show,
  type Totals,
  withRates,
} from './sample-show.js';
import { count, duration, plural } from './views/numbers.js';
import { createProgress } from './views/progress.js';
import { drawingSpec, openWay, pictureSpec, type Way, withDrawingDefaults } from './ways.js';

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
  const asked = flags.compressor ?? medium.compressor;
  const spec = isText ? drawingSpec(asked, flags.maxMatch) : pictureSpec(asked, flags);
  const outputs = outputsOf(io, flags, medium);
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
  } else {
    cut = await readMedium(io, medium, argument, withLength(medium, flags));
  }
  const subject = await openSubject(medium, spec, cut.passage.format, flags);
  const seed = flags.seed ?? String(randomInt(2 ** 32));
  const progress = createProgress(io, 'bytes');
  const drawing = context && flags.corpus ? withDrawingDefaults(flags, subject) : flags;
  const session = { io, flags: drawing, medium, cut, subject, spec, seed, context, progress };
  await drawSamples(session, outputs);
}

/** With less context than this, most models draw noise. */
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
  if (argument !== undefined) return mediumOfArgument(argument);
  const isBlank = given === 'none' || width !== undefined || height !== undefined;
  return (isBlank && nodeMedia.find(({ blank }) => blank !== undefined)) || text;
}

/** Corpus and prompt, followed by room for the bytes to draw. */
function cutText({ corpus, prompt }: Context, length = '256'): Cut {
  if (/^\d+(\.\d+)?m?s$/.test(length)) {
    throw new UsageError('a length in seconds needs a sound; "--length" expected bytes');
  }
  const room = new Uint8Array(integer('--length', { min: 0 })(length));
  const from = corpus.reduce((sum, part) => sum + part.length, prompt.length);
  return { passage: { bytes: join([...corpus, prompt, room]), from }, trueBytes: 0 };
}

/** The flags with a default length for media that have lengths. */
function withLength(medium: Medium, flags: SampleFlags): SampleFlags {
  if (flags.length !== undefined || !medium.flags.includes('length')) return flags;
  return { ...flags, length: flags.protocol === 'paper' ? '1024' : '2s' };
}

/**
 * @throws UsageError for a name with an ending that the medium does not write, and for a picture
 *   that would be neither shown nor kept.
 */
function outputsOf(io: Io, flags: SampleFlags, medium: Medium): string[] {
  const { output, count: copies, json, sheet } = flags;
  if (medium === text) return [output ?? STANDARD];
  const endings = medium.endings.join(' or ');
  if (output !== undefined) {
    const ending = endingOf(output).toLowerCase();
    if (ending !== '' && !medium.endings.includes(ending)) {
      throw new UsageError(`a ${medium.name} is written as ${endings}; got -o "${output}"`);
    }
    return nameOutputs(output, copies);
  }
  if (!io.stdout.isTTY && !json && copies === 1) return [STANDARD];
  const isSeen = json || sheet !== undefined || medium.kind !== 'image';
  if (!isSeen && paletteOf(io).depth !== 'truecolour') {
    throw new UsageError(`this terminal shows no pictures; use -o FILE${endings}`);
  }
  return [];
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
  // Interrupting a text does not wait for the current step, which may be long for a black box.
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
  const isKept = files.length > 0 || flags.json;
  const places = isKept
    ? files.filter((file) => file !== STANDARD).join(', ')
    : 'not kept; use -o FILE';
  if (io.stderr.isTTY || !context) notify(io, totalsNotice(medium, cut, totals, ms, places));
}

/** Reads the given part, with progress. */
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

/** @throws UsageError if the compressor's code lengths of spans are mostly noise. */
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

/** The last line of `--json`: everything needed to repeat the run, and totals (guide: records). */
function recordOf(session: Session, way: Way, totals: Totals): Record<string, unknown> {
  const { flags, medium, cut, subject, spec, seed, context } = session;
  const { format, given, from } = cut.passage;
  const { samples, bytes, bits, tokens, matches } = totals;
  // Drawn text may be invalid UTF-8, so bytes are counted.
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

/** A line with the amount drawn, its surprisal and the time taken. */
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
