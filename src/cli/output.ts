// Where results go: stdout or files. Writes are buffered and flushed often, so that a terminal does
// not slow down a fast model, and each byte of a slow one is shown as soon as it is drawn.

import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../errors.js';
import { FileError, type OutputFile, openOutput, readInput } from '../node/files.js';
import { type Io, write } from './io.js';

/** The name of stdin and of stdout. */
export const STANDARD = '-';

/** Names an output file at the end of a notice; empty for stdout. */
export const inFile = (output: string): string => (output === STANDARD ? '' : `, in ${output}`);

/** A buffered output for bytes and text, in order. */
export interface Sink {
  write(data: Uint8Array | string): void;
  /** Sends the buffered data; resolves when there is room for more. */
  flush(): Promise<void>;
  /** Flushes; a file then gets its final name. */
  finish(): Promise<void>;
  /** Flushes stdout; deletes an incomplete file. */
  discard(): Promise<void>;
}

/** Opens stdout, or the file `path`, which must not exist unless `force` is set. */
export async function openSink(io: Io, path: string, force = false): Promise<Sink> {
  if (path === STANDARD) return gather((bytes) => write(io, bytes));
  const file = await openOutput(path, { force });
  return gather(async (bytes) => file.write(bytes), file);
}

/** Writes a whole output at once. */
export async function writeWhole(
  io: Io,
  path: string,
  content: Uint8Array | string,
  force = false,
): Promise<void> {
  const sink = await openSink(io, path, force);
  sink.write(content);
  await sink.finish();
}

function gather(send: (bytes: Uint8Array) => Promise<void>, file?: OutputFile): Sink {
  const encoder = new TextEncoder();
  let waiting: Uint8Array[] = [];
  const flush = async (): Promise<void> => {
    if (waiting.length === 0) return;
    const bytes = Buffer.concat(waiting);
    waiting = [];
    await send(bytes);
  };
  return {
    write(data) {
      waiting.push(typeof data === 'string' ? encoder.encode(data) : data);
    },
    flush,
    async finish() {
      await flush();
      file?.finish();
    },
    async discard() {
      if (file) file.discard();
      else await flush();
    },
  };
}

/** Reads a file named on the command line, or stdin. */
export function readWhole(io: Io, path: string): Promise<Uint8Array> {
  return path === STANDARD ? io.readStdin() : readInput(path);
}

/** @throws UsageError if binary data would go to a terminal. */
export function refuseTerminal({ stdout }: Io, output: string, force = false): void {
  if (output !== STANDARD || force || !stdout.isTTY) return;
  throw new UsageError('binary data is not written to a terminal; use -o FILE, or --force');
}

/**
 * Checks an output before the work begins: its folder must exist, it must not be one of the inputs,
 * and it must not exist unless `force` is set.
 *
 * @throws FileError or UsageError
 */
export async function refuseExisting(
  output: string,
  force = false,
  inputs: readonly string[] = [],
): Promise<void> {
  if (output === STANDARD) return;
  const folder = await stat(dirname(output)).catch(() => undefined);
  if (!folder?.isDirectory()) {
    throw new FileError(`cannot write "${output}": no such file or directory`);
  }
  const there = await stat(output).catch(() => undefined);
  if (!there?.isFile()) return;
  const real = await realpath(output);
  for (const input of inputs) {
    if ((await realpath(input).catch(() => undefined)) !== real) continue;
    throw new UsageError(`"${output}" is also the input, which would be lost; choose another -o`);
  }
  if (!force) throw new FileError(`"${output}" is already there; --force replaces it`);
}

/** Names for several outputs: `out-1.png`, `out-2.png`; a single one keeps its name. */
export function nameOutputs(output: string, count: number): string[] {
  if (count === 1) return [output];
  const ending = endingOf(output);
  const stem = output.slice(0, output.length - ending.length);
  return Array.from({ length: count }, (_, i) => `${stem}-${i + 1}${ending}`);
}

/** The extension of a file name with its dot; empty if it has none. */
export function endingOf(path: string): string {
  return /\.[^./\\]*$/.exec(basename(path))?.[0] ?? '';
}

/** The path with another extension. */
export function withEnding(path: string, ending: string): string {
  return join(dirname(path), basename(path, endingOf(path)) + ending);
}

const FLUSH_MS = 8;

/**
 * Returns a function to call after each step of a long loop. Every few milliseconds it returns a
 * promise that flushes the sink and lets signals be handled; otherwise undefined.
 */
export function createPacer(sink: Sink): () => Promise<void> | undefined {
  let last = 0;
  return () => {
    if (performance.now() - last < FLUSH_MS) return undefined;
    return sink.flush().then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      last = performance.now();
    });
  };
}
