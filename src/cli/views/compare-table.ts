// A comparison as text: tables of rates and of samples per input, the cross matrix, the agreement
// of rankings, and CSV.

import { shown } from '../../bits/glyphs.js';
import { HELD_OUT, isControl } from '../../measure/compare-row.js';
import {
  type CompareSummary,
  type IntervalName,
  isDistinguished,
} from '../../measure/compare-summary.js';
import type { CrossEntry } from '../../measure/cross.js';
import { METRIC_NAMES, METRIC_TABLE, type MetricName } from '../../measure/metrics.js';
import type { Contender, RankingAgreement } from '../../measure/ranking.js';
import type { Palette } from './colour.js';
import { plural, signed } from './numbers.js';

type Cell = (summary: CompareSummary) => string | undefined;

interface Column {
  readonly title: string;
  readonly cell: Cell;
}

const fixed =
  (name: MetricName, digits: number): Cell =>
  (summary) =>
    summary[name]?.toFixed(digits);
const percent =
  (name: MetricName): Cell =>
  (summary) =>
    summary[name] === undefined ? undefined : share(100 * summary[name]);
const cost =
  (name: MetricName): Cell =>
  (summary) =>
    summary[name]?.toPrecision(2);

/** One decimal, or none for the large adjusted rates of large models. */
function share(value: number): string {
  return value < 1000 ? value.toFixed(1) : value.toFixed(0);
}

/** A value with half the width of its interval. */
const within =
  (name: 'bpb' | 'judgeBpb', intervalName: 'bpbInterval' | 'judgeInterval'): Cell =>
  ({ [name]: value, [intervalName]: both }) => {
    if (value === undefined) return undefined;
    const spread = both && Number.isFinite(both[0]) ? (both[1] - both[0]) / 2 : undefined;
    return value.toFixed(3) + (spread === undefined ? '' : ` ± ${spread.toFixed(3)}`);
  };

const interval =
  (name: IntervalName): Cell =>
  (summary) => {
    const both = summary[name];
    if (!both || !Number.isFinite(both[0])) return undefined;
    return both.map((end) => loss(end).replace('+', '')).join('–');
  };

/** A signed difference; values that differ from zero only by floating-point error show as zero. */
function loss(value: number): string {
  return signed(Math.abs(value) < 5e-4 ? 0 : value, 3);
}

const column = (name: MetricName, cell: Cell, title = METRIC_TABLE[name].title): Column => ({
  title,
  cell,
});

const DIFFERENCE = column('bpbDifference', (summary) => {
  const { bpbDifference: it } = summary;
  return it === undefined ? undefined : `${isDistinguished(summary) ? '' : '≈ '}${loss(it)}`;
});
const OWN = column('ownBpb', fixed('ownBpb', 3));
const LOSS = column('conversionLoss', ({ conversionLoss: it }) =>
  it === undefined ? undefined : loss(it),
);

/** The columns that fit into a width of 80 characters. */
const MAIN_RATES: readonly Column[] = [
  column('bpb', within('bpb', 'bpbInterval')),
  ...[DIFFERENCE, OWN, LOSS, column('msPerByte', cost('msPerByte'))],
];

const RATES: readonly Column[] = [
  column('bpb', fixed('bpb', 3)),
  { title: '95 %', cell: interval('bpbInterval') },
  DIFFERENCE,
  { title: '95 %', cell: interval('bpbDifferenceInterval') },
  ...[OWN, LOSS],
  { title: '95 %', cell: interval('conversionLossInterval') },
  column('bitsPerUnit', ({ unit, bitsPerUnit, ownBitsPerUnit = Number.NaN }) =>
    unit === undefined || unit === 'byte'
      ? undefined
      : `${(bitsPerUnit ?? ownBitsPerUnit).toFixed(3)}/${UNIT_NAMES[unit]}`,
  ),
  column('rawRate', percent('rawRate'), 'raw %'),
  column('rawRateOneHeader', percent('rawRateOneHeader'), '1 header %'),
  column('adjustedRate', percent('adjustedRate'), 'adjusted %'),
  column('wholeRawRate', percent('wholeRawRate'), 'whole %'),
  column('wholeAdjustedRate', percent('wholeAdjustedRate'), 'whole adj. %'),
  column('calibrationError', fixed('calibrationError', 3)),
  column('msPerByte', cost('msPerByte')),
];

