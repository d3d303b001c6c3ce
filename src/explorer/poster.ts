// Paints what the page shows, with settings and legend, on one canvas.

import { heatPair } from '../report/heat.js';
import type { TextLane } from './text-lane.js';
import type { TextPage } from './text-page.js';

const SCALE = 2;
const MARGIN = 32;
const COLUMN = 460;
const LINE = 24;
const BAR = 22;
/** Room above the lanes or figures for the settings, and below them for the legend. */
const HEAD = 48;
const FOOT = 56;

interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly accent: string;
}

/** The colours of the page as it is: light or dark. */
function pageColours(): Colours {
  const probe = document.createElement('span');
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    paper: colour('paper'),
    ink: colour('ink'),
    soft: colour('soft'),
    accent: colour('accent'),
  };
  probe.remove();
  return colours;
}

function createCanvas(width: number, height: number, { paper }: Colours) {
  const canvas = document.createElement('canvas');
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const context = canvas.getContext('2d')!;
  context.scale(SCALE, SCALE);
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'alphabetic';
  return { canvas, context };
}

const fontOf = (name: string, size: number, weight = 400): string =>
  `${weight} ${size}px ${getComputedStyle(document.documentElement).getPropertyValue(`--${name}`)}`;

/** The lanes side by side: the bars, and the text with the heat of its surprisal. */
export function posterOfText({ lanes, summary }: TextPage): HTMLCanvasElement {
  const colours = pageColours();
  const probe = createCanvas(1, 1, colours).context;
  const heights = lanes.map((lane) => paintLane(probe, lane, 0, colours));
  const width = MARGIN + Math.max(lanes.length, 1) * (COLUMN + MARGIN);
  const height = Math.max(HEAD, ...heights) + FOOT;
  const { canvas, context } = createCanvas(width, height, colours);
  paintHead(context, summary, colours);
  lanes.forEach((lane, i) => {
    paintLane(context, lane, MARGIN + i * (COLUMN + MARGIN), colours);
  });
  paintLegend(context, height - 24, colours);
  return canvas;
}

function paintHead(
  context: CanvasRenderingContext2D,
  summary: string,
  { soft }: Colours,
  width?: number,
): void {
  context.fillStyle = soft;
  context.font = fontOf('sans', 13);
  context.fillText(`zipdream · ${summary}`, MARGIN, MARGIN + 4, width);
}

/** Bars, marks and heat, explained in a line. */
function paintLegend(context: CanvasRenderingContext2D, y: number, colours: Colours): void {
  const { ink, soft, accent } = colours;
  let x = MARGIN;
  const write = (text: string): void => {
    context.fillStyle = soft;
    context.font = fontOf('sans', 12);
    context.fillText(text, x, y);
    x += context.measureText(text).width + 14;
  };
  context.fillStyle = accent;
  context.fillRect(x, y - 9, 22, 10);
  x += 28;
  write('drawn with, 0 to 100 %');
  context.fillStyle = ink;
  context.fillRect(x, y - 12, 1.5, 15);
  x += 7;
  write('before temperature and overlap');
  write('surprisal');
  for (let bits = 0; bits <= 8; bits++) {
    paintHeat(context, 2 * bits, x, y, 18);
    context.fillText(String(bits), x + 5, y);
    x += 18;
  }
  x += 8;
  write('bits or more; bold: drawn');
}

/** The ground of a step of heat, and the colour of what is written on it next. */
function paintHeat(
  context: CanvasRenderingContext2D,
  step: number,
  x: number,
  y: number,
  width: number,
): void {
  const { ground, text } = heatPair(step, isDark() ? 'dark' : 'light');
  context.fillStyle = ground;
  context.fillRect(x, y - 16, width, LINE - 2);
  context.fillStyle = text;
}

function isDark(): boolean {
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/** Returns where it ends. */
function paintLane(
  context: CanvasRenderingContext2D,
  lane: TextLane,
  left: number,
  { ink, soft, accent }: Colours,
): number {
  let y = HEAD + 16;
  context.fillStyle = ink;
  context.font = fontOf('serif', 22);
  context.fillText(lane.title, left, y);
  context.font = fontOf('sans', 13);
  context.fillStyle = soft;
  context.fillText(lane.figures, left, (y += 24));
  y += 20;
  for (const { name, share, ownShare, chance } of lane.bars.shown) {
    context.fillStyle = accent;
    context.fillRect(left + 50, y, share * (COLUMN - 130), 11);
    context.fillStyle = ink;
    context.fillRect(left + 50 + ownShare * (COLUMN - 130), y - 2, 1.5, 15);
    context.font = fontOf('mono', 14);
    context.textAlign = 'right';
    context.fillText(name, left + 40, y + 11);
    context.font = fontOf('sans', 13);
    context.fillText(chance, left + COLUMN, y + 11);
    context.textAlign = 'left';
    y += BAR;
  }
  y += LINE;
  context.font = fontOf('mono', 14);
  let x = left;
  for (const { text, heat, isDrawn } of lane.strip.shown) {
    const isNewline = text === '\n';
    const shown = isNewline ? '↵' : text === '\t' ? '    ' : text;
    context.font = fontOf('mono', 14, isDrawn ? 600 : 400);
    const width = context.measureText(shown).width;
    if (x + width > left + COLUMN) {
      x = left;
      y += LINE;
    }
    paintHeat(context, heat, x, y, width);
    context.fillText(shown, x, y);
    x += width;
    if (isNewline) {
      x = left;
      y += LINE;
    }
  }
  return y;
}

export interface Figure {
  readonly title: string;
  readonly note: string;
  readonly canvas: HTMLCanvasElement;
}

/** Pictures or waveforms in a row, with what is written below them. */
export function posterOfFigures(page: {
  readonly shown: readonly Figure[];
  readonly summary: string;
}): HTMLCanvasElement {
  const { shown, summary } = page;
  const colours = pageColours();
  const width = 320;
  const heights = shown.map(({ canvas }) => (width * canvas.height) / canvas.width);
  const height = Math.max(0, ...heights);
  const full = MARGIN + Math.max(shown.length, 1) * (width + MARGIN);
  const { canvas, context } = createCanvas(full, HEAD + height + MARGIN + 60, colours);
  paintHead(context, summary, colours, full - 2 * MARGIN);
  context.imageSmoothingEnabled = false;
  shown.forEach((figure, i) => {
    const left = MARGIN + i * (width + MARGIN);
    context.drawImage(figure.canvas, left, HEAD, width, heights[i]!);
    context.fillStyle = colours.ink;
    context.font = fontOf('serif', 18);
    context.fillText(figure.title, left, HEAD + height + 28);
    context.fillStyle = colours.soft;
    context.font = fontOf('sans', 12);
    context.fillText(figure.note, left, HEAD + height + 48, width);
  });
  return canvas;
}
