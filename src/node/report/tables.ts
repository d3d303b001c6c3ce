// The tables of a report: how well the models expect, what they draw, what they make of each other.

import { isControl } from '../../measure/compare-row.js';
import type { CompareSummary } from '../../measure/compare-summary.js';
import type { CrossEntry } from '../../measure/cross.js';
import { METRIC_NAMES, METRIC_TABLE, type MetricName } from '../../measure/metrics.js';
import { dataTable, figure, type TableColumn, tableFigure } from '../../report/data-table.js';
import { escapeHtml } from '../../report/escape-html.js';
import { heatStep } from '../../report/heat.js';
import { modelName } from './sections.js';

type Column = TableColumn<CompareSummary>;

const NAME: Column = { title: 'model', value: modelName };

const number = (name: MetricName, digits = 3): Column => ({
  ...describe(name),
  value: (summary) => zeroed(summary[name]),
  digits,
});
const percent = (name: MetricName): Column => ({
  ...describe(name),
  title: `${METRIC_TABLE[name].title} %`,
  value: ({ [name]: share }) => (share === undefined ? undefined : 100 * share),
  digits: 1,
});
const cost = (name: MetricName): Column => ({
  ...describe(name),
  value: (summary) => summary[name]?.toPrecision(2),
  isFigure: true,
});
const spread = (name: 'bpbInterval' | 'conversionLossInterval' | 'judgeInterval'): Column => ({
  title: '95 %',
  value: (summary) => interval(summary[name]),
  isFigure: true,
});

function describe(name: MetricName): Pick<Column, 'title' | 'note' | 'best'> {
  const { title, formula, better, family } = METRIC_TABLE[name];
  if (better === 'truth' || family === 'samples' || family === 'cost') {
    return { title, note: formula };
  }
  return { title, note: formula, best: better === 'lower' ? 'least' : 'greatest' };
}

/** Where units are not bytes. */
const PER_UNIT: Column = {
  ...number('bitsPerUnit'),
  value: ({ bpb, bitsPerUnit }) => (bitsPerUnit === bpb ? undefined : bitsPerUnit),
};

const EXPECTS: readonly Column[] = [
  ...[NAME, number('bpb'), spread('bpbInterval'), number('ownBpb')],
  ...[number('conversionLoss'), spread('conversionLossInterval')],
  ...[PER_UNIT, percent('rawRate'), percent('rawRateOneHeader')],
  ...[percent('adjustedRate'), percent('wholeRawRate'), percent('wholeAdjustedRate')],
  ...[number('calibrationError'), cost('msPerByte')],
];

const DRAWS: readonly Column[] = [
  ...[NAME, number('judgeBpb'), spread('judgeInterval'), number('drawnBpb')],
  ...[number('drawnOwnBpb'), number('distinct3'), number('repetition'), number('overlap4')],
  ...[number('longestCopy', 1), percent('knownWords'), number('psnr', 2), number('ssim')],
  ...[number('gradientDistance', 2), number('spectralDistance', 2), number('energyModulation', 2)],
  cost('drawMsPerByte'),
  {
    ...describe('drawPeakBytes'),
    value: ({ drawPeakBytes: bytes }) => (bytes === undefined ? undefined : bytes / 1e6),
    digits: 1,
  },
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

/** Who drew in a row each, who scores in a column; on the ground of their bits as maps have it. */
export function crossTable(entries: readonly CrossEntry[], caption: string): string {
  const drawers = [...new Set(entries.map(drawerOf))];
  const scorers = [...new Set(entries.map(scorerOf))];
  const bpb = new Map(entries.map((one) => [`${drawerOf(one)}\n${scorerOf(one)}`, one.bpb]));
  const head = scorers.map((name) => `<th scope="col" class="zd-figure">${escapeHtml(name)}</th>`);
  const body = drawers.map((drawer) => {
    const cells = scorers.map((scorer) => {
      const bits = bpb.get(`${drawer}\n${scorer}`);
      if (bits === undefined) return '<td></td>';
      return `<td class="zd-figure zd-h${heatStep(bits)}">${figure(bits, 2)}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(drawer)}</th>${cells.join('')}</tr>`;
  });
  return tableFigure(
    `<table><thead><tr><th scope="col">drawn by</th>${head.join('')}</tr></thead>` +
      `<tbody>${body.join('')}</tbody></table>`,
    caption,
  );
}

const drawerOf = ({ drawnBy, drawnByReading }: CrossEntry): string =>
  modelName({ spec: drawnBy, reading: drawnByReading });
const scorerOf = ({ scoredBy, scoredByReading }: CrossEntry): string =>
  modelName({ spec: scoredBy, reading: scoredByReading });

/** What the columns are, of those that some summary has. */
export function glossary(summaries: readonly CompareSummary[]): string {
  const shown = METRIC_NAMES.filter((name) => {
    const isShown = [...EXPECTS, ...DRAWS].some(({ note }) => note === METRIC_TABLE[name].formula);
    return isShown && summaries.some((summary) => summary[name] !== undefined);
  });
  const lines = shown.map((name) => {
    const { title, unit, formula, source } = METRIC_TABLE[name];
    const from = source === undefined ? '' : ` <span class="faint">${escapeHtml(source)}</span>`;
    return `<dt>${escapeHtml(title)}</dt><dd>${escapeHtml(`${formula}, in ${unit}.`)}${from}</dd>`;
  });
  return `<dl>${lines.join('\n')}</dl>`;
}

export function interval(both: readonly [number, number] | undefined): string | undefined {
  if (!both || !Number.isFinite(both[0])) return undefined;
  return `[${both.map((end) => figure(zeroed(end)!, 3)).join(', ')}]`;
}

/** Smaller comes of adding up in another order. */
function zeroed(value: number | undefined): number | undefined {
  return value !== undefined && Math.abs(value) < 1e-9 ? 0 : value;
}
