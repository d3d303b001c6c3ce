// Chooses filters by the actual cost of rows: their shortest parse after all rows above, under the
// codes from a search for the parse of the whole picture.

import { type SearchOptions, searchBlocks } from '../deflate/codec/encode.js';
import { MatchFinder } from '../deflate/codec/matches.js';
import { type Costs, chooseTokens, costsOf } from '../deflate/codec/shortest-parse.js';
import { FILTER_TYPES, filterRow } from './filters.js';

/**
 * The rows of a picture, each after its filter byte, filtered by actual cost.
 *
 * @param rows the same rows with a good initial choice of filters, for which the codes are
 * computed.
 * @param step bytes of a whole pixel.
 */
export function refilter(
  pixels: Uint8Array,
  rowBytes: number,
  step: number,
  rows: Uint8Array,
  search: SearchOptions,
): Uint8Array {
  const blocks: { readonly costs: Costs; readonly end: number }[] = [];
  for (const { block, end } of searchBlocks(rows, search)) {
    blocks.push({ costs: costsOf(block), end });
  }
  const out = new Uint8Array(rows.length);
  const finder = new MatchFinder(out, search.chain);
  const choices = new Uint32Array(rowBytes + 2);
  let above: Uint8Array = new Uint8Array(rowBytes);
  let b = 0;
  for (let y = 0, at = 0; at < rows.length; y++, at += 1 + rowBytes) {
    const row = pixels.subarray(y * rowBytes, (y + 1) * rowBytes);
    const end = at + 1 + rowBytes;
    while (at >= blocks[b]!.end) b++;
    let best = FILTER_TYPES[0]!;
    let least = Infinity;
    const put = (type: typeof best) => {
      out[at] = type;
      filterRow(type, row, above, step, out.subarray(at + 1, end));
      return finder.find(at, end);
    };
    for (const type of FILTER_TYPES) {
      const bits = chooseTokens(out, at, put(type), [end], [blocks[b]!.costs], choices);
      finder.forget(at, end);
      if (bits >= least) continue;
      least = bits;
      best = type;
    }
    put(best);
    above = row;
  }
  return out;
}
