// How small PNG files get: each effort against pngjs (level 9, its own choice of filters) and oxipng
// (level 2), on photographs; and test patches of 32 × 64, each a file, by what their pixels take.
//
//   node bench/png-files.mjs

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { writePng } from '../dist/engines/png/write.js';

const DATA = process.env.ZIPDREAM_DATA ?? join(import.meta.dirname, '../../shared/data');
const EFFORTS = ['zlib', 'parse', 'max'];
/** All 512 test patches. */
const PATCHES = 512;

const require = createRequire(import.meta.url);
const oxipng = await import('@jsquash/oxipng/codec/pkg/squoosh_oxipng.js');
const wasm = require.resolve('@jsquash/oxipng/codec/pkg/squoosh_oxipng_bg.wasm');
await oxipng.default(await WebAssembly.compile(readFileSync(wasm)));

console.log('bytes: pngjs | oxipng | ours, over pngjs, over oxipng, seconds, by effort');
for (const name of readdirSync(join(DATA, 'image/photos'))) {
  if (!name.endsWith('.png')) continue;
  const png = PNG.sync.read(readFileSync(join(DATA, 'image/photos', name)));
  const channels = name.includes('gray') ? 1 : 3;
  const pixels = png.data.filter((_, i) => i % 4 < channels);
  const picture = { width: png.width, height: png.height, channels, pixels };
  const colorType = channels === 1 ? 0 : 2;
  const byPngjs = PNG.sync.write(png, {
    ...{ colorType, inputHasAlpha: true, deflateLevel: 9, deflateStrategy: 0, filterType: -1 },
  }).length;
  const byOxipng = oxipng.optimise(writePng(picture), 2, false, false).length;
  const cells = EFFORTS.map((effort) => {
    const begin = performance.now();
    const size = writePng(picture, effort).length;
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    return `${effort} ${size} ${ratio(size, byPngjs)} ${ratio(size, byOxipng)} ${seconds} s`;
  });
  console.log(`${name.padEnd(18)} ${byPngjs} | ${byOxipng} | ${cells.join(' | ')}`);
}

const patches = readFileSync(join(DATA, 'image/kodak-patches-test.bin'));
for (const effort of EFFORTS) {
  let bytes = 0;
  for (let i = 0; i < PATCHES; i++) {
    const pixels = patches.subarray(i * 2048, (i + 1) * 2048);
    bytes += writePng({ width: 64, height: 32, channels: 1, pixels }, effort).length;
  }
  console.log(`${PATCHES} patches, ${effort}: raw rate ${(bytes / (PATCHES * 2048)).toFixed(4)}`);
}

function ratio(a, b) {
  return (a / b).toFixed(4);
}
