// Charts of what was measured: conversion loss, calibration, speed.

import { openCompressor, toProbabilities } from 'zipdream';
import { axes, BLUE, box, COLOURS, dot, GREY, label, line, ORANGE, svg } from './draw.mjs';
import { number, tableOf, tale } from './inputs.mjs';

/** From the table of guide/1-readings.md: what a byte costs, and what of it is loss. */
export function conversionLoss() {
  const rows = [];
  for (const [name, ...figures] of tableOf('1-readings.md', '−log2 P')) {
    const [costs, own, losses] = figures.map((text) => text.split(' · ').map(number));
    const [compressor, ...rest] = name.split(/, | · /);
    if (rest.length === 0 || Number.isNaN(own[0])) continue;
    for (const [i, reading] of rest.entries()) {
      rows.push({
        name: `${compressor}, ${reading}`,
        cost: costs[i],
        own: own[0],
        loss: losses[i],
      });
    }
  }
  const shown = rows.filter(({ name }) => /^(gzip|lzma)/.test(name));
  const [left, top, row] = [130, 62, 28];
  const x = (bits) => left + bits * 88;
  const parts = shown.map(({ name, cost, own, loss }, i) => {
    const y = top + i * row;
    const sign = loss < 0 ? '−' : '+';
    return [
      label(left - 10, y + 15, name, { anchor: 'end' }),
      box(x(0), y + 3, x(Math.min(cost, own)) - x(0), 18, BLUE),
      loss > 0
        ? box(x(own), y + 3, x(cost) - x(own), 18, ORANGE)
        : box(x(cost), y + 3, x(own) - x(cost), 18, BLUE, 0.2),
      line(
        [
          [x(own), y - 1],
          [x(own), y + 25],
        ],
        { width: 2 },
      ),
      label(x(Math.max(cost, own)) + 8, y + 16, `${sign}${Math.abs(loss).toFixed(3)}`, {
        fill: loss > 0 ? ORANGE : BLUE,
      }),
    ];
  });
  const bottom = top + shown.length * row + 4;
  const ticks = [0, 1, 2, 3, 4, 5, 6].map((bits) => [bits, String(bits)]);
  const title =
    'Bits per byte under the reading (bar) and of the compressor itself (black line); the difference is the conversion loss';
  return svg(760, bottom + 30, title, [
    label(
      16,
      24,
      'Bits per byte: the bar is −log2 P under the reading, the black line what the compressor itself spends.',
    ),
    label(
      16,
      43,
      'The part beyond the line is the conversion loss; a bar that ends before the line has a negative loss, a gain.',
      { fill: GREY },
    ),
    axes({ x, y: (v) => v, xTicks: ticks, yTicks: [], left, right: x(6.4), bottom }),
    parts,
  ]);
}

