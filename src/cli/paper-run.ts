// What `zipdream paper` does: reads what a figure is measured on, measures it, and prints or writes
// what came of it.

import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { nearestName, UsageError } from '../errors.js';
import { toGrey } from '../modality/image.js';
import { FileError, readInput, reason } from '../node/files.js';
import type { PaperRow } from '../node/paper/cell.js';
import { CHUNK, firstPhoto, type PaperSet, readSets, type SetName } from '../node/paper/data.js';
import { fig2 } from '../node/paper/fig2.js';
import { fig3 } from '../node/paper/fig3.js';
import { fig4 } from '../node/paper/fig4.js';
import { figc1 } from '../node/paper/figc1.js';
import { figc3 } from '../node/paper/figc3.js';
import type { FigureName, PaperFigure } from '../node/paper/figure.js';
import { Lab, LabInterruptedError } from '../node/paper/lab.js';
import { table1 } from '../node/paper/table1.js';
import { table2 } from '../node/paper/table2.js';
import { openResults } from '../node/results.js';
import { colourDepth, createPalette } from './colour.js';
import { createCompareProgress } from './compare-progress.js';
import { listenForInterrupt } from './interrupt.js';
import { notify } from './notify.js';
import { duration, plural } from './numbers.js';
import { writeStdout } from './output.js';
import {
  figureFiles,
  figureJson,
  figureMarkdown,
  figureText,
  type Provenance,
  writeFigure,
} from './paper-output.js';
import { readPicture } from './picture-input.js';
import { PAPER_SAMPLES, readGiven } from './sound-input.js';

export interface PaperFlags {
  readonly data?: string;
  readonly input?: string;
  readonly limit?: number;
  readonly workers?: number;
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/** What a figure is made from, read and ready: nothing of it fails for the lack of a file. */
interface Prepared {
  readonly sets: readonly PaperSet[];
  readonly measure: (lab: Lab) => Promise<PaperFigure>;
}

type Prepare = (flags: PaperFlags) => Promise<Prepared>;

const FIGURES: Readonly<Record<FigureName, Prepare>> = {
  table1: onSets(['text', 'image', 'audio', 'random'], table1),
  table2: onSets(['text'], table2),
  fig2: onSets(['text'], fig2),
  async fig3(flags) {
    const path = flags.input ?? (await firstPhoto(folderOf(flags)));
    const picture = toGrey(await readPicture(path));
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
  async figc3(flags) {
    if (flags.input === undefined) {
      const { data, file } = await firstChunk('audio', flags);
      const format = { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample: 8 } as const;
      return { sets: [], measure: (lab) => figc3(lab, data, format, file) };
    }
    const { input } = flags;
    const { format, given, rest } = await readGiven(input, { protocol: 'paper' });
    if (rest.length < PAPER_SAMPLES) {
      throw new UsageError(`"${input}" expected at least ${2 * PAPER_SAMPLES} samples`);
    }
    const data = new Uint8Array(Buffer.concat([given, rest]));
    return { sets: [], measure: (lab) => figc3(lab, data, format, basename(input)) };
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
  if (data === undefined) throw new UsageError('--data expected the folder of the data');
  return data;
}

/** The first chunk of a set, or of a file. */
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

export async function runPaper(name: string, flags: PaperFlags): Promise<void> {
  const figure = figureOf(name);
  const { sets, measure } = await FIGURES[figure](flags);
  const { output, force = false } = flags;
  if (output !== undefined) await prepareFolder(output);
  const files = output === undefined ? undefined : await figureFiles(output, figure, force);
  const results =
    output === undefined ? undefined : await openResults<PaperRow>(join(output, 'cells.jsonl'));
  if (results?.warning !== undefined) notify(results.warning);
  const interrupt = listenForInterrupt();
  const abort = new AbortController();
  void interrupt.arrived.then(() => abort.abort());
  const progress = createCompareProgress();
  const startMs = performance.now();
  let measured = 0;
  const lab = new Lab({
    ...{ workers: flags.workers, results, signal: abort.signal, onPlan: progress.add },
    onCell: () => {
      measured++;
      progress.step();
    },
  });
  try {
    const done = await measure(lab);
    progress.clear();
    const made = { ...done, notes: [...done.notes, ...lab.notes] };
    const from: Provenance = { figure, limit: flags.limit, input: flags.input, sets };
    if (files !== undefined) await writeFigure(files, made, from);
    const palette = createPalette(colourDepth(process.stdout, process.env));
    if (flags.json) await writeStdout(figureJson(made, from));
    else if (flags.markdown) await writeStdout(figureMarkdown(made, from));
    else await writeStdout(figureText(made, palette));
    notify(`${plural(measured, 'cell')} measured, ${duration(performance.now() - startMs)}`);
  } catch (error) {
    progress.clear();
    if (!(error instanceof LabInterruptedError)) throw error;
    const advice = output === undefined ? '-o FOLDER keeps them' : 'the same command goes on';
    notify(`interrupted after ${plural(measured, 'cell')}; ${advice}`);
    process.exitCode = interrupt.exitCode ?? 1;
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
