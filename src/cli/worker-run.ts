// What `zipdream worker` does: cells of a queue, on threads, until it is told to stop.

import { cellRunner } from '../node/compare.js';
import { queuePlace, serveQueue } from '../node/queue.js';
import { VERSION } from '../version.js';
import { listenForInterrupt } from './interrupt.js';
import { notify } from './notify.js';
import { plural } from './numbers.js';

export interface WorkerFlags {
  readonly queue: string;
  readonly workers?: number;
  readonly programs?: boolean;
}

export async function runWorker({ queue, workers, programs }: WorkerFlags): Promise<void> {
  const place = queuePlace(queue, process.env.REDIS_URL);
  const threads = cellRunner(workers);
  const interrupt = listenForInterrupt();
  const abort = new AbortController();
  void interrupt.arrived.then(() => abort.abort());
  let cells = 0;
  try {
    await serveQueue(place, {
      ...{ threads, version: VERSION, programs, signal: abort.signal },
      onReady: () => notify(`${plural(threads.width, 'thread')} for ${place.shown}; Ctrl-C ends`),
      onCell: () => {
        cells++;
      },
    });
  } finally {
    await threads.close();
    interrupt.release();
  }
  notify(`${plural(cells, 'cell')} measured`);
  if (interrupt.exitCode !== undefined) process.exitCode = interrupt.exitCode;
}
