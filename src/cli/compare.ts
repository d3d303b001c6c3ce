// `zipdream compare`: its flags and its help. The work is in compare-run.ts, loaded when it is called.

import { Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import { METRICS } from '../measure/compare-row.js';
import type { GivenSide } from '../modality/image-given.js';
import { integer, READINGS } from './flags.js';
import { givenAmount, isSide } from './media-flags.js';

export function compareCommand(): Command {
  return new Command('compare')
    .summary('which compressor expects and imagines best')
    .description(
      'Measures compressors on the same chunks of files: bits per byte of what is held out, with ' +
        'intervals, what predicting byte by byte loses, and what they draw instead. Of a folder, ' +
        'all files of a kind are one input.',
    )
    .argument('<inputs...>', 'texts, pictures and sounds, or folders of them')
    .option(
      '-c, --compressors <specs>',
      'compressors with commas between',
      'gzip,lzma,bzip2,zstd,ppm,mix',
    )
    .option(
      '--readings <readings>',
      `best, all, or some of ${READINGS.join(', ')}; gzip=all or gzip=exact+decode for one`,
      'best',
    )
    .option('--metrics <metrics>', `${METRICS.join(', ')} with commas between, or all`, 'rates')
    .option(
      '--chunk <bytes>',
      'each a fresh context; of sounds in samples; or whole: all of a file',
      chunkOf,
      2048,
    )
    .option(
      '--from <bytes>',
      'as much of each chunk is given (default: half of it)',
      integer('--from', { min: 0 }),
    )
    .option('--limit <chunks>', 'chunks of each input at most', integer('--limit', { min: 1 }))
    .option('--whole', 'the rate of all chunks as one file, too')
    .option('--judge <spec>', 'model that judges samples, never its own', 'ppm')
    .option(
      '--corpus <file>',
      'text whose words exist (default: the rest of the input); can be repeated',
      (file: string, before: string[] | undefined) => [...(before ?? []), file],
    )
    .option('--seed <text>', 'for samples', '0')
    .option(
      '--workers <n>',
      'threads (default: as many as cores)',
      integer('--workers', { min: 1 }),
    )
    .option('--queue <url>', 'redis://HOST, where workers of zipdream measure the cells')
    .option('-o, --output <file>', 'JSONL, a line a cell; what is in it is not measured again')
    .option('--retry-failed', 'measure again what failed before')
    .addOption(new Option('--json', 'a JSON object for each line of the table').conflicts('csv'))
    .option('--csv', 'the table as CSV')
    .optionsGroup('Of pictures:')
    .option('--given <part>', 'left, top, left:0.3, top:64 (default: left)', givenSide)
    .option('--max-size <pixels>', 'make them smaller', integer('--max-size', { min: 1 }))
    .option('--grey', 'take them in grey')
    .addHelpText('after', HELP)
    .action(async (inputs: string[], flags) => {
      const { runCompare } = await import('./compare-run.js');
      await runCompare(inputs, flags);
    });
}

const HELP = `
Examples:
  zipdream compare wiki.txt -c gzip,lzma,ppm,mix --limit 64 -o results.jsonl
  zipdream compare wiki.txt -c gzip,ppm --readings gzip=all --metrics rates,calibration
  zipdream compare letters/ --metrics samples --judge mix --csv > table.csv
  zipdream compare photos/ -c png,mix,gzip --grey --max-size 128 --metrics samples
  zipdream compare speech/ -c flac,mix --chunk 2048 --limit 50`;

function chunkOf(text: string): number | 'whole' {
  return text === 'whole' ? 'whole' : integer('--chunk', { min: 1 })(text);
}

function givenSide(text: string): GivenSide {
  const given = givenAmount(text);
  if (isSide(given)) return given;
  throw new UsageError(`"--given" expected left, top, left:0.3, top:64 or none, got "${text}"`);
}
