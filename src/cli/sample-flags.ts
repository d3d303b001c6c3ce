// The flags of `zipdream sample` once commander has read them: which exclude each other, and what
// `--alphabet` names.

import { nearestName, UsageError } from '../errors.js';
import { FileError, readInput } from '../node/files.js';
import { nodeRegistry } from '../node/registry.js';
import { splitSpec } from '../options.js';
import { ALPHABETS, alphabetOf, namedAlphabet } from '../sampling/constraints.js';
import type { Overlap } from '../sampling/overlap.js';
import type { Compressor, Reading } from '../types.js';
import type { ContextFlags } from './input.js';

export interface SampleFlags extends ContextFlags {
  readonly compressor: string;
  readonly workers?: number;
  readonly reading?: Reading;
  readonly length: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly seed?: string;
  readonly count: number;
  readonly stop?: readonly Uint8Array[];
  readonly alphabet?: string;
  readonly utf8?: boolean;
  readonly units: 'bytes' | 'tokens';
  readonly overlap?: Overlap;
  readonly noCopy?: number;
  readonly maxMatch?: number;
  readonly beam?: number;
  readonly horizon?: number;
  readonly commit?: 'byte' | 'span';
  readonly spans?: number;
  readonly candidates?: number;
  readonly proposal?: string;
  readonly beta?: number;
  readonly vocabulary?: string;
  readonly heat?: boolean;
  readonly json?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

/** Longest match drawn, in bytes, by a compressor that has that option; it copies no more at once. */
const DEFAULT_MAX_MATCH = 16;

/**
 * The spec with the longest match that `--max-match` says, where the compressor knows of one.
 *
 * @throws UsageError if it was asked for and the compressor knows of none.
 */
export function drawingSpec({ compressor, maxMatch }: SampleFlags): string {
  const { name, text } = splitSpec(compressor);
  const entry = Object.hasOwn(nodeRegistry, name) ? nodeRegistry[name] : undefined;
  if (entry && !('maxMatch' in entry.options)) {
    if (maxMatch === undefined) return compressor;
    throw new UsageError(`--max-match does not apply to ${name}; it applies to lzma`);
  }
  if (!entry || (maxMatch === undefined && text.includes('maxMatch'))) return compressor;
  return `${name}:${text}${text === '' ? '' : ','}maxMatch=${maxMatch ?? DEFAULT_MAX_MATCH}`;
}

type Name = keyof SampleFlags;

/** The ways to draw other than byte by byte, each with the flags that only it has. */
const WAYS: Readonly<Partial<Record<Name, readonly Name[]>>> = {
  beam: ['horizon', 'commit'],
  spans: ['candidates', 'proposal', 'beta'],
  vocabulary: [],
};

/** Longest copy with the overlap that is drawn with unless told otherwise, in bytes. */
const DEFAULT_NO_COPY = 24;

/**
 * The flags with what draws best after a corpus: the overlap of the word and no long copies, where
 * the model knows of copies and no other way to draw was asked for.
 */
export function withDrawingDefaults(
  flags: SampleFlags,
  reading: Reading,
  { start }: Compressor,
): SampleFlags {
  if (flags.overlap !== undefined || flags.corpus === undefined || reading !== 'decode')
    return flags;
  const others: readonly Name[] = ['beam', 'spans', 'vocabulary'];
  if (others.some((name) => flags[name] !== undefined)) return flags;
  if (!start(reading).nextOverlapping) return flags;
  return { ...flags, overlap: 'word', noCopy: flags.noCopy ?? DEFAULT_NO_COPY };
}

/** @throws UsageError for flags that contradict each other. */
export function checkSampleFlags(flags: SampleFlags): void {
  if (flags.json && flags.heat) throw new UsageError('--json and --heat exclude each other');
  if (flags.force && flags.output === undefined && flags.spans === undefined) {
    throw new UsageError('--force needs --output or --spans');
  }
  const ways = Object.entries(WAYS) as [Name, readonly Name[]][];
  for (const [way, its] of ways) {
    for (const name of its) {
      if (flags[name] !== undefined && flags[way] === undefined) {
        throw new UsageError(`${flagOf(name)} needs ${flagOf(way)}`);
      }
    }
  }
  const chosen = ways.map(([way]) => way).filter((way) => flags[way] !== undefined);
  if (chosen.length > 1) {
    throw new UsageError(`${flagOf(chosen[0]!)} and ${flagOf(chosen[1]!)} exclude each other`);
  }
  if (flags.overlap && chosen.length > 0) {
    throw new UsageError(`${flagOf('overlap')} and ${flagOf(chosen[0]!)} exclude each other`);
  }
  if (flags.units === 'tokens' && !flags.overlap) {
    refuse(flags, [...WARPS, ...CONSTRAINTS, ...chosen], '--units tokens');
  }
  if (flags.spans !== undefined) {
    refuse(flags, WARPS, '--spans');
    if (flags.temperature !== 1) throw new UsageError(onlyBytes('temperature', '--spans'));
  }
}

const WARPS: readonly Name[] = ['topK', 'topP', 'minP'];
const CONSTRAINTS: readonly Name[] = ['alphabet', 'utf8', 'stop'];

function refuse(flags: SampleFlags, names: readonly Name[], way: string): void {
  const given = names.find((name) => flags[name] !== undefined);
  if (given !== undefined) throw new UsageError(onlyBytes(given, way));
}

function onlyBytes(name: Name, way: string): string {
  return `${flagOf(name)} works on bytes; it cannot go with ${way}`;
}

function flagOf(name: Name): string {
  return `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
}

/** A named alphabet, or the bytes that a file has. */
export async function readAlphabet(name: string): Promise<readonly number[]> {
  if (Object.hasOwn(ALPHABETS, name)) return namedAlphabet(name);
  let data: Uint8Array;
  try {
    data = await readInput(name);
  } catch (error) {
    const names = Object.keys(ALPHABETS);
    const nearest = nearestName(name, names);
    const advice = nearest ? `; did you mean "${nearest}"?` : '';
    const message = `--alphabet expected ${names.join(', ')} or a file: ${(error as Error).message}${advice}`;
    throw new FileError(message, { cause: error });
  }
  if (data.length === 0) throw new UsageError(`--alphabet: "${name}" has no bytes`);
  return alphabetOf(data);
}
