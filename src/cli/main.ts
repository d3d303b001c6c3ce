#!/usr/bin/env node
// The command line: reads the arguments, runs one command, and turns whatever goes wrong into one
// line and an exit status. Commands load their work only when they are called.

import { Command } from 'commander';
import { FileError, reason } from '../node/files.js';
import { VERSION } from '../version.js';
import { compareCommand } from './compare.js';
import { completeCommand, installCompletion } from './complete.js';
import { compressCommand } from './compress.js';
import { compressorsCommand } from './compressors.js';
import { decompressCommand } from './decompress.js';
import { exploreCommand } from './explore.js';
import { reportFailure } from './failure.js';
import { nextCommand } from './next.js';
import { paperCommand } from './paper.js';
import { reportCommand } from './report.js';
import { sampleCommand } from './sample.js';
import { scoreCommand } from './score.js';
import { workerCommand } from './worker.js';

const HELP = `
Examples:
  zipdream sample "Once upon a time" --corpus tales.txt   watch gzip write
  zipdream next "abcabcab"                                what it expects next
  zipdream score letter.txt --heat                        where it is surprised
  zipdream compare letter.txt -c gzip,lzma,ppm            which expects it best
  zipdream compress letter.txt                            a file that comes back
  zipdream explore                                        the same in a page of the browser
  zipdream sample --help                                  more about a command`;

async function createProgram(): Promise<Command> {
  const program = new Command('zipdream')
    .description('Turns any compressor into a generative model: P(c | x) ∝ 2^−(L(xc) − L(x)).')
    .version(VERSION, '--version', 'print the version')
    .option('--debug', 'with an error, print where it came from')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: () => {} })
    .exitOverride()
    .addHelpText('after', HELP);
  for (const command of [
    sampleCommand(),
    nextCommand(),
    scoreCommand(),
    compareCommand(),
    reportCommand(),
    paperCommand(),
    workerCommand(),
    compressCommand(),
    decompressCommand(),
    compressorsCommand(),
    exploreCommand(),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  if (process.argv[2] === 'complete') await installCompletion(program);
  else program.addCommand(completeCommand().copyInheritedSettings(program));
  return program;
}

/** A reader that has had enough, like `head`, closes the pipe: that ends the program quietly. */
function endQuietlyWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      const message = `cannot write standard output: ${reason(error)}`;
      reportFailure(new FileError(message, { cause: error }), process.argv.includes('--debug'));
      process.exit();
    });
  }
}

endQuietlyWhenNobodyReads();
try {
  await (await createProgram()).parseAsync();
} catch (error) {
  reportFailure(error, process.argv.includes('--debug'));
}
