// Pictures in memory and JPEG files: what is read, made smaller, given, and refused.

import { encode } from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { decodeZd, encodeZd } from '../src/coding/zd.js';
import { readHeader, writeHeader } from '../src/coding/zd-format.js';
import { coreRegistry } from '../src/compressors/index.js';
import type { Picture } from '../src/engines/png/picture.js';
import { formatOfPicture, pictureOfBytes, shrink, toGrey } from '../src/modality/image.js';
import { givenPart, missingPixels } from '../src/modality/image-given.js';
import { readJpeg } from '../src/node/jpeg.js';
import { openCompressor } from '../src/open.js';
import type { OptionValues } from '../src/options.js';
import type { Format } from '../src/types.js';

/** 9 × 7 pixels, black to white from the top, written by ImageMagick 6.9. */
const GREY_JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsL' +
    'EBYQERMUFRUVDA8XGBYUGBIUFRT/wAALCAAHAAkBAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAb/xAAaEAAABwAAAAAA' +
    'AAAAAAAAAAAAAgQFGVSS/9oACAEBAAA/AKmJZsqJdFCJZsqJdFH/2Q==',
  'base64',
);
const LIMITS = { maxPixels: 1000 };

function picture(width: number, height: number, channels: 1 | 3, pixels: number[]): Picture {
  return { width, height, channels, pixels: Uint8Array.from(pixels) };
}

describe('a picture in memory', () => {
  test('has the format of its bytes', () => {
    const rgb = picture(2, 1, 3, [1, 2, 3, 4, 5, 6]);
    expect(formatOfPicture(rgb)).toEqual({ kind: 'image', width: 2, channels: 3 });
    expect(pictureOfBytes(rgb.pixels, formatOfPicture(rgb))).toEqual(rgb);
    const long = { kind: 'image', width: 4, channels: 1 } as const;
    expect(() => pictureOfBytes(rgb.pixels, long)).toThrow(/rows of 4 bytes, got 6/);
  });

  test('becomes grey by its luma', () => {
    const colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
    expect([...toGrey(picture(4, 1, 3, colours)).pixels]).toEqual([76, 150, 29, 255]);
  });

  test('becomes smaller by the mean of each area, of which a pixel may be in two', () => {
    const square = picture(4, 2, 1, [0, 100, 200, 200, 100, 200, 0, 1]);
    expect(shrink(square, 2)).toEqual(picture(2, 1, 1, [100, 100]));
    expect([...shrink(picture(3, 1, 1, [0, 60, 120]), 2).pixels]).toEqual([20, 100]);
    expect(
      shrink(
        picture(
          2,
          2,
          3,
          [...'abcabcabcabc'].map((c) => c.charCodeAt(0)),
        ),
        1,
      ),
    ).toEqual(picture(1, 1, 3, [97, 98, 99]));
    expect(shrink(square, 4)).toBe(square);
    expect(shrink(picture(1000, 1, 1, Array(1000).fill(7)), 10)).toEqual(
      picture(10, 1, 1, Array(10).fill(7)),
    );
    expect(() => shrink(square, 0)).toThrow(RangeError);
  });
});

test('what is given is counted in pixels or as a share', () => {
  const size = { width: 9, height: 4 };
  expect(givenPart({ side: 'left', amount: 0.5 }, size)).toEqual({ rows: 0, columns: 4 });
  expect(givenPart({ side: 'top', amount: 3 }, size)).toEqual({ rows: 3, columns: 0 });
  expect(missingPixels({ rows: 0, columns: 4 }, size)).toBe(20);
  expect(missingPixels({ rows: 3, columns: 0 }, size)).toBe(9);
  expect(givenPart({ side: 'none', amount: 0 }, size)).toEqual({ rows: 0, columns: 0 });
  expect(() => givenPart({ side: 'left', amount: 10 }, size)).toThrow(/9 × 4 pixels/);
});

