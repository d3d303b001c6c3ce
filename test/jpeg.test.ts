// JPEG files: every kind as libjpeg reads it, turned as EXIF says, and refused by name, whole or not
// at all.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { writeChunks } from '../src/engines/png/chunks.js';
import { writePng } from '../src/engines/png/write.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { orient, orientationOf, readUprightPng } from '../src/modality/exif.js';
import { readJpeg } from '../src/node/jpeg.js';
import { cases } from './deep.js';
import { ARITH_JPEG, JPEG_FILES, RGB_PIXEL_JPEG, YCCK_JPEG } from './jpeg-files.js';

const LIMITS = { maxPixels: 1000 };
const COLOUR = JPEG_FILES[0]!.file;

/** Where a marker is. */
function find(file: Uint8Array, marker: number): number {
  return file.findIndex((byte, i) => byte === 0xff && file[i + 1] === marker);
}

function splice(
  file: Uint8Array,
  at: number,
  remove: number,
  insert: readonly number[],
): Uint8Array {
  return Uint8Array.from([...file.subarray(0, at), ...insert, ...file.subarray(at + remove)]);
}

/** A segment behind the first marker. */
function withSegment(file: Uint8Array, marker: number, ...body: number[]): Uint8Array {
  const length = body.length + 2;
  return splice(file, 2, 0, [0xff, marker, length >> 8, length & 255, ...body]);
}

