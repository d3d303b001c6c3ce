// `zipdream worker`: measures cells of comparisons that run on other machines, on threads, until it
// is interrupted.

import { Command } from 'commander';
import { UsageError } from '../errors.js';
import { cellRunner } from '../node/compare.js';
import { queuePlace, serveQueue } from '../node/queue.js';
import { VERSION } from '../version.js';
import { addFlags } from './flags.js';
import { type Io, listenForInterrupt, notify } from './io.js';
import { plural } from './views/numbers.js';

export function workerCommand(io: Io): Command {
  const command = new Command('worker')
    .description(
      'Measures cells of `zipdream compare --queue` until Ctrl-C. Whoever may write to that Redis ' +
        'decides what is measured here.',
    )
    .addHelpText('after', HELP)
    .action((flags: WorkerFlags) => run(io, flags));
  return addFlags(command, { '': ['queueToServe', 'threads', 'programs'] });
}

const HELP = `
Examples:
  zipdream worker --queue redis://10.0.0.7
  REDIS_URL=redis://:secret@10.0.0.7 zipdream worker --queue redis://10.0.0.7 --workers 8`;

interface WorkerFlags {
  readonly queue?: string;
  readonly workers?: number;
  readonly programs?: boolean;
}

async function run(io: Io, { queue, workers, programs }: WorkerFlags): Promise<void> {
  if (queue === undefined) throw new UsageError('--queue URL is required: redis://HOST');
  const place = queuePlace(queue, io.env.REDIS_URL);
  const threads = cellRunner(workers);
  const interrupt = listenForInterrupt(io);
  let cells = 0;
  try {
    await serveQueue(place, {
      ...{ threads, version: VERSION, programs, signal: interrupt.signal },
      onReady: () =>
        notify(io, `${plural(threads.width, 'thread')} for ${place.shown}; Ctrl-C ends`),
      onCell: () => {
        cells++;
      },
    });
  } finally {
    await threads.close();
    interrupt.release();
  }
  notify(io, `${plural(cells, 'cell')} measured`);
}
