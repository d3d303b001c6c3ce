// Table 1: raw rates of compressors on text, pictures, speech and random bytes, in chunks and
// whole, next to the paper's.

import type { PaperSet } from './data.js';
import { type PaperFigure, percent, type Value } from './figure.js';
import { blends, byteModels, classical, readings } from './instruments.js';
import type { Lab } from './lab.js';
import { type Rates, TABLE1_CHUNKED, TABLE1_WHOLE } from './published.js';
import { measureRates, type Rate } from './rates.js';

const SETS = ['text', 'image', 'audio', 'random'] as const;

/** Readings that are fast enough to measure on whole sets too. */
const WHOLE_READINGS = ['gzip decode', 'ppm', 'mix'];

export async function table1(lab: Lab, sets: readonly PaperSet[]): Promise<PaperFigure> {
  const files = await classical(lab);
  const ours = [...(await readings(lab)), ...(await byteModels(lab)), ...(await blends(lab))];
  const whole = [...files, ...ours.filter(({ name }) => WHOLE_READINGS.includes(name))];
  const rates = await measureRates(lab, sets, [...files, ...ours], whole);
  const rows = [
    ...linesOf(rates, undefined, whole, TABLE1_WHOLE),
    ...linesOf(rates, 2048, [...files, ...ours], TABLE1_CHUNKED),
  ];
  return {
    title: 'Table 1: compression rates, % of the raw size, beside the paper’s',
    table: {
      columns: ['chunk', 'compressor', ...SETS.flatMap((name) => [name, 'paper']), 'adj. text'],
      rows,
    },
    records: rates.map(({ set, ...rate }) => ({ ...rate, set: set.name, bytes: set.data.length })),
    notes: NOTES,
  };
}

const NOTES = [
  'Text, pictures and speech are the files named below; the paper measured enwik9, ImageNet and LibriSpeech.',
  'Of files in chunks only one header is counted, as large as the file of one zero byte. A chunk that a model codes takes ⌈bits / 8⌉ bytes.',
  'PNG reads a chunk as the 32 rows of 64 pixels that it is; the paper’s released code uses 64 rows of 32.',
  '∞: the whole set at once.',
  'adj. text: adjusted rate of text, which adds the bytes of the model’s file.',
];

/** The paper's name for a model. */
function paperName(name: string): string {
  const size = /^lm (\d+k)$/.exec(name)?.[1];
  return size ? `Transformer ${size.toUpperCase()}` : name;
}

function linesOf(
  rates: readonly Rate[],
  chunk: number | undefined,
  instruments: readonly { readonly name: string }[],
  paper: Readonly<Record<string, Rates>>,
): Value[][] {
  const first = chunk === undefined ? '∞' : String(chunk);
  const named = new Set(instruments.map(({ name }) => name));
  const lines = [...named].map((name): Value[] => {
    const of = (set: string) =>
      rates.find((r) => r.name === name && r.chunk === chunk && r.set.name === set);
    const theirs = paper[paperName(name)];
    const cells = SETS.flatMap((set, i) => [percent(of(set)?.rawRate), theirs?.[i]?.toFixed(1)]);
    const text = of('text');
    return [first, name, ...cells, text?.modelBytes ? percent(text.adjustedRate) : undefined];
  });
  const ours = new Set([...named].map(paperName));
  const others = Object.entries(paper).filter(([name]) => !ours.has(name));
  return [
    ...lines,
    ...others.map(([name, theirs]): Value[] => [
      ...[first, name],
      ...theirs.flatMap((rate) => [undefined, rate.toFixed(1)]),
      undefined,
    ]),
  ];
}