const UNIT_NAMES = { character: 'char', channel: 'channel', sample: 'sample' } as const;

const MAIN_SAMPLES: readonly Column[] = [
  column('judgeBpb', within('judgeBpb', 'judgeInterval')),
  ...[column('drawnBpb', fixed('drawnBpb', 3)), column('distinct3', fixed('distinct3', 3))],
  ...[column('longestCopy', fixed('longestCopy', 1)), column('ssim', fixed('ssim', 3))],
  column('spectralDistance', fixed('spectralDistance', 1)),
];

const SAMPLES: readonly Column[] = [
  column('judgeBpb', fixed('judgeBpb', 3)),
  { title: '95 %', cell: interval('judgeInterval') },
  column('drawnBpb', fixed('drawnBpb', 3)),
  column('drawnOwnBpb', fixed('drawnOwnBpb', 3)),
  column('distinct3', fixed('distinct3', 3)),
  column('repetition', fixed('repetition', 3)),
  column('overlap4', fixed('overlap4', 3)),
  column('longestCopy', fixed('longestCopy', 1)),
  column('knownWords', percent('knownWords'), 'words %'),
  column('psnr', fixed('psnr', 1)),
  column('ssim', fixed('ssim', 3)),
  column('gradientDistance', fixed('gradientDistance', 1)),
  column('spectralDistance', fixed('spectralDistance', 1)),
  column('energyModulation', fixed('energyModulation', 1)),
  column('drawMsPerByte', cost('drawMsPerByte')),
  column('drawPeakBytes', ({ drawPeakBytes: it }) =>
    it === undefined ? undefined : (it / 1e6).toFixed(1),
  ),
];

/** Two tables per input, without empty columns; most columns are shown only with `wide`. */
export function toTables(
  summaries: readonly CompareSummary[],
  { judge, wide = false }: { readonly judge: string; readonly wide?: boolean | undefined },
  palette: Palette,
): string {
  const { bold, dim, reset } = palette;
  const withJudge = (column: Column): Column => ({
    ...column,
    cell: (one) =>
      column.cell(one) ??
      (column.title === METRIC_TABLE.judgeBpb.title && one.spec === judge
        ? 'is the judge'
        : undefined),
  });
  return [...new Set(summaries.map((summary) => summary.input))]
    .map((input) => {
      const lines = summaries.filter((summary) => summary.input === input);
      const cells = plural(Math.max(...lines.map((line) => line.cells)), 'cell');
      const compressors = lines.filter(({ spec }) => !isControl(spec));
      const drawn = lines.filter((line) => line.distinct3 !== undefined);
      const failures = compressors
        .filter(({ failed }) => failed > 0)
        .map(
          (line) =>
            `${nameOf(line)}: ${plural(line.failed, 'cell')} failed: ${shown(line.error ?? '')}\n`,
        );
      return [
        `${bold}${shown(input)}${reset} ${dim}${cells}${reset}\n`,
        toTable(compressors, wide ? RATES : MAIN_RATES, palette, wide),
        drawn.length > 0 ? `${dim}what they draw, judged by ${shown(judge)}${reset}\n` : '',
        toTable(drawn, (wide ? SAMPLES : MAIN_SAMPLES).map(withJudge), palette, wide),
        ...failures,
      ].join('');
    })
    .join('\n');
}

function toTable(
  lines: readonly CompareSummary[],
  all: readonly Column[],
  { dim, reset }: Palette,
  isWide: boolean,
): string {
  const columns = all
    .map(({ title, cell }) => ({ title, cells: lines.map(cell) }))
    .filter(({ cells }) => cells.some((value) => value !== undefined));
  if (columns.length === 0) return '';
  const names = lines.map((line) => cutTo(nameOf(line), isWide ? Infinity : 24));
  const grid = [columns.map(({ title }) => title)];
  lines.forEach((_, i) => {
    grid.push(columns.map(({ cells }) => cells[i] ?? ''));
  });
  return layOut(['', ...names], grid)
    .map((line, i) => (i === 0 ? `${dim}${line}${reset}\n` : `${line}\n`))
    .join('');
}

