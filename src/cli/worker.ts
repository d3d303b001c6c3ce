// `zipdream worker`: measures cells of comparisons that run elsewhere. What it needs is loaded when it
// is called.

import { Command } from 'commander';
import { integer } from './flags.js';

export function workerCommand(): Command {
  return new Command('worker')
    .summary('measure cells for compare on another machine')
    .description(
      'Measures cells of `zipdream compare --queue` until Ctrl-C. Whoever may write to that Redis ' +
        'decides what is measured here.',
    )
    .requiredOption('--queue <url>', 'redis://HOST; a password in it, or in REDIS_URL')
    .option(
      '--workers <n>',
      'threads (default: as many as cores)',
      integer('--workers', { min: 1 }),
    )
    .option('--programs', 'also cells of command: and onnx:, which run and open what is here')
    .addHelpText('after', HELP)
    .action(async (flags) => {
      const { runWorker } = await import('./worker-run.js');
      await runWorker(flags);
    });
}

const HELP = `
Examples:
  zipdream worker --queue redis://10.0.0.7
  REDIS_URL=redis://:secret@10.0.0.7 zipdream worker --queue redis://10.0.0.7 --workers 8`;
