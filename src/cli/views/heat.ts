// Surprisals as colours: text in the terminal, and a map for a picture. The colour scale is in
// report/heat.ts.

import type { Picture } from '../../engines/png/picture.js';
import type { Passage } from '../../passage/passage.js';
import { heatColour } from '../../report/heat.js';
import type { ImageFormat } from '../../types.js';
import { heatLegend, type Palette } from './colour.js';
import { Screen } from './screen.js';

const GIVEN_LINES = 2;

/**
 * The scored text in heat colours; given text is dimmed and shortened.
 *
 * @param surprisals bits of each byte of the passage, NaN for given bytes.
 */
export function heatText({ bytes }: Passage, surprisals: Float64Array, palette: Palette): string {
  let text = '';
  const screen = new Screen({ palette, heat: true, write: (part) => (text += part) });
  if (palette.depth === 'none')
    screen.notice('the output has no colours; FORCE_COLOR=1 forces them');
  for (let i = 0; i < bytes.length; ) {
    if (Number.isNaN(surprisals[i])) {
      const start = i;
      while (i < bytes.length && Number.isNaN(surprisals[i])) i++;
      screen.given(bytes.subarray(start, i), GIVEN_LINES);
    } else {
      screen.byte(bytes[i]!, surprisals[i]!);
      i++;
    }
  }
  screen.end();
  return palette.depth === 'none' ? text : `${text}${heatLegend(palette)}\n`;
}

/** The mean surprisal of each pixel's channels, from dark to bright; given pixels are dimmed. */
export function heatMap({ bytes, format }: Passage, surprisals: Float64Array): Picture {
  const { width, channels } = format as ImageFormat;
  const count = bytes.length / channels;
  const pixels = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) {
    let bits = 0;
    for (let c = 0; c < channels; c++) bits += surprisals[channels * i + c]! / channels;
    for (let c = 0; c < 3; c++) {
      pixels[3 * i + c] = Number.isNaN(bits)
        ? bytes[channels * i + (c % channels)]! / 2
        : heatColour(bits)[c]!;
    }
  }
  return { width, height: count / width, channels: 3, pixels };
}
