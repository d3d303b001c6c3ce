// Reads the inputs of `zipdream compare`: files, and folders of files, each recognised by its
// contents. All pictures of a folder are one input; so are all its sounds, and all its other files.

import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import type { CutOptions, Medium } from '../media/medium.js';
import type { CompareInput } from '../node/compare-options.js';
import { readInput } from '../node/files.js';
import { mediumOf, readContent } from '../node/media.js';
import { nodeRegistry } from '../node/registry.js';
import { noteReading } from './content.js';
import type { Io } from './io.js';

/** Flags that apply to pictures. */
export type InputFlags = Pick<CutOptions, 'given' | 'maxSize' | 'grey'>;

/**
 * Reads all inputs, in the order given.
 *
 * @throws FileError if a file cannot be read or is damaged.
 * @throws UsageError for an unsupported kind of picture or sound, or for two inputs with one name.
 */
export async function readCompareInputs(
  io: Io,
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
      ? await readFolder(io, path, flags)
      : [(await readOne(io, path, basename(path), flags)).input];
    const double = more.find(({ name }) => inputs.some((input) => input.name === name));
    if (double) throw new UsageError(`two inputs are called "${double.name}"`);
    inputs.push(...more);
  }
  return inputs;
}

/** The files of a folder in the order of their names, without hidden files and subfolders. */
async function readFolder(io: Io, path: string, flags: InputFlags): Promise<CompareInput[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .sort();
  const folder = `${basename(resolve(path))}/`;
  const files = [];
  for (const part of names)
    files.push({ part, ...(await readOne(io, join(path, part), folder, flags)) });
  const isMixed = new Set(files.map(({ medium }) => medium)).size > 1;
  return files.map(({ part, medium, input }) => ({
    ...input,
    part,
    name: isMixed
      ? `${folder} ${medium.kind === 'bytes' ? 'other files' : `${medium.name}s`}`
      : folder,
  }));
}

async function readOne(
  io: Io,
  path: string,
  name: string,
  flags: InputFlags,
): Promise<{ input: CompareInput; medium: Medium }> {
  const isRow = Object.hasOwn(nodeRegistry, path);
  const advice = '-c takes one list, with commas: -c gzip,ppm';
  const file = await readInput(path, isRow ? advice : undefined);
  const medium = mediumOf(file);
  if (medium.kind === 'bytes') return { medium, input: { name, data: file } };
  const content = await readContent(medium, file, path);
  noteReading(io, path, content);
  const own = medium.kind === 'image' ? flags : {};
  const { bytes: data, format, given } = medium.cut(content, own).passage;
  return { medium, input: { name, data, format, given } as CompareInput };
}
