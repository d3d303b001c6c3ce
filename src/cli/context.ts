// Reads the context of a text model: the corpus, then the prompt, from arguments, files or stdin.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors.js';
import { FileError, readInput } from '../node/files.js';
import type { Io } from './io.js';
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
  for (const path of flags.corpus ?? []) corpus.push(await readCorpus(path, argument));
  const corpusBytes = corpus.reduce((sum, part) => sum + part.length, 0);
  return { corpus, corpusBytes, prompt: await readPrompt(io, argument, flags.promptFile) };
}

async function readPrompt(io: Io, argument?: string, file?: string): Promise<Uint8Array> {
  if (file !== undefined) return readWhole(io, file);
  if (argument === '-') return io.readStdin();
  if (argument !== undefined) return new TextEncoder().encode(argument);
  return io.isPiped ? io.readStdin() : new Uint8Array();
}

/** The bundled corpora, by name. */
const BUNDLED: Readonly<Record<string, URL>> = {
  tale: new URL('../../samples/text/tale.txt', import.meta.url),
};

/** A file, or a bundled corpus where no file has its name. */
async function readCorpus(name: string, prompt: string | undefined): Promise<Uint8Array> {
  const isBundled = Object.hasOwn(BUNDLED, name) && !existsSync(name);
  return isBundled ? readInput(fileURLToPath(BUNDLED[name]!)) : readCorpusFile(name, prompt);
}

/** `--corpus a.txt "Once upon"` takes the prompt for a file: the message says how to part them. */
async function readCorpusFile(path: string, prompt: string | undefined): Promise<Uint8Array> {
  try {
    return await readInput(path);
  } catch (error) {
    if (error instanceof FileError && prompt === undefined && /\s/.test(path)) {
      const advice = 'a prompt goes before --corpus, or after "--"';
      throw new FileError(`${error.message}; ${advice}`, { cause: error });
    }
    throw error;
  }
}
