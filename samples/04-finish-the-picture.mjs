// How do compressors finish a picture of which they know the left half, and how well did they expect
// what truly is there? Run it with `node samples/04-finish-the-picture.mjs`; `zipdream sample` draws
// the same as a PNG, or as a sheet beside the truth (see samples/pictures).

import { readFileSync } from 'node:fs';
import { PNG } from 'pngjs';
import { createRandom, generate, openCompressor, surprisal } from 'zipdream';

for (const name of ['bands', 'weave']) {
  const { width, height, pixels } = readGrey(new URL(`pictures/${name}.png`, import.meta.url));
  const half = width / 2;
  const format = { kind: 'image', width, channels: 1 };
  console.log(`${name}.png, ${width} × ${height}, grey, and its right half by others\n`);
  console.log(`${asText(pixels, width)}\n`);
  for (const spec of ['gzip', 'ppm', 'mix', 'png']) {
    const compressor = await openCompressor(spec, { format });
    const drawing = compressor.start();
    const reading = compressor.start();
    const drawn = pixels.slice();
    const random = createRandom('finish the picture');
    const lengths = new Float64Array(256);
    let bits = 0;
    for (let row = 0; row < pixels.length; row += width) {
      const given = pixels.subarray(row, row + half);
      drawing.push(given);
      let at = row + half;
      for await (const { byte } of generate(drawing, { length: half, random })) drawn[at++] = byte;

      reading.push(given);
      for (const byte of pixels.subarray(row + half, row + width)) {
        await reading.next(lengths);
        bits += surprisal(lengths, byte);
        reading.push(Uint8Array.of(byte));
      }
    }
    const rate = bits / (half * height);
    console.log(`${spec}: the true half takes ${rate.toFixed(2)} bits a pixel; drawn`);
    console.log(`${asText(drawn, width)}\n`);
  }
}

/** The luma of each pixel. */
function readGrey(url) {
  const { width, height, data } = PNG.sync.read(readFileSync(url));
  const pixels = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round(0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]),
  );
  return { width, height, pixels };
}

/** A character for each 2 × 4 pixels, by their mean. */
function asText(pixels, width) {
  const lines = [];
  for (let y = 0; y + 4 <= pixels.length / width; y += 4) {
    let line = '';
    for (let x = 0; x + 2 <= width; x += 2) {
      let sum = 0;
      for (let i = 0; i < 8; i++) sum += pixels[(y + (i >> 1)) * width + x + (i % 2)];
      line += ' .:-=+*#%@'[Math.floor(sum / 8 / 25.6)];
    }
    lines.push(`  ${line}`.trimEnd());
  }
  return lines.join('\n');
}
