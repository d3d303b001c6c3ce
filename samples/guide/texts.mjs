// Texts byte by byte: drawn with overlap, measured by LZ78, and as records of `sample`.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { CopyGuard, createRandom, generatePieces, openCompressor } from 'zipdream';
import { axes, BLUE, box, COLOURS, GREY, label, line, mono, ORANGE, svg } from './draw.mjs';
import { decode, encode, guide, root, tale } from './inputs.mjs';

/** Each piece of a text drawn with overlap, in line with the place that it continues. */
export async function overlap() {
  const prompt = encode('Once upon a time');
  const given = Uint8Array.of(...tale, ...prompt);
  const model = (await openCompressor('gzip')).start();
  model.push(given);
  const options = {
    length: 96,
    random: createRandom('1'),
    overlap: 'word',
    copyGuard: CopyGuard.of(24, [given]),
    context: prompt,
  };
  const pieces = [];
  for await (const { index, token } of generatePieces(model, options))
    pieces.push({ index, ...token });
  const drawn = Uint8Array.from(pieces.flatMap(({ bytes }) => [...bytes]));
  const all = Uint8Array.of(...given, ...drawn);

  const [cell, row, left, before, after] = [8, 23, 16, 30, 44];
  const seam = left + before * cell;
  const shown = pieces.slice(0, 12);
  const flat = (bytes) => decode(bytes).replaceAll('\n', '↵');
  const cells = (from, to) => flat(all.subarray(from, to));
  let x = left;
  let y = 70;
  const written = [mono(x, y, flat(prompt), { fill: GREY, cell })];
  x += prompt.length * cell;
  shown.forEach(({ bytes }, i) => {
    const colour = COLOURS[i % COLOURS.length];
    for (const byte of bytes) {
      if (x > 736) [x, y] = [left, y + 24];
      written.push(
        box(x, y - 14, cell, 19, colour, 0.25),
        mono(x, y, flat(Uint8Array.of(byte)), { cell }),
      );
      x += cell;
    }
  });
  const top = y + 46;
  const rows = shown.map(({ index, bytes, distance }, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const at = top + 22 + i * row;
    const here = given.length + index;
    const source = here - (distance ?? 0);
    let covered = 0;
    while (covered < before && all[source - covered - 1] === all[here - covered - 1]) covered++;
    if (distance === undefined) return mono(seam, at, flat(bytes), { cell });
    return [
      box(seam - covered * cell, at + 4, covered * cell, 2, colour),
      box(seam, at - 14, bytes.length * cell, 19, colour, 0.25),
      mono(left, at, cells(source - before, source - covered), { fill: GREY, cell }),
      mono(seam - covered * cell, at, cells(source - covered, source), { cell }),
      mono(seam, at, cells(source, source + bytes.length), { cell }),
      mono(seam + bytes.length * cell, at, cells(source + bytes.length, source + after), {
        fill: GREY,
        cell,
      }),
      label(744, at, `byte ${source.toLocaleString('en')}`, {
        anchor: 'end',
        fill: GREY,
        size: 12,
      }),
    ];
  });
  return svg(
    760,
    top + 34 + shown.length * row,
    'A text drawn with overlap, and the place in the corpus that each of its pieces continues',
    [
      label(
        left,
        24,
        'gzip, held to its matches: a fairy tale as corpus, “Once upon a time” as prompt. One colour, one copy.',
      ),
      written,
      label(
        left,
        top,
        'Where each copy stands in the tale. Underlined: what the drawn text and the source have in common before it.',
        { fill: GREY },
      ),
      rows,
    ],
  );
}

/** The code length of a message as it grows, by the LZ78 of guide/3-add-a-compressor.md. */
export async function codeLength() {
  const [code] = guide('3-add-a-compressor.md').match(/function lz78[\s\S]*?\n\}/);
  const lz78 = new Function(`return ${code}`)();
  const text = 'how much wood would a woodchuck chuck if a woodchuck could chuck wood?';
  const data = encode(text);
  const own = Array.from({ length: data.length + 1 }, (_, n) => lz78(data.subarray(0, n)));
  const [left, right, top, bottom] = [60, 744, 56, 280];
  const x = (n) => left + (n * (right - left)) / data.length;
  const most = 8 * data.length;
  const y = (bits) => bottom - (bits * (bottom - top)) / most;
  const stairs = own.flatMap((bits, n) =>
    n === 0
      ? []
      : [
          [x(n - 1), y(bits)],
          [x(n), y(bits)],
        ],
  );
  const step = (right - left) / data.length;
  const last = own.at(-1);
  return svg(760, 322, 'The code length of a message under LZ78, byte by byte', [
    label(16, 24, 'L(x) of LZ78 after each byte. A black box needs no more than this function.'),
    axes({
      x,
      y,
      xTicks: [],
      yTicks: [0, 100, 200, 300, 400, 500].map((b) => [b, String(b)]),
      left,
      right,
      bottom,
    }),
    label(16, 46, 'bits', { fill: GREY, size: 12 }),
    line(
      [
        [x(0), y(0)],
        [x(data.length), y(most)],
      ],
      { stroke: GREY, dash: '5 4' },
    ),
    label(x(data.length) - 70, y(most) + 12, '8 bits a byte', {
      fill: GREY,
      anchor: 'end',
      size: 12,
    }),
    line(stairs, { stroke: BLUE, width: 2 }),
    label(x(data.length), y(last) + 34, `${last.toFixed(0)} bits`, { fill: BLUE, anchor: 'end' }),
    mono(x(0) + 1, bottom + 18, text, { cell: step }),
    label(
      16,
      bottom + 36,
      'Flat where a byte extends a phrase that was seen before; each phrase ends in a byte that is spelled out, 8 bits.',
      { fill: GREY, size: 12 },
    ),
  ]);
}

/** Records of `sample --json`, and the chart that they are. */
export function records() {
  const args = [
    'sample',
    'Once upon a time',
    '--corpus',
    'tale',
    '-n',
    '72',
    '--seed',
    '1',
    '--json',
  ];
  const lines = execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .trimEnd()
    .split('\n');
  const drawn = lines.map((one) => JSON.parse(one)).filter(({ byte }) => byte !== undefined);
  const [left, right, top, bottom] = [44, 744, 150, 290];
  const step = (right - left) / drawn.length;
  const most = Math.max(8, ...drawn.map(({ bits }) => bits));
  const y = (bits) => bottom - (bits * (bottom - top)) / most;
  const x = (i) => left + i * step;
  const text = drawn
    .map(({ byte }) => String.fromCharCode(byte))
    .join('')
    .replaceAll('\n', '↵');
  return svg(760, 320, 'Three records of sample --json, and all of them as a bar chart of bits', [
    label(
      16,
      24,
      `zipdream ${args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ')}`,
      { bold: true },
    ),
    lines.slice(0, 3).map((one, i) => mono(16, 48 + 19 * i, one, { cell: 7.2, size: 12 })),
    label(16, 105, '…'),
    label(16, 132, 'bits of each byte drawn', { fill: GREY, size: 12 }),
    axes({
      x,
      y,
      xTicks: [],
      yTicks: [0, 4, 8, 12].filter((b) => b <= most).map((b) => [b, String(b)]),
      left,
      right,
      bottom,
    }),
    drawn.map(({ bits }, i) =>
      box(x(i) + 1, y(bits), step - 2, bottom - y(bits), i < 3 ? ORANGE : BLUE),
    ),
    mono(left + 1, bottom + 18, text, { cell: step }),
  ]);
}
