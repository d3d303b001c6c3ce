// `zipdream paper`: reads the data of a figure of the paper, measures it, and prints or writes the
// result.

import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { nearestName, UsageError } from '../errors.js';
import { preparePicture } from '../media/picture.js';
import { PAPER_SAMPLES, sound } from '../media/sound.js';
import { FileError, readInput, reason } from '../node/files.js';
import { picture as pictures } from '../node/media.js';
import { CHUNK, firstPhoto, type PaperSet, readSets, type SetName } from '../node/paper/data.js';
import { fig2 } from '../node/paper/fig2.js';
import { fig3 } from '../node/paper/fig3.js';
import { fig4 } from '../node/paper/fig4.js';
import { figc1 } from '../node/paper/figc1.js';
import { figc3 } from '../node/paper/figc3.js';
import type { FigureName, PaperFigure } from '../node/paper/figure.js';
import { Lab } from '../node/paper/lab.js';
import { table1 } from '../node/paper/table1.js';
import { table2 } from '../node/paper/table2.js';
import { openResults } from '../node/results.js';
import type { AudioFormat } from '../types.js';
import { readMedium, readWith } from './content.js';
import { addFlags, checkFlags } from './flags.js';
import { type Io, listenForInterrupt, notify, paletteOf, write } from './io.js';
import {
  figureFiles,
  figureJson,
  figureMarkdown,
  figureText,
  type Provenance,
  writeFigure,
} from './views/figure.js';
import { duration, plural } from './views/numbers.js';
import { createProgress } from './views/progress.js';

export function paperCommand(io: Io): Command {
  const command = new Command('paper')
    .description(
      'Measures a table or figure of the paper (Delétang et al. 2024) by its protocol, beside what ' +
        'it reports: table1, table2, fig2, fig3, fig4, figc1 or figc3.',
    )
    .argument('<figure>', 'which')
    .addHelpText('after', HELP)
    .action((figure: string, flags: PaperFlags, self: Command) => {
      checkFlags(self);
      return run(io, figure, flags);
    });
  return addFlags(command, {
    '': [
      ...(['data', 'input', 'figureLimit', 'threads', 'folder', 'force'] as const),
      ...(['figureJson', 'markdown'] as const),
    ],
  });
}

const HELP = `
The folder contains these files, each with a multiple of 2048 bytes:
  text/wiki-test.txt            text, such as enwik9
  image/kodak-patches-test.bin  grey patches of 32 rows and 64 columns, one byte per pixel
  audio/speech-u8-test.bin      speech, 16 kHz, one byte per sample, 128 is silence
  image/photos/*.png            pictures; fig3 uses the first grey one

Examples:
  zipdream paper table1 --data DATA --limit 64
  zipdream paper fig4 --data DATA -o figures
  zipdream paper fig3 --input photo.png -o figures`;

