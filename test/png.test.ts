// PNG files: read as pngjs reads them, in every colour type, depth and interlacing; written so that
// pngjs reads the same pixels; broken ones are refused in one line.

import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { writeChunks } from '../src/engines/png/chunks.js';
import { passesOf, readHeader, rowBytes } from '../src/engines/png/header.js';
import type { Picture } from '../src/engines/png/picture.js';
import { readPng } from '../src/engines/png/read.js';
import { type PngEffort, writePng } from '../src/engines/png/write.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { cases } from './deep.js';

interface Shape {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly interlace: number;
}

const KINDS: readonly (readonly [number, number])[] = [
  ...[1, 2, 4, 8, 16].map((depth) => [0, depth] as const),
  ...[8, 16].flatMap((depth) => [2, 4, 6].map((type) => [type, depth] as const)),
  ...[1, 2, 4, 8].map((depth) => [3, depth] as const),
];

const shapes = fc
  .record({
    width: fc.integer({ min: 1, max: 40 }),
    height: fc.integer({ min: 1, max: 24 }),
    kind: fc.constantFrom(...KINDS),
    interlace: fc.integer({ min: 0, max: 1 }),
  })
  .map(({ kind: [colourType, depth], ...rest }): Shape => ({ ...rest, colourType, depth }));

function headerBytes({ width, height, depth, colourType, interlace }: Shape): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([depth, colourType, 0, 0, interlace], 8);
  return data;
}

