// Fig. C.1: 100 bytes of text drawn after 1948, three times: by gzip as in the paper, with lengths
// in whole bytes, and by `decode` readings.

import { readSample } from '../../measure/stored-sample.js';
import type { PaperFigure, Value } from './figure.js';
import { languageModels, readings } from './instruments.js';
import type { Lab } from './lab.js';

const GIVEN = 1948;
const LENGTH = 100;
const SAMPLES = 3;
const READINGS = ['gzip decode', 'lzma decode', 'ppm', 'mix'];
/** Bytes of the context to show. */
const SHOWN = 60;

/** @param text at least 2048 bytes. */
export async function figc1(
  lab: Lab,
  text: Uint8Array,
  input: string,
  limit = SAMPLES,
): Promise<PaperFigure> {
  const passage = { bytes: text.slice(0, GIVEN + LENGTH), from: GIVEN };
  const gzip = await lab.open('gzip', { kind: 'bytes' }, 'recompress');
  const instruments = [
    { ...gzip!, name: 'gzip, the paper’s method' },
    ...(await readings(lab, READINGS)),
    ...(await languageModels(lab)),
  ];
  const samples = Array.from({ length: Math.min(SAMPLES, limit) }, (_, i) => i + 1);
  const plans = instruments.flatMap((instrument) =>
    samples.map((sample) => {
      const task = lab.cell(instrument, { input, start: 0, passage }, { seed: `figc1:${sample}` });
      return { instrument, sample, task };
    }),
  );
  const rows = await lab.run(plans.map(({ task }) => task));
  const drawn = plans.flatMap(({ instrument: { name, spec }, sample }, i) => {
    const { drawn } = rows[i]!;
    if (!drawn) return [];
    const shown = readable(readSample(drawn.sample!).bytes);
    return [{ name, spec, sample, text: shown, bitsPerByte: drawn.bits / LENGTH }];
  });
  const truth = readable(text.subarray(GIVEN, GIVEN + LENGTH));
  return {
    title: `Fig. C.1: ${LENGTH} bytes drawn after the first ${GIVEN} of ${input}`,
    table: {
      columns: ['compressor', 'sample', 'drawn bits per byte', 'text'],
      rows: [
        ['original', undefined, undefined, truth],
        ...drawn.map((r): Value[] => [r.name, r.sample, r.bitsPerByte.toFixed(2), r.text]),
      ],
    },
    records: [{ name: 'truth', text: truth }, ...drawn],
    notes: [
      `The context ends with: ${readable(text.subarray(GIVEN - SHOWN, GIVEN))}`,
      'A line feed is shown as ↵, any other byte that is not printable ASCII as ·.',
    ],
  };
}

function readable(bytes: Uint8Array): string {
  return [...bytes]
    .map((b) => (b === 10 ? '↵' : b >= 32 && b < 127 ? String.fromCharCode(b) : '·'))
    .join('');
}
