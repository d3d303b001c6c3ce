// The data sets of the paper's figures, all in the same layout: 2048-byte chunks one after another
// (Delétang et al. 2024, App. B).

import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../bits/random.js';
import { UsageError } from '../../errors.js';
import { FileError, readInput, reason } from '../files.js';

/** Bytes of a chunk. */
export const CHUNK = 2048;

export type SetName = 'text' | 'image' | 'audio' | 'random';

/** Paths of the sets in the folder. */
const FILES = {
  text: 'text/wiki-test.txt',
  image: 'image/kodak-patches-test.bin',
  audio: 'audio/speech-u8-test.bin',
} as const;

/** Random bytes are as many as the largest other set has, up to this many chunks. */
const MOST_RANDOM_CHUNKS = 512;

export interface PaperSet {
  readonly name: SetName;
  /** The file it was read from; "seeded" for random bytes. */
  readonly file: string;
  /** Whole chunks. */
  readonly data: Uint8Array;
  readonly sha256: string;
}

/**
 * Reads sets from a folder, each cut to `limit` chunks; random bytes come last.
 *
 * @throws FileError for a file that is missing or cannot be read.
 * @throws UsageError for one that is not a whole number of chunks.
 */
export async function readSets(
  folder: string,
  names: readonly SetName[],
  limit = Infinity,
): Promise<PaperSet[]> {
  await checkFolder(folder);
  const sets: PaperSet[] = [];
  for (const name of names) {
    const isRandom = name === 'random';
    const file = isRandom ? 'seeded' : FILES[name];
    const largest = Math.max(CHUNK, ...sets.map(({ data }) => data.length));
    const all = isRandom ? randomBytes(largest) : await readChunks(folder, file);
    const data = all.subarray(0, Math.min(all.length, limit * CHUNK));
    sets.push({ name, file, data, sha256: sha256(data) });
  }
  return sets;
}

/** @throws FileError unless it is a folder. */
async function checkFolder(folder: string): Promise<void> {
  try {
    await readdir(folder);
  } catch (error) {
    throw new FileError(`cannot read the folder "${folder}": ${reason(error)}`, { cause: error });
  }
}

async function readChunks(folder: string, file: string): Promise<Uint8Array> {
  const path = join(folder, file);
  const data = await readInput(path);
  const left = data.length % CHUNK;
  if (left === 0 && data.length > 0) return data;
  const advice =
    data.length > CHUNK
      ? `; cut it: head -c ${data.length - left}`
      : ', which is less than a chunk';
  throw new UsageError(
    `"${path}" expected a multiple of ${CHUNK} bytes, got ${data.length}${advice}`,
  );
}

function randomBytes(wanted: number): Uint8Array {
  const random = createRandom('random bytes');
  const length = Math.min(wanted, MOST_RANDOM_CHUNKS * CHUNK);
  return Uint8Array.from({ length }, () => Math.floor(256 * random()));
}

/** The first grey photograph in the folder. @throws FileError without one. */
export async function firstPhoto(folder: string): Promise<string> {
  const photos = join(folder, 'image/photos');
  await checkFolder(photos);
  const names = (await readdir(photos)).filter((name) => name.toLowerCase().endsWith('.png'));
  const first = names.sort().find((name) => name.includes('gray')) ?? names[0];
  if (first === undefined) throw new FileError(`there is no .png in "${photos}"`);
  return join(photos, first);
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
