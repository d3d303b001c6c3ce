// Runs many tasks, a limited number at a time, yielding results as they finish: on worker threads
// of this machine, or wherever another runner executes them.

import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Tinypool } from 'tinypool';
import { expectInteger } from '../expect.js';
import type { Abort } from '../types.js';

/** Executes tasks. */
export interface Runner<T, R> {
  /** Number of threads; one more task than that is queued. */
  readonly width: number;
  /** Runs one task. */
  run(task: T): Promise<R>;
  /** Closes the runner after the running tasks have finished. */
  close(): Promise<void>;
}

/**
 * A runner of worker threads, each with its own copy of the module at the URL `file`, whose
 * function `name` runs a task.
 *
 * @throws RangeError or TypeError unless `workers` is an integer from 1.
 */
export function threadRunner<T, R>(
  file: string,
  name: string,
  workers: number = availableParallelism(),
): Runner<T, R> {
  expectInteger('workers', workers, { min: 1 });
  const filename = fileURLToPath(file);
  const threads = { maxThreads: workers, minThreads: 1, isolateWorkers: false };
  const pool = new Tinypool({ filename, name, ...threads });
  const running = new Set<Promise<R>>();
  return {
    width: workers,
    run(task) {
      const result: Promise<R> = pool.run(task);
      running.add(result);
      const forget = (): boolean => running.delete(result);
      result.then(forget, forget);
      return result;
    },
    async close() {
      // Terminating a thread while it runs or loads native code aborts the process.
      await Promise.allSettled(running);
      await pool.destroy();
    },
  };
}

/** Yields results in order of completion. @throws the reason of the signal if it aborts. */
export async function* inCompletionOrder<T, R>(
  tasks: readonly T[],
  { width, run }: Pick<Runner<T, R>, 'width' | 'run'>,
  signal: Abort | undefined,
): AsyncGenerator<R> {
  const running = new Map<number, Promise<{ place: number; result: R }>>();
  const aborted = new Promise<undefined>((resolve) => {
    signal?.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  let next = 0;
  try {
    while ((next < tasks.length || running.size > 0) && !signal?.aborted) {
      // One more task than running ones is queued, so that no thread is idle.
      while (running.size <= width && next < tasks.length) {
        const place = next++;
        running.set(
          place,
          run(tasks[place]!).then((result) => ({ place, result })),
        );
      }
      const first = await Promise.race([...running.values(), aborted]);
      if (!first) break;
      running.delete(first.place);
      yield first.result;
    }
    signal?.throwIfAborted();
  } finally {
    for (const left of running.values()) left.catch(() => {});
  }
}
