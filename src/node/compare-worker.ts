// What a worker thread of compare.ts runs: one cell. Compressors stay open from task to task.

import { createRandom } from '../bits/random.js';
import { measureCell, measureContinuation } from '../measure/cell.js';
import type { Compressor } from '../types.js';
import { type CellTask, type CompareRow, HELD_OUT } from './compare.js';
import { openCompressor } from './open.js';

const opened = new Map<string, Promise<Compressor>>();

function open(spec: string): Promise<Compressor> {
  let compressor = opened.get(spec);
  if (!compressor) opened.set(spec, (compressor = openCompressor(spec)));
  return compressor;
}

/** The row with its measure, or with the error that there was instead. */
export async function runCell({ bytes, row }: CellTask): Promise<CompareRow> {
  const { spec, reading, from, metrics, seed, sha256 } = row;
  try {
    const judge = row.judge === undefined ? undefined : await open(row.judge);
    if (spec === HELD_OUT)
      return { ...row, control: await measureContinuation(bytes, from, judge) };
    const measure = await measureCell(await open(spec), bytes, {
      ...{ reading, from, judge },
      calibration: metrics.includes('calibration'),
      random: seed === undefined ? undefined : createRandom(`${seed}:${spec}:${reading}:${sha256}`),
      clock: () => performance.now(),
    });
    return { ...row, measure };
  } catch (error) {
    return { ...row, error: error instanceof Error ? error.message : String(error) };
  }
}
