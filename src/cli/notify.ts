// Notices to the person at the terminal: dimmed lines on stderr, so that stdout has results only.

import { linesOfNotes, type ReadingNotes } from '../bits/not-kept.js';
import { colourDepth, createPalette } from './colour.js';

export function notify(text: string): void {
  const { dim, reset } = createPalette(colourDepth(process.stderr, process.env));
  process.stderr.write(`${dim}${text}${reset}\n`);
}

/** What was in a file besides the picture or the sound in it, and what was wrong with it. */
export function notifyOfReading(path: string, notes: ReadingNotes): void {
  for (const line of linesOfNotes(notes)) notify(`"${path}": ${line}`);
}
