// Reads a command's input file and cuts it into given and held-out parts, and opens a compressor
// for it.

import { linesOfNotes, type ReadingNotes } from '../bits/not-kept.js';
import type { Content, Cut, CutOptions, Medium } from '../media/medium.js';
import { text } from '../media/text.js';
import { mediumOfFile, readContent } from '../node/media.js';
import { openCompressor } from '../node/open.js';
import { withWorkers } from '../node/workers.js';
import type { Subject } from '../passage/walk.js';
import type { Format, Reading } from '../types.js';
import { checkReading } from './flags.js';
import { type Io, notify } from './io.js';
import { readWhole, STANDARD } from './output.js';

/**
 * Reads a file and cuts it as the flags say.
 *
 * @param path undefined for a passage without a given part, of the size in the options.
 * @throws FileError if the file cannot be read or is damaged.
 * @throws UsageError for an unsupported kind of file, or for options that do not fit.
 */
export async function readMedium(
  io: Io,
  medium: Medium,
  path: string | undefined,
  options: CutOptions,
): Promise<Cut> {
  if (path === undefined) return medium.blank!(options);
  return medium.cut(await readWith(io, medium, path), options);
}

/** The medium of a file; text for stdin. @throws FileError if the file cannot be read. */
export async function mediumOfInput(path: string): Promise<Medium> {
  return path === STANDARD ? text : mediumOfFile(path);
}

/**
 * Opens a compressor with the requested reading, or its best one. For text, the steps of a black
 * box are spread over worker threads.
 *
 * @throws UsageError for a reading that it does not have, and as `openCompressor`.
 */
export async function openSubject(
  medium: Medium,
  spec: string,
  format: Format | undefined,
  flags: { readonly reading?: Reading | undefined; readonly workers?: number | undefined },
): Promise<Subject> {
  const opened = await openCompressor(spec, { format });
  const compressor = medium === text ? withWorkers(opened, spec, flags.workers) : opened;
  return { compressor, reading: checkReading(compressor, flags.reading) };
}

/** Reads the contents of a file; prints notices about parts of the file that are not kept. */
export async function readWith(io: Io, medium: Medium, path: string): Promise<Content> {
  const content = await readContent(medium, await readWhole(io, path), path);
  noteReading(io, path, content);
  return content;
}

/** Prints notices about parts of a file that are not kept, and about damage. */
export function noteReading(io: Io, path: string, notes: ReadingNotes): void {
  for (const line of linesOfNotes(notes)) notify(io, `"${path}": ${line}`);
}
