// A sheet of pictures as SVG: the truth, the given part and each compressor's completion side by
// side, each with a caption of two lines.

import type { Picture } from '../../engines/png/picture.js';
import { writePng } from '../../engines/png/write.js';
import { escapeHtml } from '../../report/escape-html.js';

interface SheetPicture {
  readonly picture: Picture;
  readonly title: string;
  readonly note: string;
}

const COLUMNS = 4; // maximum; rows have about the same length
const GAP = 16;
const CAPTION = 46;
/** Minimum width of a picture on the sheet; each pixel is a whole number of units wide. */
const WIDTH = 224;

export function drawPictureSheet(pictures: readonly SheetPicture[]): string {
  const { width, height } = pictures[0]!.picture;
  const scale = Math.max(1, Math.ceil(WIDTH / width));
  const [w, h] = [width * scale, height * scale];
  const rows = Math.ceil(pictures.length / COLUMNS);
  const columns = Math.ceil(pictures.length / rows);
  const parts = pictures.map(({ picture, title, note }, i) => {
    const x = GAP + (i % columns) * (w + GAP);
    const y = GAP + Math.floor(i / columns) * (h + CAPTION);
    const image = Buffer.from(writePng(picture)).toString('base64');
    return `<image x="${x}" y="${y}" width="${w}" height="${h}" href="data:image/png;base64,${image}"/>
<text x="${x}" y="${y + h + 18}" font-weight="bold">${escapeHtml(title)}</text>
<text x="${x}" y="${y + h + 35}" fill="#666">${escapeHtml(note)}</text>`;
  });
  const [fullWidth, fullHeight] = [GAP + columns * (w + GAP), GAP + rows * (h + CAPTION)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${fullWidth} ${fullHeight}" width="${fullWidth}" height="${fullHeight}" font-family="sans-serif" font-size="13" image-rendering="pixelated">
<title>${escapeHtml(pictures.map(({ title }) => title).join('; '))}</title>
<rect width="${fullWidth}" height="${fullHeight}" fill="#fff"/>
<g fill="#222">
${parts.join('\n')}
</g>
</svg>
`;
}
