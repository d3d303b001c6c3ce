// The next byte's distribution: the likeliest bytes with their chances as bars.

import { byteName } from '../bits/glyphs.js';
import { toProbabilities } from '../bits/units.js';
import { tableFigure } from './data-table.js';
import { escapeHtml } from './escape-html.js';
import { showBits } from './surprisal-map.js';

/** How many bytes are shown, and which is marked. */
export interface DistributionBarsOptions {
  /** Bytes shown, the likeliest first (default: 10). */
  readonly top?: number;
  /** Stands above it. */
  readonly caption?: string;
  /** A byte that is marked, the one that came, say; shown below if it is not among the first. */
  readonly marked?: number;
}

/**
 * The likeliest next bytes as HTML: names, chances, bits, bars.
 *
 * @param bits of each next byte, as `CodeLengthModel.next` gives them: up to a constant.
 */
export function distributionBars(
  bits: Float64Array,
  { top = 10, caption, marked }: DistributionBarsOptions = {},
): string {
  const probabilities = new Float64Array(bits.length);
  toProbabilities(bits, probabilities);
  const order = Array.from(bits.keys()).sort((a, b) => bits[a]! - bits[b]! || a - b);
  const most = probabilities[order[0]!] || 1;
  const chosen = order.slice(0, top);
  if (marked !== undefined && order.indexOf(marked) >= top) chosen.push(marked);
  const rows = chosen.map((byte) => {
    const probability = probabilities[byte]!;
    const length = ((100 * probability) / most).toFixed(2);
    const row = byte === marked ? '<tr class="zd-came">' : '<tr>';
    return (
      `${row}<th scope="row" class="zd-byte">${escapeHtml(byteName(byte))}</th>` +
      `<td class="zd-figure">${(100 * probability).toFixed(2)} %</td>` +
      `<td class="zd-figure">${showBits(bits[byte]!)}</td>` +
      '<td class="zd-bar"><svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">' +
      `<rect width="${length}" height="1"/></svg></td></tr>`
    );
  });
  return tableFigure(
    '<table class="zd-bars"><thead><tr><th scope="col">byte</th>' +
      '<th scope="col" class="zd-figure">chance</th><th scope="col" class="zd-figure">Δ bits</th>' +
      `<td></td></tr></thead><tbody>${rows.join('')}</tbody></table>`,
    caption,
  );
}
