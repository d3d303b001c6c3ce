// `zipdream explore`: its flags and its help. The work is in explore-run.ts, loaded when it is called.

import { Command } from 'commander';
import { integer } from './flags.js';

export function exploreCommand(): Command {
  return new Command('explore')
    .summary('a page to play with, in the browser')
    .description(
      'Serves a page to this machine alone and opens it: what compressors expect next of a text, ' +
        'how they finish a picture or a sound. Ctrl-C ends it.',
    )
    .option(
      '--port <n>',
      'port to serve on (default: one that is free)',
      integer('--port', { min: 0, max: 65_535 }),
    )
    .option('--no-open', 'leave the browser alone')
    .action(async (flags) => {
      const { runExplore } = await import('./explore-run.js');
      await runExplore(flags);
    });
}
