// `zipdream next`: its flags and its help. The work is in next-run.ts, loaded when it is called.

import { Command } from 'commander';
import {
  compressorFlag,
  corpusFlag,
  integer,
  overlapFlag,
  promptFileFlag,
  readingFlag,
  workersFlag,
} from './flags.js';
import { mediumOfFile } from './media.js';
import {
  addMediaFlags,
  refuseMediaFlags,
  refuseOtherFlags,
  withSaidCompressor,
} from './media-flags.js';

export function nextCommand(): Command {
  const command = new Command('next')
    .summary('show what the compressor expects next')
    .description(
      'Shows the likeliest bytes after a prompt, with their probability and their Δ: the bits that ' +
        'each adds to the code length. The prompt is the argument, a file, or stdin.',
    )
    .argument('[prompt]', 'the text before (- for stdin)')
    .addOption(promptFileFlag())
    .addOption(corpusFlag())
    .addOption(compressorFlag())
    .addOption(readingFlag())
    .addOption(workersFlag())
    .addOption(overlapFlag())
    .option('--top <k>', 'bytes to show', integer('--top', { min: 1, max: 256 }), 20)
    .option('--json', 'all 256 bytes as one JSON object')
    .addHelpText('after', HELP)
    .action(async (prompt: string | undefined, flags, command: Command) => {
      const medium = prompt === undefined ? undefined : await mediumOfFile(prompt);
      if (prompt !== undefined && medium === 'image') {
        const { PICTURE_NEXT_FLAGS, runNextPicture } = await import('./picture-score.js');
        refuseOtherFlags(command, PICTURE_NEXT_FLAGS);
        return runNextPicture(prompt, withSaidCompressor(command, flags));
      }
      if (prompt !== undefined && medium === 'audio') {
        const { runNextSound } = await import('./sound-score.js');
        return runNextSound(prompt, flags);
      }
      refuseMediaFlags(flags);
      const { runNext } = await import('./next-run.js');
      await runNext(prompt, flags);
    });
  return addMediaFlags(command);
}

const HELP = `
With --json: compressor, reading, contextBytes, contextBits (the code length of
the context), and bits and probabilities of all 256 bytes. The bits are Δ as
measured for the readings exact and recompress, and −log2 of the probability for
decode. An impossible byte has null bits.

Examples:
  zipdream next photo.png -c gzip --given top:20 --top 5
  zipdream next speech.wav -c flac --given 2s --top 5
  zipdream next "to be or not to " --corpus samples/text/tale.txt
  zipdream next "abcabcabcab" -c gzip --reading exact
  zipdream next "abcabcabcab" -c "command:bzip2" --top 5`;
