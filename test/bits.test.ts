import { deflateSync, crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BitWriter } from '../src/bits/bit-writer.js';
import { adler32, crc32 } from '../src/bits/checksums.js';
import { LimitedBuffer } from '../src/bits/limited-buffer.js';
import { Lines } from '../src/bits/lines.js';
import { createRandom } from '../src/bits/random.js';
import { toProbabilities, totalBits } from '../src/bits/units.js';
import { UsageError } from '../src/errors.js';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' });

describe('createRandom', () => {
  test('gives the same numbers for the same seed, as a number or as text', () => {
    const draw = (seed: number | string) => Array.from({ length: 50 }, createRandom(seed));
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).toEqual(draw('7'));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw('ab')).not.toEqual(draw('ba'));
  });

  test('gives the numbers that earlier versions gave', () => {
    const random = createRandom(1);
    expect([random(), random(), random()]).toEqual([
      0.08153148851670355, 0.8391134825813356, 0.4540500442271682,
    ]);
  });

  test('is uniform on [0, 1): every sixteenth gets its share within 5 standard deviations', () => {
    const random = createRandom('uniform');
    const draws = 64_000;
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < draws; i++) {
      const x = random();
      if (!(x >= 0 && x < 1)) expect.fail(`draw ${i} is ${x}`);
      counts[Math.floor(x * 16)]!++;
    }
    const deviation = Math.sqrt((draws / 16) * (15 / 16));
    for (const count of counts) expect(Math.abs(count - draws / 16)).toBeLessThan(5 * deviation);
  });

  test('uses all 53 bits of a number', () => {
    const random = createRandom('bits');
    const ones = new Array<number>(53).fill(0);
    for (let i = 0; i < 4000; i++) {
      const bits = BigInt(random() * 2 ** 53);
      for (let k = 0; k < 53; k++) ones[k]! += Number((bits >> BigInt(k)) & 1n);
    }
    for (const count of ones) expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(1000));
  });
});

