// The world around the command line: streams, environment and signals. Commands get it as an
// argument, so that they run in a process of their own or inside a test.

import { fstatSync } from 'node:fs';
import { constants } from 'node:os';
import { shown } from '../bits/glyphs.js';
import { FileError } from '../node/files.js';
import { colourDepth, createPalette, type Palette } from './views/colour.js';

/** A stream that results or notices go to. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** `done` is called when the data was taken. */
  write(data: Uint8Array | string, done?: () => void): unknown;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether something is piped to stdin: it is not a terminal, and not closed. */
  readonly isPiped: boolean;
  /** All of stdin. @throws FileError */
  readStdin(): Promise<Uint8Array>;
  /** Calls back with the exit status of a signal that ends programs; returns how to stop that. */
  onSignal(listener: (exitCode: number) => void): () => void;
  /** Ends the program now. */
  exit(code: number): never;
  /** What the program ends with. */
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
        process.stderr.write('reading from the terminal; Ctrl-D on a new line ends it\n');
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

/** Writes a result and waits until it was taken; a closed pipe ends the program elsewhere. */
export function write({ stdout }: Io, data: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => stdout.write(data, () => resolve()));
}

/** The colours of stdout, or of another stream. */
export function paletteOf({ stdout, env }: Io, stream: Output = stdout): Palette {
  return createPalette(colourDepth(stream, env));
}

/** A notice to the person at the terminal: a dimmed line on stderr; stdout has results only. */
export function notify(io: Io, text: string): void {
  const { dim, reset } = paletteOf(io, io.stderr);
  io.stderr.write(`${dim}${shown(text)}${reset}\n`);
}

export interface Interrupt {
  /** Aborts when a signal comes. */
  readonly signal: AbortSignal;
  /** The exit status once a signal came: 130 for Ctrl-C. */
  readonly exitCode: number | undefined;
  /** Resolves when a signal comes; otherwise never. */
  readonly arrived: Promise<void>;
  /** Gives the signals back to the system. */
  release(): void;
}

/** Catches the first signal, so that what was done is kept; a second one ends the program at once. */
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

/** Runs work that a signal ends at its next pause, with what it was writing discarded. */
export async function endingOnInterrupt<T>(io: Io, work: () => Promise<T>): Promise<T> {
  const release = io.onSignal((code) => io.exit(code));
  try {
    return await work();
  } finally {
    release();
  }
}
