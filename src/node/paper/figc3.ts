// Fig. C.3: 1024 samples of speech drawn after 1024: by gzip as in the paper, with lengths in whole
// bytes, and by `decode` readings.

import { readSample } from '../../measure/stored-sample.js';
import { samplesOfBytes } from '../../modality/audio-bytes.js';
import type { AudioFormat, Format } from '../../types.js';
import type { PaperFigure, Value } from './figure.js';
import type { Lab } from './lab.js';

/** Number of given bytes, and of drawn bytes. */
const HALF = 1024;
const SEED = 'figc3';

/** @param data at least 2048 samples of 8 bits, mono. */
export async function figc3(
  lab: Lab,
  data: Uint8Array,
  format: AudioFormat,
  input: string,
): Promise<PaperFigure> {
  const given = data.slice(0, HALF);
  const bytes: Format = { kind: 'bytes' };
  const lines = [
    { title: 'gzip, the paper’s method', spec: 'gzip', format: bytes, reading: 'recompress' },
    { title: 'gzip decode', spec: 'gzip', format: bytes, reading: 'decode' },
    { title: 'flac decode', spec: 'flac', format, reading: 'decode' },
    { title: 'mix of sound', spec: 'mix', format, reading: 'decode' },
  ] as const;
  const plans = [];
  for (const line of lines) {
    const instrument = await lab.open(line.spec, line.format, line.reading);
    if (!instrument) continue;
    const passage = { bytes: data.slice(0, 2 * HALF), from: HALF };
    const task = lab.cell(instrument, { input, start: 0, passage }, { seed: SEED });
    plans.push({ ...line, task });
  }
  const rows = await lab.run(plans.map(({ task }) => task));
  const truth = data.slice(HALF, 2 * HALF);
  const continuations = [
    { title: 'original', note: '', content: truth },
    ...plans.flatMap(({ title }, i) => {
      const { drawn } = rows[i]!;
      return drawn ? [{ title, note: '', content: readSample(drawn.sample!).bytes }] : [];
    }),
  ];
  const records = continuations.map(({ title, content }) => ({
    title,
    loudness: loudnessOf(content, format),
    roughness: roughnessOf(content, format),
  }));
  return {
    title: `Fig. C.3: ${HALF} samples drawn after the first ${HALF} of ${input}`,
    table: {
      columns: ['compressor', 'root mean square', 'mean step'],
      rows: records.map((r): Value[] => [r.title, r.loudness.toFixed(2), r.roughness.toFixed(2)]),
    },
    records,
    notes: [
      'Samples are from −128 to 127. The mean step is the mean absolute difference between neighbouring samples.',
    ],
    sound: { format, given, continuations },
  };
}

function loudnessOf(data: Uint8Array, format: AudioFormat): number {
  const samples = samplesOfBytes(data, format);
  return Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);
}

function roughnessOf(data: Uint8Array, format: AudioFormat): number {
  const samples = samplesOfBytes(data, format);
  let sum = 0;
  for (let i = 1; i < samples.length; i++) sum += Math.abs(samples[i]! - samples[i - 1]!);
  return sum / (samples.length - 1);
}
