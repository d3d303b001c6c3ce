// Progress of a long task: a bar with the remaining time, on a terminal only, below a preview of a
// picture that is being drawn. It also lets pending signals be handled.

import type { Picture } from '../../engines/png/picture.js';
import { type Io, paletteOf } from '../io.js';
import { halfBlocks } from './half-blocks.js';
import { count, duration } from './numbers.js';

export interface Progress {
  /** Called after each step; a promise must be awaited. */
  step(done: number, total: number, picture?: Picture): Promise<void> | undefined;
  clear(): void;
}

/** Interval in ms at which signals are handled. */
const PAUSE_MS = 40;
const FRAME_MS = 100;
/** Interval in ms at which a picture is redrawn. */
const PICTURE_MS = 250;
const BAR = 24;

/** @param what the unit that is counted: bytes, cells, pixels. */
export function createProgress(io: Io, what: string): Progress {
  const { stderr } = io;
  const hasColours = paletteOf(io, stderr).depth === 'truecolour';
  let startMs = performance.now();
  let paused = startMs;
  let framed = startMs;
  let last = 0;
  let linesUp = -1;
  const clear = (): void => {
    if (linesUp >= 0) stderr.write(`${linesUp > 0 ? `\x1b[${linesUp}A` : ''}\r\x1b[J`);
    linesUp = -1;
  };
  const show = (done: number, total: number, picture?: Picture): void => {
    const now = performance.now();
    if (!stderr.isTTY || now - framed < (picture ? PICTURE_MS : FRAME_MS)) return;
    framed = now;
    const share = Math.min(1, done / Math.max(total, 1));
    const bar = '█'.repeat(Math.floor(BAR * share)).padEnd(BAR, '░');
    const left = share > 0 ? `, ${duration(((now - startMs) / share) * (1 - share))} left` : '';
    const [columns, rows] = [Math.min(stderr.columns ?? 80, 96), (stderr.rows ?? 24) - 2];
    const blocks = picture && hasColours ? halfBlocks(picture, columns, Math.max(1, rows)) : '';
    clear();
    stderr.write(`${blocks}${bar} ${count(done)} of ${count(total)} ${what}${left}\x1b[K`);
    linesUp = blocks.split('\n').length - 1;
  };
  return {
    step(done, total, picture) {
      // A lower count means that another part of the work has begun, such as drawing after reading.
      if (done < last) startMs = performance.now();
      last = done;
      if (performance.now() - paused < PAUSE_MS) return undefined;
      show(done, total, picture);
      return new Promise((resolve) => {
        setImmediate(() => {
          paused = performance.now();
          resolve();
        });
      });
    },
    clear,
  };
}
