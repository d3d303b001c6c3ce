// Observable Plot with linkedom for a page: charts as SVG without a browser. The one door to both
// packages, which the build bundles into this module, so that installing zipdream installs neither.

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export { Plot };

/** A chart as an SVG element, with its scales. */
export function plotElement(
  options: Plot.PlotOptions,
): Pick<Plot.Plot, 'scale'> & { readonly outerHTML: string } {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return Plot.plot({
    ...options,
    document: document as unknown as Plot.PlotOptions['document'],
  });
}
