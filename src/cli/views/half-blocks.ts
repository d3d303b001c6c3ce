// Pictures in a terminal: each character ▀ shows two pixels, the upper one in its foreground colour
// and the lower one in its background colour.

import type { Picture } from '../../engines/png/picture.js';
import { shrink } from '../../modality/image.js';

/** Draws a picture in true colour, scaled to fit into `columns` and `lines`. */
export function halfBlocks(picture: Picture, columns: number, lines: number): string {
  const { width, height, channels } = picture;
  const scale = Math.min(1, columns / width, (2 * lines) / height);
  const small = shrink(picture, Math.max(1, Math.floor(Math.max(width, height) * scale)));
  const colour = (x: number, y: number): string => {
    const at = (y * small.width + x) * channels;
    return [0, 1, 2].map((c) => small.pixels[at + (c % channels)]!).join(';');
  };
  let text = '';
  for (let y = 0; y < small.height; y += 2) {
    for (let x = 0; x < small.width; x++) {
      const ground = y + 1 < small.height ? `\x1b[48;2;${colour(x, y + 1)}m` : '';
      text += `\x1b[38;2;${colour(x, y)}m${ground}▀`;
    }
    text += '\x1b[0m\n';
  }
  return text;
}
