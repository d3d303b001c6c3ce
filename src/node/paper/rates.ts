// Rates as in the paper: compressed size over size, in chunks and whole, with file headers counted
// once.

import type { CellTask } from '../../measure/compare-row.js';
import { CHUNK, type PaperSet } from './data.js';
import { forOneByte, type NamedInstrument } from './instruments.js';
import type { Lab } from './lab.js';

/** Chunks per cell. */
const BLOCK = 32;
/** Larger sets are compressed as a whole by programs only: the others keep all of it in memory. */
const MOST_WHOLE_BYTES = 2 ** 26;

export interface Rate {
  readonly name: string;
  readonly spec: string;
  readonly set: PaperSet;
  /** Bytes per chunk; undefined for the whole set at once. */
  readonly chunk: number | undefined;
  /** Total compressed bytes; for files, all headers but one are excluded. */
  readonly compressedBytes: number;
  readonly rawRate: number;
  readonly modelBytes: number;
  /** (compressed + model bytes) / bytes. */
  readonly adjustedRate: number;
}

interface Plan {
  readonly instrument: NamedInstrument;
  readonly set: PaperSet;
  readonly chunk: number | undefined;
  readonly tasks: readonly CellTask[];
}

/**
 * Raw and adjusted rates of instruments on sets, in chunks, and whole for those in `whole`.
 *
 * A chunk that is measured by a reading takes ⌈bits / 8⌉ bytes. For files all headers but one are
 * subtracted, a header being the file of one zero byte (evaluate_compressor_chunked of the paper's
 * code).
 */
export async function measureRates(
  lab: Lab,
  sets: readonly PaperSet[],
  instruments: readonly NamedInstrument[],
  whole: readonly NamedInstrument[] = [],
): Promise<Rate[]> {
  const plans: Plan[] = [];
  for (const set of sets) {
    for (const instrument of whole) {
      if (set.data.length > MOST_WHOLE_BYTES && !instrument.spec.startsWith('command:')) {
        const mebibytes = MOST_WHOLE_BYTES / 2 ** 20;
        lab.notes.push(
          `${instrument.name} is not measured on the whole of more than ${mebibytes} MiB`,
        );
        continue;
      }
      const { data, file } = set;
      const place = { input: file, start: 0, passage: { bytes: data, from: 0 } };
      const task = lab.cell(instrument, place, { at: [data.length] });
      plans.push({ instrument, set, chunk: undefined, tasks: [task] });
    }
    for (const instrument of instruments) {
      if (set.name !== (instrument.only ?? set.name)) continue;
      const tasks = chunkTasks(lab, instrument, set);
      if (instrument.reading === undefined) tasks.push(headerTask(lab, instrument));
      plans.push({ instrument, set, chunk: CHUNK, tasks });
    }
  }
  const rows = await lab.run(plans.flatMap(({ tasks }) => tasks));
  let at = 0;
  return plans.flatMap((plan) => {
    const bits = rows.slice(at, (at += plan.tasks.length)).map((row) => row.prefixes);
    if (bits.includes(undefined)) return [];
    return rateOf(plan, bits.flat(2) as number[]);
  });
}

function chunkTasks(lab: Lab, instrument: NamedInstrument, { data, file }: PaperSet): CellTask[] {
  const tasks: CellTask[] = [];
  for (let start = 0; start < data.length; start += BLOCK * CHUNK) {
    const bytes = data.subarray(start, start + BLOCK * CHUNK);
    const passage = { bytes, from: 0, fresh: CHUNK };
    tasks.push(lab.cell(instrument, { input: file, start, passage }, { at: [CHUNK] }));
  }
  return tasks;
}

function headerTask(lab: Lab, instrument: NamedInstrument): CellTask {
  const passage = { bytes: new Uint8Array(1), from: 0 };
  const place = { input: 'one zero byte', start: 0, passage };
  return lab.cell(forOneByte(instrument), place, { at: [1] });
}

function rateOf({ instrument, set, chunk }: Plan, bits: readonly number[]): Rate {
  const { name, spec, modelBytes, reading } = instrument;
  const sizes = bits.map((one) => Math.ceil(one / 8));
  const isChunkedFile = chunk !== undefined && reading === undefined;
  const headerBytes = isChunkedFile ? sizes.pop()! : 0;
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const compressedBytes = all - headerBytes * (sizes.length - 1);
  const { length } = set.data;
  const rawRate = compressedBytes / length;
  const adjustedRate = (compressedBytes + modelBytes) / length;
  return { name, spec, set, chunk, compressedBytes, rawRate, modelBytes, adjustedRate };
}
