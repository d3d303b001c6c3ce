// Renders Observable Plot charts as SVG without a browser, with linkedom as the document. Only this
// module imports the two packages; the build bundles them into it, so that installing zipdream
// installs neither.

import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

export { Plot };

/** Renders a chart as an SVG element, with its scales. */
export function plotElement(
  options: Plot.PlotOptions,
): Pick<Plot.Plot, 'scale'> & { readonly outerHTML: string } {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return Plot.plot({
    ...options,
    document: document as unknown as Plot.PlotOptions['document'],
  });
}
