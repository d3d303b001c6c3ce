// Readers of files against other programs, and against thousands of damaged files of each format.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeMedia } from '../src/node/media.js';
import type { ImageFormat } from '../src/types.js';
import { fuzzCount } from './deep.js';
import { BZIP2, FUZZED, fuzz } from './reader-fuzz.js';

const version = spawnSync('convert', ['-version'], { encoding: 'utf8' }).stdout ?? '';
const picture = nodeMedia[0]!;
const noConvert = !version.includes('ImageMagick');
const PHOTOS = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'image/photos');
const SCENE = join(import.meta.dirname, '../samples/pictures/scene.png');

describe.skipIf(noConvert)('ImageMagick (skipped without its program convert)', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'zipdream-readers-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The largest difference of a sample between what convert reads, turned, and what is read here. */
  async function farthest(path: string): Promise<number> {
    const flags = ['-auto-orient', '-colorspace', 'sRGB', '-depth', '8', 'RGB:-'];
    const expected = execFileSync('convert', [path, ...flags], { maxBuffer: 2 ** 28 });
    const file = new Uint8Array(readFileSync(path));
    const { format, data } = await picture.read(file);
    const { width, channels } = format as ImageFormat;
    expect(expected.length).toBe((3 * data.length) / channels);
    expect(
      execFileSync('convert', [path, '-auto-orient', '-format', '%w', 'info:-']).toString(),
    ).toBe(String(width));
    let most = 0;
    for (let i = 0; i < expected.length; i++) {
      const here = data[channels * Math.floor(i / 3) + ((i % 3) % channels)]!;
      most = Math.max(most, Math.abs(here - expected[i]!));
    }
    return most;
  }

  test('reads many kinds and sizes of JPEGs the same', async () => {
    const sources = [SCENE, ...photos().slice(0, 3)];
    const kinds: readonly (readonly string[])[] = [
      ['-quality', '90', '-sampling-factor', '1x1'],
      ['-quality', '75', '-sampling-factor', '2x2'],
      ['-quality', '60', '-sampling-factor', '2x1'],
      ['-quality', '85', '-sampling-factor', '4x1'],
      ['-quality', '80', '-sampling-factor', '1x1,2x2,2x1'],
      ['-quality', '30', '-interlace', 'JPEG'],
      ['-quality', '95', '-interlace', 'JPEG', '-sampling-factor', '1x1'],
      ['-quality', '70', '-colorspace', 'Gray'],
      ['-quality', '70', '-colorspace', 'Gray', '-interlace', 'JPEG'],
    ];
    for (const [i, source] of sources.entries()) {
      for (const [k, flags] of kinds.entries()) {
        const path = join(folder, `${i}-${k}.jpg`);
        const crop = ['-crop', `${61 + 16 * i + k}x${45 + k}+3+5`, '+repage'];
        execFileSync('convert', [source, ...crop, ...flags, path]);
        expect(await farthest(path), `${source} ${flags.join(' ')}`).toBeLessThanOrEqual(2);
      }
    }
  });

  test('applies the EXIF orientation of JPEGs and PNGs the same', async () => {
    const names = ['', 'TopLeft', 'TopRight', 'BottomRight', 'BottomLeft', 'LeftTop', 'RightTop'];
    for (const [i, name] of [...names, 'RightBottom', 'LeftBottom'].entries()) {
      if (i === 0) continue;
      const path = join(folder, `turned-${i}.jpg`);
      const exif = Buffer.from(`45786966000049492a00080000000100120103000100000000000000`, 'hex');
      exif[24] = i;
      execFileSync('convert', [SCENE, '-crop', '40x30+9+7', '+repage', '-orient', name, path]);
      const plain = readFileSync(path);
      const segment = Buffer.from([0xff, 0xe1, 0, exif.length + 2, ...exif]);
      writeFileSync(path, Buffer.concat([plain.subarray(0, 2), segment, plain.subarray(2)]));
      const size = execFileSync('convert', [path, '-auto-orient', '-format', '%wx%h', 'info:-']);
      expect(size.toString()).toBe(i >= 5 ? '30x40' : '40x30');
      expect(await farthest(path), name).toBeLessThanOrEqual(2);
    }
  });

  test('reads PNGs with chunks of all kinds the same', async () => {
    const path = join(folder, 'extras.png');
    const extras = ['-set', 'comment', 'by hand', '-gamma', '0.9', '-density', '200'];
    for (const kind of [[], ['-depth', '16'], ['-colors', '7'], ['-interlace', 'PNG']]) {
      execFileSync('convert', [SCENE, ...extras, ...kind, path]);
      expect(await farthest(path)).toBeLessThanOrEqual(1);
      const { notKept } = await picture.read(readFileSync(path));
      expect(notKept).toEqual(expect.arrayContaining(['text', 'pixel size']));
    }
  });
});

function photos(): string[] {
  try {
    return readdirSync(PHOTOS)
      .filter((name) => name.endsWith('_rgb.png'))
      .map((name) => join(PHOTOS, name));
  } catch {
    return [];
  }
}

describe('damaged files', () => {
  const WORST_MS = 5000;
  const COUNT = fuzzCount(10_000);
  const PROGRAM_COUNT = fuzzCount(300);

  test.each(FUZZED)(
    `${COUNT} of $name are read or refused with a named error, each in a short time`,
    async (format) => {
      const { refused, read, worstMs } = await fuzz(format, COUNT);
      expect(refused).toBeGreaterThan(0.15 * COUNT);
      expect(read).toBeGreaterThan(0.001 * COUNT); // few where a checksum guards all
      expect(worstMs).toBeLessThan(WORST_MS);
    },
  );

  test.skipIf(spawnSync('bzip2', ['--version'], { input: '' }).error)(
    `${PROGRAM_COUNT} of bzip2, an external program, are read or refused with a named error`,
    async () => {
      const { refused } = await fuzz(BZIP2, PROGRAM_COUNT);
      expect(refused).toBeGreaterThan(PROGRAM_COUNT / 6);
    },
  );
});
