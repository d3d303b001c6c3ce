// Results of a comparison in a file: one line of JSON per cell, appended as it finishes, by one
// process at a time. An incomplete last line after an interruption is dropped and its cell measured
// again; damaged lines are skipped.

import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { CompareRow } from '../measure/compare-row.js';
import { lockFile } from './file-lock.js';
import { FileError, reason } from './files.js';

/** Fields of every row of results. */
export type ResultRow = Pick<CompareRow, 'id' | 'spec' | 'input'>;

/** A result file open for appending, locked until it is closed. */
export interface ResultsFile<Row extends ResultRow = CompareRow> {
  /** The existing rows. */
  readonly rows: readonly Row[];
  /** A message about skipped lines; undefined if there were none. */
  readonly warning: string | undefined;
  /**
   * @throws TypeError for an incomplete row.
   * @throws FileError, for example when the disk is full.
   */
  append(row: Row): void;
  /** Closes and unlocks the file. */
  close(): void;
}

/**
 * Opens a result file to append to it, or creates one, and locks it until it is closed. Anything
 * but a regular file, such as a pipe or a device, is only written to.
 *
 * @throws FileError if it is not a result file, is in use by another process, or cannot be written.
 */
export async function openResults<Row extends ResultRow = CompareRow>(
  path: string,
): Promise<ResultsFile<Row>> {
  const there = await stat(path).catch(() => undefined);
  const isDevice = there !== undefined && !there.isFile() && !there.isDirectory();
  const unlock = isDevice || there?.isDirectory() ? () => {} : lockFile(path);
  try {
    // Another process has created it since, or it is missing.
    const isThere = !isDevice && (await stat(path).catch(() => undefined)) !== undefined;
    const found = isThere ? await readResults<Row>(path) : NOTHING;
    const file = attempt(path, () => openSync(path, 'a'));
    attempt(path, () => {
      if (found.tail === 'torn') ftruncateSync(file, found.length);
      if (found.tail === 'whole') writeAll(file, '\n');
    });
    return {
      rows: found.rows as Row[],
      warning: found.warning,
      append(row) {
        const line = JSON.stringify(row) as string | undefined;
        if (line === undefined || !parse(line)) {
          throw new TypeError(`"row" expected a whole row of results, got ${line}`);
        }
        attempt(path, () => writeAll(file, `${line}\n`));
      },
      close() {
        attempt(path, () => closeSync(file));
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

interface ResultsRead<Row> {
  readonly rows: Row[];
  /** Number of bytes up to the end of the last complete line. */
  readonly length: number;
  /** The bytes after them: a row without its newline, or part of one. */
  readonly tail: 'none' | 'whole' | 'torn';
  readonly warning: string | undefined;
}

const NOTHING: ResultsRead<never> = { rows: [], length: 0, tail: 'none', warning: undefined };
/** Maximum number of lines named in a warning. */
const MOST_NAMED = 5;

/**
 * The rows of a file, which may be growing. Lines that are not rows are skipped.
 *
 * @throws FileError if it cannot be read, or none of its lines is a row.
 */
export async function readResults<Row extends ResultRow = CompareRow>(
  path: string,
): Promise<ResultsRead<Row>> {
  let text: Buffer;
  try {
    text = await readFile(path);
  } catch (error) {
    throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
  }
  const length = text.lastIndexOf(10) + 1;
  const lines = text.toString('utf8', 0, length).split('\n').slice(0, -1);
  const rows: Row[] = [];
  const bad: number[] = [];
  for (const [i, line] of lines.entries()) {
    const row = parse<Row>(line);
    if (row) rows.push(row);
    else bad.push(i + 1);
  }
  const last = parse<Row>(text.toString('utf8', length));
  if (last) rows.push(last);
  const tail = length === text.length ? 'none' : last ? 'whole' : 'torn';
  const isTorn = tail === 'torn' && text[length] === 0x7b;
  if (rows.length === 0 && (bad.length > 0 || (tail === 'torn' && !isTorn))) {
    throw new FileError(`"${path}" is not a result file: line 1 is not a cell`);
  }
  return { rows, length, tail, warning: warningOf(path, bad) };
}

function warningOf(path: string, bad: readonly number[]): string | undefined {
  if (bad.length === 0) return undefined;
  if (bad.length === 1) return `"${path}": line ${bad[0]} is not a cell and is skipped`;
  const named = bad.slice(0, MOST_NAMED).join(', ');
  const more = bad.length > MOST_NAMED ? ` and ${bad.length - MOST_NAMED} more` : '';
  return `"${path}": lines ${named}${more} are not cells and are skipped`;
}

/** Fields that show that a cell is done, in a comparison or in a figure of the paper. */
const RESULTS = ['error', 'measure', 'control', 'drawn', 'prefixes'];
const NAMES = ['id', 'spec', 'input', 'zipdream', 'sha256', 'version'];

/** Parses a line; undefined if it is not a complete row. */
function parse<Row extends ResultRow>(line: string): Row | undefined {
  try {
    const row = JSON.parse(line) as Record<string, unknown> | null;
    if (typeof row !== 'object' || row === null) return undefined;
    const isNamed = NAMES.every((name) => typeof row[name] === 'string');
    const isDone = RESULTS.some((name) => row[name] !== undefined && row[name] !== null);
    return isNamed && isDone && typeof row.start === 'number' ? (row as never) : undefined;
  } catch {
    return undefined;
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function attempt<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new FileError(`cannot write "${path}": ${reason(error)}`, { cause: error });
  }
}
