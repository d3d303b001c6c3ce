#!/usr/bin/env node
// The executable: runs the command line with the streams and signals of this process.

import { FileError, reason } from '../node/files.js';
import { reportFailure } from './failure.js';
import { processIo } from './io.js';
import { run } from './run.js';

const io = processIo();
const argv = process.argv.slice(2);

// A reader such as `head` may close the pipe early; the program then ends without an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    const message = `cannot write standard output: ${reason(error)}`;
    reportFailure(io, new FileError(message, { cause: error }), argv.includes('--debug'));
    process.exit(io.exitCode);
  });
}

process.exitCode = await run(argv, io);
// After an interruption, running child processes and threads are not waited for.
if (process.exitCode > 128) process.exit();
