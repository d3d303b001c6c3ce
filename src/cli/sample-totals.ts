// What `zipdream sample` drew in sum: a notice for people, the last line for programs.

import type { Compressor, Reading } from '../types.js';
import { VERSION } from '../version.js';
import type { Context } from './input.js';
import { count, duration, plural } from './numbers.js';
import type { CopyRecord } from './sample-copies.js';
import type { SampleFlags } from './sample-flags.js';

/** Sums over all samples. */
export interface Totals {
  samples: number;
  bytes: number;
  /** Surprisal under the model, in bits. */
  bits: number;
  /** 0 when bytes are drawn one by one. */
  tokens: number;
  matches: number;
}

/** What was asked for and what answered, as it is recorded with the results. */
export interface Provenance {
  readonly compressor: Compressor;
  readonly reading: Reading;
  readonly seed: string;
  readonly flags: SampleFlags;
  readonly context: Context;
  /** What the way to draw adds. */
  readonly way: Readonly<Record<string, unknown>>;
  readonly longestCopy: CopyRecord;
}

/** The last line of `--json`: enough to repeat the run, and its totals. */
export function totalsLine(record: Provenance, totals: Totals, interrupted: boolean): string {
  const { compressor, reading, seed, flags, context, way, longestCopy } = record;
  const { samples, bytes, bits, tokens, matches } = totals;
  const line = {
    seed: /^(0|[1-9]\d{0,14})$/.test(seed) ? Number(seed) : seed,
    compressor: compressor.name,
    version: compressor.version,
    reading,
    zipdream: VERSION,
    units: flags.spans !== undefined ? 'spans' : flags.vocabulary ? 'words' : flags.units,
    ...way,
    ...(flags.overlap !== undefined && { overlap: flags.overlap }),
    ...(flags.noCopy !== undefined && { noCopy: flags.noCopy }),
    temperature: flags.temperature,
    corpusBytes: context.corpusBytes,
    promptBytes: context.prompt.length,
    samples,
    bytes,
    bits,
    bpb: bytes === 0 ? 0 : bits / bytes,
    ...(flags.units === 'tokens' && { tokens, matches }),
    longestCopy,
    ...(interrupted && { interrupted }),
  };
  return `${JSON.stringify(line)}\n`;
}

/** One line: how much, how surprising, how long it took. */
export function totalsNotice(totals: Totals, ms: number, { output }: SampleFlags): string {
  const { bytes, bits, tokens, matches } = totals;
  const place = output === undefined ? '' : ` in ${output}`;
  const kinds = matches > 0 ? `, ${count(matches)} of them matches` : '';
  const units = tokens > 0 ? `, ${plural(tokens, 'token')}${kinds}` : '';
  const rate = bytes === 0 ? '' : `, ${(bits / bytes).toFixed(2)} bits per byte`;
  return `${plural(bytes, 'byte')}${place}${units}${rate}, ${duration(ms)}`;
}
