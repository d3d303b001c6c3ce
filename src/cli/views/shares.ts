// The contribution of each member to a blend, as text: a line per member with its mean share and
// its course along the data.

import type { ShareStretch } from '../../report/shares.js';

const EIGHTHS = ' ▁▂▃▄▅▆▇█';

/** One line per member; a bar shows its share of each stretch. */
export function sharesText(members: readonly string[], stretches: readonly ShareStretch[]): string {
  if (stretches.length === 0) return '';
  const widest = Math.max(...members.map((name) => name.length));
  const lines = members.map((name, i) => {
    const mean = stretches.reduce((sum, { shares }) => sum + shares[i]!, 0) / stretches.length;
    const strip = stretches.map(({ shares }) => EIGHTHS[Math.round(8 * shares[i]!)]).join('');
    return `${name.padEnd(widest)} ${`${(100 * mean).toFixed(0)} %`.padStart(5)} ${strip}\n`;
  });
  return `share of each member:\n${lines.join('')}`;
}
