// The flags of `zipdream sample` once commander has read them: which exclude each other, and what
// `--alphabet` names.

import { nearestName, UsageError } from '../errors.js';
import { FileError, readInput } from '../node/files.js';
import { ALPHABETS, alphabetOf, namedAlphabet } from '../sampling/constraints.js';
import type { Reading } from '../types.js';
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
  readonly heat?: boolean;
  readonly json?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

/** @throws UsageError for flags that contradict each other. */
export function checkSampleFlags(flags: SampleFlags): void {
  if (flags.json && flags.heat) throw new UsageError('--json and --heat exclude each other');
  if (flags.force && flags.output === undefined) throw new UsageError('--force needs --output');
  if (flags.units === 'bytes') return;
  for (const name of ['topK', 'topP', 'minP', 'alphabet', 'utf8', 'stop'] as const) {
    if (flags[name] === undefined) continue;
    const flag = `--${name.replace(/[A-Z]/, (c) => `-${c.toLowerCase()}`)}`;
    throw new UsageError(`${flag} works on bytes; it cannot go with --units tokens`);
  }
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
