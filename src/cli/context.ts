// Reads the context of a text model: the corpus, then the prompt, from arguments, files or stdin.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.js';
import type { Medium } from '../media/medium.js';
import { text } from '../media/text.js';
import { readInput } from '../node/files.js';
import { mediumOfFile } from '../node/media.js';
import { type Io, notify } from './io.js';
import { readWhole } from './output.js';

export interface ContextFlags {
  readonly promptFile?: string;
  readonly corpus?: readonly string[];
}

export interface Context {
  readonly corpus: readonly Uint8Array[];
  readonly corpusBytes: number;
  readonly prompt: Uint8Array;
}

/**
 * The corpus files, and the prompt: the argument, the prompt file, or stdin if something is piped
 * in. Without any of them both are empty.
 */
export async function readContext(
  io: Io,
  argument: string | undefined,
  flags: ContextFlags,
): Promise<Context> {
  if (argument !== undefined && flags.promptFile !== undefined) {
    throw new UsageError('give the prompt as an argument or with --prompt-file, not both');
  }
  const corpus: Uint8Array[] = [];
  const hasPrompt = argument !== undefined || flags.promptFile !== undefined;
  for (const [i, path] of (flags.corpus ?? []).entries()) {
    const mayBePrompt = !hasPrompt && (i > 0 || /\s/.test(path));
    corpus.push(await readCorpus(path, mayBePrompt));
  }
  const corpusBytes = corpus.reduce((sum, part) => sum + part.length, 0);
  const prompt = await readPrompt(io, argument, flags.promptFile);
  if (argument !== undefined) hintOfFile(io, argument);
  return { corpus, corpusBytes, prompt };
}

async function readPrompt(io: Io, argument?: string, file?: string): Promise<Uint8Array> {
  if (file !== undefined) return readWhole(io, file);
  if (argument === '-') return io.readStdin();
  if (argument !== undefined) return new TextEncoder().encode(argument);
  return io.isPiped ? io.readStdin() : new Uint8Array();
}

/**
 * The medium of the file that an argument names; text for a prompt.
 *
 * @throws FileError for the name of a picture or a sound that cannot be read.
 */
export async function mediumOfArgument(argument: string): Promise<Medium> {
  try {
    return await mediumOfFile(argument);
  } catch (error) {
    if (/^\S+\.(png|jpe?g|wav|flac)$/i.test(argument)) throw error;
    return text;
  }
}

/** Says that a prompt that looks like the name of a text file is taken as it is. */
function hintOfFile(io: Io, argument: string): void {
  if (!/^\S+\.(png|jpe?g|wav|flac|txt|md)$/i.test(argument)) return;
  const why = existsSync(argument) ? '--prompt-file reads the file' : 'there is no such file';
  notify(io, `"${argument}" is taken as the prompt: ${why}`);
}

/** The bundled corpora, by name. */
const BUNDLED: Readonly<Record<string, URL>> = {
  tale: new URL('../../samples/text/tale.txt', import.meta.url),
};

/** Reads a file, or the bundled corpus of this name if there is no such file. */
async function readCorpus(name: string, mayBePrompt: boolean): Promise<Uint8Array> {
  if (Object.hasOwn(BUNDLED, name) && !existsSync(name)) {
    return readInput(fileURLToPath(BUNDLED[name]!));
  }
  const advice = 'a prompt goes before --corpus, or after "--"';
  return readInput(name, mayBePrompt ? advice : undefined);
}
