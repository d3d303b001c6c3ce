// `zipdream compress`: its flags and its help. The work is in compress-run.ts, loaded when it is
// called.

import { Command, Option } from 'commander';
import { MOST_CHUNK_BYTES } from '../coding/zd-format.js';
import type { PngEffort } from '../engines/png/write.js';
import { compressorFlag, integer, READINGS } from './flags.js';

const EFFORTS: readonly PngEffort[] = ['zlib', 'parse', 'max'];

export function compressCommand(): Command {
  return new Command('compress')
    .summary('a smaller file that comes back')
    .description(
      'Compresses a file. Compressors with a format of their own write it, so that other tools ' +
        'read it. With --reading, and for models that only predict, the distribution over the ' +
        'next byte drives an arithmetic coder, and the file is a .zd.',
    )
    .argument('[file]', 'the file to compress (- or nothing: stdin, to stdout)')
    .addOption(compressorFlag())
    .addOption(
      new Option(
        '--reading <reading>',
        "code with this distribution, as .zd (default: the compressor's own format, if it has one)",
      ).choices(READINGS),
    )
    .option('-o, --output <file>', 'where to write (- for stdout; default: beside FILE)')
    .option(
      '--chunk <bytes>',
      'for .zd: bytes that are coded together, and lost together (default: 4194304)',
      integer('--chunk', { min: 1, max: MOST_CHUNK_BYTES }),
    )
    .addOption(
      new Option(
        '--effort <effort>',
        'how small a PNG is to be: as zlib makes it, by a search for the best parse (default), or for the best filters too',
      ).choices(EFFORTS),
    )
    .option('--verify', 'decompress and compare before the output gets its name')
    .option('--force', 'replace the output, or write to a terminal')
    .addHelpText('after', HELP)
    .action(async (file: string | undefined, flags) => {
      const { runCompress } = await import('./compress-run.js');
      await runCompress(file, flags);
    });
}

const HELP = `
Examples:
  zipdream compress speech.wav -c flac                     writes speech.flac
  zipdream compress photo.jpg -c png --effort max          writes photo.png
  zipdream compress letter.txt                             writes letter.txt.gz
  zipdream compress letter.txt -c gzip --reading decode    writes letter.txt.zd, smaller
  zipdream compress - < letter.txt > letter.gz`;
