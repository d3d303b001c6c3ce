// Notices to the person at the terminal: dimmed lines on stderr, so that stdout has results only. Each is one
// line, whatever the names in it hold.

import { shown } from '../bits/glyphs.js';
import { colourDepth, createPalette } from './colour.js';

export function notify(text: string): void {
  const { dim, reset } = createPalette(colourDepth(process.stderr, process.env));
  process.stderr.write(`${dim}${shown(text)}${reset}\n`);
}
