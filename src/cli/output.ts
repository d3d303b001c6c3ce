// Where results go: stdout or a file asked for. Writes are gathered and flushed often, so that
// a fast model is not held up by the terminal and a slow one still shows each byte as it is drawn.

import { openOutput } from '../node/files.js';

/** Bytes or text on their way out, in order. */
export interface Sink {
  write(data: Uint8Array | string): void;
  /** Sends off what was written; resolves when there is room for more. */
  flush(): Promise<void>;
  /** Flushes and, for a file, gives it its name. */
  finish(): Promise<void>;
}

/** Stdout, or the file `path` (which must not be there unless `force` is set). */
export async function openSink(path: string | undefined, force: boolean): Promise<Sink> {
  if (path === undefined) return gather(writeStdout, async () => {});
  const file = await openOutput(path, { force });
  return gather(
    async (bytes) => file.write(bytes),
    async () => file.finish(),
  );
}

function gather(send: (bytes: Uint8Array) => Promise<void>, close: () => Promise<void>): Sink {
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
      await close();
    },
  };
}

/** Writes to stdout and waits until it was taken; a closed pipe ends the program elsewhere. */
export function writeStdout(data: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => process.stdout.write(data, () => resolve()));
}

const FLUSH_MS = 8;

/**
 * A pause to be asked for after each step of a long loop: now and then it flushes the sink and lets
 * signals in, and returns nothing in between.
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
