// What `zipdream compare` compares on: files, and folders of them, each file as what it holds. The
// pictures of a folder are one input, and so are its sounds, and all other files.

import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Picture } from '../engines/png/picture.js';
import { UsageError } from '../errors.js';
import { formatOfPicture, shrink, toGrey } from '../modality/image.js';
import { type GivenSide, givenPart } from '../modality/image-given.js';
import type { CompareInput } from '../node/compare-options.js';
import { readInput } from '../node/files.js';
import { type Medium, mediumOf } from './media.js';
import { readPicture } from './picture-input.js';
import { readSound } from './sound-input.js';

export interface InputFlags {
  /** Of pictures. */
  readonly given?: GivenSide;
  readonly maxSize?: number;
  readonly grey?: boolean;
}

/**
 * @throws FileError if one cannot be read or is damaged, UsageError for a kind of picture or sound
 *   that is not read, or for two inputs of one name.
 */
export async function readCompareInputs(
  paths: readonly string[],
  flags: InputFlags,
): Promise<CompareInput[]> {
  const inputs: CompareInput[] = [];
  for (const path of paths) {
    const isFolder = await stat(path).then(
      (there) => there.isDirectory(),
      () => false,
    );
    const more = isFolder
      ? await readFolder(path, flags)
      : [(await readOne(path, basename(path), flags)).input];
    const double = more.find(({ name }) => inputs.some((input) => input.name === name));
    if (double) throw new UsageError(`two inputs are called "${double.name}"`);
    inputs.push(...more);
  }
  return inputs;
}

const KINDS: Readonly<Record<Medium | 'bytes', string>> = {
  image: 'pictures',
  audio: 'sounds',
  bytes: 'other files',
};

/** The files of a folder in the order of their names; hidden ones and folders are left out. */
async function readFolder(path: string, flags: InputFlags): Promise<CompareInput[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
  const folder = `${basename(resolve(path))}/`;
  const files = [];
  for (const part of names)
    files.push({ part, ...(await readOne(join(path, part), folder, flags)) });
  const isMixed = new Set(files.map(({ medium }) => medium)).size > 1;
  return files.map(({ part, medium, input }) => ({
    ...input,
    part,
    name: isMixed ? `${folder} ${KINDS[medium ?? 'bytes']}` : folder,
  }));
}

async function readOne(
  path: string,
  name: string,
  flags: InputFlags,
): Promise<{ input: CompareInput; medium: Medium | undefined }> {
  const file = await readInput(path);
  const medium = mediumOf(file);
  if (medium === 'audio') return { medium, input: { name, ...(await readSound(path)) } };
  if (medium === undefined) return { medium, input: { name, data: file } };
  const picture = prepare(await readPicture(path), flags);
  const given = flags.given && givenPart(flags.given, picture);
  const format = formatOfPicture(picture);
  return { medium, input: { name, data: picture.pixels, format, given } };
}

function prepare(whole: Picture, { maxSize, grey }: InputFlags): Picture {
  const picture = maxSize === undefined ? whole : shrink(whole, maxSize);
  return grey ? toGrey(picture) : picture;
}