function letters(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A TIFF header and a directory of one entry: the orientation. */
function exifOf(orientation: number, little: boolean): number[] {
  const short = (n: number): number[] => (little ? [n, 0] : [0, n]);
  const long = (n: number): number[] => (little ? [n, 0, 0, 0] : [0, 0, 0, n]);
  const tag = little ? [0x12, 0x01] : [0x01, 0x12];
  const mark = letters(little ? 'II' : 'MM');
  const value = [...short(orientation), 0, 0];
  return [
    ...mark,
    ...short(42),
    ...long(8),
    ...short(1),
    ...tag,
    ...short(3),
    ...long(1),
    ...value,
  ];
}

async function reasonOf(file: Uint8Array, limits = LIMITS): Promise<string> {
  try {
    await readJpeg(file, limits);
  } catch (error) {
    if (error instanceof CorruptDataError) return `corrupt: ${error.message}`;
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'it was read';
}

describe('a JPEG file', () => {
  test.each(JPEG_FILES)('is read as djpeg reads it: $title', async ({ file, sha256, title }) => {
    const { picture, assumed } = await readJpeg(file, LIMITS);
    const channels = title === 'grey' ? 1 : 3;
    expect(picture).toMatchObject({ width: 17, height: 13, channels });
    expect(createHash('sha256').update(picture.pixels).digest('hex')).toBe(sha256);
    expect(assumed).toEqual([]);
  });

  test('with components R, G and B is RGB without any marker', async () => {
    const { picture } = await readJpeg(RGB_PIXEL_JPEG, LIMITS);
    expect([...picture.pixels]).toEqual([76, 85, 255]);
  });

  test('with any components is RGB if an Adobe marker says so', async () => {
    const adobe = (transform: number) =>
      withSegment(RGB_PIXEL_JPEG, 0xee, ...letters('Adobe'), 0, 100, 0, 0, 0, 0, transform);
    expect([...(await readJpeg(adobe(0), LIMITS)).picture.pixels]).toEqual([76, 85, 255]);
    const [red, green, blue] = (await readJpeg(adobe(1), LIMITS)).picture.pixels;
    expect([red, green, blue]).not.toEqual([76, 85, 255]);
    const named = adobe(0);
    const frame = find(named, 0xc0);
    const scan = find(named, 0xda);
    for (let i = 0; i < 3; i++) named[frame + 10 + 3 * i] = named[scan + 5 + 2 * i] = i + 1;
    expect([...(await readJpeg(named, LIMITS)).picture.pixels]).toEqual([76, 85, 255]);
  });

  test('is refused by size before it is decoded, and by unsupported kind', async () => {
    const withFrame = (at: number, ...bytes: number[]): Uint8Array =>
      splice(COLOUR, find(COLOUR, 0xc0) + at, bytes.length, bytes);
    expect(await reasonOf(COLOUR, { maxPixels: 220 })).toMatch(/^17 × 13 pixels exceed/);
    expect(await reasonOf(withFrame(5, 0xff))).toMatch(/^17 × 65293 pixels exceed/);
    expect(await reasonOf(YCCK_JPEG)).toBe('JPEG in YCCK is not supported; convert it to RGB');
    const cmyk = YCCK_JPEG.with(find(YCCK_JPEG, 0xee) + 15, 0);
    expect(await reasonOf(cmyk)).toBe('JPEG in CMYK is not supported; convert it to RGB');
    expect(await reasonOf(withFrame(9, 2))).toMatch(/^JPEG with 2 components is not supported/);
    expect(await reasonOf(withFrame(4, 12))).toMatch(
      /^JPEG with 12 bits per sample is not supported/,
    );
    expect(await reasonOf(ARITH_JPEG)).toMatch(/^JPEG with arithmetic coding is not supported/);
    expect(await reasonOf(withFrame(1, 0xc3))).toMatch(
      /^JPEG with lossless coding is not supported/,
    );
    expect(await reasonOf(withFrame(1, 0xc6))).toMatch(/^JPEG with hierarchical coding/);
    expect(await reasonOf(withFrame(5, 0, 0))).toMatch(/^JPEG without a height/);
    expect(await reasonOf(withFrame(7, 0, 0))).toMatch(/^corrupt: JPEG picture of 0 × 13 pixels/);
  });

  test('without a scan, or with too many, is refused', async () => {
    const scan = find(COLOUR, 0xda);
    const none = splice(COLOUR, scan, COLOUR.length - 2 - scan, []);
    expect(await reasonOf(none)).toMatch(/^corrupt: JPEG file without a scan at byte \d+$/);
    const again = COLOUR.subarray(scan, COLOUR.length - 2);
    const many = splice(
      COLOUR,
      scan,
      0,
      Array<number[]>(500)
        .fill([...again])
        .flat(),
    );
    expect(await reasonOf(many)).toBe('JPEG with more than 500 scans is not supported');
  });

  test('that is cut off at any byte is refused, not filled with grey', async () => {
    for (const { file } of [JPEG_FILES[0]!, JPEG_FILES[4]!]) {
      for (let length = 0; length < file.length; length++) {
        const reason = await reasonOf(file.subarray(0, length));
        expect(reason, `${length} bytes`).toMatch(/^corrupt: /);
      }
    }
    const short = splice(COLOUR, COLOUR.length - 20, 18, []);
    expect(await reasonOf(short)).toMatch(/^corrupt: damaged JPEG file \(Corrupt JPEG data: prem/);
  });

  test('with stray bytes before or after its end is read, and they are reported', async () => {
    const { picture } = await readJpeg(COLOUR, LIMITS);
    const before = await readJpeg(splice(COLOUR, COLOUR.length - 2, 0, [0, 0, 0, 0]), LIMITS);
    expect(before.picture).toEqual(picture);
    expect(before.assumed).toEqual(['bytes between the pixels and the end are ignored']);
    const behind = await readJpeg(splice(COLOUR, COLOUR.length, 0, [1, 2, 3]), LIMITS);
    expect(behind.picture).toEqual(picture);
    expect(behind.notKept).toContain('3 bytes after the picture');
  });

  test('reports its other contents', async () => {
    let file = withSegment(COLOUR, 0xfe, ...letters('by hand'));
    file = withSegment(file, 0xe2, ...letters('ICC_PROFILE\0'), 1, 1);
    file = withSegment(file, 0xe1, ...letters('http://ns.adobe.com/xap/1.0/\0<x/>'));
    file = withSegment(file, 0xe1, ...letters('Exif\0\0'), ...exifOf(1, true));
    file = withSegment(file, 0xec, 1, 2, 3);
    expect((await readJpeg(file, LIMITS)).notKept).toEqual([
      ...['application data (APP12)', 'EXIF', 'XMP', 'colour profile', 'comment'],
    ]);
  });

  test('that is damaged anywhere is read or refused with a named error', async () => {
    const random = createRandom('jpeg');
    for (let i = 0; i < cases(25, 100); i++) {
      const file = JPEG_FILES[i % JPEG_FILES.length]!.file.slice();
      for (let hits = 0; hits < 1 + (i % 3); hits++) {
        file[Math.floor(random() * file.length)] = random() * 256;
      }
      await reasonOf(file); // throws what is not by name
    }
  });
});

describe('orientation', () => {
  /** Rows of letters as they are stored: ab, cd, ef. */
  const stored = {
    width: 2,
    height: 3,
    channels: 1,
    pixels: Uint8Array.from(letters('abcdef')),
  } as const;
  /** As they are seen, by the names of sides in CIPA DC-008: 6 has its row 0 at the right, say. */
  const SEEN = [
    'ab cd ef',
    'ba dc fe',
    'fe dc ba',
    'ef cd ab',
    'ace bdf',
    'eca fdb',
    'fdb eca',
    'bdf ace',
  ];

  test('rotates and mirrors, with any number of channels', () => {
    for (const [i, seen] of SEEN.entries()) {
      const orientation = orientationOf(Uint8Array.from(exifOf(i + 1, i % 2 === 0)));
      expect(orientation).toBe(i + 1);
      const { width, height, pixels } = orient(stored, orientation);
      const rows = Array.from({ length: height }, (_, y) =>
        String.fromCharCode(...pixels.subarray(y * width, (y + 1) * width)),
      );
      expect(rows.join(' ')).toBe(seen);
      const colour = Uint8Array.of(0, 1, 2, 3, 4, 5);
      const triple = Uint8Array.from(
        { length: 18 },
        (_, k) => 10 * colour[Math.floor(k / 3)]! + (k % 3),
      );
      const turned = orient({ ...stored, channels: 3, pixels: triple }, orientation).pixels;
      const grey = orient({ ...stored, pixels: colour }, orientation).pixels;
      expect([...turned]).toEqual([...grey].flatMap((k) => [10 * k, 10 * k + 1, 10 * k + 2]));
    }
  });

  test('is 1 for invalid EXIF data', () => {
    expect(orientationOf(Uint8Array.from(exifOf(9, true)))).toBe(1);
    expect(orientationOf(Uint8Array.from(exifOf(0, false)))).toBe(1);
    const whole = exifOf(6, true);
    for (let length = 0; length < whole.length - 4; length++) {
      expect(orientationOf(Uint8Array.from(whole.slice(0, length)))).toBe(1);
    }
    expect(orientationOf(Uint8Array.from(whole).with(4, 255))).toBe(1);
  });

  test('is applied to JPEG and PNG files, and EXIF is reported as not kept', async () => {
    const plain = (await readJpeg(COLOUR, LIMITS)).picture;
    for (let i = 1; i <= 8; i++) {
      const exif = exifOf(i, i > 4);
      const expected = orient(plain, i as 1);
      const file = withSegment(COLOUR, 0xe1, ...letters('Exif\0\0'), ...exif);
      expect((await readJpeg(file, LIMITS)).picture).toEqual(expected);
      const png = writePng(plain);
      const chunk = writeChunks([{ type: 'eXIf', data: Uint8Array.from(exif) }]).slice(8);
      const turned = readUprightPng(splice(png, 33, 0, [...chunk]), LIMITS);
      expect(turned.picture).toEqual(expected);
      expect(turned.notKept).toEqual(['EXIF']);
    }
  });
});
