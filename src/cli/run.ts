// The command line as a function: reads the arguments, runs one command, and turns whatever goes
// wrong into one line and an exit status. Only the command that is called is loaded.

import { Command } from 'commander';
import { VERSION } from '../version.js';
import { reportFailure } from './failure.js';
import type { Io } from './io.js';

const HELP = `
Examples:
  zipdream sample "Once upon a time" --corpus tale   watch gzip write
  zipdream next "The miller" --corpus tale           what it expects next
  zipdream score letter.txt --heat                   where it is surprised
  zipdream compare letter.txt -c gzip,lzma,ppm       which expects it best
  zipdream compress letter.txt                       a file that comes back
  zipdream explore                                   the same in a page of the browser
  zipdream sample --help                             more about a command`;

interface CommandEntry {
  readonly summary: string;
  readonly load: (io: Io) => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  sample: {
    summary: 'continue a text, finish a picture or a sound',
    load: async (io) => (await import('./sample.js')).sampleCommand(io),
  },
  next: {
    summary: 'show what the compressor expects next',
    load: async (io) => (await import('./next.js')).nextCommand(io),
  },
  score: {
    summary: 'bits per byte of a file, and where they go',
    load: async (io) => (await import('./score.js')).scoreCommand(io),
  },
  compare: {
    summary: 'which compressor expects and imagines best',
    load: async (io) => (await import('./compare.js')).compareCommand(io),
  },
  report: {
    summary: 'a comparison as one HTML page',
    load: async (io) => (await import('./report.js')).reportCommand(io),
  },
  paper: {
    summary: 'figures of “Language Modeling Is Compression” on your data',
    load: async (io) => (await import('./paper.js')).paperCommand(io),
  },
  worker: {
    summary: 'measure cells for compare on another machine',
    load: async (io) => (await import('./worker.js')).workerCommand(io),
  },
  compress: {
    summary: 'a smaller file that comes back',
    load: async (io) => (await import('./compress.js')).compressCommand(io),
  },
  decompress: {
    summary: 'brings a compressed file back',
    load: async (io) => (await import('./decompress.js')).decompressCommand(io),
  },
  compressors: {
    summary: 'list the compressors, their readings and options',
    load: async (io) => (await import('./compressors.js')).compressorsCommand(io),
  },
  explore: {
    summary: 'a page to play with, in the browser',
    load: async (io) => (await import('./explore.js')).exploreCommand(io),
  },
};

/**
 * Runs `zipdream` with some arguments.
 *
 * @param argv the arguments alone, without the program.
 * @returns the exit status: 0, 1 for a failure, 2 for wrong usage, 130 after Ctrl-C.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const program = await createProgram(argv, io);
    // Commander prints the whole help for a command that it does not know.
    const [first, asked] = argv;
    const isUnknown = asked !== undefined && !program.commands.some((one) => one.name() === asked);
    const read = first === 'help' && isUnknown ? [asked] : argv;
    await program.parseAsync(read, { from: 'user' });
  } catch (error) {
    reportFailure(io, error, argv.includes('--debug'));
  }
  return io.exitCode;
}

async function createProgram(argv: readonly string[], io: Io): Promise<Command> {
  const program = new Command('zipdream')
    .description('Turns any compressor into a generative model: P(c | x) ∝ 2^−(L(xc) − L(x)).')
    .version(VERSION, '--version', 'print the version')
    .option('--debug', 'with an error, print where it came from')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText('after', HELP);
  const completes = argv[0] === 'complete';
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = completes || argv.includes(name) ? await load(io) : new Command(name);
    program.addCommand(command.summary(summary).copyInheritedSettings(program));
  }
  const { completeCommand, installCompletion } = await import('./complete.js');
  if (completes) await installCompletion(program, argv);
  else program.addCommand(completeCommand().copyInheritedSettings(program));
  return program;
}
