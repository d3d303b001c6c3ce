// Charts of the paper's figures as SVG files.

import { Plot, plotElement } from '../plot.js';

/** An SVG file with a white background. */
export function plotSvg(options: Plot.PlotOptions): string {
  const figure = plotElement({
    ...options,
    width: 760,
    style: { background: 'white', fontFamily: 'sans-serif', fontSize: '12px' },
  });
  const svg = figure.outerHTML;
  return `${svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}

/** The names of lines in their colours, at the top right; in one facet, if given. */
export function legendMarks(names: readonly string[], fx?: string): Plot.Markish[] {
  return names.map((name, i) =>
    Plot.text([{ name, fx }], {
      ...(fx !== undefined && { fx: 'fx' }),
      ...{ text: 'name', fill: 'name', fontWeight: 'bold' },
      ...{ frameAnchor: 'top-right', dx: -6, dy: 6 + 15 * i },
    }),
  );
}
