// The tokens of a Lempel-Ziv codec as HTML: literals as plain text, matches underlined with their
// distances.

import type { Token } from '../types.js';
import { escapeHtml } from './escape-html.js';
import { glyphsOf, shown } from './surprisal-map.js';

/** Options of `tokensView`. */
export interface TokensViewOptions {
  /** Text above the tokens. */
  readonly caption?: string;
}

/** Shows matches in brackets, underlined in two alternating colours, with their distance. */
export function tokensView(tokens: Iterable<Token>, { caption }: TokensViewOptions = {}): string {
  let matches = 0;
  let html = '';
  for (const { kind, bytes, distance, bits } of tokens) {
    const text = escapeHtml(glyphsOf(bytes).map(shown).join(''));
    if (kind === 'literal') html += `<span title="${bits.toFixed(2)} bits">${text}</span>`;
    else {
      const other = matches++ % 2 === 1 ? ' zd-other' : '';
      const title = `copies ${bytes.length} bytes from ${distance} back, ${bits.toFixed(2)} bits`;
      html += `<span class="zd-match${other}" title="${title}">[${text}]<sub>${distance}</sub></span>`;
    }
  }
  const head = caption === undefined ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  return `<figure class="zd">${head}<pre class="zd-bytes">${html}</pre></figure>`;
}
