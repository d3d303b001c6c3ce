// What is missing of a picture, measured: bits per pixel of the true right half, all rows above and
// the left half known, by decode; the compressor's own marginal rate and the conversion loss beside
// it, and the time. Last the paper's protocol, each row alone: by exact bits, and as it is, by whole
// bytes of zlib, on some rows. Then how long drawing kodim15's right half takes, slow ways on some
// rows and extrapolated.
//
//   node bench/pictures.mjs [SPEC…]       all specs of the table by default

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import {
  drawPicture,
  givenCanvas,
  measurePicture,
  ownLength,
} from '../dist/measure/picture-draw.js';
import { createRandom, openCompressor } from '../dist/node/index.js';

const DATA = process.env.ZIPDREAM_DATA ?? join(import.meta.dirname, '../../shared/data');
const PAPER = { protocol: 'paper', reading: 'exact' };
const PAPER_BYTES = { protocol: 'paper', reading: 'recompress' };
/** Whole bytes are measured on one of so many rows, which stands for the others. */
const SPARSE = 32;
const SPECS = [
  'png',
  'png:matches=0',
  'png:matches=0,smooth=1,wrap=0',
  'mix',
  'ppm',
  'lzma',
  'gzip',
];
/** Rows that are drawn where drawing all would take too long. */
const FEW_ROWS = 4;
/** The own rate of photographs is measured on so many rows (patches have fewer). */
const OWN_ROWS = 64;
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

console.log(
  'bits per pixel of the true right half; the codec’s own marginal rate, and the conversion loss; µs a pixel',
);
const specs = process.argv.length > 2 ? process.argv.slice(2) : SPECS;
for (const [spec, way] of [
  ...specs.map((spec) => [spec]),
  ['gzip', PAPER],
  ['node-zlib', PAPER_BYTES],
]) {
  const cells = [];
  for (const [name, pictures] of sets) {
    let pixels = 0;
    let bits = 0;
    let ownBits = 0;
    let milliseconds = 0;
    for (const whole of pictures) {
      const picture = way === PAPER_BYTES ? someRows(whole) : whole;
      const course = await rightHalf(spec, picture, way);
      const begin = performance.now();
      const measured = await measurePicture(course);
      milliseconds += performance.now() - begin;
      bits += measured.bits;
      ownBits += (await ownLength(course, measured, OWN_ROWS)) ?? NaN;
      pixels += (picture.width / 2) * picture.height;
    }
    const loss = ((bits - ownBits) / pixels).toFixed(3);
    const own = ownBits ? ` (own ${(ownBits / pixels).toFixed(3)}, loss ${loss})` : '';
    const micros = (1000 * milliseconds) / pixels;
    cells.push(`${name} ${(bits / pixels).toFixed(3)}${own} ${micros.toFixed(0)} µs`);
  }
  const sparse = way === PAPER_BYTES ? ` (one row of ${SPARSE})` : '';
  console.log(`${title(spec, way).padEnd(30)} ${cells.join(' | ')}${sparse}`);
}

console.log('drawing the right half of kodim15, seconds');
for (const [spec, way, rows] of [
  ...specs.map((spec) => [spec]),
  ['gzip', PAPER, FEW_ROWS],
  ['node-zlib', PAPER_BYTES, FEW_ROWS],
  ['node-zlib', { reading: 'recompress' }, FEW_ROWS],
]) {
  const picture = photo('kodim15_gray');
  const course = await rightHalf(spec, picture, way);
  const bytes = ((rows ?? picture.height) * picture.width) / 2;
  const onByte = (done) => done >= bytes;
  const begin = performance.now();
  await drawPicture({ ...course, onByte }, givenCanvas(course), createRandom('1'), {});
  const seconds =
    ((performance.now() - begin) / 1000) * (picture.height / (rows ?? picture.height));
  const extrapolated = rows ? ` (extrapolated from the first ${rows} rows)` : '';
  console.log(`${title(spec, way).padEnd(30)} ${seconds.toFixed(1)}${extrapolated}`);
}

function title(spec, way) {
  return way ? `${spec} ${way.reading}${way.protocol ? ', paper’s protocol' : ''}` : spec;
}

async function rightHalf(spec, picture, way = { reading: 'decode' }) {
  const format = { kind: 'image', width: picture.width, channels: picture.channels };
  const compressor = await openCompressor(spec, { format });
  return { compressor, picture, part: { rows: 0, columns: picture.width / 2 }, ...way };
}

/** The rows in the middle of each SPARSE ones. */
function someRows({ width, height, channels, pixels }) {
  const rows = pixels.filter((_, i) => Math.floor(i / width) % SPARSE === SPARSE / 2);
  return { width, height: height / SPARSE, channels, pixels: rows };
}

function photo(name) {
  const { width, height, data } = PNG.sync.read(
    readFileSync(join(DATA, `image/photos/${name}.png`)),
  );
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => data[4 * i]);
  return { width, height, channels: 1, pixels };
}
