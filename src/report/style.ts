// The style sheet of all HTML fragments. Fragments have classes and SVG attributes but no style
// attributes or scripts, so that a strict Content-Security-Policy can allow the sheet by its hash.
// Colours are inherited (currentColor) or readable on light and dark pages; `light-dark` follows
// the page's color-scheme. Doubled classes override Jupyter's own rules for tables.

import { heatPair, heatStyle } from './heat.js';

/** The colour of bars, dots and lines; its contrast to both white and black is at least 3. */
export const ACCENT = '#2f83c4';

/** The colour of every second match. */
const OTHER = '#b0609c';

/** The style sheet, to be included once in a page with fragments; `withStyle` adds it to one. */
export const FRAGMENT_STYLE = `.zd{font:14px/1.5 system-ui,sans-serif;margin:0 0 1em;max-width:100%}
.zd figcaption{font-size:13px;padding:0 0 .4em}
.zd-scroll{overflow-x:auto}
.zd table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:inherit}
.zd.zd th,.zd.zd td{padding:.25em .7em;white-space:nowrap;text-align:left;vertical-align:baseline}
.zd thead th{font-weight:500;border-bottom:1px solid currentColor}
.zd tbody th{font-weight:500}
.zd.zd th.zd-figure,.zd.zd td.zd-figure{text-align:right}
.zd .zd-best{font-weight:700}
.zd-note{opacity:.75}
.zd-bytes{font:13px/1.65 ui-monospace,Menlo,Consolas,monospace;white-space:break-spaces;overflow-wrap:anywhere;tab-size:4;margin:0;padding:.5em .7em;border-radius:4px;print-color-adjust:exact}
.zd-bytes span,.zd-bytes i{padding:.12em 0;border-radius:2px;font-style:normal}
.zd-space{background-image:radial-gradient(circle,currentColor .05em,transparent .06em);background-position:center .1em}
.zd-newline::before{content:"↵";opacity:.55}
.zd-tab::before{content:"→";opacity:.55}
.zd-symbol{font-size:.85em}
.zd-legend{font:12px/1.6 system-ui,sans-serif;margin:.4em 0 0}
.zd-legend span{padding:.1em .6em;print-color-adjust:exact}
.zd-bars td.zd-bar{padding:0 .7em;width:16em}
.zd-bar svg{display:block;width:16em;height:.8em}
.zd-bar rect{fill:${ACCENT}}
.zd .zd-byte{font-family:ui-monospace,Menlo,Consolas,monospace;text-align:right}
.zd-marked{outline:1px solid currentColor;outline-offset:-1px}
.zd img{max-width:100%;height:auto;image-rendering:pixelated}
.zd audio{display:block;width:20em;max-width:100%}
.zd-beside{display:flex;flex-wrap:wrap;align-items:flex-start;gap:0 1.5em}
.zd-beside .zd-bars td.zd-bar,.zd-beside .zd-bar svg{width:6em}
.zd-match{border-bottom:2px solid ${ACCENT}}
.zd-match.zd-other{border-bottom-color:${OTHER}}
.zd-match sub{font:9px/1 system-ui,sans-serif;opacity:.75;margin-left:.1em;vertical-align:-.3em}
${heatStyle()}
`;

/** The fragment preceded by its style sheet: a self-contained piece of HTML. */
export function withStyle(fragment: string): string {
  return `<style>\n${FRAGMENT_STYLE}</style>\n${fragment}`;
}

/**
 * The same, with the essential styles repeated as style attributes: JupyterLab removes style
 * elements and SVG from notebooks that are not trusted.
 */
export function withInlineStyle(fragment: string): string {
  const styled = fragment
    .replace(/<(?:span|td) class="zd-h(\d+)[^"]*"/g, (tag, step) => {
      const { ground, text } = heatPair(Number(step), 'light');
      return Number(step) === 0 ? tag : `${tag} style="background-color:${ground};color:${text}"`;
    })
    .replace(/<span class="zd-match([^"]*)"/g, (tag, other) => {
      return `${tag} style="border-bottom:2px solid ${other === '' ? ACCENT : OTHER}"`;
    })
    .replace(/<svg [^>]*><rect width="([\d.]+)" height="1"\/><\/svg>/g, (_, width) => {
      const bar = `<div style="background-color:${ACCENT};height:.8em;width:${width}%"></div>`;
      return `<div style="min-width:6em">${bar}</div>`; // a cell of no width would have no bar
    })
    .replace('<div class="zd-beside"', '$& style="display:flex;flex-wrap:wrap;gap:0 1.5em"');
  return withStyle(styled);
}
