// `zipdream compressors`: its flags and its help. The work is in compressors-run.ts.

import { Command } from 'commander';

export function compressorsCommand(): Command {
  return new Command('compressors')
    .summary('list the compressors, their readings and options')
    .description('Lists every compressor: what it can be read by, how finely, and its options.')
    .option('--json', 'a JSON array')
    .addHelpText('after', HELP)
    .action(async (flags) => {
      const { runCompressors } = await import('./compressors-run.js');
      await runCompressors(flags);
    });
}

const HELP = `
A reading is a way to get a distribution out of a compressor:
  decode      what its decoder makes of coin flips; fractions of a bit
  exact       code lengths to the bit, from a twin of the encoder
  recompress  code lengths to the byte, by compressing again with each candidate

Examples:
  zipdream compressors
  zipdream sample "Once" -c gzip:level=6,memLevel=9
  zipdream sample "Once" -c "command:xz -9"`;
