// Charts as SVG by Observable Plot, with linkedom for a page.

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** An SVG file, on white whatever it is shown on. */
export function plotSvg(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = Plot.plot({
    ...options,
    document: document as unknown as Plot.PlotOptions['document'],
    width: 760,
    style: { background: 'white', fontFamily: 'sans-serif', fontSize: '12px' },
  });
  const svg = figure.outerHTML;
  return `${svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}

/** The names of lines in their colours, at the top right; in one facet, if that is said. */
export function legendMarks(names: readonly string[], fx?: string): Plot.Markish[] {
  return names.map((name, i) =>
    Plot.text([{ name, fx }], {
      ...(fx !== undefined && { fx: 'fx' }),
      ...{ text: 'name', fill: 'name', fontWeight: 'bold' },
      ...{ frameAnchor: 'top-right', dx: -6, dy: 6 + 15 * i },
    }),
  );
}
