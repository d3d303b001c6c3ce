// The tables of a report: all models on all inputs, predictions, samples, and the cross matrix;
// below each, the definitions of its columns.

import { isControl } from '../../measure/compare-row.js';
import {
  type CompareSummary,
  type IntervalName,
  isDistinguished,
} from '../../measure/compare-summary.js';
import type { CrossEntry } from '../../measure/cross.js';
import { METRIC_NAMES, METRIC_TABLE, type MetricName } from '../../measure/metrics.js';
import {
  dataOf,
  dataTable,
  figure,
  type TableColumn,
  tableFigure,
} from '../../report/data-table.js';
import { escapeHtml } from '../../report/escape-html.js';
import { heatStep } from '../../report/heat.js';
import { modelName, type Section } from './sections.js';

type Column = TableColumn<CompareSummary>;
type Interval = readonly [low: number, high: number];

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
  value: (summary) => summary[name],
  significant: 2,
});
const spread = (name: IntervalName): Column => ({
  title: '95 %',
  value: (summary) => known(summary[name]),
});

function describe(name: MetricName): Pick<Column, 'title' | 'note' | 'best'> {
  const { title, formula, better, family } = METRIC_TABLE[name];
  if (better === 'truth' || family === 'samples' || family === 'cost') {
    return { title, note: formula };
  }
  return { title, note: formula, best: better === 'lower' ? 'least' : 'greatest' };
}

const DIFFERENCE: Column = {
  ...describe('bpbDifference'),
  best: undefined,
  value: ({ bpbDifference: bits }) => bits ?? 0,
  mark: (summary) => (isDistinguished(summary) ? '' : '≈ '),
};

/** Bits per unit, if units are not bytes. */
const PER_UNIT: Column = {
  ...number('bitsPerUnit'),
  value: ({ bpb, bitsPerUnit }) => (bitsPerUnit === bpb ? undefined : bitsPerUnit),
};

const EXPECTS: readonly Column[] = [
  ...[NAME, number('bpb'), spread('bpbInterval'), DIFFERENCE, spread('bpbDifferenceInterval')],
  ...[number('ownBpb'), number('conversionLoss'), spread('conversionLossInterval')],
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

/** Bits per byte of every model on every input. */
export function overviewTable(sections: readonly Section[], names: readonly string[]): string {
  const models = sections.map(({ summaries }) => {
    const read = summaries.filter(({ spec, bpb, ownBpb }) => !isControl(spec) && (bpb ?? ownBpb));
    return new Map(read.map((one) => [modelName(one), one]));
  });
  const columns = models.map(
    (of, i): TableColumn<string> => ({
      title: names[i]!,
      value: (name) => of.get(name)?.bpb ?? of.get(name)?.ownBpb,
      mark: (name) => (of.has(name) && !isDistinguished(of.get(name)!) ? '≈ ' : ''),
      best: 'least',
    }),
  );
  return dataTable(
    [{ title: 'model', value: (name: string) => name }, ...columns],
    [...new Set(models.flatMap((of) => [...of.keys()]))],
    {
      hasData: true,
      caption:
        'Bits per held-out byte; for (own rate), of the compressor’s own code lengths. Bold: the least of an input; ≈: not distinguishable from it, as the 95 % interval of the paired difference includes zero.',
    },
  );
}

export function expectationTable(summaries: readonly CompareSummary[], caption: string): string {
  const models = summaries.filter(({ spec }) => !isControl(spec));
  return dataTable(EXPECTS, models, { caption, hasData: true }) + definitions(EXPECTS, models);
}

/** Measures of the drawn samples; undefined if nothing was drawn. */
export function drawingTable({ summaries, judge }: Section, caption: string): string | undefined {
  const drawn = summaries.filter(({ distinct3 }) => distinct3 !== undefined);
  if (drawn.length === 0) return undefined;
  const columns = DRAWS.map((column) => {
    if (column.title !== METRIC_TABLE.judgeBpb.title) return column;
    const isJudge = ({ spec }: CompareSummary): boolean => spec === judge;
    return {
      ...column,
      value: (one: CompareSummary) =>
        column.value(one) ?? (isJudge(one) ? 'is the judge' : undefined),
    };
  });
  const table = dataTable(columns, drawn, {
    ...{ caption, hasData: true },
    isControl: ({ spec }) => isControl(spec),
  });
  return table + definitions(DRAWS, drawn);
}

/** The cross matrix: one row per drawing model, one column per scoring model, coloured by bits. */
export function crossTable(entries: readonly CrossEntry[], caption: string): string {
  const drawers = [...new Set(entries.map(drawerOf))];
  const scorers = [...new Set(entries.map(scorerOf))];
  const bpb = new Map(entries.map((one) => [`${drawerOf(one)}\n${scorerOf(one)}`, one.bpb]));
  const head = scorers.map((name) => `<th scope="col" class="zd-figure">${escapeHtml(name)}</th>`);
  const body = drawers.map((drawer) => {
    const cells = scorers.map((scorer) => {
      const bits = bpb.get(`${drawer}\n${scorer}`);
      if (bits === undefined) return '<td></td>';
      return `<td class="zd-figure zd-h${heatStep(bits)}"${dataOf(bits)}>${figure(bits, 2)}</td>`;
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

/** Definitions of the columns that have a value in some summary. */
function definitions(columns: readonly Column[], summaries: readonly CompareSummary[]): string {
  const shown = METRIC_NAMES.filter((name) => {
    const isShown = columns.some(({ note }) => note === METRIC_TABLE[name].formula);
    return isShown && summaries.some((summary) => summary[name] !== undefined);
  });
  const lines = shown.map((name) => {
    const { title, unit, formula, source } = METRIC_TABLE[name];
    const from = source === undefined ? '' : ` <span class="faint">${escapeHtml(source)}</span>`;
    return `<dt>${escapeHtml(title)}</dt><dd>${escapeHtml(`${formula}, in ${unit}.`)}${from}</dd>`;
  });
  return `<details><summary>What the columns are</summary><p>${NOTATION}</p><dl>${lines.join('\n')}</dl></details>`;
}

const NOTATION =
  'x is what is given, y what follows it, drawn or held out; L is a code length in bits; |y| is in bytes. Intervals are 95 %, by a bootstrap over messages.';

/** The interval; undefined for a single message, which gives no estimate of spread. */
export function known(interval: Interval | undefined): Interval | undefined {
  if (!interval || !Number.isFinite(interval[0])) return undefined;
  return [zeroed(interval[0])!, zeroed(interval[1])!];
}

export function intervalText(interval: Interval | undefined): string | undefined {
  const ends = known(interval);
  return ends && `[${ends.map((end) => figure(end, 3)).join(', ')}]`;
}

/** Rounds to zero values that only differ from it by floating-point error. */
function zeroed(value: number | undefined): number | undefined {
  return value !== undefined && Math.abs(value) < 1e-9 ? 0 : value;
}
