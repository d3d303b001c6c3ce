// A sheet of sounds as SVG: one row for the truth and one for each compressor, with the waveform
// and the spectrogram of the given part and, after a line, of its continuation.

import { writePng } from '../../engines/png/write.js';
import { spectrogram } from '../../measure/spectrum.js';
import { samplesOfBytes } from '../../modality/audio-bytes.js';
import { extentsOf } from '../../modality/extents.js';
import { escapeHtml } from '../../report/escape-html.js';
import type { AudioFormat } from '../../types.js';

interface SheetRow {
  readonly title: string;
  /** The continuation, without the given part. */
  readonly data: Uint8Array;
}

const WIDTH = 900;
const TITLE = 22;
const WAVE = 60;
const SPECTRUM = 128;
const ROW = TITLE + WAVE + SPECTRUM + 14;

export function drawSheet(
  given: Uint8Array,
  rows: readonly SheetRow[],
  format: AudioFormat,
): string {
  const before = firstChannel(given, format);
  const sounds = rows.map(({ data }) =>
    Int32Array.from([...before, ...firstChannel(data, format)]),
  );
  const longest = Math.max(...sounds.map(({ length }) => length), 1);
  const boundary = (WIDTH * before.length) / longest;
  const loudest = before.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  const parts = rows.map(({ title }, i) => {
    const sound = sounds[i]!;
    const width = Math.max(1, Math.round((WIDTH * sound.length) / longest));
    const y = i * ROW;
    const image = Buffer.from(spectrogramPng(sound, width)).toString('base64');
    return [
      `<text x="4" y="${y + 16}">${escapeHtml(title)}</text>`,
      `<path d="${wavePath(sound, width, y + TITLE + WAVE / 2, loudest)}" stroke="#345"/>`,
      `<image x="0" y="${y + TITLE + WAVE}" width="${width}" height="${SPECTRUM}" preserveAspectRatio="none" href="data:image/png;base64,${image}"/>`,
      `<path d="M${boundary.toFixed(1)} ${y + TITLE}v${WAVE + SPECTRUM}" stroke="#e33"/>`,
    ].join('\n');
  });
  const height = rows.length * ROW;
  const seconds = (longest / format.sampleRate).toFixed(2);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13" fill="none">
<title>${seconds} s; left of the red line is given</title>
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<g fill="#222">${parts.join('\n')}</g>
</svg>
`;
}

function firstChannel(data: Uint8Array, format: AudioFormat): Int32Array {
  const samples = samplesOfBytes(data, format);
  return samples.filter((_, i) => i % format.channels === 0);
}

function wavePath(sound: Int32Array, width: number, middle: number, loudest: number): string {
  const scale = WAVE / 2 / loudest;
  const clip = (x: number): string => Math.max(-WAVE / 2, Math.min(WAVE / 2, x * scale)).toFixed(1);
  return extentsOf(sound, 1, width)
    .map(
      ([low, high], x) =>
        `M${x} ${middle - Number(clip(high))}V${middle - Number(clip(low)) + 0.5}`,
    )
    .join('');
}

/** A spectrogram: time to the right, frequency upwards, 70 dB in 16 greys, dark for loud. */
function spectrogramPng(sound: Int32Array, width: number): Uint8Array {
  const size = 256;
  const padded = new Float64Array(Math.max(sound.length, size));
  padded.set(sound);
  const hop = Math.max(16, Math.floor(padded.length / width));
  const { frames } = spectrogram(padded, size, hop);
  const columns = frames.length;
  const pixels = new Uint8Array(columns * SPECTRUM);
  const top = Math.max(...frames.map((frame) => frame.reduce((most, p) => Math.max(most, p), 1)));
  for (let x = 0; x < columns; x++) {
    for (let y = 0; y < SPECTRUM; y++) {
      const power = frames[x]![Math.floor(((SPECTRUM - 1 - y) * size) / 2 / SPECTRUM)]!;
      const below = Math.min(1, (10 * Math.log10(top / (power + 1e-9))) / 70);
      pixels[y * columns + x] = 17 * Math.round(15 * below);
    }
  }
  return writePng({ width: columns, height: SPECTRUM, channels: 1, pixels });
}
