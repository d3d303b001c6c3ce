// `zipdream sample`: its flags and its help. The work is in sample-run.ts, loaded when it is called.

import { Command, Option } from 'commander';
import { UsageError } from '../errors.js';
import {
  compressorFlag,
  corpusFlag,
  integer,
  number,
  overlapFlag,
  promptFileFlag,
  readingFlag,
  share,
  unescapeText,
  workersFlag,
} from './flags.js';
import { mediumOfFile } from './media.js';
import {
  addMediaFlags,
  isSide,
  refuseMediaFlags,
  refuseOtherFlags,
  withSaidCompressor,
} from './media-flags.js';
import { soundLength } from './sound-flags.js';

export function sampleCommand(): Command {
  const command = new Command('sample')
    .summary('continue a text, byte by byte')
    .description(
      'Continues a prompt with what the compressor expects. The prompt is the argument, a file, or ' +
        'stdin if something is piped in; without one, the compressor starts from nothing.',
    )
    .argument('[prompt]', 'the text to continue (- for stdin), or a file of a sound or a picture')
    .optionsGroup('What it knows:')
    .addOption(promptFileFlag())
    .addOption(corpusFlag())
    .addOption(compressorFlag())
    .addOption(readingFlag())
    .addOption(workersFlag())
    .optionsGroup('How it draws:')
    .option(
      '-n, --length <bytes>',
      'bytes to draw; of a sound samples, or 2s',
      soundLength('--length'),
      256,
    )
    .option(
      '--temperature <t>',
      'divides bits: 0 the likeliest, 1 as is, inf uniform',
      number('--temperature', { min: 0 }),
      1,
    )
    .option('--top-k <k>', 'keep the k likeliest bytes', integer('--top-k', { min: 1 }))
    .option('--top-p <p>', 'keep the likeliest bytes that reach this probability', share('--top-p'))
    .option(
      '--min-p <p>',
      'drop bytes below this fraction of the likeliest',
      number('--min-p', { min: 0, max: 1 }),
    )
    .option('--seed <seed>', 'number or word; the same seed draws the same (default: random)')
    .option('--count <samples>', 'samples from the same start', integer('--count', { min: 1 }), 1)
    .option(
      '--stop <text>',
      'end a sample after this text, \\n for a newline; can be repeated',
      (text: string, before: Uint8Array[] | undefined) => [...(before ?? []), stopText(text)],
    )
    .option('--alphabet <name|file>', 'draw only printable or text bytes, or those of a file')
    .option('--utf8', 'draw only well-formed UTF-8, whole characters')
    .addOption(
      new Option(
        '--units <units>',
        "draw single bytes, or a codec's or language model's own tokens",
      )
        .choices(['bytes', 'tokens'])
        .default('bytes'),
    )
    .addOption(overlapFlag())
    .addOption(noCopyFlag())
    .option(
      '--max-match <bytes>',
      'longest match of lzma, whose long ones are hardly trained (default: 16)',
      integer('--max-match', { min: 2, max: 273 }),
    )
    .optionsGroup('Looking farther than a byte:')
    .option(
      '--beam <beams>',
      'look ahead: follow this many of the likeliest continuations',
      integer('--beam', { min: 1 }),
    )
    .option(
      '--horizon <bytes>',
      'how far, the next byte counted (default: 4)',
      integer('--horizon', { min: 1 }),
    )
    .addOption(
      new Option('--commit <what>', 'look again after each byte, or after the span').choices([
        'byte',
        'span',
      ]),
    )
    .option(
      '--spans <bytes>',
      'draw spans, of pictures within a row: a proposal makes candidates, the compressor weighs them',
      integer('--spans', { min: 1 }),
    )
    .option(
      '--candidates <count>',
      'candidates for each span (default: 64; of pictures 16)',
      integer('--candidates', { min: 1 }),
    )
    .option(
      '--proposal <name>',
      'ppm, order3, corpus or any compressor (default: ppm; of pictures mix)',
    )
    .option(
      '--beta <share>',
      "the compressor's share, 0 to 1 (default: what the candidates bear)",
      number('--beta', { min: 0, max: 1 }),
    )
    .option('--vocabulary <file>', 'draw words: one a line, or a tokenizer.json')
    .optionsGroup('How it is shown:')
    .option('--heat', 'colour by surprisal: dark is expected, bright is not')
    .option('--json', 'one JSON object a line, the last with seed, names and totals')
    .option('-o, --output <file>', 'write the continuation to a file')
    .option('--force', 'replace the output file; draw spans by a compressor that is mostly noise')
    .addHelpText('after', HELP)
    .action(async (prompt: string | undefined, flags, command: Command) => {
      const medium = prompt === undefined ? undefined : await mediumOfFile(prompt);
      const isNew = prompt === undefined && isSide(flags.given) && flags.given.side === 'none';
      if (medium === 'image' || isNew) {
        const { PICTURE_SAMPLE_FLAGS, runSamplePicture } = await import('./picture-sample.js');
        refuseOtherFlags(command, PICTURE_SAMPLE_FLAGS);
        return runSamplePicture(prompt, withSaidCompressor(command, flags));
      }
      if (prompt !== undefined && medium === 'audio') {
        const { runSampleSound } = await import('./sound-sample.js');
        const isSaid = command.getOptionValueSource('length') === 'cli';
        return runSampleSound(prompt, { ...flags, length: isSaid ? flags.length : undefined });
      }
      refuseMediaFlags(flags);
      const { runSample } = await import('./sample-run.js');
      await runSample(prompt, flags);
    });
  return addMediaFlags(command, { drawing: true });
}

function noCopyFlag(): Option {
  const option = new Option(
    '--no-copy <bytes>',
    'never copy more than this many bytes in a row (default with --overlap by itself: 24)',
  );
  option.negate = false; // it is no "--copy" turned off
  return option.argParser(integer('--no-copy', { min: 1 }));
}

function stopText(text: string): Uint8Array {
  if (text === '') throw new UsageError('"--stop" expected at least one byte, got none');
  return unescapeText(text);
}

const HELP = `
On a terminal the prompt is shown first, dimmed, and bytes that are not text are
shown as symbols. Elsewhere, and with -o, only the continuation is written, byte
for byte, with an empty line between samples. With --units tokens, matches and
tokens of language models are coloured, or stand in [brackets]. The seed, the
longest copy of anything given and other notices go to stderr.

Examples:
  zipdream sample photo.png -c gzip --given left -o out.png
  zipdream sample speech.wav -c flac --given 2s -n 2s -o out.wav
  zipdream sample "Once upon a time" --corpus tales.txt
  zipdream sample --corpus src/*.ts --prompt-file opening.ts -n 1000 --heat
  zipdream sample "Dear" --corpus letters.txt --temperature 0.8 --stop "\\n\\n" --count 3
  zipdream sample --corpus tales.txt --units tokens --seed 7
  zipdream sample --corpus tales.txt -c gzip --reading exact --spans 16 --no-copy 24
  cat poem.txt | zipdream sample -c "command:xz -9" -n 40 --json`;
