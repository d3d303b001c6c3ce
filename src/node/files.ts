// Files named on a command line: read whole with one-line errors, written beside their place and
// renamed there when they are done, so that a half-written file never has the name asked for.

import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A file that cannot be read or written; the message is one line and names the file. */
export class FileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FileError';
  }
}

/** The bytes of a file. @throws FileError if it is missing, unreadable or a directory. */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    const data = await readFile(path);
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  } catch (error) {
    throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
  }
}

/** A file being written. */
export interface OutputFile {
  /** @throws FileError when the disk is full, say. */
  write(bytes: Uint8Array): void;
  /** Gives the file its name, with all that was written. */
  finish(): void;
  /** Lets go of what was written. */
  discard(): void;
}

/**
 * Opens a file to write. Until `finish` the bytes are in a hidden file beside it. What is not a
 * regular file, a pipe or a device, is written to directly.
 *
 * @throws FileError if it exists and `force` is not set, or cannot be written.
 */
export async function openOutput(path: string, { force = false } = {}): Promise<OutputFile> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) throw new FileError(`cannot write "${path}": it is a directory`);
  if (there?.isFile() && !force) {
    throw new FileError(`"${path}" is already there; --force replaces it`);
  }
  try {
    if (there && !there.isFile())
      return writeTo(
        path,
        openSync(path, 'w'),
        () => {},
        () => {},
      );
    const target = there ? await realpath(path) : path;
    const beside = join(dirname(target), `.${basename(target)}.${process.pid}.part`);
    const discard = (): void => rmSync(beside, { force: true });
    const file = openSync(beside, 'w', there ? there.mode : 0o666);
    process.once('exit', discard);
    const release = (): unknown => process.off('exit', discard);
    return writeTo(
      path,
      file,
      () => {
        renameSync(beside, target);
        release();
      },
      () => {
        discard();
        release();
      },
    );
  } catch (error) {
    throw new FileError(`cannot write "${path}": ${reason(error)}`, { cause: error });
  }
}

function writeTo(path: string, file: number, named: () => void, discarded: () => void): OutputFile {
  return {
    write(bytes) {
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
      } catch (error) {
        throw new FileError(`cannot write "${path}": ${reason(error)}`, { cause: error });
      }
    },
    finish() {
      closeSync(file);
      named();
    },
    discard() {
      closeSync(file);
      discarded();
    },
  };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EISDIR: 'it is a directory',
  ENOTDIR: 'part of the path is not a directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

/** Why the system refused, in words. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}
