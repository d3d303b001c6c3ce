// Adds flags of the table to commands, and checks their combinations: flags that exclude each
// other, that need another one, or that do not apply to the medium.

import { type Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import type { Medium } from '../media/medium.js';
import type { Compressor, Reading } from '../types.js';
import { FLAGS, type FlagName } from './flag-table.js';

/** Adds flags to a command, in groups by heading; flags under an empty heading come first. */
export function addFlags(
  command: Command,
  groups: Readonly<Record<string, readonly FlagName[]>>,
): Command {
  for (const [title, names] of Object.entries(groups)) {
    if (title !== '') command.optionsGroup(`${title}:`);
    for (const name of names) {
      const { text, help, parse, choices, default: value } = FLAGS[name];
      const option = new Option(text, help);
      if (name === 'noCopy') option.negate = false; // not the negation of a flag "--copy"
      if (choices) option.choices(choices);
      if (parse) option.argParser(parse as (text: string, before: unknown) => unknown);
      if (value !== undefined) option.default(value);
      NAMES.set(option, name);
      command.addOption(option);
    }
  }
  return command;
}

/** The name of each option in the table. */
const NAMES = new WeakMap<Option, FlagName>();

/** The flags present on the command line, by name. */
function saidFlags(command: Command): Map<FlagName, Option> {
  const said = new Map<FlagName, Option>();
  for (const option of command.options) {
    const name = NAMES.get(option);
    const source = command.getOptionValueSource(option.attributeName());
    if (name !== undefined && source === 'cli') said.set(name, option);
  }
  return said;
}

/** @throws UsageError for flags that exclude each other, or for a flag that needs a missing one. */
export function checkFlags(command: Command): void {
  const said = saidFlags(command);
  const long = (name: FlagName): string => /--[\w-]+/.exec(FLAGS[name].text)![0];
  for (const name of said.keys()) {
    const { needs = [], excludes = [] } = FLAGS[name];
    const needed = [needs].flat().filter((one) => hasFlag(command, one));
    if (needed.length > 0 && !needed.some((one) => said.has(one))) {
      throw new UsageError(`${long(name)} needs ${needed.map(long).join(' or ')}`);
    }
    const other = excludes.find((one) => said.has(one));
    if (other) throw new UsageError(`${long(name)} and ${long(other)} exclude each other`);
  }
}

function hasFlag(command: Command, name: FlagName): boolean {
  return command.options.some((option) => NAMES.get(option) === name);
}

/** @throws UsageError for a flag on the command line that does not apply to the medium. */
export function checkMedium(command: Command, medium: Medium, media: readonly Medium[]): void {
  for (const [name, option] of saidFlags(command)) {
    const able = media.filter(({ flags }) => flags.includes(name));
    if (able.length === 0 || able.includes(medium)) continue;
    const names = able.map((one) => `a ${one.name}`).join(' or ');
    throw new UsageError(
      `${option.long} does not apply to a ${medium.name}; it applies to ${names}`,
    );
  }
}

/** The requested reading, or the compressor's best. @throws UsageError if it does not have it. */
export function checkReading(compressor: Compressor, wanted: Reading | undefined): Reading {
  if (wanted === undefined) return compressor.readings[0]!;
  if (!compressor.readings.includes(wanted)) {
    const has = compressor.readings.join(', ');
    throw new UsageError(`${compressor.name} has no reading "${wanted}"; it has ${has}`);
  }
  return wanted;
}
