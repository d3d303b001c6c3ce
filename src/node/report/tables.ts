// The tables of a report: how well the models expect, what they draw, what they make of each other.

import { isControl } from '../../measure/compare-row.js';
import type { CompareSummary } from '../../measure/compare-summary.js';
import type { CrossMatrix } from '../../measure/cross-matrix.js';
import { dataTable, figure, type TableColumn } from '../../report/data-table.js';
import { escapeHtml } from '../../report/escape-html.js';
import { heatStep } from '../../report/heat.js';
import { modelName } from './sections.js';

type Column = TableColumn<CompareSummary>;

const NAME: Column = { title: 'model', value: modelName };

/** Smaller comes of adding up in another order. */
const LEAST = 1e-9;

const EXPECTS: readonly Column[] = [
  NAME,
  { title: 'bits/byte', value: ({ bpb }) => bpb, best: 'least' },
  { title: '95 %', value: ({ bpbInterval }) => interval(bpbInterval), isFigure: true },
  { title: 'own', value: ({ ownBpb }) => ownBpb, best: 'least' },
  { title: 'loss', value: ({ conversionLoss: loss }) => loss && zeroed(loss) },
  {
    title: '95 %',
    value: ({ conversionLossInterval: both }) => interval(both),
    isFigure: true,
  },
  {
    title: 'bits/unit',
    value: ({ unit, bitsPerUnit }) => (unit === 'character' ? undefined : bitsPerUnit),
  },
  { title: 'raw %', value: ({ rawRate }) => percent(rawRate), digits: 1 },
  { title: 'one header %', value: ({ rawRateOneHeader: rate }) => percent(rate), digits: 1 },
  { title: 'adjusted %', value: ({ adjustedRate }) => percent(adjustedRate), digits: 1 },
  { title: 'whole %', value: ({ wholeRawRate }) => percent(wholeRawRate), digits: 1 },
  { title: 'calibration', value: ({ calibrationError }) => calibrationError, best: 'least' },
  { title: 'ms/byte', value: ({ msPerByte }) => msPerByte?.toPrecision(2), isFigure: true },
];

const DRAWS: readonly Column[] = [
  NAME,
  { title: 'judge', value: ({ judgeBpb }) => judgeBpb },
  { title: '95 %', value: ({ judgeInterval }) => interval(judgeInterval), isFigure: true },
  { title: 'drawn', value: ({ drawnBpb }) => drawnBpb },
  { title: 'as file', value: ({ drawnOwnBpb }) => drawnOwnBpb },
  { title: 'distinct-3', value: ({ distinct3 }) => distinct3 },
  { title: 'repetition', value: ({ repetition }) => repetition },
  { title: 'overlap-4', value: ({ overlap4 }) => overlap4 },
  { title: 'copy', value: ({ longestCopy }) => longestCopy, digits: 1 },
  { title: 'words %', value: ({ knownWords }) => percent(knownWords), digits: 1 },
  { title: 'PSNR', value: ({ psnr }) => psnr, digits: 2, best: 'greatest' },
  { title: 'SSIM', value: ({ ssim }) => ssim, best: 'greatest' },
  {
    title: 'gradients',
    value: ({ gradientDistance }) => gradientDistance,
    digits: 2,
    best: 'least',
  },
  {
    title: 'spectrum',
    value: ({ spectralDistance }) => spectralDistance,
    digits: 2,
    best: 'least',
  },
  { title: 'modulation', value: ({ energyModulation }) => energyModulation },
  { title: 'ms/byte', value: ({ drawMsPerByte }) => drawMsPerByte?.toPrecision(2), isFigure: true },
  { title: 'MB', value: ({ drawPeakBytes: peak }) => peak && peak / 1e6, digits: 1 },
];

/** What the columns say, for the end of the page. */
export const COLUMN_NOTES: readonly (readonly [title: string, note: string])[] = [
  [
    'bits/byte',
    'Mean −log2 P of each held-out byte after all before it: what an ideal coder would spend. In brackets the 95 % interval of a bootstrap over chunks.',
  ],
  ['own', 'L(chunk) − L(given) per held-out byte: what the compressor itself spends.'],
  [
    'loss',
    'Conversion loss, bits/byte − own: what predicting byte by byte loses; at zero or below nothing is lost.',
  ],
  [
    'raw %',
    'Size of every chunk as a file of its own over its bytes; “one header” counts the container once, “adjusted” adds the model’s parameters (Delétang et al. 2023), “whole” is all chunks as one file.',
  ],
  [
    'calibration',
    'Σ over bins of |expected − came| for each byte: 0 where P = 0.3 comes 30 % of the times.',
  ],
  [
    'judge',
    'Bits per byte of what was drawn under another model, which never judges itself. Dull text flatters it: read the controls, distinct-3 and copy beside it.',
  ],
  [
    'drawn',
    'Bits per byte of what was drawn under the model that drew it; “as file” is L(given + drawn) − L(given).',
  ],
  [
    'distinct-3',
    'Different triples of bytes over all triples (Li et al. 2016); repetition is 1 − distinct-8; overlap-4 the share of 4-grams that the true continuation has too.',
  ],
  ['copy', 'Longest verbatim copy of what was given or drawn before, mean over samples, bytes.'],
  ['words %', 'Share of the words drawn that exist in the corpus.'],
  [
    'PSNR, SSIM, gradients',
    'Likeness to the true pixels in dB and as structural similarity (Wang et al. 2004); distance of the histograms of gradients in grey levels.',
  ],
  [
    'spectrum, modulation',
    'Log-spectral distance to the true sound in dB; spread of its energy in time.',
  ],
  [
    'controls',
    'The true continuation measured as if it had been drawn, and predictors sharpened to P^1.5 without any compressor, which please a judge though they are dull.',
  ],
];

export function expectationTable(summaries: readonly CompareSummary[], caption: string): string {
  const models = summaries.filter(({ spec }) => !isControl(spec));
  return dataTable(EXPECTS, models, { caption });
}

/** Undefined where nothing was drawn. */
export function drawingTable(
  summaries: readonly CompareSummary[],
  caption: string,
): string | undefined {
  const drawn = summaries.filter(({ distinct3 }) => distinct3 !== undefined);
  if (drawn.length === 0) return undefined;
  return dataTable(DRAWS, drawn, { caption, isControl: ({ spec }) => isControl(spec) });
}

/** Cells on the ground of their bits, the scale of surprisal maps. */
export function crossTable({ models, bpb }: CrossMatrix, caption: string): string {
  const names = models.map(modelName).map(escapeHtml);
  const head = names.map((name) => `<th scope="col" class="zd-figure">${name}</th>`).join('');
  const body = bpb.map((line, i) => {
    const cells = line.map((bits) =>
      bits === undefined
        ? '<td></td>'
        : `<td class="zd-figure zd-h${heatStep(bits)}">${figure(bits, 2)}</td>`,
    );
    return `<tr><th scope="row">${names[i]}</th>${cells.join('')}</tr>`;
  });
  return (
    `<div class="zd zd-scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table>` +
    `<caption>${escapeHtml(caption)}</caption><thead><tr><th scope="col">drawn by</th>${head}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table></div>`
  );
}

export function interval(both: readonly [number, number] | undefined): string | undefined {
  if (!both || Number.isNaN(both[0])) return undefined;
  return `[${figure(zeroed(both[0]), 3)}, ${figure(zeroed(both[1]), 3)}]`;
}

function zeroed(value: number): number {
  return Math.abs(value) < LEAST ? 0 : value;
}

function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : 100 * share;
}
