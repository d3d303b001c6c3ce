// A waveform in the terminal, drawn with half blocks: the given part dimmed, then the drawn part.
// The scale is that of the loudest sample.

import { samplesOfBytes } from '../../modality/audio-bytes.js';
import { extentsOf } from '../../modality/extents.js';
import type { AudioFormat } from '../../types.js';
import type { Palette } from './colour.js';

const COLUMNS = 72;
const ROWS = 8;

/** Lines of text; for stereo, the first channel. */
export function drawWaveform(
  given: Uint8Array,
  drawn: Uint8Array,
  format: AudioFormat,
  palette: Palette,
): string {
  const before = samplesOfBytes(given, format);
  const after = samplesOfBytes(drawn, format);
  const all = new Int32Array(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  const extents = extentsOf(all, format.channels, COLUMNS);
  const loudest = extents.reduce((most, [low, high]) => Math.max(most, -low, high), 1);
  const boundary = Math.round((COLUMNS * before.length) / Math.max(all.length, 1));
  let text = '';
  for (let row = 0; row < ROWS; row++) {
    const cells = extents.map(([low, high]) => {
      const isFilled = (half: number): boolean => {
        const level = (1 - (2 * (2 * row + half) + 1) / (2 * ROWS)) * loudest;
        const thick = loudest / (2 * ROWS);
        return level - thick <= high && level + thick >= low;
      };
      return [' ', '▀', '▄', '█'][(isFilled(0) ? 1 : 0) + (isFilled(1) ? 2 : 0)]!;
    });
    const { dim, reset, bar } = palette;
    const left = cells.slice(0, boundary).join('');
    const right = cells.slice(boundary).join('').trimEnd();
    text += `${dim}${left}${reset}${bar}${right}${reset}`.trimEnd();
    text += '\n';
  }
  const seconds = (count: number): string =>
    `${(count / format.channels / format.sampleRate).toFixed(2)} s`;
  const legend = `given ${seconds(before.length)} `.padEnd(boundary);
  return `${text}${palette.dim}${legend}drawn ${seconds(after.length)}${palette.reset}\n`;
}
