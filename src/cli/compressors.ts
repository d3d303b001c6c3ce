// `zipdream compressors`: lists the rows of the registry with their readings and options. It opens
// each row to find out whether it is available.

import { Command } from 'commander';
import { CompressorUnavailableError } from '../errors.js';
import { nodeRegistry } from '../node/registry.js';
import type { OptionSpec, OptionSpecs } from '../options.js';
import { type CompressorEntry, exampleFormat, findEntry, openCompressor } from '../registry.js';
import { type Compressor, type Reading, type Resolution, resolutionOf } from '../types.js';
import { addFlags } from './flags.js';
import { type Io, paletteOf, write } from './io.js';
import type { Palette } from './views/colour.js';

export function compressorsCommand(io: Io): Command {
  const command = new Command('compressors')
    .description('Lists all compressors, one per line, or describes the named ones in full.')
    .argument('[names...]', 'compressors to describe in full')
    .addHelpText('after', HELP)
    .action((names: string[], flags: { readonly json?: boolean }) => run(io, names, flags));
  return addFlags(command, { '': ['arrayJson'] });
}

const HELP = `
A reading is a way to get a distribution out of a compressor:
  decode      what its decoder makes of coin flips; fractions of a bit
  exact       code lengths to the bit, from a twin of the encoder
  recompress  code lengths to the byte, by compressing again with each candidate

Examples:
  zipdream compressors
  zipdream compressors gzip mix
  zipdream sample "Once" -c gzip:level=6,memLevel=9
  zipdream sample "Once" -c "command:xz -9"`;

/** A row of the registry, with its availability on this machine. */
interface Row {
  readonly name: string;
  readonly summary: string;
  readonly accepts: readonly string[];
  readonly readings: readonly { readonly name: Reading; readonly resolution: Resolution }[];
  readonly options: OptionSpecs;
  readonly available: boolean;
  /** Version of the implementation; undefined if it depends on the options or is unavailable. */
  readonly version?: string;
  /** How to install it, if it is unavailable. */
  readonly hint?: string;
}

async function run(
  io: Io,
  names: readonly string[],
  flags: { readonly json?: boolean },
): Promise<void> {
  const rows: Row[] = [];
  for (const name of names.length > 0 ? names : Object.keys(nodeRegistry)) {
    rows.push(await describe(name, findEntry(nodeRegistry, name)));
  }
  const toText = names.length > 0 ? toParagraphs : toLines;
  await write(io, flags.json ? `${JSON.stringify(rows, null, 2)}\n` : toText(rows, paletteOf(io)));
}

async function describe(name: string, entry: CompressorEntry): Promise<Row> {
  const { summary, accepts, options } = entry;
  const row = { name, summary, accepts, options };
  if (entry.readings) {
    return { ...row, readings: withResolution({ readings: entry.readings }), available: true };
  }
  try {
    const compressor = await openCompressor(name, nodeRegistry, exampleFormat(entry));
    const { version } = compressor;
    return { ...row, readings: withResolution(compressor), available: true, version };
  } catch (error) {
    if (!(error instanceof CompressorUnavailableError)) throw error;
    return { ...row, readings: [], available: false, hint: `${error.message}: ${error.hint}` };
  }
}

function withResolution(
  compressor: Pick<Compressor, 'readings' | 'exactResolution'>,
): Row['readings'] {
  return compressor.readings.map((name) => ({ name, resolution: resolutionOf(name, compressor) }));
}

/** One line of 80 columns per compressor: name, best reading and summary. */
function toLines(rows: readonly Row[], { bold, dim, warning, reset }: Palette): string {
  const widest = Math.max(...rows.map(({ name }) => name.length));
  const room = 80 - widest - 'recompress'.length - 4;
  const lines = rows.map(({ name, readings, available, summary }) => {
    const best = readings[0]?.name ?? '';
    const have = available ? best.padEnd(10) : `${warning}missing${reset}   `;
    const told = summary.length > room ? `${summary.slice(0, room - 1).trimEnd()}…` : summary;
    return `${bold}${name.padEnd(widest)}${reset}  ${have}  ${told}\n`;
  });
  const more = 'zipdream compressors NAME: readings, options, version, how to get a missing one';
  return `${lines.join('')}${dim}${more}${reset}\n`;
}

function toParagraphs(rows: readonly Row[], { bold, dim, warning, reset }: Palette): string {
  const widest = Math.max(...rows.map(({ name }) => name.length));
  const indent = ' '.repeat(widest + 2);
  const lines = rows.map((row) => {
    const readings = row.readings.map(({ name, resolution }) => `${name} (${resolution})`);
    const have = row.available ? readings.join(', ') : `${warning}missing${reset}`;
    const options = Object.entries(row.options).map(([key, spec]) => optionText(key, spec));
    return [
      `${bold}${row.name.padEnd(widest)}${reset}  ${have}`,
      `${indent}${row.summary}`,
      ...(row.version ? [`${indent}${dim}${row.version}${reset}`] : []),
      ...(row.hint ? [`${indent}${warning}${row.hint}${reset}`] : []),
      ...(options.length > 0 ? [`${indent}${dim}${options.join(', ')}${reset}`] : []),
      '',
    ].join('\n');
  });
  return lines.join('\n');
}

function optionText(key: string, spec: OptionSpec): string {
  if (spec.type === 'rest') return `${spec.summary}, after the colon`;
  if (spec.type === 'specs') return `${spec.summary}, after the colon`;
  if (spec.type === 'numbers') return `${key}=1,-0.5: ${spec.summary}`;
  if (spec.type === 'text') return `${key}=${key.toUpperCase()}: ${spec.summary}`;
  if (spec.type === 'choice') return `${key}=${spec.choices.join('|')} (${spec.default})`;
  return `${key}=${spec.min}…${spec.max} (${spec.default ?? "the model's own"})`;
}
