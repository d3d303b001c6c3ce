// What a worker thread of lab.ts runs: one cell. Compressors stay open from task to task.

import type { Compressor } from '../../types.js';
import { commandEntry } from '../command.js';
import { openCompressor } from '../open.js';
import { nodeRegistry } from '../registry.js';
import { type PaperIdentity, type PaperRow, runPaperCell } from './cell.js';

export interface PaperTask {
  readonly bytes: Uint8Array;
  readonly row: PaperIdentity;
}

/** A program may take as long as the whole of a large file does. */
const DAY_MS = 24 * 3600 * 1000;
const registry = { ...nodeRegistry, command: commandEntry({ timeoutMs: DAY_MS }) };

const opened = new Map<string, Promise<Compressor>>();

/** The row with its result, or with the error that there was instead. */
export async function runTask({ bytes, row }: PaperTask): Promise<PaperRow> {
  const key = JSON.stringify([row.spec, row.format]);
  let compressor = opened.get(key);
  if (!compressor) {
    opened.set(key, (compressor = openCompressor(row.spec, { format: row.format, registry })));
  }
  try {
    return { ...row, ...(await runPaperCell(await compressor, bytes, row)) };
  } catch (error) {
    return { ...row, error: error instanceof Error ? error.message : String(error) };
  }
}
