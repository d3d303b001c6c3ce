// How far a comparison is: a bar on stderr with the time left, on a terminal only.

import { count, duration } from './numbers.js';

const PROGRESS_MS = 200;
const WIDTH = 24;

export interface CompareProgress {
  /** More cells are to be measured. */
  add(cells: number): void;
  /** A cell is done. */
  step(): void;
  clear(): void;
}

export function createCompareProgress(): CompareProgress {
  const shows = process.stderr.isTTY;
  const startMs = performance.now();
  let total = 0;
  let done = 0;
  let lastMs = 0;
  return {
    add(cells) {
      total += cells;
    },
    step() {
      done++;
      const now = performance.now();
      if (!shows || now - lastMs < PROGRESS_MS) return;
      lastMs = now;
      const full = Math.floor((WIDTH * done) / total);
      const bar = '█'.repeat(full).padEnd(WIDTH, '░');
      const left = duration(((now - startMs) / done) * (total - done));
      process.stderr.write(`\r${bar} ${count(done)} of ${count(total)} cells, ${left} left\x1b[K`);
    },
    clear() {
      if (shows && lastMs > 0) process.stderr.write('\r\x1b[K');
    },
  };
}
