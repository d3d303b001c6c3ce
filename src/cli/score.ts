// `zipdream score`: its flags and its help. The work is in score-run.ts, loaded when it is called.

import { Command } from 'commander';
import { UsageError } from '../errors.js';
import { compressorFlag, integer, readingFlag, workersFlag } from './flags.js';
import { mediumOfFile } from './media.js';
import {
  addMediaFlags,
  refuseMediaFlags,
  refuseOtherFlags,
  withSaidCompressor,
} from './media-flags.js';

export function scoreCommand(): Command {
  const command = new Command('score')
    .summary('bits per byte of a file, and where they go')
    .description(
      'Measures how well the distribution over the next byte predicts a file, beside the code ' +
        'length of the compressor itself. The difference is the conversion loss; 0 or less is good.',
    )
    .argument('[file]', 'the file to score (- or nothing: stdin)')
    .addOption(compressorFlag())
    .addOption(readingFlag())
    .addOption(workersFlag())
    .option(
      '--chunk <bytes>',
      'cut the file in chunks, each a fresh context (default: the whole)',
      integer('--chunk', { min: 1 }),
    )
    .option(
      '--from <bytes>',
      'bytes of each chunk that are given, and not scored',
      integer('--from', { min: 0 }),
      0,
    )
    .option('--limit <chunks>', 'chunks to score at most', integer('--limit', { min: 1 }))
    .option('--heat', 'show the text, coloured by surprisal; of a picture a map, with -o')
    .option('-o, --output <file>', 'where to write the map of a picture, as PNG')
    .option('--force', 'replace it')
    .option('--json', 'one JSON object')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, flags, command: Command) => {
      const medium = file === undefined ? undefined : await mediumOfFile(file);
      if (file !== undefined && medium === 'image') {
        const { PICTURE_SCORE_FLAGS, runScorePicture } = await import('./picture-score.js');
        refuseOtherFlags(command, PICTURE_SCORE_FLAGS);
        return runScorePicture(file, withSaidCompressor(command, flags));
      }
      if (flags.output !== undefined || flags.force) {
        throw new UsageError('-o and --force are for the --heat of a picture');
      }
      if (file !== undefined && medium === 'audio') {
        const { runScoreSound } = await import('./sound-score.js');
        return runScoreSound(file, flags);
      }
      refuseMediaFlags(flags);
      const { runScore } = await import('./score-run.js');
      await runScore(file, flags);
    });
  return addMediaFlags(command);
}

const HELP = `
Examples:
  zipdream score photo.png -c gzip --given left --heat -o map.png
  zipdream score speech.wav -c flac --given 2s
  zipdream score letter.txt --heat
  zipdream score letter.txt --reading exact --json
  zipdream score wiki.txt --chunk 2048 --from 1024 --limit 64`;
