// Runs the built command line: inside the test, or as a process of its own where that is the point.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Io } from '../src/cli/io.js';

const RUN = pathToFileURL(join(import.meta.dirname, '../dist/cli/run.js')).href;
export const MAIN = join(import.meta.dirname, '../dist/cli/main.js');
export const TALE = join(import.meta.dirname, '../samples/text/tale.txt');

export interface Ran {
  readonly stdout: Uint8Array;
  /** Stdout as UTF-8. */
  readonly text: string;
  readonly stderr: string;
  readonly code: number | null;
}

export interface RunSettings {
  /** What is piped to stdin; nothing, and no pipe either, if left out. */
  readonly input?: Uint8Array | string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs in a process of its own, and sees it as soon as it runs. */
  readonly during?: (child: ChildProcess) => void;
}

/** What `run` of the built command line takes and gives. */
type Run = (argv: readonly string[], io: Io) => Promise<number>;

class ExitError extends Error {}

/** Runs `zipdream ARGS`, in an environment that asks for no colours. */
export async function runCli(args: readonly string[], settings: RunSettings = {}): Promise<Ran> {
  if (settings.during) return spawnCli(args, settings);
  const { input, env = {} } = settings;
  const { run } = (await import(RUN)) as { run: Run };
  const [out, err]: Uint8Array[][] = [[], []];
  const collect = (chunks: Uint8Array[]) => ({
    write(data: Uint8Array | string, done?: () => void) {
      chunks.push(typeof data === 'string' ? new TextEncoder().encode(data) : data.slice());
      done?.();
    },
  });
  const io: Io = {
    stdout: collect(out!),
    stderr: collect(err!),
    env,
    isPiped: input !== undefined,
    readStdin: async () =>
      typeof input === 'string' ? new TextEncoder().encode(input) : (input ?? new Uint8Array()),
    onSignal: () => () => {},
    exit(code) {
      io.exitCode = code;
      throw new ExitError('exit');
    },
    exitCode: 0,
  };
  const code = await run(args, io);
  return ranOf(out!, err!, code);
}

/** The same in a process of its own. */
export function spawnCli(args: readonly string[], settings: RunSettings = {}): Promise<Ran> {
  const { input, env, during } = settings;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, ...env },
    });
    const out: Uint8Array[] = [];
    const err: Uint8Array[] = [];
    child.stdout!.on('data', (chunk) => out.push(chunk));
    child.stderr!.on('data', (chunk) => err.push(chunk));
    child.stdin?.on('error', () => {}).end(input);
    child.on('error', reject);
    child.on('close', (code) => resolve(ranOf(out, err, code)));
    during?.(child);
  });
}

function ranOf(out: Uint8Array[], err: Uint8Array[], code: number | null): Ran {
  const stdout = new Uint8Array(Buffer.concat(out));
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { stdout, text: decode(stdout), stderr: decode(Buffer.concat(err)), code };
}

/** The lines of JSON that a run wrote. */
export function jsonLines(ran: Ran): Record<string, unknown>[] {
  return ran.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Calls `use` with an empty folder that is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'zipdream-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