function cutTo(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** Aligns names to the left and the cells of each column to the right. */
function layOut(names: readonly string[], grid: readonly (readonly string[])[]): string[] {
  const nameWidth = Math.max(...names.map(({ length }) => length));
  const widths = grid[0]!.map((_, i) => Math.max(...grid.map((line) => line[i]!.length)));
  return grid.map((line, row) => {
    const cells = line.map((cell, i) => cell.padStart(widths[i]!));
    return `${names[row]!.padEnd(nameWidth)}  ${cells.join('  ')}`.trimEnd();
  });
}

/** The cross matrix of each input: one row per scoring model, one column per drawing model. */
export function toCrossTables(
  entries: readonly CrossEntry[],
  { bold, dim, reset }: Palette,
): string {
  let text = '';
  for (const input of new Set(entries.map((entry) => entry.input))) {
    const here = entries.filter((entry) => entry.input === input);
    const drawers = [...new Set(here.map(drawerOf))];
    const scorers = [...new Set(here.map(scorerOf))];
    const grid = [
      drawers,
      ...scorers.map((scorer) =>
        drawers.map((drawer) => {
          const found = here.find((one) => drawerOf(one) === drawer && scorerOf(one) === scorer);
          return found?.bpb.toFixed(3) ?? '';
        }),
      ),
    ];
    const [head, ...lines] = layOut(['scored by ↓ drawn by →', ...scorers], grid);
    text += `\n${bold}${shown(input)}${reset} ${dim}bits per byte of each other's samples${reset}\n`;
    text += `${dim}${head}${reset}\n${lines.map((line) => `${line}\n`).join('')}`;
  }
  return text;
}

const drawerOf = (entry: CrossEntry): string =>
  nameOf({ spec: entry.drawnBy, reading: entry.drawnByReading });
const scorerOf = (entry: CrossEntry): string =>
  nameOf({ spec: entry.scoredBy, reading: entry.scoredByReading });

/** A line for each input with two comparable rankings. */
export function toRankingLines(agreements: readonly RankingAgreement[]): string {
  return agreements
    .filter(({ pairs }) => pairs > 0)
    .map(({ input, pairs, agreeing, disagreeing }) => {
      const where = disagreeing.map(
        ({ better, worse }) => `${nameOf(better)} expects better than ${nameOf(worse)}`,
      );
      const but = where.length > 0 ? `; the judge says otherwise where ${where.join(', ')}` : '';
      const head = `${shown(input)}: held-out bits and the judge agree on ${agreeing} of ${pairs}`;
      return `${head} pairs beyond their intervals${but}\n`;
    })
    .join('');
}

function nameOf({ spec, reading }: Contender): string {
  if (spec === HELD_OUT) return 'held out (control)';
  if (isControl(spec)) return `${spec} (control)`;
  return shown(reading ? `${spec} ${reading}` : spec);
}

const CSV_FIELDS = [
  ...(['input', 'spec', 'reading', 'version', 'cells', 'failed', 'unit'] as const),
  ...METRIC_NAMES,
];
const CSV_INTERVALS = {
  bpb: 'bpbInterval',
  bpbDifference: 'bpbDifferenceInterval',
  conversionLoss: 'conversionLossInterval',
  judgeBpb: 'judgeInterval',
} as const satisfies Record<string, IntervalName>;

/** All fields as CSV; an interval takes two columns, which are empty for a single message. */
export function toCsv(summaries: readonly CompareSummary[]): string {
  const ends = Object.keys(CSV_INTERVALS).flatMap((name) => [`${name}Low`, `${name}High`]);
  const quote = (value: unknown): string => {
    const text = Number.isNaN(value) ? '' : String(value ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = summaries.map((one) => {
    const intervals = Object.values(CSV_INTERVALS).flatMap((name): unknown[] => [
      ...(one[name] ?? ['', '']),
    ]);
    return [...CSV_FIELDS.map((field) => one[field]), ...intervals, one.error].map(quote).join(',');
  });
  return [[...CSV_FIELDS, ...ends, 'error'].join(','), ...lines, ''].join('\n');
}
