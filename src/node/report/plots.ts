// Figures of a report as SVG, drawn by Observable Plot without a browser: rows of dots and bars,
// and small multiples. Lines and text have the page's text colour; marks have one of two colours
// that are readable on light and dark pages.

import { escapeHtml } from '../../report/escape-html.js';
import { ACCENT } from '../../report/style.js';
import { Plot, plotElement } from '../plot.js';
import { CONTRARY } from './page-style.js';

export type Interval = readonly [low: number, high: number];

/** A named value with its interval. */
export interface Dot {
  readonly name: string;
  readonly value: number;
  readonly interval?: Interval | undefined;
}

/** Width of most figures in pixels; three fit side by side on a wide page. */
export const WIDTH = 368;
const ROW = 24;

export interface Rate {
  readonly name: string;
  /** Bits per byte under a reading; undefined if only own code lengths were measured. */
  readonly bits?: number | undefined;
  readonly interval?: Interval | undefined;
  readonly own?: number | undefined;
}

/** Bits per held-out byte: filled dots for the reading, open dots for the compressor's own bits. */
export function ratesPlot(rates: readonly Rate[]): string {
  const both = rates.filter(({ bits, own }) => bits !== undefined && own !== undefined);
  return draw('Bits per held-out byte of each model', {
    ...rowsLayout(rates),
    x: { label: 'bits per held-out byte', grid: true, nice: true },
    marks: [
      Plot.link(both, { x1: 'bits', x2: 'own', y: 'name', strokeOpacity: 0.45 }),
      Plot.dot(rates, { x: 'own', y: 'name', r: 4, strokeWidth: 1.2 }),
      Plot.ruleY(withInterval(rates), { ...SPREAD_X, y: 'name', stroke: ACCENT, strokeWidth: 3 }),
      Plot.dot(rates, { x: 'bits', y: 'name', r: 4, fill: ACCENT }),
    ],
  });
}

/** Conversion losses as bars from zero, with their intervals; gains are negative. */
export function lossPlot(lines: readonly Dot[]): string {
  return draw('Conversion loss of each model', {
    ...rowsLayout(lines),
    x: { label: 'conversion loss, bits per byte', grid: true, nice: true, tickFormat: signed },
    marks: [
      Plot.barX(lines, {
        x: 'value',
        y: 'name',
        fill: ({ value }: Dot) => (value > 0 ? CONTRARY : ACCENT),
        insetTop: 5,
        insetBottom: 5,
      }),
      Plot.ruleY(withInterval(lines), { ...SPREAD_X, y: 'name', strokeWidth: 1.5 }),
      Plot.ruleX([0]),
    ],
  });
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

interface MultiplesOptions {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xTicks?: readonly number[];
  readonly xTickFormat?: (x: number) => string;
  readonly yTicks?: readonly number[];
  readonly yTickFormat?: (y: number) => string;
  readonly yDomain?: readonly [number, number];
  /** A reference level of y, drawn as a dashed line. */
  readonly rule?: number;
}

/** One small plot per line, with the other lines in grey, all on the same scales. */
export function smallMultiples(lines: readonly Line[], options: MultiplesOptions): string[] {
  const flat = lines.flatMap(({ name, points }) => points.map(([x, y]) => ({ name, x, y })));
  const extent = (of: 'x' | 'y'): [number, number] => {
    const values = flat.map((point) => point[of]);
    return [Math.min(...values), Math.max(...values)];
  };
  const yDomain = options.yDomain ?? extent('y');
  return lines.map(({ name }) => {
    const own = flat.filter((point) => point.name === name);
    return draw(`${options.yLabel} by ${options.xLabel}: ${name}`, {
      width: 190,
      height: 148,
      marginLeft: 34,
      marginBottom: 41,
      marginTop: 25,
      x: {
        label: options.xLabel,
        domain: extent('x'),
        ticks: options.xTicks ?? 3,
        tickFormat: options.xTickFormat,
      },
      y: {
        label: options.yLabel,
        domain: yDomain,
        nice: options.yDomain === undefined,
        ticks: options.yTicks ?? 4,
        tickFormat: options.yTickFormat,
        grid: true,
      },
      marks: [
        ...(options.rule === undefined
          ? []
          : [Plot.ruleY([options.rule], { strokeDasharray: '4 3' })]),
        Plot.line(flat, { x: 'x', y: 'y', z: 'name', strokeOpacity: 0.25, strokeWidth: 1 }),
        Plot.line(own, { x: 'x', y: 'y', stroke: ACCENT, strokeWidth: 2.2 }),
        Plot.dot(own, { x: 'x', y: 'y', fill: ACCENT, r: 2 }),
      ],
    });
  });
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value).replace('-', '−');
}

/** One row per line, with its name at the left, in the order given. */
function rowsLayout(lines: readonly { readonly name: string }[]) {
  const names = lines.map(({ name }) => name);
  const longest = Math.max(...names.map(({ length }) => Math.min(length, MOST_LETTERS)));
  return {
    width: WIDTH,
    height: ROW * lines.length + 44,
    marginLeft: 16 + 6.6 * longest,
    marginTop: 4,
    marginBottom: 40,
    y: { label: null, domain: names, tickSize: 0, tickFormat: shorten },
  };
}

const MOST_LETTERS = 22;

export function shorten(name: string): string {
  return name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name;
}

function withInterval<T extends { readonly interval?: Interval | undefined }>(all: readonly T[]) {
  return all.filter(({ interval }) => interval && !Number.isNaN(interval[0]));
}

const SPREAD_X = {
  x1: ({ interval }: { interval: Interval }) => interval[0],
  x2: ({ interval }: { interval: Interval }) => interval[1],
};

/** Renders a chart as an SVG with one accessible name; Plot's own style and labels are removed. */
export function draw(ariaLabel: string, options: Plot.PlotOptions): string {
  return plotElement(options)
    .outerHTML.replace(/<style>[^<]*<\/style>/, '')
    .replaceAll(/ aria-(?:label|hidden)="[^"]*"/g, '')
    .replace('<svg ', `<svg role="img" aria-label="${escapeHtml(ariaLabel)}" `);
}
