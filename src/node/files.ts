// Files named on a command line: read whole, with one-line errors; written to a temporary file and
// renamed when complete, so that an incomplete file never has the requested name.

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

/**
 * Reads a file.
 *
 * @param advice added to the error message.
 * @throws FileError if it is missing, unreadable or a directory.
 */
export async function readInput(path: string, advice?: string): Promise<Uint8Array> {
  try {
    const data = await readFile(path);
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  } catch (error) {
    const message = `cannot read "${path}": ${reason(error)}`;
    throw new FileError(advice ? `${message}; ${advice}` : message, { cause: error });
  }
}

/** A file being written. */
export interface OutputFile {
  /** @throws FileError, for example when the disk is full. */
  write(bytes: Uint8Array): void;
  /** Renames the file to its final name, with all that was written. */
  finish(): void;
  /** Deletes what was written. */
  discard(): void;
}

/**
 * Opens a file for writing. Until `finish` the bytes are in a hidden file in the same folder.
 * Anything but a regular file, such as a pipe or a device, is written to directly.
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
  ELOOP: 'its links form a loop',
  ENAMETOOLONG: 'the name is too long',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
};

/** The reason of a system error, in words. */
export function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}