/** How often bytes occur that a model gives a probability. */
export async function calibration() {
  const [chunk, from] = [2048, 1024];
  const specs = ['gzip', 'mix'];
  const [left, right, top, bottom] = [60, 400, 48, 388];
  const least = -12;
  const x = (log) => left + ((log - least) * (right - left)) / -least;
  const y = (log) => bottom - ((log - least) * (bottom - top)) / -least;
  const ticks = [-12, -9, -6, -3, 0].map((log) => [log, log === 0 ? '1' : `1/${2 ** -log}`]);
  const marks = [];
  for (const [s, spec] of specs.entries()) {
    const bins = Array.from({ length: -least }, () => ({ expected: 0, came: 0, count: 0 }));
    const compressor = await openCompressor(spec);
    for (let start = 0; start + chunk <= tale.length; start += chunk) {
      const model = compressor.start();
      model.push(tale.subarray(start, start + from));
      const bits = new Float64Array(256);
      const shares = new Float64Array(256);
      for (let at = start + from; at < start + chunk; at++) {
        await model.next(bits);
        toProbabilities(bits, shares);
        for (let b = 0; b < 256; b++) {
          const p = shares[b];
          const bin = bins[Math.floor(-Math.log2(p))];
          if (!bin) continue;
          bin.expected += p;
          bin.came += tale[at] === b ? 1 : 0;
          bin.count++;
        }
        model.push(tale.subarray(at, at + 1));
      }
    }
    const points = bins
      .filter(({ came }) => came >= 5)
      .map(({ expected, came, count }) => [
        x(Math.log2(expected / count)),
        y(Math.log2(came / count)),
      ]);
    marks.push(
      line(points, { stroke: COLOURS[s], width: 1.5 }),
      points.map(([px, py]) => dot(px, py, COLOURS[s], 4)),
    );
    marks.push(dot(450, 104 + 24 * s, COLOURS[s], 4), label(462, 108 + 24 * s, `${spec}, decode`));
  }
  return svg(
    760,
    430,
    'Probabilities that gzip and mix give to bytes, and how often these bytes occur',
    [
      label(
        16,
        24,
        'How often bytes occur (vertical) to which a model gives this probability (horizontal)',
      ),
      axes({ x, y, xTicks: ticks, yTicks: ticks, left, right, bottom }),
      line(
        [
          [x(least), y(least)],
          [x(0), y(0)],
        ],
        { stroke: GREY, dash: '5 4' },
      ),
      marks,
      line(
        [
          [440, 158],
          [460, 158],
        ],
        { stroke: GREY, dash: '5 4' },
      ),
      label(468, 162, 'well calibrated: equal', { fill: GREY }),
      label(440, 200, 'Above the line a model is too cautious,', { fill: GREY, size: 12 }),
      label(440, 217, 'below it too confident.', { fill: GREY, size: 12 }),
      label(440, 246, 'tale.txt in chunks of 2048 bytes, the first half of', {
        fill: GREY,
        size: 12,
      }),
      label(440, 263, 'each given; probabilities in bins of a factor of 2.', {
        fill: GREY,
        size: 12,
      }),
    ],
  );
}

/** From the table of guide/10-speed-and-limits.md. */
export function speed() {
  const rows = tableOf('10-speed-and-limits.md', 'context').map(
    ([context, boxes, exact, decode]) => {
      const [zlib, pako] = boxes.split(' · ').map(number);
      const [size, unit] = context.split(' ');
      return {
        context,
        bytes: number(size) * { KiB: 1024, KB: 1000 }[unit],
        zlib,
        pako,
        exact: number(exact),
        decode: number(decode),
      };
    },
  );
  const names = {
    pako: '256 compressions by pako',
    zlib: '256 compressions by node:zlib',
    exact: 'exact',
    decode: 'decode',
  };
  const [left, right, top, bottom] = [80, 500, 56, 310];
  const [low, high] = [-3, 4];
  const x = (bytes) =>
    left +
    20 +
    (Math.log2(bytes / rows[0].bytes) * (right - left - 40)) /
      Math.log2(rows.at(-1).bytes / rows[0].bytes);
  const y = (ms) => bottom - ((Math.log10(ms) - low) * (bottom - top)) / (high - low);
  const yTicks = [-3, -2, -1, 0, 1, 2, 3, 4].map((log) => [
    10 ** log,
    (10 ** log).toLocaleString('en', { maximumFractionDigits: 3 }),
  ]);
  return svg(760, 352, 'Milliseconds for one step of gzip −9, by the length of the context', [
    label(16, 24, 'Milliseconds for one step: the 256 next bytes after a context, and a push'),
    axes({
      x,
      y,
      xTicks: rows.map(({ bytes, context }) => [bytes, context]),
      yTicks,
      left,
      right,
      bottom,
    }),
    Object.entries(names).map(([key, name], i) => {
      const points = rows.map((row) => [x(row.bytes), y(row[key])]);
      const colour = COLOURS[i];
      return [
        line(points, { stroke: colour, width: 2 }),
        points.map(([px, py]) => dot(px, py, colour, 4)),
        label(right - 6, points.at(-1)[1] + 4, name, { fill: colour, bold: true }),
      ];
    }),
    label((left + right) / 2, bottom + 38, 'bytes of context', {
      anchor: 'middle',
      fill: GREY,
      size: 12,
    }),
  ]);
}
