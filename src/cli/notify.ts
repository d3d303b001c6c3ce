// Notices to the person at the terminal: dimmed lines on stderr, so that stdout has results only.

import { colourDepth, createPalette } from './colour.js';

export function notify(text: string): void {
  const { dim, reset } = createPalette(colourDepth(process.stderr, process.env));
  process.stderr.write(`${dim}${text}${reset}\n`);
}
