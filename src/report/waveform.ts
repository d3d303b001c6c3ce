// The waveform of a sound as SVG; its given part is grey. It shows the first channel, scaled to its
// loudest sample.

import { samplesOfBytes } from '../modality/audio-bytes.js';
import { extentsOf } from '../modality/extents.js';
import type { AudioFormat } from '../types.js';
import { ACCENT } from './style.js';

const WIDTH = 360;
const HEIGHT = 64;

/**
 * Draws the waveform of interleaved samples.
 *
 * @param givenBytes length in bytes of the given part, at the start of `data`.
 */
export function waveform(data: Uint8Array, givenBytes: number, format: AudioFormat): string {
  const extents = extentsOf(samplesOfBytes(data, format), format.channels, WIDTH);
  const loudest = extents.reduce((most, [low, high]) => Math.max(most, -low, high), 1);
  const boundary = Math.round((WIDTH * givenBytes) / Math.max(1, data.length));
  const y = (level: number): string => ((HEIGHT / 2) * (1 - level / loudest)).toFixed(1);
  const path = (from: number, to: number): string =>
    extents
      .slice(from, to)
      .map(([low, high], i) => `M${from + i} ${y(high)}V${(Number(y(low)) + 0.5).toFixed(1)}`)
      .join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="wave" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">` +
    `<path d="${path(0, boundary)}" stroke="#7f7f88"/>` +
    `<path d="${path(boundary, WIDTH)}" stroke="${ACCENT}"/></svg>`
  );
}
