// Runs the built command line as a person would: arguments in, output and exit status out.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
  /** Sees the process as soon as it runs. */
  readonly during?: (child: ChildProcess) => void;
}

/** Runs `zipdream ARGS`, in an environment that asks for no colours. */
export function runCli(args: readonly string[], settings: RunSettings = {}): Promise<Ran> {
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
    child.on('close', (code) => {
      const stdout = new Uint8Array(Buffer.concat(out));
      const text = new TextDecoder().decode(stdout);
      resolve({ stdout, text, stderr: new TextDecoder().decode(Buffer.concat(err)), code });
    });
    during?.(child);
  });
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
