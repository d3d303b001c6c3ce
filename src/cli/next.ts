// `zipdream next`: shows the distribution over the next byte, pixel value or sample. Each run
// evaluates one position.

import { Command } from 'commander';
import { surprisal, toProbabilities } from '../bits/units.js';
import { UsageError } from '../errors.js';
import type { Cut, Medium } from '../media/medium.js';
import { text } from '../media/text.js';
import { samplesOfBytes } from '../modality/audio-bytes.js';
import { nodeMedia } from '../node/media.js';
import { heldOutSpans, join } from '../passage/passage.js';
import { modelAtHeldOut, type Subject, sampleFormat } from '../passage/walk.js';
import { nextOverlapping, type Overlap } from '../sampling/overlap.js';
import type { AudioFormat, Reading } from '../types.js';
import { VERSION } from '../version.js';
import { openSubject, readMedium } from './content.js';
import { type ContextFlags, mediumOfArgument, readContext } from './context.js';
import { addFlags, checkFlags, checkMedium } from './flags.js';
import { type Io, paletteOf, write } from './io.js';
import { type NextRecord, nextChart } from './views/next-chart.js';
import { createProgress } from './views/progress.js';

export function nextCommand(io: Io): Command {
  const command = new Command('next')
    .description(
      'Shows the likeliest bytes after a prompt, with their probability and their Δ: the bits that ' +
        'each adds to the code length. The prompt is the argument, a file, or stdin.',
    )
    .argument('[prompt]', 'the text before (- for stdin), or a file of a sound or a picture')
    .addHelpText('after', HELP)
    .action((prompt: string | undefined, flags, self: Command) => run(io, prompt, flags, self));
  return addFlags(command, {
    '': ['promptFile', 'corpus', 'compressor', 'reading', 'workers', 'overlap', 'top', 'json'],
    'Of a sound or a picture': ['given', 'protocol', 'maxSize', 'grey'],
  });
}

const HELP = `
With --json: what was asked for, and bits and probabilities of all 256 bytes (of
a sound, of the likeliest samples). The bits are Δ as measured for the readings
exact and recompress, and −log2 of the probability for decode. An impossible byte
has null bits.

Examples:
  zipdream next photo.png -c gzip --given top:20 --top 5
  zipdream next speech.wav -c flac --given 2s --top 5
  zipdream next "to be or not to " --corpus samples/text/tale.txt
  zipdream next "abcabcabcab" -c gzip --reading exact
  zipdream next "abcabcabcab" -c "command:bzip2" --top 5`;

interface NextFlags extends ContextFlags {
  readonly compressor?: string;
  readonly reading?: Reading;
  readonly workers?: number;
  readonly overlap?: Overlap;
  readonly top: number;
  readonly json?: boolean;
  readonly given?: string;
  readonly protocol?: 'paper';
  readonly maxSize?: number;
  readonly grey?: boolean;
}

async function run(
  io: Io,
  argument: string | undefined,
  flags: NextFlags,
  command: Command,
): Promise<void> {
  const medium = argument === undefined ? text : await mediumOfArgument(argument);
  checkFlags(command);
  checkMedium(command, medium, nodeMedia);
  const cut = await cutAt(io, medium, argument, flags);
  const spec = flags.compressor ?? medium.compressor;
  const subject = await openSubject(medium, spec, cut.passage.format, flags);
  const { compressor } = subject;
  const format = sampleFormat(subject, cut.passage);
  const seen: NextRecord = {
    zipdream: VERSION,
    medium: medium.name,
    format: cut.passage.format,
    spec,
    compressor: compressor.name,
    version: compressor.version,
    reading: subject.reading,
    ...(format
      ? samplesNext(subject, cut, format)
      : await bytesNext(io, subject, cut, medium, flags.overlap)),
  };
  const { bits, probabilities, likeliest } = seen;
  const lists = bits && { bits: Array.from(bits), probabilities: Array.from(probabilities!) };
  const record = { ...seen, likeliest: likeliest.slice(0, flags.top), ...lists };
  // JSON has no Infinity: impossible bytes have null bits.
  return write(
    io,
    flags.json ? `${JSON.stringify(record)}\n` : nextChart(seen, flags.top, paletteOf(io)),
  );
}

