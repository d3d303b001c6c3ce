// A picture or sound named on the command line, cut where it is to be continued.

import { linesOfNotes, type ReadingNotes } from '../bits/not-kept.js';
import type { Content, Cut, CutOptions, Medium } from '../media/medium.js';
import { readContent } from '../node/media.js';
import { type Io, notify } from './io.js';
import { readWhole } from './output.js';

/**
 * @param path undefined where nothing is given and the options say how large it is.
 * @throws FileError if it cannot be read or is damaged, UsageError for a kind that is not read, or
 *   for options that do not fit.
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

/** The contents of a file; what of it is not kept is said. */
export async function readWith(io: Io, medium: Medium, path: string): Promise<Content> {
  const content = await readContent(medium, await readWhole(io, path), path);
  noteReading(io, path, content);
  return content;
}

/** Says what of a file is not kept, and what is wrong with it. */
export function noteReading(io: Io, path: string, notes: ReadingNotes): void {
  for (const line of linesOfNotes(notes)) notify(io, `"${path}": ${line}`);
}
