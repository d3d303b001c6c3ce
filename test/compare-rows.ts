// Rows of a file of results, comparable from run to run.

import { readFileSync } from 'node:fs';
import type { CompareRow } from '../src/measure/compare-row.js';

/** In the order of their identities, without what the clock and the memory say. */
export function timelessRows(path: string): CompareRow[] {
  const isOfMachine = (key: string): boolean => key === 'msPerByte' || key === 'peakBytes';
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line, (key, value) => (isOfMachine(key) ? undefined : value)))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
