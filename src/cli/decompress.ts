// `zipdream decompress`: its flags and its help. The work is in decompress-run.ts, loaded when it
// is called.

import { Command } from 'commander';
import { integer } from './flags.js';
import { mediumOfFile } from './media.js';

export function decompressCommand(): Command {
  return new Command('decompress')
    .summary('brings a compressed file back')
    .description(
      'Decompresses .zd, .gz, zlib, .lzma, .zst and .bz2, which it tells apart by their contents, ' +
        'and .br, by its name. A raw deflate stream has nothing to be known by: say -c deflate.',
    )
    .argument('[file]', 'the file to decompress (- or nothing: stdin, to stdout)')
    .option('-c, --compressor <spec>', 'what wrote the file, where its contents do not say')
    .option(
      '-o, --output <file>',
      'where to write (- for stdout; default: FILE without .zd, .gz …)',
    )
    .option('--salvage', 'for .zd: zeros in the place of damaged chunks, which are named')
    .option(
      '--max-bytes <bytes>',
      'refuse to write more (default: 1 GiB)',
      integer('--max-bytes', { min: 0 }),
    )
    .option('--force', 'replace the output, or write binary data to a terminal')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, flags) => {
      if (file !== undefined && (await mediumOfFile(file)) === 'audio') {
        const { runDecompressSound } = await import('./sound-compress.js');
        return runDecompressSound(file, flags);
      }
      const { runDecompress } = await import('./decompress-run.js');
      await runDecompress(file, flags);
    });
}

const HELP = `
Examples:
  zipdream decompress speech.flac            writes speech.wav
  zipdream decompress letter.txt.zd          writes letter.txt
  zipdream decompress letter.txt.gz -o -     to stdout
  zipdream decompress torn.zd --salvage -o saved.txt`;
