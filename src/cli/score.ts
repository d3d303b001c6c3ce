// `zipdream score`: measures how well a reading predicts the held-out part of a file, and the
// compressor's own rate.

import { Command } from 'commander';
import { writePng } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import { type ScoreResult, scorePassage } from '../measure/score.js';
import type { Medium } from '../media/medium.js';
import { nodeMedia } from '../node/media.js';
import type { Passage } from '../passage/passage.js';
import type { Subject } from '../passage/walk.js';
import { ShareCourse } from '../report/shares.js';
import { type Reading, resolutionOf } from '../types.js';
import { VERSION } from '../version.js';
import { mediumOfInput, openSubject, readMedium } from './content.js';
import { addFlags, checkFlags, checkMedium } from './flags.js';
import { type Io, notify, paletteOf, write } from './io.js';
import { refuseExisting, refuseTerminal, STANDARD, writeWhole } from './output.js';
import { heatMap, heatText } from './views/heat.js';
import { createProgress } from './views/progress.js';
import { scoreTable, wholeTable } from './views/score-table.js';
import { sharesText } from './views/shares.js';

export function scoreCommand(io: Io): Command {
  const command = new Command('score')
    .description(
      'Measures how well the distribution over the next byte predicts a file, beside the code ' +
        'length of the compressor itself. The difference is the conversion loss; 0 or less is good.',
    )
    .argument('[file]', 'the file to score (- or nothing: stdin)')
    .addHelpText('after', HELP)
    .action((file: string | undefined, flags, self: Command) => run(io, file, flags, self));
  return addFlags(command, {
    '': [
      ...(['compressor', 'reading', 'workers', 'chunk', 'from', 'limit'] as const),
      ...(['scoreHeat', 'scoreOutput', 'scoreForce', 'json'] as const),
    ],
    'Of a sound or a picture': ['given', 'protocol', 'maxSize', 'grey'],
  });
}

const HELP = `
Examples:
  zipdream score photo.png -c gzip --given left --heat -o map.png
  zipdream score speech.wav -c flac --given 2s
  zipdream score letter.txt --heat
  zipdream score letter.txt --reading exact --json
  zipdream score wiki.txt --chunk 2048 --from 1024 --limit 64`;

interface ScoreFlags {
  readonly compressor?: string;
  readonly reading?: Reading;
  readonly workers?: number;
  readonly chunk?: number;
  readonly from?: number;
  readonly limit?: number;
  readonly heat?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly given?: string;
  readonly protocol?: 'paper';
  readonly maxSize?: number;
  readonly grey?: boolean;
}

async function run(io: Io, file = STANDARD, flags: ScoreFlags, command: Command): Promise<void> {
  const medium = await mediumOfInput(file);
  checkFlags(command);
  checkMedium(command, medium, nodeMedia);
  checkTogether(medium, flags);
  const { output, force } = flags;
  if (output !== undefined) {
    refuseTerminal(io, output, force);
    await refuseExisting(output, force, [file]);
  }
  const { passage } = await readMedium(io, medium, file, flags);
  const spec = flags.compressor ?? medium.compressor;
  const subject = await openSubject(medium, spec, passage.format, flags);
  const { compressor, reading } = subject;
  if (compressor.wholeBytes !== undefined) {
    return scoreWhole(io, medium, spec, passage, subject, flags);
  }
  const surprisals = new Float64Array(flags.heat ? passage.bytes.length : 0).fill(Number.NaN);
  const { members } = compressor;
  const course =
    members && (flags.heat || flags.json)
      ? new ShareCourse(members.length, passage.bytes.length)
      : undefined;
  const progress = createProgress(io, 'bytes');
  const result = await scorePassage(subject, passage, {
    clock: () => performance.now(),
    note: (index, bits) => {
      if (flags.heat) surprisals[index] = bits;
    },
    onShares: course && ((start, shares) => course.add(start, shares)),
    onGiven: progress.step,
    onProgress: progress.step,
  });
  progress.clear();
  if (output !== undefined)
    await writeWhole(io, output, writePng(heatMap(passage, surprisals)), force);
  if (flags.json) {
    const shares = course && { members, memberShares: course.stretches };
    const record = { ...recordOf(medium, spec, passage, result), ...shares };
    return write(io, `${JSON.stringify(record)}\n`);
  }
  const palette = paletteOf(io);
  if (flags.heat && output === undefined) await write(io, heatText(passage, surprisals, palette));
  if (course) await write(io, sharesText(members!, course.stretches));
  const resolution = resolutionOf(reading, compressor);
  return write(io, scoreTable(medium, passage, result, resolution, palette));
}

/** Scores with a compressor that cannot predict single bytes: its own rate for all data. */
async function scoreWhole(
  io: Io,
  medium: Medium,
  spec: string,
  { bytes, format }: Passage,
  { compressor, reading }: Subject,
  { heat, json }: ScoreFlags,
): Promise<void> {
  const { name, version, wholeBytes } = compressor;
  const why = `${name} compresses whole rows of ${wholeBytes} bytes, not 1, so that it predicts no single byte`;
  if (heat) throw new UsageError(`${why}; --heat needs a reading that does`);
  const ownBits = await compressor.codeLength(bytes);
  const head = { zipdream: VERSION, medium: medium.name, format, spec, compressor: name, version };
  const record = { ...head, reading, bytes: bytes.length, ownBits };
  if (json) return write(io, `${JSON.stringify(record)}\n`);
  notify(io, why);
  return write(io, wholeTable(medium, record, paletteOf(io)));
}

function checkTogether(medium: Medium, { chunk, from = 0, heat, output }: ScoreFlags): void {
  if (chunk !== undefined && from >= chunk) {
    throw new UsageError(`"--from" expected integer below --chunk ${chunk}, got ${from}`);
  }
  const isPicture = medium.kind === 'image';
  if (isPicture && heat !== (output !== undefined ? true : undefined)) {
    throw new UsageError('--heat of a picture writes a map; name its file with -o FILE');
  }
}

/** The object printed by `--json` (guide: records). */
function recordOf(
  medium: Medium,
  spec: string,
  { format, given, from }: Passage,
  result: ScoreResult,
): object {
  return { zipdream: VERSION, medium: medium.name, format, spec, given: given ?? from, ...result };
}
