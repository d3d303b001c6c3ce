// `zipdream compare`: its flags and its help. The work is in compare-run.ts, loaded when it is called.

import { Command, Option } from 'commander';
import { integer, READINGS } from './flags.js';

export function compareCommand(): Command {
  return new Command('compare')
    .summary('which compressor expects and imagines best')
    .description(
      'Measures compressors on the same chunks of files: bits per byte of what is held out, with ' +
        'intervals, what predicting byte by byte loses, and what they draw instead.',
    )
    .argument('<inputs...>', 'files, or folders of them')
    .option(
      '-c, --compressors <specs>',
      'compressors with commas between',
      'gzip,lzma,bzip2,zstd,ppm,mix',
    )
    .option('--readings <readings>', `best, all, or some of ${READINGS.join(', ')}`, 'best')
    .option('--metrics <metrics>', 'rates, calibration and samples, with commas between', 'rates')
    .option('--chunk <bytes>', 'each a fresh context', integer('--chunk', { min: 1 }), 2048)
    .option(
      '--from <bytes>',
      'bytes of each chunk that are given (default: half of it)',
      integer('--from', { min: 0 }),
    )
    .option('--limit <chunks>', 'chunks of each file at most', integer('--limit', { min: 1 }))
    .option('--judge <spec>', 'model that judges samples, never its own', 'ppm')
    .option('--seed <text>', 'for samples', '0')
    .option(
      '--workers <n>',
      'threads (default: as many as cores)',
      integer('--workers', { min: 1 }),
    )
    .option('--queue <url>', 'redis://HOST, where workers of zipdream measure the cells')
    .option('-o, --output <file>', 'JSONL, a line a cell; what is in it is not measured again')
    .addOption(new Option('--json', 'a JSON object for each line of the table').conflicts('csv'))
    .option('--csv', 'the table as CSV')
    .addHelpText('after', HELP)
    .action(async (inputs: string[], flags) => {
      const { runCompare } = await import('./compare-run.js');
      await runCompare(inputs, flags);
    });
}

const HELP = `
Examples:
  zipdream compare wiki.txt -c gzip,lzma,ppm,mix --limit 64 -o results.jsonl
  zipdream compare wiki.txt -c gzip --readings all --metrics rates,calibration
  zipdream compare letters/ --metrics samples --judge mix --csv > table.csv`;
