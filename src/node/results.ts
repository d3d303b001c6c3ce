// Results of a comparison in a file: a line of JSON for each cell, appended as it is done. A line
// that an interruption cut short is dropped, and its cell measured again.

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { CompareRow } from '../measure/compare-row.js';
import { FileError, reason } from './files.js';

/** What every row of results has. */
export type ResultRow = Pick<CompareRow, 'id' | 'spec' | 'input'>;

export interface ResultsFile<Row extends ResultRow = CompareRow> {
  /** The rows that were there. */
  readonly rows: readonly Row[];
  /** @throws FileError when the disk is full, say. */
  append(row: Row): void;
  close(): void;
}

/**
 * Opens a file of results to go on with it, or begins one. What is no regular file, a pipe or a
 * device, is only written to.
 *
 * @throws FileError if it is no file of results, or cannot be written.
 */
export async function openResults<Row extends ResultRow = CompareRow>(
  path: string,
): Promise<ResultsFile<Row>> {
  const there = await stat(path).catch(() => undefined);
  const isGoneOnWith = there !== undefined && (there.isFile() || there.isDirectory());
  const { rows, length } = isGoneOnWith ? await readResults<Row>(path) : { rows: [], length: 0 };
  try {
    const file = openSync(path, 'a');
    if (isGoneOnWith) ftruncateSync(file, length);
    return {
      rows,
      append: (row) => attempt(path, () => writeAll(file, `${JSON.stringify(row)}\n`)),
      close: () => attempt(path, () => closeSync(file)),
    };
  } catch (error) {
    throw new FileError(`cannot write "${path}": ${reason(error)}`, { cause: error });
  }
}

/** The rows of a file, and the bytes up to the end of its last whole line. */
export async function readResults<Row extends ResultRow = CompareRow>(
  path: string,
): Promise<{ rows: Row[]; length: number }> {
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch (error) {
    throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
  }
  const length = text.lastIndexOf(10) + 1;
  const lines = text.toString('utf8', 0, length).split('\n').slice(0, -1);
  const rows = lines.map((line, i) => {
    const row = parse<Row>(line);
    if (row) return row;
    throw new FileError(`"${path}" is no file of results: line ${i + 1} is no cell`);
  });
  if (rows.length === 0 && text.length > 0 && text[0] !== 0x7b) {
    throw new FileError(`"${path}" is no file of results: line 1 is no cell`);
  }
  return { rows, length };
}

function parse<Row extends ResultRow>(line: string): Row | undefined {
  try {
    const row = JSON.parse(line) as Partial<Row> | null;
    const isCell = typeof row?.id === 'string' && typeof row.spec === 'string';
    return isCell && typeof row.input === 'string' ? (row as Row) : undefined;
  } catch {
    return undefined;
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function attempt(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new FileError(`cannot write "${path}": ${reason(error)}`, { cause: error });
  }
}
