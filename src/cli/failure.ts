// Errors as a person on the command line should see them: one line that says what to do, and an exit
// status. 2: the command was used wrongly; 1: it failed.

import { CommanderError } from 'commander';
import { shown } from '../bits/glyphs.js';
import { CompressorUnavailableError, UsageError } from '../errors.js';
import type { Io } from './io.js';

/** Prints the error to stderr, unless it is none (help was asked for), and sets the exit status. */
export function reportFailure(io: Io, error: unknown, debug: boolean): void {
  if (error instanceof CommanderError && error.exitCode === 0) return;
  const usage = error instanceof UsageError || error instanceof CommanderError;
  io.exitCode = usage ? 2 : 1;
  if (error instanceof CommanderError && error.code === 'commander.help') return;
  io.stderr.write(`zipdream: ${oneLine(error)}\n`);
  if (debug && error instanceof Error) io.stderr.write(`${stackOf(error)}\n`);
}

function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return shown(String(error));
  const text = error instanceof CommanderError ? plain(error.message) : error.message;
  const line = text.trim();
  return shown(error instanceof CompressorUnavailableError ? `${line}; ${error.hint}` : line);
}

/** Commander's messages in the manner of ours: double quotes, and advice on the same line. */
function plain(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (one of )?([^?]*)\?\)/, '; did you mean "$2"?')
    .replace(/'([^']*)'/g, '"$1"')
    .replace(
      /^too many arguments for "(?:sample|next)".* got (\d+)\.$/,
      'expected one prompt, got $1; put quotes around it',
    )
    .replace(
      /^too many arguments for "((?:de)?compress|score)".* got (\d+)\.$/,
      '$1 takes one file, got $2',
    )
    .replace(/^missing required argument "(.*)"$/, 'expected $1, got none; --help shows examples')
    .replace(
      /^(?:option "(?:-., )?(--\S+) .*" argument|command-argument value) "(.*)" is invalid(?: for argument "(.*)")?\. Allowed choices are (.*)\.$/,
      (_, flag, got, name, choices) => `"${flag ?? name}" expected ${anyOf(choices)}, got "${got}"`,
    );
}

/** `a, b, c` as `a, b or c`. */
const anyOf = (choices: string): string => choices.replace(/, ([^,]*)$/, ' or $1');

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  const lines = `${error.stack}`.split('\n').map(shown);
  return `${lines.join('\n')}${cause}`;
}
