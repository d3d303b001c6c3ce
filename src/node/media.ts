// The media that Node can read, and how the medium of a file is determined.

import { open, stat } from 'node:fs/promises';
import { skipId3 } from '../engines/flac/metadata.js';
import { UsageError } from '../errors.js';
import type { Content, Medium } from '../media/medium.js';
import { pictureMedium } from '../media/picture.js';
import { sound } from '../media/sound.js';
import { text } from '../media/text.js';
import { FileError, reason } from './files.js';
import { readJpeg } from './jpeg.js';

/** Pictures: PNG and JPEG. */
export const picture = pictureMedium(readJpeg);

/** The first medium that recognises a file is used; text accepts everything. */
export const nodeMedia: readonly Medium[] = [picture, sound, text];

/** Number of bytes needed to recognise a medium. */
const START_BYTES = 12;

/** The medium of some data. */
export function mediumOf(data: Uint8Array, media: readonly Medium[] = nodeMedia): Medium {
  const tags = skipId3(data);
  const start = data.subarray(tags, tags + START_BYTES);
  return media.find((medium) => medium.recognises(start)) ?? text;
}

/**
 * The medium of a file; text for a pipe, which can be read only once.
 *
 * @throws FileError if it is missing, unreadable or a directory.
 */
export async function mediumOfFile(
  path: string,
  media: readonly Medium[] = nodeMedia,
): Promise<Medium> {
  const refuse = (error: unknown): never => {
    throw new FileError(`cannot read "${path}": ${reason(error)}`, { cause: error });
  };
  const there = await stat(path).catch(refuse);
  if (!there.isFile() && !there.isDirectory()) return text;
  const file = await open(path).catch(refuse);
  try {
    for (let at = 0; ; ) {
      const room = new Uint8Array(START_BYTES);
      const { bytesRead } = await file.read(room, 0, START_BYTES, at);
      const start = room.subarray(0, bytesRead);
      const tags = skipId3(start);
      if (tags === 0) return mediumOf(start, media);
      at += tags;
    }
  } catch (error) {
    return refuse(error);
  } finally {
    await file.close();
  }
}

/** @throws FileError or UsageError, one line that names the file. */
export async function readContent(
  medium: Medium,
  file: Uint8Array,
  title: string,
): Promise<Content> {
  try {
    return await medium.read(file);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof UsageError) throw new UsageError(`"${title}": ${message}`);
    throw new FileError(`cannot read "${title}": ${message}`, { cause: error });
  }
}
