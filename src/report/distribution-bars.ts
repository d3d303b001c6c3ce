// The distribution over the next byte as an HTML table: the most probable bytes with their
// probabilities, bits and bars.

import { byteName } from '../bits/glyphs.js';
import { toProbabilities } from '../bits/units.js';
import { tableFigure } from './data-table.js';
import { escapeHtml } from './escape-html.js';
import { showBits } from './surprisal-map.js';

/** Options of `distributionBars`. */
export interface DistributionBarsOptions {
  /** Number of bytes to show, the most probable first (default: 10). */
  readonly top?: number;
  /** Text above the table. */
  readonly caption?: string;
  /** A byte to mark, such as the true one; it is added at the end if it is not among the first. */
  readonly marked?: number;
}

/**
 * The most probable next bytes as HTML: name, probability, bits and bar.
 *
 * @param bits −log2 P of each of the 256 bytes up to a constant, as `CodeLengthModel.next` gives.
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
    const row = byte === marked ? '<tr class="zd-marked">' : '<tr>';
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
