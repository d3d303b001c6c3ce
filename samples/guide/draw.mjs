// Parts of SVG that the pictures of the guide are made of. Every picture has a white ground, so that it
// reads on light and dark pages alike, and its characters are placed one by one where they must line up.

import { escapeHtml } from '../../dist/report/escape-html.js';

export const INK = '#222222';
export const GREY = '#6b6b73';
export const BLUE = '#2f83c4';
export const ORANGE = '#c0651a';
/** Told apart on white, in this order. */
export const COLOURS = [BLUE, ORANGE, '#3a8a4d', '#b0609c', '#6a5acd', '#7d7300'];

const escaped = (text) => escapeHtml(String(text));
/** Pixels, to a tenth. */
const px = (x) => String(Math.round(10 * x) / 10);

/** A whole picture. @param title what it shows, for those who do not see it. */
export function svg(width, height, title, parts) {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="13">\n` +
    `<title>${escaped(title)}</title>\n<rect width="${width}" height="${height}" fill="#fff"/>\n` +
    `${parts.flat(Infinity).join('\n')}\n</svg>\n`
  );
}

export function label(x, y, text, { fill = INK, anchor = 'start', size = 13, bold = false } = {}) {
  const weight = bold ? ' font-weight="600"' : '';
  const at = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${px(x)}" y="${px(y)}" font-size="${size}" fill="${fill}"${at}${weight}>${escaped(text)}</text>`;
}

/** Characters in cells of equal width. */
export function mono(x, y, text, { fill = INK, cell = 8, size = 13 } = {}) {
  const places = Array.from(text, (_, i) => px(x + i * cell)).join(' ');
  return `<text x="${places}" y="${px(y)}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="${size}" fill="${fill}" xml:space="preserve">${escaped(text)}</text>`;
}

export function box(x, y, width, height, fill, opacity = 1) {
  const see = opacity === 1 ? '' : ` fill-opacity="${opacity}"`;
  return `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" fill="${fill}"${see}/>`;
}

export function line(points, { stroke = INK, width = 1, dash = '' } = {}) {
  const d = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('');
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}"${dashes}/>`;
}

export function dot(x, y, fill, r = 3) {
  return `<circle cx="${px(x)}" cy="${px(y)}" r="${r}" fill="${fill}"/>`;
}

/** A grid of two axes with ticks; x and y map values to pixels. */
export function axes({ x, y, xTicks, yTicks, left, right, bottom }) {
  return [
    yTicks.map(([value, name]) => [
      line(
        [
          [left, y(value)],
          [right, y(value)],
        ],
        { stroke: '#dddde2' },
      ),
      label(left - 8, y(value) + 4, name, { anchor: 'end', fill: GREY, size: 12 }),
    ]),
    xTicks.map(([value, name]) => [
      line(
        [
          [x(value), bottom],
          [x(value), bottom + 4],
        ],
        { stroke: GREY },
      ),
      label(x(value), bottom + 18, name, { anchor: 'middle', fill: GREY, size: 12 }),
    ]),
    line(
      [
        [left, bottom],
        [right, bottom],
      ],
      { stroke: GREY },
    ),
  ];
}
