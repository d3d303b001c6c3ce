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
