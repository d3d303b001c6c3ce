// Pictures in a terminal: two pixels in each character, the upper as the foreground of ▀ and the
// lower as its ground. One that is being drawn is shown again and again, with the time left.

import type { Picture } from '../engines/png/picture.js';
import { shrink } from '../modality/image.js';
import { colourDepth } from './colour.js';
import { duration } from './numbers.js';

/** Lines of half blocks in true colour, for a picture of any size. */
export function halfBlocks(picture: Picture, columns: number, lines: number): string {
  const { width, height, channels } = picture;
  const scale = Math.min(1, columns / width, (2 * lines) / height);
  const small = shrink(picture, Math.max(1, Math.floor(Math.max(width, height) * scale)));
  const colour = (x: number, y: number): string => {
    const at = (y * small.width + x) * channels;
    return [0, 1, 2].map((c) => small.pixels[at + (c % channels)]!).join(';');
  };
  let text = '';
  for (let y = 0; y < small.height; y += 2) {
    for (let x = 0; x < small.width; x++) {
      const ground = y + 1 < small.height ? `\x1b[48;2;${colour(x, y + 1)}m` : '';
      text += `\x1b[38;2;${colour(x, y)}m${ground}▀`;
    }
    text += '\x1b[0m\n';
  }
  return text;
}

export interface Preview {
  /** Shows a picture that is drawn to the share `done`, where enough time has passed. */
  readonly show: (picture: Picture | undefined, done: number) => Promise<void> | undefined;
  readonly clear: () => void;
}

/** Signals are let in this often. */
const PAUSE_MS = 40;
const FRAME_MS = 250;

/** On stderr; a picture only in true colour, and nothing at all where that is no terminal. */
export function createPreview(label: string): Preview {
  const { stderr } = process;
  const depth = colourDepth(stderr, process.env);
  const begin = performance.now();
  let paused = begin;
  let framed = begin;
  let linesUp = 0;
  const home = (): string => `${linesUp > 0 ? `\x1b[${linesUp}A` : ''}\r\x1b[J`;
  return {
    show(picture, done) {
      const now = performance.now();
      if (now - paused < PAUSE_MS) return undefined;
      if (stderr.isTTY && now - framed >= FRAME_MS) {
        const canShow = picture !== undefined && depth === 'truecolour';
        const columns = Math.min(stderr.columns ?? 80, 96);
        const blocks = canShow
          ? halfBlocks(picture, columns, Math.max(1, (stderr.rows ?? 24) - 2))
          : '';
        const left = done > 0 ? `, ${duration(((now - begin) / done) * (1 - done))} left` : '';
        stderr.write(`${home()}${blocks}${label} ${Math.floor(100 * done)} %${left}`);
        linesUp = blocks.split('\n').length - 1;
        framed = now;
      }
      return new Promise((resolve) => {
        setImmediate(() => {
          paused = performance.now();
          resolve();
        });
      });
    },
    clear() {
      if (stderr.isTTY && framed !== begin) stderr.write(home());
      linesUp = 0;
    },
  };
}
