// Row `command`: any program that reads stdin and writes its compressed form to stdout, as a black
// box: `command:xz -9`. One process per candidate, so 256 per byte: slow, but it works with any
// program.

import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { shown } from '../bits/glyphs.js';
import { CompressorUnavailableError } from '../errors.js';
import { chooseReading } from '../readings/choose.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import { cannotStart, Program, type ProgramLimits } from './program.js';
import { splitWords } from './words.js';

/** A row for programs with custom limits; `command` has the defaults. */
export function commandEntry(limits: Partial<ProgramLimits> = {}): CompressorEntry {
  return {
    summary: 'any program that reads stdin and writes stdout, run without a shell',
    accepts: ['bytes'],
    readings: ['recompress'],
    reach: ({ program }) => ({ program: String(program) }),
    options: { program: { type: 'rest', summary: 'the program and its arguments' } },
    async open(_format, options) {
      const line = String(options.program);
      const words = splitWords(line);
      const program = new Program(line, words, {
        concurrency: limits.concurrency ?? availableParallelism(),
        timeoutMs: limits.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      });
      const codeLength = async (data: Uint8Array): Promise<number> => {
        let bytes = 0;
        await program.run(data, (chunk) => {
          bytes += chunk.length;
        });
        return 8 * bytes;
      };
      const version = `${line}: ${await programVersion(words[0])}`;
      return {
        name: `command:${shown(line)}`,
        version,
        ...chooseReading('command', { recompress: () => recompressReading(codeLength) }),
        codeLength,
        async compress(data) {
          const chunks: Uint8Array[] = [];
          await program.run(data, (chunk) => chunks.push(chunk));
          return new Uint8Array(Buffer.concat(chunks));
        },
      };
    },
  };
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Each run has 30 seconds; there are as many concurrent runs as cores. */
export const command: CompressorEntry = commandEntry();

const VERSION_TIMEOUT_MS = 2_000;

/**
 * The first line that `PROGRAM --version` writes, if it succeeds within two seconds.
 *
 * @throws CompressorUnavailableError if there is no such program.
 */
function programVersion(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const settings = {
      timeout: VERSION_TIMEOUT_MS,
      killSignal: 'SIGKILL',
      windowsHide: true,
    } as const;
    const child = execFile(program, ['--version'], settings, (error, stdout, stderr) => {
      const problem = error && cannotStart(program, error);
      if (problem instanceof CompressorUnavailableError) return reject(problem);
      const line = [stdout, stderr].map(firstLine).find((text) => text !== '');
      return resolve(error || !line ? 'version unknown' : line);
    });
    child.stdin?.on('error', () => {}).end();
  });
}

/** The first line if it is printable, at most 80 characters. */
function firstLine(text: string): string {
  const line = (text.trimStart().split('\n')[0] ?? '').trim().slice(0, 80);
  return /^[\x20-\x7e\u00a0-\ufffc]*$/.test(line) ? line : '';
}
