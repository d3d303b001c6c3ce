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

/** The included language model beside context mixing, by the format of the data. */
const BLENDS: readonly Line[] = [
  { name: 'lm and mix', format: BYTES },
  { name: 'lm and mix of pictures', format: picture(COLUMNS), only: 'image' as const },
  { name: 'lm and mix of sound', format: SPEECH, only: 'audio' as const },
].map((line) => ({ ...line, spec: 'blend:lm+mix', reading: 'decode' }));

/** The classical compressors, as files. */
export const classical = (lab: Lab): Promise<NamedInstrument[]> => openLines(lab, FILES);

/** Readings of zipdream's compressors and predictors. */
export const readings = (lab: Lab, names?: readonly string[]): Promise<NamedInstrument[]> =>
  openLines(lab, named(READINGS, names));

/** Blends of the included language model and context mixing. */
export const blends = (lab: Lab, names?: readonly string[]): Promise<NamedInstrument[]> =>
  openLines(lab, named(BLENDS, names));

/** The included language models of bytes, in all sizes; with `hasTokens`, those of tokens too. */
export function languageModels(lab: Lab, hasTokens = false): Promise<NamedInstrument[]> {
  const { size } = nodeRegistry.lm!.options;
  const sizes = size?.type === 'choice' ? size.choices : [];
  return openLines(
    lab,
    sizes
      .filter((one) => hasTokens || !one.startsWith('bpe'))
      .map((one) => ({
        ...{ name: `lm ${one}`, spec: `lm:size=${one}` },
        ...{ format: BYTES, reading: 'decode' },
      })),
  );
}

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
