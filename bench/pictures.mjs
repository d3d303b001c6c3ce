// What is missing of a picture, measured: bits per pixel of the true right half, all rows above and
// the left half known, by decode; the compressor's own marginal rate beside it, and the time.
//
//   node bench/pictures.mjs [SPEC…]       all specs of the table by default

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
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
/** Rows of each picture whose marginal rate is measured, evenly spread. */
const OWN_ROWS = 8;

const patches = readFileSync(join(DATA, 'image/kodak-patches-test.bin'));
const sets = [
  [
    '100 patches',
    Array.from({ length: PATCHES }, (_, i) => ({
      width: 64,
      height: 32,
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
    let bits = 0;
    let pixels = 0;
    let own = 0;
    let ownPixels = 0;
    const begin = performance.now();
    for (const picture of pictures) {
      bits += await rightHalf(spec, picture);
      pixels += (picture.width / 2) * picture.height;
    }
    const micros = (1000 * (performance.now() - begin)) / pixels;
    for (const picture of pictures) {
      const marginal = await ownRightHalf(spec, picture);
      if (!marginal) continue;
      own += marginal.bits;
      ownPixels += marginal.pixels;
    }
    const ownRate = ownPixels ? ` own ${(own / ownPixels).toFixed(3)}` : '';
    cells.push(`${name} ${(bits / pixels).toFixed(3)}${ownRate} ${micros.toFixed(0)} µs`);
  }
  console.log(`${spec.padEnd(30)} ${cells.join(' | ')}`);
}

function photo(name) {
  const { width, height, data } = PNG.sync.read(
    readFileSync(join(DATA, `image/photos/${name}.png`)),
  );
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]);
  return { width, height, pixels };
}

function open(spec, { width }) {
  return openCompressor(spec, { format: { kind: 'image', width, channels: 1 } });
}

async function rightHalf(spec, picture) {
  const { width, height, pixels } = picture;
  const model = (await open(spec, picture)).start('decode');
  const lengths = new Float64Array(256);
  let bits = 0;
  for (let y = 0; y < height; y++) {
    const middle = y * width + width / 2;
    model.push(pixels.subarray(y * width, middle));
    for (let i = middle; i < (y + 1) * width; i++) {
      if (model.surprisal) bits += await model.surprisal(pixels[i]);
      else {
        await model.next(lengths);
        bits += lengths[pixels[i]];
      }
      model.push(pixels.subarray(i, i + 1));
    }
  }
  return bits;
}

/** Undefined where the codec’s own rate is that of its decode reading by definition. */
async function ownRightHalf(spec, picture) {
  const { width, height, pixels } = picture;
  const compressor = await open(spec, picture);
  if (!compressor.compress) return undefined;
  let bits = 0;
  const rows = height > 32 ? OWN_ROWS : height;
  for (let k = 0; k < rows; k++) {
    const y = Math.floor(((k + 0.5) * height) / rows);
    bits += await compressor.codeLength(pixels.subarray(0, (y + 1) * width));
    bits -= await compressor.codeLength(pixels.subarray(0, y * width + width / 2));
  }
  return { bits, pixels: (rows * width) / 2 };
}
