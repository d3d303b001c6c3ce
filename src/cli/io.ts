// Streams, environment and signals of the command line. Commands get them as an argument, so that
// they can run in their own process or inside a test.

import { fstatSync } from 'node:fs';
import { constants } from 'node:os';
import { shown } from '../bits/glyphs.js';
import { FileError } from '../node/files.js';
import { colourDepth, createPalette, type Palette } from './views/colour.js';

/** A stream for results or notices. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Calls `done` when the data has been accepted. */
  write(data: Uint8Array | string, done?: () => void): unknown;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True if stdin is a pipe, a file or a socket. */
  readonly isPiped: boolean;
  /** Reads all of stdin. @throws FileError */
  readStdin(): Promise<Uint8Array>;
  /** Calls the listener with the exit status of SIGINT or SIGTERM; returns a function to stop. */
  onSignal(listener: (exitCode: number) => void): () => void;
  /** Ends the program now. */
  exit(code: number): never;
  /** Exit status of the program when it ends normally. */
  exitCode: number;
}

export function processIo(): Io {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    get isPiped() {
      return stdinIsPiped();
    },
    async readStdin() {
      if (process.stdin.isTTY) {
        notify(this, 'reading from the terminal; Ctrl-D on a new line ends it');
      }
      const chunks: Uint8Array[] = [];
      try {
        for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
      } catch (error) {
        const message = `cannot read standard input: ${(error as Error).message}`;
        throw new FileError(message, { cause: error });
      }
      return new Uint8Array(Buffer.concat(chunks));
    },
    onSignal(listener) {
      const heard = (signal: 'SIGINT' | 'SIGTERM'): void =>
        listener(128 + constants.signals[signal]);
      process.on('SIGINT', heard);
      process.on('SIGTERM', heard);
      return () => {
        process.off('SIGINT', heard);
        process.off('SIGTERM', heard);
      };
    },
    exit: (code) => process.exit(code),
    exitCode: 0,
  };
}

function stdinIsPiped(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isFile() || stdin.isSocket();
  } catch {
    return false;
  }
}

/** Writes a result and waits until it has been accepted. */
export function write({ stdout }: Io, data: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => stdout.write(data, () => resolve()));
}

/** The palette of stdout, or of another stream. */
export function paletteOf({ stdout, env }: Io, stream: Output = stdout): Palette {
  return createPalette(colourDepth(stream, env));
}

/** Prints a notice as a dimmed line on stderr; stdout is for results only. */
export function notify(io: Io, text: string): void {
  const { dim, reset } = paletteOf(io, io.stderr);
  io.stderr.write(`${dim}${shown(text)}${reset}\n`);
}

export interface Interrupt {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Exit status after a signal: 130 for Ctrl-C. */
  readonly exitCode: number | undefined;
  /** Resolves at the first signal. */
  readonly arrived: Promise<void>;
  /** Stops listening. */
  release(): void;
}

/** Catches the first signal, so that results can be kept; the second one ends the program. */
export function listenForInterrupt(io: Io): Interrupt {
  const abort = new AbortController();
  let exitCode: number | undefined;
  let announce = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    announce = resolve;
  });
  const release = io.onSignal((code) => {
    if (exitCode !== undefined) io.exit(exitCode);
    exitCode = code;
    io.exitCode = code;
    abort.abort();
    announce();
  });
  return {
    signal: abort.signal,
    get exitCode() {
      return exitCode;
    },
    arrived,
    release,
  };
}

/** Runs work during which a signal ends the program at once; incomplete files are deleted. */
export async function endingOnInterrupt<T>(io: Io, work: () => Promise<T>): Promise<T> {
  const release = io.onSignal((code) => io.exit(code));
  try {
    return await work();
  } finally {
    release();
  }
}
