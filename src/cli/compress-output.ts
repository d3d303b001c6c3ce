// What `compress` and `decompress` share: where output goes and what it is called, a line of
// progress, and Ctrl-C, which leaves nothing half-written.

import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../errors.js';
import { FileError, readInput } from '../node/files.js';
import { readStdin } from './input.js';
import { listenForInterrupt } from './interrupt.js';
import { count } from './numbers.js';
import { openSink, type Sink } from './output.js';

/** The name of stdin and of stdout. */
export const STANDARD = '-';

/** What is to be read: stdin, if nothing is named. */
export function readWhole(file: string): Promise<Uint8Array> {
  return file === STANDARD ? readStdin() : readInput(file);
}

/** @throws UsageError if binary data would go to a terminal. */
export function refuseTerminal(output: string, force: boolean): void {
  if (output !== STANDARD || force || !process.stdout.isTTY) return;
  throw new UsageError('binary data does not go to a terminal; -o FILE writes it, --force insists');
}

/** Refuses early what opening it would refuse, before the work. @throws FileError */
export async function refuseExisting(output: string, force: boolean): Promise<void> {
  if (output === STANDARD) return;
  const folder = await stat(dirname(output)).catch(() => undefined);
  if (!folder?.isDirectory()) {
    throw new FileError(`cannot write "${output}": no such file or directory`);
  }
  if (force) return;
  const there = await stat(output).catch(() => undefined);
  if (there?.isFile()) throw new FileError(`"${output}" is already there; --force replaces it`);
}

/** The output, to be written in parts. */
export function openPlace(output: string, force: boolean): Promise<Sink> {
  return openSink(output === STANDARD ? undefined : output, force);
}

/** Runs `work` so that a signal ends the program at its next pause, its output discarded. */
export async function endingOnInterrupt<T>(work: () => Promise<T>): Promise<T> {
  const interrupt = listenForInterrupt();
  interrupt.arrived.then(() => process.exit(interrupt.exitCode));
  try {
    return await work();
  } finally {
    interrupt.release();
  }
}

const PAUSE_MS = 50;

export interface Pace {
  /** Lets signals in now and then, and on a terminal says how far the work is. */
  readonly step: (done: number, total: number) => Promise<void> | undefined;
  readonly clear: () => void;
}

export function createPace(): Pace {
  let last = performance.now();
  let shown = false;
  return {
    step(done, total) {
      if (performance.now() - last < PAUSE_MS) return undefined;
      if (process.stderr.isTTY) {
        shown = true;
        process.stderr.write(`\r${count(done)} of ${count(total)} bytes\x1b[K`);
      }
      return new Promise((resolve) => {
        setImmediate(() => {
          last = performance.now();
          resolve();
        });
      });
    },
    clear() {
      if (shown) process.stderr.write('\r\x1b[K');
      shown = false;
    },
  };
}

/** `15,170 → 6,297 bytes, 3.321 bits per byte`. */
export function sizes(original: number, compressed: number): string {
  const rate = original > 0 ? `, ${((8 * compressed) / original).toFixed(3)} bits per byte` : '';
  return `${count(original)} → ${count(compressed)} bytes${rate}`;
}
