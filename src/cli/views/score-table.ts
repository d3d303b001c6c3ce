// What `score` has measured, as a person reads it.

import { shown } from '../../bits/glyphs.js';
import type { ScoreResult } from '../../measure/score.js';
import type { Medium } from '../../media/medium.js';
import type { Passage } from '../../passage/passage.js';
import type { Resolution } from '../../types.js';
import type { Palette } from './colour.js';
import { count, plural, signed } from './numbers.js';

export function scoreTable(
  medium: Medium,
  passage: Passage,
  result: ScoreResult,
  resolution: Resolution,
  { bold, dim, reset }: Palette,
): string {
  const { compressor, version, reading, bytes, codeLengthIn } = result;
  const made = `(${resolution} resolution, ${shown(version)})`;
  const head = `${shown(compressor)}, ${reading} ${dim}${made}${reset}\n`;
  const all = passage.bytes.length;
  if (bytes === 0) {
    const why = all > 0 ? ': all of them are given' : '';
    return `${head}nothing to score in ${plural(all, 'byte')}${why}\n`;
  }
  const perUnit = medium.kind === 'audio' ? bytes / result.units : 1;
  // What is smaller comes of adding up in another order.
  const loss = Math.abs(result.conversionLoss) < 1e-9 ? 0 : perUnit * result.conversionLoss;
  const per = `bits per ${medium.per}`;
  const rows: readonly [string, string, string][] = [
    ['scored', ...scored(medium, passage, result)],
    [
      'surprisal',
      (perUnit * result.bpb).toFixed(3),
      codeLengthIn ? `${per}, over all ways to cut the text into tokens` : per,
    ],
    [
      'own rate',
      ((perUnit * result.ownBits) / bytes).toFixed(3),
      codeLengthIn ? `${per} in its own tokens` : `${per} when it compresses`,
    ],
    [
      'conversion loss',
      signed(loss, 3),
      loss > 0
        ? `${per} lost by predicting ${medium.kind === 'audio' ? 'sample by sample' : 'byte by byte'}`
        : `${per}: nothing lost`,
    ],
    [
      'speed',
      (perUnit * result.msPerByte).toPrecision(3),
      `ms per ${medium.kind === 'image' ? 'channel' : medium.per}`,
    ],
  ];
  const widest = Math.max(...rows.map(([, value]) => value.length));
  const lines = rows.map(
    ([name, value, unit]) =>
      `  ${name.padEnd(16)}${bold}${value.padStart(widest)}${reset} ${unit}\n`,
  );
  return head + lines.join('');
}

/** Of a compressor that predicts no single byte. */
export function wholeTable(
  medium: Medium,
  {
    compressor,
    version,
    bytes,
    ownBits,
  }: Pick<ScoreResult, 'compressor' | 'version' | 'bytes' | 'ownBits'>,
  { bold, dim, reset }: Palette,
): string {
  const rate = bytes === 0 ? 0 : ownBits / bytes;
  return (
    `${shown(compressor)} ${dim}(${shown(version)})${reset}\n` +
    `  own rate        ${bold}${rate.toFixed(3)}${reset} bits per ${medium.per}, of all ${count(bytes)} bytes when it compresses\n`
  );
}

/** How much was scored of how much. */
function scored(
  medium: Medium,
  passage: Passage,
  { bytes, chunks }: ScoreResult,
): [string, string] {
  const { format = { kind: 'bytes' }, from } = passage;
  const much = (of: number): string => count(medium.count(of, format));
  const all = passage.bytes.length;
  if (format.kind === 'image') {
    const size = `${format.width} × ${count(all / format.width / format.channels)}`;
    return [much(bytes), `pixels of ${size}, ${format.channels === 1 ? 'grey' : 'RGB'}`];
  }
  if (format.kind === 'audio') return [much(bytes), `samples after ${much(from)}`];
  return [much(bytes), `bytes of ${count(all)}, in ${plural(chunks, 'chunk')}`];
}
