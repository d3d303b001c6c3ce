// What is missing of a picture, measured: bits per pixel of the true right half, all rows above and
// the left half known, by decode; the compressor's own marginal rate and the conversion loss beside
// it, and the time. Last the paper's protocol, each row alone: by exact bits, and as it is, by whole
// bytes of zlib, on some rows. Then how long drawing kodim15's right half takes, slow ways on some
// rows and extrapolated.
//
//   node bench/pictures.mjs [SPEC…]       those specs alone; all of the table by default

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { drawWhole } from '../dist/measure/draw.js';
import { createRandom, openCompressor } from '../dist/node/index.js';
import { ownBits } from '../dist/passage/own-bits.js';
import { expectHeldOut, plainDrawer } from '../dist/passage/walk.js';

const DATA = process.env.ZIPDREAM_DATA ?? join(import.meta.dirname, '../../shared/data');
const PAPER = { protocol: 'paper', reading: 'exact' };
const PAPER_BYTES = { protocol: 'paper', reading: 'recompress' };
const PAPER_WAYS = [
  ['gzip', PAPER],
  ['node-zlib', PAPER_BYTES],
];
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
const asked = process.argv.slice(2);
const specs = asked.length > 0 ? asked : SPECS;
for (const [spec, way] of [
  ...specs.map((spec) => [spec]),
  ...(asked.length > 0 ? [] : PAPER_WAYS),
]) {
  const cells = [];
  for (const [name, pictures] of sets) {
    let pixels = 0;
    let bits = 0;
    let own = 0;
    let milliseconds = 0;
    for (const whole of pictures) {
      const picture = way === PAPER_BYTES ? someRows(whole) : whole;
      const { subject, passage } = await rightHalf(spec, picture, way);
      const begin = performance.now();
      const measured = await expectHeldOut(subject, passage);
      milliseconds += performance.now() - begin;
      bits += measured.bits;
      own += await ownBits(subject, passage, measured);
      pixels += (picture.width / 2) * picture.height;
    }
    const loss = ((bits - own) / pixels).toFixed(3);
    const itself = own === bits ? '' : ` (own ${(own / pixels).toFixed(3)}, loss ${loss})`;
    const micros = (1000 * milliseconds) / pixels;
    cells.push(`${name} ${(bits / pixels).toFixed(3)}${itself} ${micros.toFixed(0)} µs`);
  }
  const sparse = way === PAPER_BYTES ? ` (one row of ${SPARSE})` : '';
  console.log(`${title(spec, way).padEnd(30)} ${cells.join(' | ')}${sparse}`);
}

console.log('drawing the right half of kodim15, seconds');
for (const [spec, way, rows] of [
  ...specs.map((spec) => [spec]),
  ...(asked.length > 0 ? [] : [...PAPER_WAYS, ['node-zlib', { reading: 'recompress' }]]).map(
    (one) => [...one, FEW_ROWS],
  ),
]) {
  const whole = photo('kodim15_gray');
  const height = rows ?? whole.height;
  const picture = { ...whole, height, pixels: whole.pixels.subarray(0, height * whole.width) };
  const { subject, passage } = await rightHalf(spec, picture, way);
  const begin = performance.now();
  await drawWhole(() => plainDrawer(subject, passage), passage, createRandom('1'));
  const seconds = ((performance.now() - begin) / 1000) * (whole.height / height);
  const extrapolated = rows ? ` (extrapolated from the first ${rows} rows)` : '';
  console.log(`${title(spec, way).padEnd(30)} ${seconds.toFixed(1)}${extrapolated}`);
}

function title(spec, way) {
  return way ? `${spec} ${way.reading}${way.protocol ? ', paper’s protocol' : ''}` : spec;
}

async function rightHalf(spec, picture, { protocol, reading } = { reading: 'decode' }) {
  const { width, channels, pixels } = picture;
  const format = { kind: 'image', width, channels };
  const compressor = await openCompressor(spec, { format });
  const given = { rows: 0, columns: width / 2 };
  const fresh = protocol === 'paper' ? width * channels : undefined;
  return {
    subject: { compressor, reading },
    passage: { bytes: pixels, from: 0, format, given, fresh },
  };
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
