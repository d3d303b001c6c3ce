// Bars of the next byte, side by side: three readings, three temperatures, a blend and its members.

import { openCompressor, toProbabilities } from 'zipdream';
import { byteName } from '../../dist/bits/glyphs.js';
import { BLUE, box, GREY, label, mono, svg } from './draw.mjs';
import { encode, tale } from './inputs.mjs';

const MILLER = encode('\n\nThe miller');

/** The same question in three readings. */
export async function readings() {
  const gzip = await openCompressor('gzip');
  const columns = [];
  for (const reading of ['recompress', 'exact', 'decode']) {
    const bits = await nextBits(gzip.start(reading), tale, MILLER);
    columns.push({ title: reading, bits, note: `${new Set(bits).size} different values of Δ` });
  }
  return chances(
    'gzip has read a fairy tale and “The miller”: what each reading expects next',
    columns,
  );
}

export async function temperature() {
  const bits = await nextBits((await openCompressor('gzip')).start(), tale, MILLER);
  const columns = [0.5, 1, 2].map((t) => ({
    title: `temperature ${t}`,
    bits: bits.map((b) => b / t),
    note: { 0.5: 'bits doubled', 1: 'bits as gzip has them', 2: 'bits halved' }[t],
  }));
  return chances(
    'gzip has read a fairy tale and “The miller”: what is drawn at three temperatures',
    columns,
  );
}

export async function blend() {
  const compressor = await openCompressor('blend:gzip+ppm');
  const model = compressor.start();
  model.push(tale);
  model.push(encode('\n\nOnce upon a '));
  const both = new Float64Array(256);
  await model.next(both);
  const { bits, weights } = await model.memberPredictions();
  const columns = bits.map((one, i) => {
    return {
      title: compressor.members[i],
      bits: one,
      note: `its bits weigh ${weights[i].toFixed(2)}`,
    };
  });
  columns.push({
    title: 'blend:gzip+ppm',
    bits: both,
    note: 'weighted sum, then the last stage',
  });
  return chances(
    'A fairy tale and “Once upon a ” have been read: two members, and their blend',
    columns,
  );
}

async function nextBits(model, ...read) {
  for (const bytes of read) model.push(bytes);
  const bits = new Float64Array(256);
  await model.next(bits);
  return bits;
}

/** Columns of the likeliest next bytes, as bars on one scale. */
function chances(title, columns) {
  const [width, top, row, bar] = [760, 66, 22, 130];
  const step = (width - 16) / columns.length;
  const parts = columns.map(({ title, bits, note }, c) => {
    const x = 16 + c * step;
    const shares = new Float64Array(256);
    toProbabilities(bits, shares);
    const likeliest = [...shares.keys()].sort((a, b) => shares[b] - shares[a] || a - b).slice(0, 6);
    return [
      label(x, 52, title, { bold: true }),
      likeliest.map((byte, i) => {
        const y = top + i * row;
        return [
          mono(x, y + 14, byteName(byte).padStart(2)),
          box(x + 24, y + 3, bar, 14, '#eeeef2'),
          box(x + 24, y + 3, bar * shares[byte], 14, BLUE),
          label(x + 30 + bar, y + 14, `${(100 * shares[byte]).toFixed(1)} %`),
        ];
      }),
      label(x, top + 6 * row + 16, note, { fill: GREY, size: 12 }),
    ];
  });
  return svg(width, top + 6 * row + 32, title, [label(16, 24, title), parts]);
}
