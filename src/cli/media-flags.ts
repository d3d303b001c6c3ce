// Flags about sounds and pictures, on the commands that take them; which of the two it is, the file
// says, and `--given` is read for either.

import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import type { GivenSide } from '../modality/image-given.js';
import { integer } from './flags.js';
import { type SoundLength, soundLength } from './sound-flags.js';

export interface MediaFlags {
  readonly given?: SoundLength | GivenSide;
  readonly protocol?: 'paper';
  readonly sheet?: string;
  readonly beside?: readonly string[];
  /** Of a picture, as `width` and `height` are. */
  readonly maxSize?: number;
  readonly grey?: boolean;
  readonly width?: number;
  readonly height?: number;
}

/** Adds what all commands know of sounds and pictures, and with `drawing` what only `sample` does. */
export function addMediaFlags(command: Command, { drawing = false } = {}): Command {
  command
    .optionsGroup('Of a sound or a picture:')
    .option(
      '--given <part>',
      'of a sound 2s, 500ms or samples; of a picture left, top, left:0.3, top:64 (default: half)',
      givenAmount,
    )
    .addOption(
      new Option(
        '--protocol <name>',
        "the paper's: 1024 samples of 8 bits; each row of a grey picture alone",
      ).choices(['paper']),
    )
    .option('--max-size <pixels>', 'make a picture smaller', integer('--max-size', { min: 1 }))
    .option('--grey', 'take a picture in grey');
  if (!drawing) return command;
  return command
    .option('--width <pixels>', 'of a picture of which none is given', side('--width'))
    .option('--height <pixels>', 'the same', side('--height'))
    .option('--sheet <file>', 'draw the truth and what was drawn, as SVG')
    .option(
      '--beside <spec>',
      'another compressor for the sheet; can be repeated',
      (spec: string, before: string[] | undefined) => [...(before ?? []), spec],
    );
}

/** Pixels of a side at most, as in a JPEG. */
const MOST_SIDE = 65_535;

function side(flag: string): (text: string) => number {
  return integer(flag, { min: 1, max: MOST_SIDE });
}

/** Reads `left`, `top:64`, `left:0.3` or `none`, else a length of sound. @throws UsageError */
export function givenAmount(text: string): SoundLength | GivenSide {
  if (text === 'none') return { side: 'none', amount: 0 };
  const [, name, digits = '0.5'] = /^(left|top)(?::(\d+|0?\.\d+))?$/.exec(text) ?? [];
  if (name) return { side: name as 'left' | 'top', amount: Number(digits) };
  if (/^(left|top|right|bottom)/.test(text)) {
    throw new UsageError(`"--given" expected left, top, left:0.3, top:64 or none, got "${text}"`);
  }
  return soundLength('--given')(text);
}

/** Whether an amount was written as one of a picture. */
export function isSide(given: SoundLength | GivenSide | undefined): given is GivenSide {
  return typeof given === 'object' && 'side' in given;
}

/** @throws UsageError for a flag about sounds or pictures where there is neither. */
export function refuseMediaFlags(flags: MediaFlags & { readonly length?: SoundLength }): void {
  if (typeof flags.length === 'object') {
    throw new UsageError('a length in seconds needs a sound; "--length" expected bytes');
  }
  for (const name of ['given', 'protocol', 'sheet', 'beside'] as const) {
    if (flags[name] !== undefined) throw new UsageError(`--${name} needs a sound or a picture`);
  }
  refusePictureFlags(flags, 'a picture, PNG or JPEG');
}

/** @throws UsageError for a flag about pictures where there is none. */
export function refusePictureFlags(flags: MediaFlags, needed = 'a picture'): void {
  for (const name of ['maxSize', 'grey', 'width', 'height'] as const) {
    if (flags[name] !== undefined) throw new UsageError(`${flagName(name)} needs ${needed}`);
  }
}

/**
 * Refuses what was said on the command line and is not for a picture.
 *
 * @param known the names of the flags that are.
 */
export function refuseOtherFlags(command: Command, known: readonly string[]): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (command.getOptionValueSource(name) !== 'cli' || known.includes(name)) continue;
    throw new UsageError(`${option.long} does not go with a picture`);
  }
}

/** The flags without a compressor that nobody asked for: a picture has another default. */
export function withSaidCompressor<T>(command: Command, flags: T): T {
  const isSaid = command.getOptionValueSource('compressor') === 'cli';
  return isSaid ? flags : { ...flags, compressor: undefined };
}

function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
}
