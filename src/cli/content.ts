// What a command works on: a file cut where it is to be continued, and the compressor for it.

import { linesOfNotes, type ReadingNotes } from '../bits/not-kept.js';
import type { Content, Cut, CutOptions, Medium } from '../media/medium.js';
import { text } from '../media/text.js';
import { readContent } from '../node/media.js';
import { openCompressor } from '../node/open.js';
import { withWorkers } from '../node/workers.js';
import type { Subject } from '../passage/walk.js';
import type { Format, Reading } from '../types.js';
import { checkReading } from './flags.js';
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

/**
 * An opened compressor and the reading asked for, or its best. The steps of a black box on a text
 * are spread over threads.
 *
 * @throws UsageError for a reading that it does not have, and as `openCompressor` does.
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
