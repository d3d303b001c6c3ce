// Pictures in memory: made smaller, given, and kept in a .zd.

import { describe, expect, test } from 'vitest';
import { decodeZd, encodeZd } from '../src/coding/zd.js';
import { readHeader, writeHeader } from '../src/coding/zd-format.js';
import { coreRegistry } from '../src/compressors/index.js';
import type { Picture } from '../src/engines/png/picture.js';
import { formatOfPicture, pictureOfBytes, shrink, toGrey } from '../src/modality/image.js';
import { givenPart, missingPixels } from '../src/modality/image-given.js';
import { openCompressor } from '../src/open.js';
import type { OptionValues } from '../src/options.js';
import type { Format } from '../src/types.js';

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

  test('is converted to grey by luma', () => {
    const colours = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];
    expect([...toGrey(picture(4, 1, 3, colours)).pixels]).toEqual([76, 150, 29, 255]);
  });

  test('is shrunk by area averaging, with pixels shared between areas', () => {
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

test('the given part is counted in pixels or as a share', () => {
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

  test('opens its compressor with the same format', async () => {
    const file = await write();
    opened.length = 0;
    for await (const { bytes } of decodeZd(file, { registry })) expect(bytes).toEqual(pixels);
    expect(opened).toEqual([image]);
    expect(readHeader(file).header.image).toEqual(image);
  });

  test('is refused if its contents cannot have its shape', async () => {
    const { header } = readHeader(await write());
    for (const wrong of [{ width: 7 }, { width: 0 }, { width: 2 ** 31 }, { channels: 2 as 1 }]) {
      const file = writeHeader({ ...header, image: { ...image, ...wrong } });
      expect(() => readHeader(file)).toThrow(/impossible picture/);
    }
    const vast = { ...header, length: 3 * 2 ** 26, image: { ...image, width: 2 ** 26 } };
    expect(() => readHeader(writeHeader(vast))).toThrow(/impossible picture/);
  });
});
