import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { powerOfHalf, quantise, quantiseBits } from '../src/engines/arithmetic/quantise.js';
import { RangeDecoder, RangeEncoder } from '../src/engines/arithmetic/range-coder.js';
import { StaticCode } from '../src/engines/arithmetic/static-code.js';
import { randomCase, roundTrip } from './arithmetic-cases.js';
import { cases } from './deep.js';

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

describe('quantise', () => {
  test('gives every symbol a frequency of at least 1, with the requested total', () => {
    for (const total of [4, 5, 255, 2 ** 16, 2 ** 24, 2 ** 32]) {
      for (const weights of [
        [1, 1, 1, 1],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [1e-300, 1e-320, 0, 0],
        [1e300, 1e300, 1, 0],
        [0.1, 0.2, 0.3, 0.4],
      ]) {
        const frequencies = quantise(weights, total);
        expect(Math.min(...frequencies)).toBeGreaterThanOrEqual(1);
        expect(sum(frequencies)).toBe(total);
      }
    }
  });

  test('gives the rounding remainder to the largest weight, the first in a tie', () => {
    expect([...quantise([1, 1, 1], 10)]).toEqual([4, 3, 3]);
    expect([...quantise([1, 3, 0], 3)]).toEqual([1, 1, 1]);
    expect([...quantise([1, 3, 0], 2 ** 4)]).toEqual([4, 11, 1]);
  });

  test('exceeds the given bits by less than the bound', () => {
    const random = createRandom('bound');
    const bits = Float64Array.from({ length: 256 }, () => 20 * random());
    const totalBits = Math.log2(bits.reduce((all, b) => all + 2 ** -b, 0));
    const frequencies = quantiseBits(bits, 2 ** 24);
    const most = -Math.log2(1 - 256 / 2 ** 24);
    for (let s = 0; s < 256; s++) {
      const paid = 24 - Math.log2(frequencies[s]!);
      expect(paid - (bits[s]! + totalBits)).toBeLessThan(most + 1e-9);
    }
  });

  test('accepts negative bits, impossible symbols and no possible symbol', () => {
    expect([...quantiseBits(Float64Array.of(-3, -2, Infinity), 2 ** 10)]).toEqual([682, 341, 1]);
    expect([...quantiseBits(Float64Array.of(Infinity, Infinity), 2 ** 10)]).toEqual([512, 512]);
  });

  test('computes powers of one half to eleven digits', () => {
    for (let x = 0; x < 64; x += 0.0137) {
      expect(Math.abs(powerOfHalf(x) * 2 ** x - 1)).toBeLessThan(1e-11);
    }
    expect(powerOfHalf(0)).toBe(1);
    expect(powerOfHalf(64)).toBe(0);
    expect(powerOfHalf(Infinity)).toBe(0);
  });
});

describe('the range coder', () => {
  test('writes no bytes for an empty message and few for nearly certain symbols', () => {
    expect(new RangeEncoder().finish()).toHaveLength(0);
    const encoder = new RangeEncoder();
    for (let i = 0; i < 1000; i++) encoder.encode(1, 2 ** 32 - 1, 2 ** 32);
    expect(encoder.finish().length).toBeLessThanOrEqual(1);
  });

  test('propagates a carry through a run of 0xff bytes', () => {
    // The interval closes in on 1/2 from below, then steps over it: 0.0111…1 becomes 0.1.
    const steps: [number, number, number][] = [[127, 2, 256]];
    for (let i = 0; i < 40; i++) steps.push([1, 254, 256], [127, 2, 256]);
    for (const last of [0, 255]) {
      const all: [number, number, number][] = [...steps, [last, 1, 256]];
      const encoder = new RangeEncoder();
      for (const step of all) encoder.encode(...step);
      const decoder = new RangeDecoder(encoder.finish());
      for (const [low, freq, total] of all) {
        const target = decoder.decodeTarget(total);
        expect(target).toBeGreaterThanOrEqual(low);
        expect(target).toBeLessThan(low + freq);
        decoder.consume(low, freq, total);
      }
    }
  });

  test('round trips random messages under random distributions', () => {
    const random = createRandom('arithmetic');
    for (let i = 0; i < cases(4000, 20_000); i++) expect(roundTrip(randomCase(random))).toBe(true);
  });

  test('codes bits of any probability, including impossible ones', () => {
    const random = createRandom('bits');
    const probabilities = Array.from({ length: 20_000 }, (_, i) => {
      if (i % 5 === 0) return random() < 0.5 ? 0 : 1;
      return i % 5 === 1 ? 2 ** (-60 * random()) : random();
    });
    const bits = probabilities.map((p) => (random() < (random() < 0.01 ? 0.5 : p) ? 1 : 0));
    const encoder = new RangeEncoder();
    for (const [i, p] of probabilities.entries()) encoder.encodeBit(bits[i]!, p);
    const decoder = new RangeDecoder(encoder.finish());
    expect(probabilities.map((p) => decoder.decodeBit(p))).toEqual(bits);
  });

  test('stays within 0.02 % of the entropy and 4 bytes', () => {
    const random = createRandom('entropy');
    for (const power of [0, 1, 3, 12]) {
      const weights = Float64Array.from({ length: 256 }, (_, s) => (s + 1) ** -power);
      const frequencies = quantise(weights, 2 ** 16);
      const lot = [...frequencies].flatMap((frequency, s) => new Array(frequency).fill(s));
      const length = cases(2e5, 1e6);
      const symbols = Uint8Array.from({ length }, () => lot[Math.floor(random() * 65536)]);
      const entropyBits = symbols.reduce((all, s) => all + 16 - Math.log2(frequencies[s]!), 0);
      const code = new StaticCode(frequencies, 16);
      const bytes = code.encode(symbols);
      expect(bytes.length).toBeLessThan((entropyBits / 8) * 1.0002 + 4);
      const back = new Uint8Array(length);
      code.decodeInto(bytes, back);
      expect(Buffer.compare(back, symbols)).toBe(0);
    }
  });

  test('decodes arbitrary bytes to symbols without failing', () => {
    const random = createRandom('noise');
    for (let i = 0; i < cases(100, 500); i++) {
      const noise = Uint8Array.from({ length: 20 * random() }, () => 256 * random());
      const decoder = new RangeDecoder(noise);
      const frequencies = quantise(
        [random(), random() ** 9, 1e-9],
        3 + Math.floor((2 ** 32 - 4) ** random()),
      );
      const total = sum(frequencies);
      for (let k = 0; k < 100; k++) {
        const target = decoder.decodeTarget(total);
        expect(target).toBeGreaterThanOrEqual(0);
        expect(target).toBeLessThan(total);
        let low = 0;
        let s = 0;
        while (target - low >= frequencies[s]!) low += frequencies[s++]!;
        decoder.consume(low, frequencies[s]!, total);
      }
    }
  });
});

test('a static code rejects frequencies that do not sum to its total', () => {
  expect(() => new StaticCode(Uint32Array.of(1, 2), 2)).toThrow(RangeError);
  expect(() => new StaticCode(Uint32Array.of(0, 4), 2)).toThrow(RangeError);
  expect(() => new StaticCode(Uint32Array.of(1, 3), 17)).toThrow(RangeError);
});
