// PNG files as others see them: ImageMagick's libpng reads the same pixels, and oxipng finds none of
// the project's own pictures smaller.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { beforeAll, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import type { Picture } from '../src/engines/png/picture.js';
import { type PngEffort, writePng } from '../src/engines/png/write.js';
import { fuzzCount } from './deep.js';

const require = createRequire(import.meta.url);
const PICTURES = fuzzCount(300);

/** Any size from 1 × 1, in part flat, sloping and noisy, so that all filters occur. */
function pictures(count: number): Picture[] {
  const random = createRandom('libpng');
  const upTo = (most: number): number => 1 + Math.floor(most * random());
  return Array.from({ length: count }, (_, i) => {
    const width = i % 5 === 0 ? 1 : upTo(40);
    const height = i % 7 === 0 ? 1 : upTo(30);
    const channels = i % 2 === 0 ? 1 : 3;
    const [slope, noise] = [4 * random(), 20 * random() ** 3];
    const pixels = Uint8Array.from({ length: width * height * channels }, (_, at) => {
      const place = Math.floor(at / channels);
      return slope * ((place % width) + Math.floor(place / width)) + noise * random();
    });
    return { width, height, channels, pixels };
  });
}

const version = spawnSync('convert', ['-version'], { encoding: 'utf8' }).stdout ?? '';

test.skipIf(!version.includes('ImageMagick'))(
  `libpng reads the pixels of ${PICTURES} pictures (skipped without the program convert of ImageMagick)`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'zipdream-png-'));
    try {
      const effort = (i: number): PngEffort =>
        i % 11 === 0 ? 'max' : i % 3 === 0 ? 'zlib' : 'parse';
      const all = pictures(PICTURES);
      const names = all.map((picture, i) => {
        const name = join(folder, `${i}.png`);
        writeFileSync(name, writePng(picture, effort(i)));
        return name;
      });
      const rgb = execFileSync('convert', [...names, '-depth', '8', 'RGB:-'], {
        maxBuffer: 2 ** 26,
      });
      let at = 0;
      for (const { width, height, channels, pixels } of all) {
        const read = rgb.subarray(at, (at += 3 * width * height));
        const expected = Uint8Array.from(
          { length: 3 * width * height },
          (_, i) => pixels[channels * Math.floor(i / 3) + (i % channels)]!,
        );
        expect(Buffer.compare(read, expected)).toBe(0);
      }
      expect(at).toBe(rgb.length);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

interface Oxipng {
  default(wasm: Uint8Array): Promise<unknown>;
  optimise(png: Uint8Array, level: number, interlace: boolean, alpha: boolean): Uint8Array;
}
let oxipng: Oxipng;

beforeAll(async () => {
  const name: string = '@jsquash/oxipng/codec/pkg/squoosh_oxipng.js';
  oxipng = (await import(name)) as Oxipng;
  const wasm = require.resolve('@jsquash/oxipng/codec/pkg/squoosh_oxipng_bg.wasm');
  await oxipng.default(readFileSync(wasm));
});

test.each(['scene', 'foliage', 'weave', 'bands'])(
  '%s.png cannot be made smaller by oxipng',
  (name) => {
    const file = readFileSync(join(import.meta.dirname, `../samples/pictures/${name}.png`));
    const { width, height, data } = PNG.sync.read(file);
    const channels = name === 'bands' ? 1 : 3;
    const pixels = new Uint8Array(data.filter((_, i) => i % 4 < channels));
    const picture = { width, height, channels, pixels } as const;
    const size = writePng(picture, 'max').length;
    expect(size).toBeLessThanOrEqual(oxipng.optimise(writePng(picture), 2, false, false).length);
    expect(size).toBeLessThan(writePng(picture, 'parse').length);
  },
);
