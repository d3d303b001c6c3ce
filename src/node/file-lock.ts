// Locks a file for one process: a lock file beside it names the process, and a lock is valid only
// while that process is alive. Node has no system file locks.

import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { FileError, reason } from './files.js';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Start time of the process, if the system reports it: process ids are reused. */
  readonly since: string;
}

const TRIES = 10;

/**
 * Locks the file at `path`, which need not exist, until the returned function is called or this
 * process ends. The lock of a process that has ended is replaced.
 *
 * @throws FileError naming the process that has it in use, or if no lock can be written beside it.
 */
export function lockFile(path: string): () => void {
  const target = placeOf(path);
  const lock = join(dirname(target), `.${basename(target)}.lock`);
  const own = `${lock}.${process.pid}`;
  const owner: Owner = { pid: process.pid, host: hostname(), since: beganAt(process.pid) };
  const text = JSON.stringify(owner);
  try {
    writeFileSync(own, text);
    try {
      for (let i = 0; i < TRIES; i++) {
        if (link(own, lock)) return holdUntilExit(lock, text);
        const there = readIf(lock);
        if (there === undefined) continue;
        const other = parse(there);
        if (!other || isAlive(other)) throw new FileError(inUse(path, lock, other));
        takeAway(lock, own, there);
      }
    } finally {
      rmSync(own, { force: true });
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`cannot write "${lock}": ${reason(error)}`, { cause: error });
  }
  throw new FileError(`"${path}" is in use by other processes`);
}

/** The path of the file itself, with links resolved. */
function placeOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    try {
      return join(realpathSync(dirname(path)), basename(path));
    } catch (error) {
      throw new FileError(`cannot write "${path}": ${reason(error)}`, { cause: error });
    }
  }
}

/** Creates the lock with a hard link, so that it appears atomically with its contents. */
function link(own: string, lock: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // The file system has no hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  }
  try {
    writeFileSync(lock, readFileSync(own), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a stale lock, and restores it if another process replaced it in the meantime. */
function takeAway(lock: string, own: string, stale: string): void {
  const aside = `${own}.stale`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readIf(aside) !== stale) link(aside, lock);
  rmSync(aside, { force: true });
}

function holdUntilExit(lock: string, text: string): () => void {
  const release = (): void => {
    process.off('exit', release);
    if (readIf(lock) === text) rmSync(lock, { force: true });
  };
  process.on('exit', release);
  return release;
}

function readIf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    return Number.isInteger(owner?.pid) ? (owner as Owner) : undefined;
  } catch {
    return undefined;
  }
}

function inUse(path: string, lock: string, owner: Owner | undefined): string {
  if (!owner) return `"${path}" is locked; if no process uses it, remove "${lock}"`;
  if (owner.host === hostname()) return `"${path}" is in use by process ${owner.pid}`;
  const where = `process ${owner.pid} of ${owner.host}`;
  return `"${path}" is in use by ${where}; if that has ended, remove "${lock}"`;
}

/** Processes on another machine cannot be checked and are assumed to be alive. */
function isAlive({ pid, host, since }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const began = beganAt(pid);
  return began === '' || since === '' || began === since;
}

/** Field 22 of Linux's /proc/PID/stat, in clock ticks since boot; otherwise an empty text. */
function beganAt(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