describe('a .zd of pixels', () => {
  const pixels = Uint8Array.from({ length: 60 }, (_, i) => i);
  const image = { kind: 'image', width: 5, channels: 3 } as const;
  const opened: Format[] = [];
  const registry = {
    order0: {
      ...coreRegistry.order0!,
      accepts: ['image' as const],
      reach: 'nothing' as const,
      open(format: Format, options: OptionValues) {
        opened.push(format);
        return coreRegistry.order0!.open(format, options);
      },
    },
  };
  const write = async (): Promise<Uint8Array> => {
    const compressor = await openCompressor('order0', { format: image, registry });
    const parts: Uint8Array[] = [];
    for await (const part of encodeZd(compressor, pixels, { spec: 'order0', image })) {
      parts.push(part);
    }
    return new Uint8Array(Buffer.concat(parts));
  };

  test('opens its compressor with the format again', async () => {
    const file = await write();
    opened.length = 0;
    for await (const { bytes } of decodeZd(file, { registry })) expect(bytes).toEqual(pixels);
    expect(opened).toEqual([image]);
    expect(readHeader(file).header.image).toEqual(image);
  });

  test('with a shape that its contents cannot have is refused', async () => {
    const { header } = readHeader(await write());
    for (const wrong of [{ width: 7 }, { width: 0 }, { width: 2 ** 31 }, { channels: 2 as 1 }]) {
      const file = writeHeader({ ...header, image: { ...image, ...wrong } });
      expect(() => readHeader(file)).toThrow(/impossible picture/);
    }
    const vast = { ...header, length: 3 * 2 ** 26, image: { ...image, width: 2 ** 26 } };
    expect(() => readHeader(writeHeader(vast))).toThrow(/impossible picture/);
  });
});

describe('JPEG', () => {
  const data = Buffer.alloc(4 * 20 * 10, 200);
  const rgb = new Uint8Array(encode({ width: 20, height: 10, data }, 90).data);
  /** As `rgb`, but with a byte of its frame header changed. */
  const withFrame = (at: number, byte: number): Uint8Array => {
    const frame = rgb.findIndex((x, i) => x === 0xff && rgb[i + 1] === 0xc0);
    return rgb.with(frame + at, byte);
  };

  test('is read, grey and RGB', () => {
    const grey = readJpeg(GREY_JPEG, LIMITS);
    expect(grey).toMatchObject({ width: 9, height: 7, channels: 1 });
    expect(grey.pixels.length).toBe(63);
    for (let y = 0; y < 7; y++) {
      expect(Math.abs(grey.pixels[9 * y]! - (255 * y) / 6)).toBeLessThan(12);
    }
    const flat = readJpeg(rgb, LIMITS);
    expect(flat).toMatchObject({ width: 20, height: 10, channels: 3 });
    expect(flat.pixels.every((x) => Math.abs(x - 200) < 3)).toBe(true);
  });

  test('is refused by its size before it is decoded, and by its kind', () => {
    expect(() => readJpeg(rgb, { maxPixels: 199 })).toThrow(/20 × 10 pixels exceed/);
    expect(() => readJpeg(withFrame(5, 0xff), LIMITS)).toThrow(/20 × 65290 pixels exceed/);
    expect(() => readJpeg(withFrame(9, 4), LIMITS)).toThrow(/CMYK/);
    expect(() => readJpeg(withFrame(9, 2), LIMITS)).toThrow(/2 components/);
    expect(() => readJpeg(withFrame(4, 12), LIMITS)).toThrow(/12 bits/);
    expect(() => readJpeg(withFrame(1, 0xc9), LIMITS)).toThrow(/arithmetic/);
    expect(() => readJpeg(withFrame(8, 0), LIMITS)).toThrow(/0 × 10 pixels/);
  });

  test('never fails but by name, whatever is cut off or flipped', () => {
    for (let length = 3; length < rgb.length - 1; length++) {
      expect(() => readJpeg(rgb.subarray(0, length), LIMITS)).toThrow(/ends too soon|marker/);
    }
    for (let at = 2; at < rgb.length; at++) {
      try {
        readJpeg(rgb.with(at, rgb[at]! ^ 0x55), LIMITS);
      } catch (error) {
        expect((error as Error).name).toMatch(/^(CorruptDataError|UsageError)$/);
      }
    }
  });
});
