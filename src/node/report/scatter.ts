// Scatter plots of models, used for speed against rate and rate against quality. Labels are placed
// greedily so that they overlap neither each other nor a dot, where possible.

import { ACCENT } from '../../report/style.js';
import { Plot, plotElement } from '../plot.js';
import { type Dot, draw, type Interval, shorten, WIDTH } from './plots.js';

export interface Point {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly xInterval?: Interval | undefined;
  readonly yInterval?: Interval | undefined;
}

interface ScatterOptions {
  /** Title and text alternative of the plot. */
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly isLogX?: boolean;
  /** Reference levels of y, named at the right. */
  readonly levels?: readonly Dot[];
}

const HEIGHT = 300;
const MARGIN = { left: 40, top: 26, bottom: 40 };
const LETTER = 6.6;
const LINE = 14;

export function scatterPlot(points: readonly Point[], options: ScatterOptions): string {
  const { title, xLabel, yLabel, isLogX, levels = [] } = options;
  const longest = Math.max(0, ...levels.map(({ name }) => name.length));
  const right = longest === 0 ? 14 : 12 + LETTER * longest;
  const layout: Plot.PlotOptions = {
    width: WIDTH,
    height: HEIGHT,
    marginLeft: MARGIN.left,
    marginRight: right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { label: xLabel, grid: true, inset: 20, ...(isLogX ? LOG : { nice: true, ticks: 4 }) },
    y: { label: yLabel, grid: true, nice: true, inset: 14, ticks: 5 },
  };
  const marks = [
    Plot.ruleY(levels, { y: 'value', strokeDasharray: '4 3', strokeOpacity: 0.7 }),
    Plot.link(
      points.filter(({ xInterval }) => xInterval),
      {
        ...{ x1: ({ xInterval }: Point) => xInterval![0], x2: ({ xInterval }) => xInterval![1] },
        ...{ y: 'y', stroke: ACCENT },
      },
    ),
    Plot.link(
      points.filter(({ yInterval }) => yInterval),
      {
        ...{ y1: ({ yInterval }: Point) => yInterval![0], y2: ({ yInterval }) => yInterval![1] },
        ...{ x: 'x', stroke: ACCENT },
      },
    ),
    Plot.dot(points, { x: 'x', y: 'y', r: 4, fill: ACCENT }),
  ];
  const scales = plotElement({ ...layout, marks });
  const toX = (x: number): number => Number(scales.scale('x')!.apply(x));
  const toY = (y: number): number => Number(scales.scale('y')!.apply(y));
  const frame = {
    ...{ left: MARGIN.left, right: WIDTH - right + (longest === 0 ? 12 : 0) },
    ...{ top: MARGIN.top - 10, bottom: HEIGHT - MARGIN.bottom },
  };
  const named = placeNames(
    points.map(({ name, x, y, xInterval, yInterval }) => ({
      ...{ name: shorten(name), x: toX(x), y: toY(y) },
      lines: [
        ...(xInterval ? [[toX(xInterval[0]), toY(y), toX(xInterval[1]), toY(y)] as const] : []),
        ...(yInterval ? [[toX(x), toY(yInterval[1]), toX(x), toY(yInterval[0])] as const] : []),
      ],
    })),
    frame,
  );
  const halo = { fill: 'currentColor', stroke: 'var(--paper,#fff)', strokeWidth: 4 } as const;
  return draw(title, {
    ...layout,
    marks: [
      ...marks,
      ...spread(levels, toY).map(({ level, dy }) =>
        Plot.text([level], {
          ...{ y: 'value', text: 'name', fontStyle: 'italic', fill: 'currentColor', dy },
          ...{ frameAnchor: 'right', textAnchor: 'start', dx: 5 },
        }),
      ),
      ...named.map(({ name, dx, dy, anchor }, i) =>
        Plot.text([points[i]!], {
          ...{ ...halo, x: 'x', y: 'y', text: () => name, dx, dy, textAnchor: anchor },
        }),
      ),
    ],
  });
}

const LOG = {
  type: 'log',
  ticks: 4,
  tickFormat: (x: number) => String(Number(x.toPrecision(2))),
} as const;

/** Vertical offsets that keep the names of levels at least one line apart. */
function spread(levels: readonly Dot[], toY: (y: number) => number): { level: Dot; dy: number }[] {
  let last = -Infinity;
  return levels
    .map((level) => ({ level, at: toY(level.value) }))
    .sort((a, b) => a.at - b.at)
    .map(({ level, at }) => {
      last = Math.max(at, last + LINE);
      return { level, dy: last - at };
    });
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A point with its label, in pixels. */
interface Named {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Lines that labels should not cover: left, top, right and bottom of each. */
  readonly lines: readonly (readonly [number, number, number, number])[];
}

interface PlacedName {
  readonly name: string;
  readonly dx: number;
  readonly dy: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** Candidate positions of a label around its dot, the nearest first. */
const PLACES = [10, 16, 24, 34, 46, 60].flatMap((far) =>
  (
    [
      [1, 0],
      [0.7, -0.8],
      [0.7, 0.8],
      [-1, 0],
      [-0.7, -0.8],
      [-0.7, 0.8],
      [0, -1],
      [0, 1],
    ] as const
  ).map(([x, y]) => ({
    ...{ far, dx: far * x, dy: far * y },
    anchor: x > 0 ? ('start' as const) : x < 0 ? ('end' as const) : ('middle' as const),
  })),
);

/** Places each label at the candidate position that covers the least, preferring near ones. */
function placeNames(points: readonly Named[], frame: Box): PlacedName[] {
  const around = ({ x, y }: Named, far: number): Box => {
    return { left: x - far, right: x + far, top: y - far, bottom: y + far };
  };
  const taken: Box[] = points.flatMap(({ lines }) =>
    lines.map(([left, top, right, bottom]) => ({
      ...{ left: left - 1, right: right + 1, top: top - 1, bottom: bottom + 1 },
    })),
  );
  return points.map((point) => {
    const { name, x, y } = point;
    // A label beside another dot would be read as that dot's name.
    const dots = points.map((one) => around(one, one === point ? 5 : 13));
    const width = LETTER * name.length;
    const candidates = PLACES.map((place) => {
      const start = x + place.dx;
      const left =
        place.anchor === 'start' ? start : start - width / (place.anchor === 'end' ? 1 : 2);
      const top = y + place.dy - LINE / 2;
      const box = { left, right: left + width, top, bottom: top + LINE };
      const outside = width * LINE - area(box, frame);
      return {
        ...place,
        box,
        cost:
          [...taken, ...dots].reduce((sum, one) => sum + area(box, one), 3 * outside) +
          place.far / 4,
      };
    });
    const best = candidates.reduce((a, b) => (b.cost < a.cost ? b : a));
    taken.push(best.box);
    return { name, dx: best.dx, dy: best.dy, anchor: best.anchor };
  });
}

/** The area shared by two boxes. */
function area(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return Math.max(0, width) * Math.max(0, height);
}