describe('bits and probabilities', () => {
  test('code lengths of a complete code have a total of 0 bits', () => {
    expect(totalBits(Float64Array.of(1, 2, 3, 3))).toBeCloseTo(0, 12);
    expect(totalBits(Float64Array.of(Infinity, 0))).toBe(0);
  });

  test('very long code lengths do not underflow', () => {
    expect(totalBits(Float64Array.of(5000, 5000))).toBeCloseTo(4999, 9);
    const out = new Float64Array(2);
    toProbabilities(Float64Array.of(5000, 5002), out);
    expect(out[0]).toBeCloseTo(0.8, 12);
    expect(out[1]).toBeCloseTo(0.2, 12);
  });

  test('if nothing is possible, the total is infinite and every probability is zero', () => {
    const bits = Float64Array.of(Infinity, Infinity);
    expect(totalBits(bits)).toBe(Infinity);
    toProbabilities(bits, bits);
    expect([...bits]).toEqual([0, 0]);
  });

  test('probabilities sum to 1 and may be written over the bits', () => {
    const lengths = fc.array(fc.double({ min: -100, max: 5000, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(lengths, (values) => {
        const bits = Float64Array.from(values);
        toProbabilities(bits, bits);
        const sum = bits.reduce((a, b) => a + b, 0);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
      }),
    );
  });
});

describe('BitWriter', () => {
  const field = fc
    .integer({ min: 0, max: 25 })
    .chain((count) => fc.tuple(fc.integer({ min: 0, max: 2 ** count - 1 }), fc.constant(count)));

  test('fills each byte from its lowest bit and pads with zeros', () => {
    const writer = new BitWriter();
    writer.writeBits(1, 1);
    writer.writeBits(0b10, 2);
    writer.writeBits(0b11111, 5);
    writer.writeBits(0x1fffffe, 25);
    expect(writer.bitLength).toBe(33);
    expect([...writer.finish()]).toEqual([0b11111_10_1, 0xfe, 0xff, 0xff, 0x01]);
  });

  test('writes fields as one contiguous string of bits', () => {
    fc.assert(
      fc.property(fc.array(field, { size: 'large' }), (fields) => {
        const writer = new BitWriter(1);
        let expected = '';
        for (const [value, count] of fields) {
          writer.writeBits(value, count);
          const written = count === 0 ? '' : value.toString(2).padStart(count, '0');
          expected += [...written].reverse().join('');
          if (writer.bitLength !== expected.length) {
            expect.fail(`${writer.bitLength} bits, expected ${expected.length}`);
          }
        }
        const read = [...writer.finish()]
          .map((byte) => [...byte.toString(2).padStart(8, '0')].reverse().join(''))
          .join('');
        expect(read).toBe(expected.padEnd(Math.ceil(expected.length / 8) * 8, '0'));
      }),
    );
  });

  test('writes whole bytes the same way on and off a byte boundary', () => {
    fc.assert(
      fc.property(field, bytes(600), ([value, count], whole) => {
        const together = new BitWriter();
        together.writeBits(value, count);
        together.writeBytes(whole);
        const apart = new BitWriter();
        apart.writeBits(value, count);
        for (const byte of whole) apart.writeBits(byte, 8);
        expect(together.finish()).toEqual(apart.finish());
        expect(together.bitLength).toBe(count + 8 * whole.length);
      }),
    );
  });

  test('aligns with zeros, and adds nothing at a boundary', () => {
    const writer = new BitWriter();
    writer.alignToByte();
    expect(writer.bitLength).toBe(0);
    writer.writeBits(1, 1);
    writer.alignToByte();
    writer.alignToByte();
    expect(writer.bitLength).toBe(8);
    expect([...writer.finish()]).toEqual([1]);
  });

  test('continues after finish and leaves earlier results unchanged', () => {
    const writer = new BitWriter();
    writer.writeBits(1, 1);
    const before = writer.finish();
    writer.writeBits(1, 1);
    expect([...before]).toEqual([1]);
    expect([...writer.finish()]).toEqual([3]);
  });
});

describe('checksums', () => {
  test('CRC-32 matches zlib, in one piece or two', () => {
    fc.assert(
      fc.property(bytes(300), fc.nat(300), (data, cut) => {
        const expected = zlibCrc32(data);
        expect(crc32(data)).toBe(expected);
        expect(crc32(data.subarray(cut), crc32(data.subarray(0, cut)))).toBe(expected);
      }),
    );
  });

  test('Adler-32 matches zlib, in one piece or two', () => {
    fc.assert(
      fc.property(bytes(300), fc.nat(300), (data, cut) => {
        const expected = deflateSync(data).readUInt32BE(deflateSync(data).length - 4);
        expect(adler32(data)).toBe(expected);
        expect(adler32(data.subarray(cut), adler32(data.subarray(0, cut)))).toBe(expected);
      }),
    );
  });

  test('neither checksum overflows on a million bytes of 255', () => {
    const data = new Uint8Array(1_000_003).fill(255);
    const stream = deflateSync(data);
    expect(adler32(data)).toBe(stream.readUInt32BE(stream.length - 4));
    expect(crc32(data)).toBe(zlibCrc32(data));
  });

  test('the checksums of "123456789" match the published check values', () => {
    const digits = new TextEncoder().encode('123456789');
    expect(crc32(digits)).toBe(0xcbf43926);
    expect(adler32(digits)).toBe(0x091e01de);
  });
});

describe('LimitedBuffer', () => {
  test('grows as it is written to, to at most twice its contents', () => {
    const buffer = new LimitedBuffer(undefined, 1e9);
    for (let i = 0; i < 200; i++) {
      buffer.append(new Uint8Array(1000).fill(i));
      expect(buffer.bytes.length).toBeLessThanOrEqual(Math.max(4096, 2 * buffer.length));
    }
    expect(buffer.finish()).toEqual(Uint8Array.from({ length: 200_000 }, (_, i) => i / 1000));
  });

  test('holds exactly maxBytes and refuses one more', () => {
    const buffer = new LimitedBuffer(10);
    buffer.append(new Uint8Array(10));
    const message = 'output would exceed 10 bytes; a higher maxBytes (--max-bytes) allows more';
    expect(() => buffer.reserve(1)).toThrow(new UsageError(message));
    expect(buffer.finish()).toHaveLength(10);
  });

  test('requires a limit of at least 0', () => {
    for (const limit of [-1, Number.NaN]) {
      expect(() => new LimitedBuffer(limit)).toThrow('"maxBytes" expected number ≥ 0');
    }
  });
});

test('a table of zeros allocated on demand behaves like one allocated in full', () => {
  const random = createRandom('lines');
  const LINES = 2 ** 16;
  const WIDTH = 32;
  const thin = [Lines.zeros(new Uint8Array(), LINES, WIDTH)];
  const whole = [new Lines(new Uint8Array(LINES * WIDTH), WIDTH)];
  let unequal = 0;
  for (let step = 0; step < 80_000; step++) {
    const i = Math.floor(random() * thin.length);
    const line = Math.floor(random() * LINES);
    if ((step > 10_000 && step < 10_003) || step === 70_000) {
      thin.push(thin[i]!.fork());
      whole.push(whole[i]!.fork());
    }
    const [a, b] = [thin[i]!, whole[i]!];
    if (random() < 0.7) {
      a.write(line);
      b.write(line);
      a.array[a.offset + (step % WIDTH)] = b.array[b.offset + (step % WIDTH)] = step;
    }
    const seen = random() < 0.5 ? line : Math.floor(random() * LINES);
    a.read(seen);
    b.read(seen);
    for (let j = 0; j < WIDTH; j++) {
      if (a.array[a.offset + j] !== b.array[b.offset + j]) unequal++;
    }
  }
  expect(unequal).toBe(0);
});

test('a table of zeros remains correct after most of its lines are written', () => {
  const table = Lines.zeros(new Uint8Array(), 2 ** 17, 16);
  for (let line = 0; line < 2 ** 17; line += 2) {
    table.write(line);
    table.array[table.offset + 3] = line >> 3;
  }
  let wrong = 0;
  for (let line = 0; line < 2 ** 17; line++) {
    table.read(line);
    if (table.array[table.offset + 3] !== (line % 2 === 0 ? (line >> 3) & 255 : 0)) wrong++;
  }
  expect(wrong).toBe(0);
});

test('a table over lines that do not change agrees with one of its own, and leaves them as they are', () => {
  const random = createRandom('over');
  const [LINES, WIDTH] = [2 ** 12, 4];
  const places = new Int32Array(LINES);
  const base = new Int32Array(501 * WIDTH);
  const plain = new Int32Array(LINES * WIDTH);
  for (let at = 1; at <= 500; at++) {
    const line = 8 * at + Math.floor(8 * random());
    places[line] = at;
    for (let i = 0; i < WIDTH; i++) {
      base[at * WIDTH + i] = plain[line * WIDTH + i] = Math.floor(random() * 1e9);
    }
  }
  const before = [base.slice(), places.slice()];
  const all = [{ lines: Lines.over(base, places, WIDTH), plain }];
  for (let step = 0; step < 20_000; step++) {
    const one = all[Math.floor(random() * all.length)]!;
    if (step % 1000 === 500) all.push({ lines: one.lines.fork(), plain: one.plain.slice() });
    const line = Math.floor(random() * LINES);
    one.lines.write(line);
    one.lines.array[one.lines.offset + (step % WIDTH)] = step;
    one.plain[line * WIDTH + (step % WIDTH)] = step;
  }
  let unequal = 0;
  for (const { lines, plain } of all) {
    for (let line = 0; line < LINES; line++) {
      lines.read(line);
      for (let i = 0; i < WIDTH; i++) {
        if (lines.array[lines.offset + i] !== plain[line * WIDTH + i]) unequal++;
      }
    }
  }
  expect(unequal).toBe(0);
  expect([base, places]).toEqual(before);
});