interface PaperFlags {
  readonly data?: string;
  readonly input?: string;
  readonly limit?: number;
  readonly workers?: number;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** A figure whose input files have been read, so that measuring cannot fail for a missing file. */
interface Prepared {
  readonly sets: readonly PaperSet[];
  readonly measure: (lab: Lab) => Promise<PaperFigure>;
}

type Prepare = (flags: PaperFlags, io: Io) => Promise<Prepared>;

const FIGURES: Readonly<Record<FigureName, Prepare>> = {
  table1: onSets(['text', 'image', 'audio', 'random'], table1),
  table2: onSets(['text'], table2),
  fig2: onSets(['text'], fig2),
  async fig3(flags, io) {
    const path = flags.input ?? (await firstPhoto(folderOf(flags)));
    const content = await readWith(io, pictures, path);
    const picture = preparePicture(content, { grey: true });
    if (picture.width < 2) throw new UsageError(`"${path}" has no right half`);
    const height = Math.min(picture.height, flags.limit ?? Infinity);
    const pixels = picture.pixels.subarray(0, height * picture.width);
    const upper = { ...picture, height, pixels };
    return { sets: [], measure: (lab) => fig3(lab, upper, basename(path)) };
  },
  fig4: onSets(['text', 'image', 'audio'], (lab, sets, { limit }) => fig4(lab, sets, limit)),
  async figc1(flags) {
    const text = await firstChunk('text', flags);
    return { sets: [], measure: (lab) => figc1(lab, text.data, text.file, flags.limit) };
  },
  async figc3(flags, io) {
    if (flags.input === undefined) {
      const { data, file } = await firstChunk('audio', flags);
      const format = { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample: 8 } as const;
      return { sets: [], measure: (lab) => figc3(lab, data, format, file) };
    }
    const { input } = flags;
    const { passage } = await readMedium(io, sound, input, { protocol: 'paper' });
    const { bytes, format } = passage;
    if (bytes.length < 2 * PAPER_SAMPLES) {
      throw new UsageError(`"${input}" expected at least ${2 * PAPER_SAMPLES} samples`);
    }
    return {
      sets: [],
      measure: (lab) => figc3(lab, bytes, format as AudioFormat, basename(input)),
    };
  },
};

type Measure = (lab: Lab, sets: readonly PaperSet[], flags: PaperFlags) => Promise<PaperFigure>;

function onSets(names: readonly SetName[], measure: Measure): Prepare {
  return async (flags) => {
    if (flags.input !== undefined) throw new UsageError('--input is for fig3, figc1 and figc3');
    const limit = measure.name === 'fig4' ? undefined : flags.limit;
    const sets = await readSets(folderOf(flags), names, limit);
    return { sets, measure: (lab) => measure(lab, sets, flags) };
  };
}

function folderOf({ data }: PaperFlags): string {
  if (data === undefined) throw new UsageError('--data FOLDER is required');
  return data;
}

/** The first chunk of a set, or of the file of `--input`. */
async function firstChunk(
  name: SetName,
  flags: PaperFlags,
): Promise<Pick<PaperSet, 'data' | 'file'>> {
  if (flags.input === undefined) return (await readSets(folderOf(flags), [name], 1))[0]!;
  const data = await readInput(flags.input);
  if (data.length < CHUNK) {
    throw new UsageError(`"${flags.input}" expected at least ${CHUNK} bytes, got ${data.length}`);
  }
  return { data: data.subarray(0, CHUNK), file: basename(flags.input) };
}

async function run(io: Io, name: string, flags: PaperFlags): Promise<void> {
  const figure = figureOf(name);
  const { sets, measure } = await FIGURES[figure](flags, io);
  const { output, force = false } = flags;
  if (output !== undefined) await prepareFolder(output);
  const files = output === undefined ? undefined : await figureFiles(output, figure, force);
  const results = output === undefined ? undefined : await openResults(join(output, 'cells.jsonl'));
  if (results?.warning !== undefined) notify(io, results.warning);
  const interrupt = listenForInterrupt(io);
  const progress = createProgress(io, 'cells');
  const startMs = performance.now();
  let [measured, planned] = [0, 0];
  const lab = new Lab({
    ...{ workers: flags.workers, results, signal: interrupt.signal },
    onPlan: (cells) => {
      planned += cells;
    },
    onCell: () => progress.step(++measured, planned),
  });
  try {
    const done = await measure(lab);
    progress.clear();
    const made = { ...done, notes: [...done.notes, ...lab.notes] };
    const from: Provenance = { figure, limit: flags.limit, input: flags.input, sets };
    if (files !== undefined) await writeFigure(io, files, made, from);
    if (flags.json) await write(io, figureJson(made, from));
    else if (flags.markdown) await write(io, figureMarkdown(made, from));
    else await write(io, figureText(made, paletteOf(io)));
    notify(io, `${plural(measured, 'cell')} measured, ${duration(performance.now() - startMs)}`);
  } catch (error) {
    progress.clear();
    if (interrupt.exitCode === undefined) throw error;
    const advice = output === undefined ? '-o FOLDER keeps them' : 'the same command goes on';
    notify(io, `interrupted after ${plural(measured, 'cell')}; ${advice}`);
  } finally {
    results?.close();
    interrupt.release();
  }
}

function figureOf(name: string): FigureName {
  if (Object.hasOwn(FIGURES, name)) return name as FigureName;
  const names = Object.keys(FIGURES);
  const nearest = nearestName(name, names);
  const advice = nearest ? `did you mean "${nearest}"?` : `there are ${names.join(', ')}`;
  throw new UsageError(`unknown figure "${name}"; ${advice}`);
}

async function prepareFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new FileError(`cannot write "${path}": ${reason(error)}`, { cause: error });
  }
}
