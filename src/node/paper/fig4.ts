// Fig. 4: rates against sequence length, mean of 100 sequences: how fast a compressor learns.

import { Plot } from '../plot.js';
import { CHUNK, type PaperSet } from './data.js';
import { type PaperFigure, percent, type Value } from './figure.js';
import { blends, byteModels, classical, type NamedInstrument, readings } from './instruments.js';
import type { Lab } from './lab.js';
import { legendMarks, plotSvg } from './plot.js';

const SEQUENCES = 100;
/** Sequences per cell. */
const BLOCK = 10;
const LENGTHS = [16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1280, 1536, 1792, CHUNK];
/** Lengths in the table. */
const SHOWN = [64, 256, 512, 1024, CHUNK];
const FILES = ['gzip', 'LZMA2'];
const READINGS = ['gzip decode', 'lzma decode', 'ppm', 'mix'];
const BLENDS = ['lm and mix'];
/** The smallest models are left out: the chart has ten colours. */
const isShown = ({ name }: NamedInstrument): boolean => !name.includes('200k');

export async function fig4(
  lab: Lab,
  sets: readonly PaperSet[],
  limit = SEQUENCES,
): Promise<PaperFigure> {
  const files = (await classical(lab)).filter(({ name }) => FILES.includes(name));
  const instruments = [
    ...files,
    ...(await readings(lab, READINGS)),
    ...(await byteModels(lab)).filter(isShown),
    ...(await blends(lab, BLENDS)),
  ];
  const pairs = sets.flatMap((set) => instruments.map((instrument) => ({ set, instrument })));
  const plans = pairs.map((pair) => ({ ...pair, tasks: tasksOf(lab, pair, limit) }));
  const rows = await lab.run(plans.flatMap(({ tasks }) => tasks));
  let at = 0;
  const records = plans.flatMap(({ set, instrument, tasks }) => {
    const cells = rows.slice(at, (at += tasks.length)).map(({ prefixes }) => prefixes);
    if (cells.includes(undefined)) return [];
    const sequences = cells.flat() as readonly (readonly number[])[];
    return LENGTHS.map((length, i) => ({
      ...{ set: set.name, name: instrument.name, spec: instrument.spec, length },
      ...{ sequences: sequences.length, rate: meanOf(sequences, (one) => one[i]! / (8 * length)) },
    }));
  });
  const counted = records[0]?.sequences ?? 0;
  return {
    title: `Fig. 4: rates in % by the length of the sequence, mean of ${counted} sequences`,
    table: {
      columns: ['data', 'compressor', ...SHOWN.map((length) => `${length} bytes`)],
      rows: pairs.map(({ set, instrument: { name } }): Value[] => [
        ...[set.name, name],
        ...SHOWN.map((length) =>
          percent(
            records.find((r) => r.set === set.name && r.name === name && r.length === length)?.rate,
          ),
        ),
      ]),
    },
    records,
    notes: ['Sizes of gzip and LZMA2 files include their headers at each length.'],
    svg: drawChart(records),
  };
}

/** Sequences are chunks, evenly spread over the set. */
function tasksOf(
  lab: Lab,
  { set, instrument }: { readonly set: PaperSet; readonly instrument: NamedInstrument },
  limit: number,
) {
  const chunks = set.data.length / CHUNK;
  const count = Math.min(SEQUENCES, limit, chunks);
  const picked = Array.from({ length: count }, (_, i) => {
    const start = CHUNK * Math.floor((i * chunks) / count);
    return set.data.subarray(start, start + CHUNK);
  });
  return Array.from({ length: Math.ceil(count / BLOCK) }, (_, i) => {
    const bytes = new Uint8Array(Buffer.concat(picked.slice(i * BLOCK, (i + 1) * BLOCK)));
    const input = `${set.file}, ${count} chunks`;
    const passage = { bytes, from: 0, fresh: CHUNK };
    const place = { input, start: i * BLOCK * CHUNK, passage };
    return lab.cell(instrument, place, { at: LENGTHS });
  });
}

function meanOf<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0) / all.length;
}

function drawChart(records: readonly Readonly<Record<string, Value>>[]): string {
  const channels = {
    ...{ x: 'length', fx: 'set', stroke: 'name' },
    y: (point: Readonly<Record<string, Value>>) => 100 * Number(point.rate),
  };
  const names = [...new Set(records.map(({ name }) => String(name)))];
  return plotSvg({
    x: { label: 'bytes of the sequence', ticks: [0, 1024, 2048], domain: [0, CHUNK] },
    y: { label: 'rate, %', grid: true, domain: [0, 200], clamp: true },
    fx: { label: null, domain: [...new Set(records.map(({ set }) => set))] },
    color: { type: 'categorical' },
    height: 380,
    marginBottom: 60,
    marks: [
      Plot.frame({ stroke: '#ccc' }),
      Plot.line(records, channels),
      ...legendMarks(names, String(records[0]?.set)),
    ],
  });
}
