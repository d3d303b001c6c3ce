// What is missing of a picture, measured: bits per pixel of the true right half, all rows above and
// the left half known, by decode; the compressor's own marginal rate beside it, and the time.
//
//   node bench/pictures.mjs [SPEC…]       all specs of the table by default

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { measurePicture, ownLength } from '../dist/cli/picture-draw.js';
import { openCompressor } from '../dist/node/index.js';

const DATA = process.env.ZIPDREAM_DATA ?? join(import.meta.dirname, '../../shared/data');
const SPECS = [
  'png',
  'png:matches=0',
  'png:matches=0,smooth=1,wrap=0',
  'mix',
  'ppm',
  'lzma',
  'gzip',
];
/** Every fifth of the 512 test patches. */
const PATCHES = 100;

const patches = readFileSync(join(DATA, 'image/kodak-patches-test.bin'));
const sets = [
  [
    '100 patches',
    Array.from({ length: PATCHES }, (_, i) => ({
      width: 64,
      height: 32,
      channels: 1,
      pixels: patches.subarray(i * 5 * 2048, (i * 5 + 1) * 2048),
    })),
  ],
  ['kodim05', [photo('kodim05_gray')]],
  ['kodim15', [photo('kodim15_gray')]],
];

console.log('bits per pixel of the true right half; own: the codec’s marginal rate; µs a pixel');
const specs = process.argv.length > 2 ? process.argv.slice(2) : SPECS;
for (const spec of specs) {
  const cells = [];
  for (const [name, pictures] of sets) {
    let pixels = 0;
    let bits = 0;
    let ownBits = 0;
    let milliseconds = 0;
    for (const picture of pictures) {
      const format = { kind: 'image', width: picture.width, channels: picture.channels };
      const course = {
        compressor: await openCompressor(spec, { format }),
        reading: 'decode',
        picture,
        part: { rows: 0, columns: picture.width / 2 },
      };
      const begin = performance.now();
      bits += (await measurePicture(course)).bits;
      milliseconds += performance.now() - begin;
      ownBits += (await ownLength(course)) ?? NaN;
      pixels += (picture.width / 2) * picture.height;
    }
    const own = ownBits ? ` own ${(ownBits / pixels).toFixed(3)}` : '';
    const micros = (1000 * milliseconds) / pixels;
    cells.push(`${name} ${(bits / pixels).toFixed(3)}${own} ${micros.toFixed(0)} µs`);
  }
  console.log(`${spec.padEnd(30)} ${cells.join(' | ')}`);
}

function photo(name) {
  const { width, height, data } = PNG.sync.read(
    readFileSync(join(DATA, `image/photos/${name}.png`)),
  );
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]);
  return { width, height, channels: 1, pixels };
}