/** A passage whose first held-out byte is the one to predict. */
async function cutAt(
  io: Io,
  medium: Medium,
  argument: string | undefined,
  flags: NextFlags,
): Promise<Cut> {
  if (medium !== text) {
    const isWhole = medium.kind === 'audio' && flags.given === undefined && !flags.protocol;
    const options = isWhole ? { ...flags, given: 'all', length: '1' } : flags;
    const cut = await readMedium(io, medium, argument, options);
    if (heldOutSpans(cut.passage).length === 0) {
      throw new UsageError('nothing left to predict after the given part');
    }
    return cut;
  }
  const { corpus, prompt } = await readContext(io, argument, flags);
  const bytes = join([...corpus, prompt, new Uint8Array(1)]);
  return { passage: { bytes, from: bytes.length - 1 }, trueBytes: 0 };
}

type Seen = Omit<
  NextRecord,
  'zipdream' | 'medium' | 'format' | 'spec' | 'compressor' | 'version' | 'reading'
>;

/** The code lengths and probabilities of all 256 bytes. */
async function bytesNext(
  io: Io,
  subject: Subject,
  { passage, trueBytes }: Cut,
  medium: Medium,
  overlap: Overlap = 0,
): Promise<Seen> {
  if (passage.format?.kind === 'audio' && passage.format.bitsPerSample > 8) {
    throw new UsageError('next on a sound needs a model of samples; try -c flac');
  }
  const { compressor } = subject;
  const progress = createProgress(io, 'bytes');
  const model = await modelAtHeldOut(subject, passage, { onGiven: progress.step });
  progress.clear();
  const raw = new Float64Array(256);
  const at = heldOutSpans(passage)[0]![0];
  const context = passage.bytes.subarray(passage.fresh ? at - (at % passage.fresh) : 0, at);
  const covered = await nextOverlapping(model, overlap, context, raw);
  // For text, Δ as measured; otherwise −log2 P, which a decode reading gives already.
  const bits = medium === text ? raw : raw.map((_, value) => surprisal(raw, value));
  const { members } = compressor;
  const predictions = members && (await model.memberPredictions?.());
  const probabilities = new Float64Array(256);
  toProbabilities(raw, probabilities);
  return {
    given: passage.given ?? at,
    contextBytes: context.length,
    ...(medium === text && { contextBits: await compressor.codeLength(context) }),
    ...(compressor.codeLengthIn && { contextBitsIn: compressor.codeLengthIn }),
    ...(overlap && { overlap, covered }),
    ...(trueBytes > 0 && { truth: passage.bytes[at]! }),
    likeliest: sorted(bits).map((value) => ({ value, bits: bits[value]! })),
    bits,
    probabilities,
    ...(predictions && {
      members: members.map((one, i) => ({
        spec: one,
        weight: predictions.weights[i]!,
        bits: Array.from(predictions.bits[i]!),
      })),
    }),
  };
}

/** The surprisals of all samples, and quantiles of their distribution. */
function samplesNext(
  { compressor }: Subject,
  { passage, trueBytes }: Cut,
  format: AudioFormat,
): Seen {
  if (format.bitsPerSample === 24) {
    throw new UsageError('next on a sound lists samples of 8 or 16 bits; of 24 there are too many');
  }
  const model = compressor.startSamples!();
  model.push(samplesOfBytes(passage.bytes.subarray(0, passage.from), format));
  const limit = 2 ** (format.bitsPerSample - 1);
  const bits = Float64Array.from({ length: 2 * limit }, (_, i) => model.surprisal(i - limit));
  return {
    given: passage.from,
    contextBytes: passage.from,
    ...(trueBytes > 0 && {
      truth: samplesOfBytes(passage.bytes.subarray(passage.from), format)[0]!,
    }),
    quantiles: [0.05, 0.5, 0.95].map((share) => quantile(bits, share) - limit),
    likeliest: sorted(bits).map((i) => ({ value: i - limit, bits: bits[i]! })),
  };
}

/** Indices by increasing bits, the most probable first. */
function sorted(bits: Float64Array): number[] {
  return Array.from(bits.keys()).sort((a, b) => bits[a]! - bits[b]! || a - b);
}

function quantile(bits: Float64Array, share: number): number {
  let mass = 0;
  for (let i = 0; i < bits.length; i++) {
    mass += 2 ** -bits[i]!;
    if (mass >= share) return i;
  }
  return bits.length - 1;
}
