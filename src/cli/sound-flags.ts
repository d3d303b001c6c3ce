// Flags about sounds, on the commands that take them: lengths in seconds, the paper's protocol.

import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import type { AudioFormat } from '../types.js';

/** A length as it was written: samples of each channel, or a time. */
export type SoundLength = number | { readonly seconds: number };

export interface SoundFlags {
  readonly given?: SoundLength;
  readonly protocol?: 'paper';
  readonly sheet?: string;
  readonly beside?: readonly string[];
}

/** Adds `--given`, and with `drawing` what only `sample` knows. */
export function addSoundFlags(command: Command, { drawing = false } = {}): Command {
  command
    .optionsGroup('Of a sound:')
    .option(
      '--given <time>',
      'how much of a sound is given: 2s, 500ms or samples (default: half)',
      soundLength('--given'),
    );
  if (!drawing) return command;
  return command
    .addOption(
      new Option(
        '--protocol <name>',
        "the paper's: 8 bits mono, 1024 samples given and 1024 drawn",
      ).choices(['paper']),
    )
    .option('--sheet <file>', 'draw the sound and what was drawn, as SVG')
    .option(
      '--beside <spec>',
      'another compressor for the sheet; can be repeated',
      (spec: string, before: string[] | undefined) => [...(before ?? []), spec],
    );
}

/** Reads `2s`, `500ms` or a number of samples. @throws UsageError for anything else. */
export function soundLength(flag: string): (text: string) => SoundLength {
  return (text) => {
    const [, digits, unit] = /^\s*(\d+|\d*\.\d+)\s*(s|ms)?\s*$/.exec(text) ?? [];
    const value = Number(digits);
    if (digits === undefined || (!unit && !Number.isSafeInteger(value))) {
      throw new UsageError(`"${flag}" expected integer >= 0 or a time like 2s, got "${text}"`);
    }
    if (!unit) return value;
    return { seconds: unit === 's' ? value : value / 1000 };
  };
}

export function samplesIn(length: SoundLength, { sampleRate }: AudioFormat): number {
  return typeof length === 'number' ? length : Math.round(length.seconds * sampleRate);
}

/** @throws UsageError for a flag about sounds where there is none. */
export function refuseSoundFlags(flags: SoundFlags & { readonly length?: SoundLength }): void {
  if (typeof flags.length === 'object') {
    throw new UsageError('a length in seconds needs a sound; "--length" expected bytes');
  }
  for (const name of ['given', 'protocol', 'sheet', 'beside'] as const) {
    if (flags[name] !== undefined) throw new UsageError(`--${name} needs a sound, WAV or FLAC`);
  }
}