/** A file whose residuals and filters are whatever `bytes` says, round and round. */
function arbitraryFile(shape: Shape, bytes: Uint8Array): Uint8Array {
  const ihdr = headerBytes(shape);
  const header = readHeader({ type: 'IHDR', data: ihdr, offset: 16 }, 2 ** 20);
  const rows: number[] = [];
  for (const pass of passesOf(header)) {
    for (let y = 0; y < pass.height; y++) {
      const at = rows.length;
      rows.push(bytes[at % bytes.length]! % 5);
      for (let i = 0; i < rowBytes(header, pass.width); i++) {
        rows.push(bytes[(at + 1 + i) % bytes.length]!);
      }
    }
  }
  const palette = Uint8Array.from({ length: 3 << shape.depth }, (_, i) => (i * 89) % 256);
  const stream = new Uint8Array(deflateSync(Uint8Array.from(rows)));
  const cut = stream.length >> 1;
  return writeChunks([
    { type: 'IHDR', data: ihdr },
    ...(shape.colourType === 3 ? [{ type: 'PLTE', data: palette }] : []),
    { type: 'IDAT', data: stream.subarray(0, cut) },
    { type: 'IDAT', data: stream.subarray(cut) },
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
}

/** What pngjs sees in a file, without alpha. */
function pixelsByPngjs(file: Uint8Array, channels: 1 | 3): Uint8Array {
  const { data, width, height } = PNG.sync.read(Buffer.from(file));
  return Uint8Array.from(
    { length: width * height * channels },
    (_, i) => data[4 * Math.floor(i / channels) + (i % channels)]!,
  );
}

describe('a PNG file', () => {
  test('of any kind is read as by pngjs', () => {
    const noise = fc.uint8Array({ minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(shapes, noise, (shape, bytes) => {
        const file = arbitraryFile(shape, bytes);
        const { picture, notKept } = readPng(file);
        expect([picture.width, picture.height]).toEqual([shape.width, shape.height]);
        expect(picture.channels).toBe(shape.colourType === 0 || shape.colourType === 4 ? 1 : 3);
        expect(picture.pixels).toEqual(pixelsByPngjs(file, picture.channels));
        const lost = [shape.colourType > 3 && 'alpha', shape.depth === 16 && '16 bits to 8'];
        expect(notKept).toEqual(lost.filter(Boolean));
      }),
      { numRuns: cases(40, 400) },
    );
  });

  test('with a wrong CRC in an ancillary chunk is read, and the CRC is reported', () => {
    const pixels = Uint8Array.of(1, 2, 3);
    const plain = writePng({ width: 3, height: 1, channels: 1, pixels });
    const text = writeChunks([{ type: 'tEXt', data: Uint8Array.of(65, 0, 66) }]).slice(8);
    text[text.length - 1]! ^= 1;
    const file = Uint8Array.from([...plain.subarray(0, 33), ...text, ...plain.subarray(33)]);
    const { picture, notKept, assumed } = readPng(file);
    expect(picture.pixels).toEqual(pixels);
    expect([notKept, assumed]).toEqual([[], ['ignored because of a wrong CRC: tEXt']]);
    plain[plain.length - 1]! ^= 1;
    expect(() => readPng(plain)).toThrow(/^CRC of PNG chunk IEND is wrong at byte \d+$/);
  });

  test('reports its contents other than pixels', () => {
    const plain = writePng({ width: 3, height: 1, channels: 1, pixels: Uint8Array.of(1, 2, 3) });
    const notKept = (...types: string[]): readonly string[] => {
      const chunks = types.map((type) => ({ type, data: Uint8Array.of(1) }));
      const extras = writeChunks(chunks).slice(8);
      return readPng(Uint8Array.from([...plain.subarray(0, 33), ...extras, ...plain.subarray(33)]))
        .notKept;
    };
    expect(notKept('iCCP', 'gAMA', 'cHRM', 'tEXt', 'zTXt', 'eXIf', 'prVt')).toEqual([
      ...['colour profile', 'gamma', 'chromaticities', 'text', 'EXIF', 'chunk "prVt"'],
    ]);
    expect(notKept('sRGB', 'gAMA', 'cHRM', 'pHYs')).toEqual(['pixel size']);
    const many = Array.from(
      { length: 40 },
      (_, i) => `aa${String.fromCharCode(65 + (i % 26), 97 + i / 2)}`,
    );
    expect(notKept(...many).length).toBe(13);
    expect(notKept(...many).at(-1)).toBe('and more');
  });

  test('written here is read back the same, by pngjs and by us', () => {
    const pictures = fc
      .record({
        width: fc.integer({ min: 1, max: 50 }),
        height: fc.integer({ min: 1, max: 20 }),
        channels: fc.constantFrom<1 | 3>(1, 3),
      })
      .chain((size) => {
        const bytes = size.width * size.height * size.channels;
        return fc
          .uint8Array({ minLength: bytes, maxLength: bytes })
          .map((pixels): Picture => ({ ...size, pixels }));
      });
    fc.assert(
      fc.property(
        pictures,
        fc.constantFrom<PngEffort>('zlib', 'zlib', 'parse', 'parse', 'max'),
        (picture, effort) => {
          const file = writePng(picture, effort);
          expect(readPng(file)).toEqual({ picture, notKept: [], assumed: [], exif: undefined });
          expect(pixelsByPngjs(file, picture.channels)).toEqual(picture.pixels);
        },
      ),
      { numRuns: cases(30, 300) },
    );
  });

  test('that is cut short or has a changed byte is refused with an offset', () => {
    const shape = { width: 9, height: 7, depth: 8, colourType: 2, interlace: 0 };
    const file = arbitraryFile(shape, Uint8Array.of(1, 200, 30, 4));
    for (let end = 0; end < file.length; end++) {
      expect(() => readPng(file.subarray(0, end)), `${end} bytes`).toThrow(CorruptDataError);
    }
    for (let at = 0; at < file.length; at++) {
      const broken = file.slice();
      broken[at]! ^= 1 << (at % 8);
      expect(() => readPng(broken), `byte ${at}`).toThrow(/ at byte \d+$/);
    }
  });

  test('with valid checksums and invalid contents is refused', () => {
    const bodies = fc.uint8Array({ minLength: 0, maxLength: 200 });
    fc.assert(
      fc.property(shapes, bodies, (shape, body) => {
        const file = writeChunks([
          { type: 'IHDR', data: headerBytes(shape) },
          { type: 'PLTE', data: Uint8Array.of(1, 2, 3) },
          { type: 'IDAT', data: Uint8Array.of(0x78, 0x9c, ...body) },
          { type: 'IEND', data: new Uint8Array(0) },
        ]);
        expect(() => readPng(file)).toThrow(CorruptDataError);
      }),
      { numRuns: cases(50, 500) },
    );
  });

  test('that declares a huge or empty picture is refused before allocation', () => {
    const file = (width: number, height: number, rows: number): Uint8Array =>
      writeChunks([
        {
          type: 'IHDR',
          data: headerBytes({ width, height, depth: 8, colourType: 6, interlace: 0 }),
        },
        { type: 'IDAT', data: new Uint8Array(deflateSync(new Uint8Array(rows))) },
        { type: 'IEND', data: new Uint8Array(0) },
      ]);
    expect(() => readPng(file(2 ** 31 - 1, 2 ** 31 - 1, 9))).toThrow(UsageError);
    expect(() => readPng(file(65_536, 1024, 9))).toThrow(/fewer pixels than its header declares/);
    expect(() => readPng(file(2, 2, 1000))).toThrow(/more pixels than its header declares/);
    expect(() => readPng(file(0, 4, 9))).toThrow(/width 0 at byte 16/);
    expect(() => readPng(file(4, 0, 9))).toThrow(/height 0 at byte 20/);
    expect(() => readPng(file(9, 9, 9), { maxPixels: 80 })).toThrow(/larger than 80 pixels/);
  });
});
