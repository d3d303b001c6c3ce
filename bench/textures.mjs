// Textures that go on: the right half of a texture is drawn, and its gradients are compared with
// those of the true one (earth mover's distance of their histograms, in grey levels), beside the
// largest square of pixels that was copied from the given half and the processor time. As a control
// the given half stands in for what is drawn: how alike the two halves are. Means of
// several seeds; the copies are the largest of all.
//
//   node bench/textures.mjs [SEEDS [FOLDER]]     2 seeds by default; FOLDER for pictures of seed 1

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { openWay } from '../dist/cli/ways.js';
import { drawWhole } from '../dist/measure/draw.js';
import { pictureQuality } from '../dist/measure/picture-quality.js';
import { createRandom, openCompressor } from '../dist/node/index.js';

const DATA = process.env.ZIPDREAM_DATA ?? join(import.meta.dirname, '../../shared/data');
const SAMPLES = join(import.meta.dirname, '../samples/pictures');
const PHOTOS = join(DATA, 'image/photos');
const SEEDS = Number(process.argv[2] ?? 2);
const FOLDER = process.argv[3];

const TEXTURES = {
  weave: crop(join(SAMPLES, 'weave.png'), 0, 0, 96, 96),
  'kodim15, sweater': crop(join(PHOTOS, 'kodim15_rgb.png'), 92, 158, 72, 60),
  'kodim05, slope': crop(join(PHOTOS, 'kodim05_rgb.png'), 304, 3, 76, 35),
  'kodim05, earth': crop(join(PHOTOS, 'kodim05_rgb.png'), 276, 226, 104, 28),
};
const WAYS = [['mix'], ['png:wrap=0'], ['png:wrap=0', 'patch'], ['mix', 'patch']];

for (const [name, picture] of Object.entries(TEXTURES)) {
  const { width, height, channels, pixels } = picture;
  const format = { kind: 'image', width, channels };
  const given = { rows: 0, columns: width / 2 };
  const passage = { bytes: pixels, from: 0, format, given };
  const distance = (bytes) => pictureQuality(bytes, pixels, format, given).gradientDistance;
  console.log(
    `${name}, ${width} × ${height}: given half ${distance(repeated(picture)).toFixed(2)}`,
  );
  for (const [spec, proposal] of WAYS) {
    const compressor = await openCompressor(spec, { format });
    const subject = { compressor, reading: 'decode' };
    let sum = 0;
    let copied = 0;
    let milliseconds = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const before = process.cpuUsage();
      const flags = { units: 'bytes', temperature: 1, proposal };
      const { start } = await openWay(subject, passage, flags, []);
      const drawn = await drawWhole(start, passage, createRandom(`${seed}:0`));
      const { user, system } = process.cpuUsage(before);
      milliseconds += (user + system) / 1000;
      sum += distance(drawn.passage.bytes);
      copied = Math.max(copied, largestCopy(drawn.passage.bytes, picture));
      if (FOLDER !== undefined && seed === 1) {
        const file = `${name}-${spec}-${proposal ?? 'bytes'}.png`.replace(/[^\w.]+/g, '-');
        writePicture(join(FOLDER, file), { ...picture, pixels: drawn.passage.bytes });
      }
    }
    const way = `${spec}${proposal ? `, spans of ${proposal}` : ''}`;
    const far = (sum / SEEDS).toFixed(2);
    const each = (milliseconds / (SEEDS * height * (width / 2))).toFixed(2);
    console.log(`  ${way.padEnd(28)} distance ${far}, largest copy ${copied}, ${each} ms a pixel`);
  }
}

/** The side of the largest square of the right half that is also in the left one. */
function largestCopy(bytes, { width, height, channels }) {
  const half = width / 2;
  const square = (x, y, side) => {
    let key = '';
    for (let row = y; row < y + side; row++) {
      const at = (row * width + x) * channels;
      key += String.fromCharCode(...bytes.subarray(at, at + side * channels));
    }
    return key;
  };
  let side = 0;
  for (;;) {
    const given = new Set();
    const size = side + 1;
    if (size > Math.min(half, height)) return side;
    let isCopied = false;
    for (let y = 0; y + size <= height; y++) {
      for (let x = 0; x + size <= half; x++) given.add(square(x, y, size));
    }
    for (let y = 0; y + size <= height && !isCopied; y++) {
      for (let x = half; x + size <= width && !isCopied; x++) {
        isCopied = given.has(square(x, y, size));
      }
    }
    if (!isCopied) return side;
    side = size;
  }
}

function repeated({ width, height, channels, pixels }) {
  const bytes = pixels.slice();
  for (let y = 0; y < height; y++) {
    for (let x = width / 2; x < width; x++) {
      const from = (y * width + x - width / 2) * channels;
      bytes.set(pixels.subarray(from, from + channels), (y * width + x) * channels);
    }
  }
  return bytes;
}

function crop(file, x0, y0, width, height) {
  const png = PNG.sync.read(readFileSync(file));
  const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return png.data[4 * ((y + y0) * png.width + x + x0) + (i % 3)];
  });
  return { width, height, channels: 3, pixels };
}

function writePicture(file, { width, height, pixels }) {
  const png = new PNG({ width, height });
  for (let i = 0; i < width * height; i++) {
    png.data.set([...pixels.subarray(3 * i, 3 * i + 3), 255], 4 * i);
  }
  writeFileSync(file, PNG.sync.write(png));
}
