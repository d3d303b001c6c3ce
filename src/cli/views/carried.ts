// Who speaks in a blend, as a person reads it.

import type { CarriedStretch } from '../../report/carried.js';

const EIGHTHS = ' ▁▂▃▄▅▆▇█';

/** A line a member: along the data, its part in what the bytes were given. */
export function carriedText(
  members: readonly string[],
  stretches: readonly CarriedStretch[],
): string {
  if (stretches.length === 0) return '';
  const widest = Math.max(...members.map((name) => name.length));
  const lines = members.map((name, i) => {
    const mean = stretches.reduce((sum, { shares }) => sum + shares[i]!, 0) / stretches.length;
    const strip = stretches.map(({ shares }) => EIGHTHS[Math.round(8 * shares[i]!)]).join('');
    return `${name.padEnd(widest)} ${`${(100 * mean).toFixed(0)} %`.padStart(5)} ${strip}\n`;
  });
  return `who carried what:\n${lines.join('')}`;
}
