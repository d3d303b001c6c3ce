// The compressors of the tables, by the names used there.

import type { Format, Reading } from '../../types.js';
import { nodeRegistry } from '../registry.js';
import { CHUNK, type SetName } from './data.js';
import type { Instrument, Lab } from './lab.js';

/** Chunks as pictures of 32 rows, like the paper's crops of ImageNet. */
const COLUMNS = CHUNK / 32;
const BYTES: Format = { kind: 'bytes' };
const SPEECH: Format = { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample: 8 };
const picture = (width: number): Format => ({ kind: 'image', width, channels: 1 });

export interface NamedInstrument extends Instrument {
  readonly name: string;
  /** The only set it is measured on; undefined: on all. */
  readonly only?: SetName | undefined;
}

interface Line extends Pick<NamedInstrument, 'name' | 'only'> {
  readonly spec: string;
  readonly format: Format;
  readonly reading?: Reading;
}

/** The paper's compressors: gzip −9, and liblzma's default, xz −6. */
const FILES: readonly Line[] = [
  { name: 'gzip', spec: 'gzip', format: BYTES },
  { name: 'LZMA2', spec: 'command:xz -6 -T1 -c', format: BYTES },
  { name: 'PNG', spec: 'png', format: picture(COLUMNS) },
  { name: 'PNG, rows of 32', spec: 'png', format: picture(32) },
  { name: 'FLAC', spec: 'flac', format: SPEECH },
];

const READINGS: readonly Line[] = [
  { name: 'gzip decode', spec: 'gzip', format: BYTES, reading: 'decode' },
  { name: 'lzma decode', spec: 'lzma', format: BYTES, reading: 'decode' },
  { name: 'png decode', spec: 'png', format: picture(COLUMNS), reading: 'decode' },
  { name: 'flac decode', spec: 'flac', format: SPEECH, reading: 'decode' },
  { name: 'ppm', spec: 'ppm', format: BYTES, reading: 'decode' },
  { name: 'mix', spec: 'mix', format: BYTES, reading: 'decode' },
  { name: 'mix of pictures', spec: 'mix', format: picture(COLUMNS), reading: 'decode' },
  { name: 'mix of sound', spec: 'mix', format: SPEECH, reading: 'decode' },
];

const SIZES = nodeRegistry.lm!.options.size;
const MODELS = (SIZES?.type === 'choice' ? SIZES.choices : []).map(
  (size): Line => ({
    ...{ name: `lm ${size}`, spec: `lm:size=${size}` },
    ...{ format: BYTES, reading: 'decode' },
  }),
);

const LM_AND_MIX = { spec: 'blend:lm+mix', reading: 'decode' } as const;

/** Blends of the included language model and context mixing, by the format of the data. */
const BLENDS: readonly Line[] = [
  { name: 'lm and mix', ...LM_AND_MIX, format: BYTES },
  { name: 'lm and mix of pictures', ...LM_AND_MIX, format: picture(COLUMNS), only: 'image' },
  { name: 'lm and mix of sound', ...LM_AND_MIX, format: SPEECH, only: 'audio' },
];

/** The classical compressors, as files. */
export const classical = (lab: Lab): Promise<NamedInstrument[]> => openLines(lab, FILES);

/** Readings of zipdream's compressors and predictors. */
export const readings = (lab: Lab, names?: readonly string[]): Promise<NamedInstrument[]> =>
  openLines(lab, named(READINGS, names));

/** Blends of `lm` and `mix`. */
export const blends = (lab: Lab, names?: readonly string[]): Promise<NamedInstrument[]> =>
  openLines(lab, named(BLENDS, names));

/** The included language models, in all sizes. */
export const languageModels = (lab: Lab): Promise<NamedInstrument[]> => openLines(lab, MODELS);

/** Those of bytes: models of tokens take ten times as long. */
export const byteModels = (lab: Lab): Promise<NamedInstrument[]> =>
  openLines(
    lab,
    MODELS.filter(({ name }) => !name.includes('bpe')),
  );

function named(lines: readonly Line[], names: readonly string[] | undefined): readonly Line[] {
  return lines.filter(({ name }) => names?.includes(name) ?? true);
}

async function openLines(lab: Lab, lines: readonly Line[]): Promise<NamedInstrument[]> {
  const opened: NamedInstrument[] = [];
  for (const { name, only, spec, format, reading } of lines) {
    const instrument = await lab.open(spec, format, reading);
    if (instrument) opened.push({ ...instrument, name, only });
  }
  return opened;
}

/** The same instrument for a message of one byte: a picture of width 1. */
export function forOneByte(instrument: NamedInstrument): NamedInstrument {
  return instrument.format.kind === 'image' ? { ...instrument, format: picture(1) } : instrument;
}
