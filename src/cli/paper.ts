// `zipdream paper`: its flags and its help. The work is in paper-run.ts, loaded when it is called.

import { Command, Option } from 'commander';
import { integer } from './flags.js';

export function paperCommand(): Command {
  return new Command('paper')
    .summary('figures of “Language Modeling Is Compression” on your data')
    .description(
      'Measures a table or figure of the paper (Delétang et al. 2024) by its protocol, beside what ' +
        'it reports: table1, table2, fig2, fig3, fig4, figc1 or figc3.',
    )
    .argument('<figure>', 'which')
    .option('--data <folder>', 'text/, image/ and audio/ in chunks of 2048 bytes')
    .option('--input <file>', 'of fig3, figc1 and figc3: a picture, text or sound instead')
    .option(
      '--limit <n>',
      'chunks (sequences, samples) of each set at most',
      integer('--limit', { min: 1 }),
    )
    .option(
      '--workers <n>',
      'threads (default: as many as cores)',
      integer('--workers', { min: 1 }),
    )
    .option('-o, --output <folder>', 'write JSON, Markdown, SVG; go on with cells.jsonl there')
    .option('--force', 'replace files that are there')
    .addOption(new Option('--json', 'the figure as JSON').conflicts('markdown'))
    .option('--markdown', 'the figure as Markdown')
    .addHelpText('after', HELP)
    .action(async (figure: string, flags) => {
      const { runPaper } = await import('./paper-run.js');
      await runPaper(figure, flags);
    });
}

const HELP = `
The folder has, each a multiple of 2048 bytes and each as the name says:
  text/wiki-test.txt            text, enwik9 say
  image/kodak-patches-test.bin  grey patches of 32 rows and 64 columns, a byte a pixel, row by row
  audio/speech-u8-test.bin      speech, 16 kHz, a byte a sample, 128 is silence
  image/photos/*.png            pictures, of fig3 the first grey one

Examples:
  zipdream paper table1 --data DATA --limit 64
  zipdream paper fig4 --data DATA -o figures
  zipdream paper fig3 --input photo.png -o figures`;
