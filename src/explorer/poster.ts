// What is shown, painted on one canvas.

import type { TextLane } from './text-lane.js';
import type { TextPage } from './text-page.js';

const SCALE = 2;
const MARGIN = 32;
const COLUMN = 460;
const LINE = 24;
const BAR = 22;

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

/** The lanes side by side: bars, and the text on the ground of its surprisal. */
export function posterOfText({ lanes }: TextPage): HTMLCanvasElement {
  const colours = pageColours();
  const probe = createCanvas(1, 1, colours).context;
  const heights = lanes.map((lane) => paintLane(probe, lane, 0, colours));
  const width = MARGIN + lanes.length * (COLUMN + MARGIN);
  const { canvas, context } = createCanvas(width, Math.max(0, ...heights) + MARGIN, colours);
  lanes.forEach((lane, i) => {
    paintLane(context, lane, MARGIN + i * (COLUMN + MARGIN), colours);
  });
  return canvas;
}

/** Returns where it ends. */
function paintLane(
  context: CanvasRenderingContext2D,
  lane: TextLane,
  left: number,
  { ink, soft, accent }: Colours,
): number {
  let y = MARGIN + 16;
  context.fillStyle = ink;
  context.font = fontOf('serif', 22);
  context.fillText(lane.title, left, y);
  context.font = fontOf('sans', 13);
  context.fillStyle = soft;
  context.fillText(lane.figures, left, (y += 24));
  y += 20;
  for (const { name, share, chance } of lane.bars.shown) {
    context.fillStyle = accent;
    context.fillRect(left + 50, y, share * (COLUMN - 130), 11);
    context.fillStyle = ink;
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
    context.globalAlpha = (heat * 3.2) / 100;
    context.fillStyle = accent;
    context.fillRect(x, y - 16, width, LINE - 2);
    context.globalAlpha = 1;
    context.fillStyle = ink;
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
export function posterOfFigures(figures: readonly Figure[]): HTMLCanvasElement {
  const colours = pageColours();
  const width = 320;
  const heights = figures.map(({ canvas }) => (width * canvas.height) / canvas.width);
  const height = Math.max(0, ...heights);
  const full = MARGIN + figures.length * (width + MARGIN);
  const { canvas, context } = createCanvas(full, height + 2 * MARGIN + 60, colours);
  context.imageSmoothingEnabled = false;
  figures.forEach((figure, i) => {
    const left = MARGIN + i * (width + MARGIN);
    context.drawImage(figure.canvas, left, MARGIN, width, heights[i]!);
    context.fillStyle = colours.ink;
    context.font = fontOf('serif', 18);
    context.fillText(figure.title, left, MARGIN + height + 28);
    context.fillStyle = colours.soft;
    context.font = fontOf('sans', 12);
    context.fillText(figure.note, left, MARGIN + height + 48, width);
  });
  return canvas;
}
