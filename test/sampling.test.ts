import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { toProbabilities } from '../src/bits/units.js';
import { order0Predictor } from '../src/compressors/order0.js';
import { ppmPredictor } from '../src/engines/ppm/predictor.js';
import { UsageError } from '../src/errors.js';
import { decodeReading } from '../src/readings/decode.js';
import { ALPHABETS, alphabetOf, Constraints, namedAlphabet } from '../src/sampling/constraints.js';
import { drawIndex } from '../src/sampling/draw.js';
import { type GenerateOptions, generate, type Step } from '../src/sampling/generate.js';
import {
  type GenerateTokensOptions,
  generateTokens,
  type TokenStep,
} from '../src/sampling/tokens.js';
import { Utf8Guard } from '../src/sampling/utf8-guard.js';
import { warp, warpMinP, warpTemperature, warpTopK, warpTopP } from '../src/sampling/warps.js';
import type { CodeLengthModel, TokenSource } from '../src/types.js';
import { bytesOf } from './contract.js';

const bitsOf = (...bits: number[]) => Float64Array.from(bits);
const warped = (bits: Float64Array, change: (bits: Float64Array) => void) => {
  change(bits);
  return [...bits];
};
const isUtf8 = (bytes: Uint8Array) => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
};

describe('warps', () => {
  test('temperature divides bits, up to a constant', () => {
    expect(warped(bitsOf(-4, 0, 2, Infinity), (b) => warpTemperature(b, 2))).toEqual([
      0,
      2,
      3,
      Infinity,
    ]);
    expect(warped(bitsOf(-4, 3), (b) => warpTemperature(b, 1))).toEqual([-4, 3]);
  });

  test('temperature 0 keeps the likeliest and all ties', () => {
    expect(warped(bitsOf(8, -1, 3, -1), (b) => warpTemperature(b, 0))).toEqual([
      Infinity,
      0,
      Infinity,
      0,
    ]);
  });

  test('a temperature near 0 keeps the likeliest', () => {
    expect(warped(bitsOf(900, 901), (b) => warpTemperature(b, 1e-308))[0]).toBe(0);
  });

  test('temperature Infinity is uniform over what is possible', () => {
    expect(warped(bitsOf(-5, 300, Infinity), (b) => warpTemperature(b, Infinity))).toEqual([
      0,
      0,
      Infinity,
    ]);
  });

  test('top-k keeps the k likeliest, and ties with the last of them', () => {
    expect(warped(bitsOf(3, 1, 2, 2), (b) => warpTopK(b, 1))).toEqual([
      Infinity,
      1,
      Infinity,
      Infinity,
    ]);
    expect(warped(bitsOf(3, 1, 2, 2), (b) => warpTopK(b, 2))).toEqual([Infinity, 1, 2, 2]);
    expect(warped(bitsOf(10, -8, 9), (b) => warpTopK(b, 2))).toEqual([Infinity, -8, 9]);
    expect(warped(bitsOf(3, 1), (b) => warpTopK(b, 7))).toEqual([3, 1]);
  });

  test('top-p keeps the fewest entries that reach the mass, and ties, normalised or not', () => {
    // 1/2, 1/4, 1/8, 1/8
    expect(warped(bitsOf(1, 2, 3, 3), (b) => warpTopP(b, 0.5))).toEqual([
      1,
      Infinity,
      Infinity,
      Infinity,
    ]);
    expect(warped(bitsOf(101, 102, 103, 103), (b) => warpTopP(b, 0.6))).toEqual([
      101,
      102,
      Infinity,
      Infinity,
    ]);
    expect(warped(bitsOf(1, 2, 3, 3), (b) => warpTopP(b, 0.8))).toEqual([1, 2, 3, 3]);
    expect(warped(bitsOf(1, 2, 60), (b) => warpTopP(b, 1))).toEqual([1, 2, 60]);
  });

  test('min-p drops entries less likely than a fraction of the likeliest', () => {
    expect(warped(bitsOf(5, 6, 7, 8), (b) => warpMinP(b, 0.25))).toEqual([5, 6, 7, Infinity]);
    expect(warped(bitsOf(5, 6, 500), (b) => warpMinP(b, 0))).toEqual([5, 6, 500]);
    expect(warped(bitsOf(5, 6, 5), (b) => warpMinP(b, 1))).toEqual([5, Infinity, 5]);
  });

  test('temperature is applied before the cuts', () => {
    // At temperature 1/2 the second byte falls from a half to a quarter of the likeliest.
    expect(warped(bitsOf(0, 1), (b) => warp(b, { temperature: 0.5, minP: 0.4 }))).toEqual([
      0,
      Infinity,
    ]);
  });
});

describe('drawIndex', () => {
  test('draws each index with probability 2^−bits, within 5 standard deviations', () => {
    const bits = bitsOf(-3, Infinity, -2, 0.5, -2, 900);
    const expected = new Float64Array(bits.length);
    toProbabilities(bits, expected);
    const counts = new Array<number>(bits.length).fill(0);
    const random = createRandom('draw');
    const draws = 40_000;
    for (let i = 0; i < draws; i++) counts[drawIndex(bits, random)]!++;
    for (let i = 0; i < bits.length; i++) {
      const p = expected[i]!;
      const deviation = Math.sqrt(draws * p * (1 - p));
      expect(Math.abs(counts[i]! - draws * p)).toBeLessThanOrEqual(5 * deviation);
    }
    expect(counts[1]! + counts[5]!).toBe(0);
  });

  test('tied bits share the unit interval in exactly equal parts', () => {
    const bits = new Float64Array(256).fill(17.3);
    for (let i = 0; i < 256; i++) {
      expect(drawIndex(bits, () => i / 256)).toBe(i);
      expect(drawIndex(bits, () => (i + 1) / 256 - 2 ** -53)).toBe(i);
    }
  });

  test('never draws an impossible index, and handles very long code lengths', () => {
    const bits = bitsOf(Infinity, 1e6, 1e6 + 1, Infinity);
    expect(drawIndex(bits, () => 0)).toBe(1);
    expect(drawIndex(bits, () => 1 - 2 ** -53)).toBe(2);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double({ noNaN: true, min: -1e4, max: 1e4 }), fc.constant(Infinity)), {
          minLength: 1,
        }),
        (some) => {
          const bits = Float64Array.from([...some, 0]);
          expect(bits[drawIndex(bits, () => 1 - 2 ** -53)]).toBeLessThan(Infinity);
        },
      ),
    );
  });

  test('refuses to draw from nothing', () => {
    expect(() => drawIndex(bitsOf(Infinity, Infinity), () => 0)).toThrow(RangeError);
    expect(() => drawIndex(bitsOf(Number.NaN, 1), () => 0)).toThrow(RangeError);
  });
});

describe('alphabets', () => {
  test('printable is visible ASCII; text adds tab, newline and bytes above ASCII', () => {
    expect(String.fromCharCode(...namedAlphabet('printable'))).toMatch(/^ !"#.*xyz\{\|\}~$/);
    expect(namedAlphabet('printable').length).toBe(95);
    const text = new Set(namedAlphabet('text'));
    for (const byte of bytesOf('\t\nAz ~éλ€😀')) expect(text.has(byte)).toBe(true);
    expect([0x00, 0x0d, 0x1b, 0x7f].some((byte) => text.has(byte))).toBe(false);
    expect(text.size).toBe(ALPHABETS.text!.length);
  });

  test('an unknown name is a usage error with a suggestion', () => {
    expect(() => namedAlphabet('printible')).toThrow('did you mean "printable"?');
    expect(() => namedAlphabet('klingon')).toThrow('there are printable, text');
    expect(() => namedAlphabet('toString')).toThrow(UsageError);
  });

  test('an alphabet from data contains each of its bytes once', () => {
    expect(alphabetOf(bytesOf('banana'))).toEqual([...bytesOf('abn')]);
    expect(alphabetOf(bytesOf('ban'), bytesOf('cab'))).toEqual([...bytesOf('abcn')]);
  });
});

describe('Utf8Guard', () => {
  const allowedAfter = (context: Uint8Array, room = 4) => {
    const guard = new Utf8Guard(context);
    return Array.from({ length: 256 }, (_, b) => b).filter((b) => guard.allows(b, room));
  };

  test('allows a byte exactly if it begins or continues a character', () => {
    // Every prefix of a character is what an independent decoder can complete.
    const tails = [
      [],
      [0x80],
      [0xbf],
      [0x80, 0x80],
      [0xbf, 0x80],
      [0x80, 0x80, 0x80],
      [0xbf, 0x80, 0x80],
    ];
    const completes = (bytes: number[]) =>
      tails.some((tail) => isUtf8(Uint8Array.of(...bytes, ...tail)));
    const prefixes = [[], [0xc2], [0xdf], [0xe0], [0xe1], [0xec], [0xed], [0xee], [0xef]];
    prefixes.push([0xf0], [0xf1], [0xf3], [0xf4], [0xe0, 0xa0], [0xed, 0x9f], [0xf0, 0x90]);
    prefixes.push([0xf4, 0x8f], [0xf1, 0x80, 0x80]);
    for (const prefix of prefixes) {
      const expected = Array.from({ length: 256 }, (_, b) => b).filter((b) =>
        completes([...prefix, b]),
      );
      expect(allowedAfter(Uint8Array.from(prefix)), prefix.join()).toEqual(expected);
    }
  });

  test('skips invalid bytes in the context', () => {
    const fresh = allowedAfter(new Uint8Array());
    const broken = [[0x80], [0xbf, 0xbf, 0xbf, 0xbf], [0xc0], [0xe0, 0x80], [0xff], [0x61, 0x80]];
    broken.push([0xed, 0xa0], [0xf4, 0x90], [0xe2, 0x82, 0xac], [0xf0, 0x9f, 0x98, 0x80]);
    for (const context of broken) {
      expect(allowedAfter(Uint8Array.from(context)), context.join()).toEqual(fresh);
    }
    const begun = Array.from({ length: 64 }, (_, i) => 0x80 + i);
    expect(allowedAfter(Uint8Array.of(0x80, 0xff, 0xe2, 0x82))).toEqual(begun);
  });

  test('begins no character that does not fit into the remaining length', () => {
    const leads = (room: number) => allowedAfter(new Uint8Array(), room).filter((b) => b >= 0x80);
    expect(leads(1)).toEqual([]);
    expect([leads(2)[0], leads(2).at(-1)]).toEqual([0xc2, 0xdf]);
    expect(leads(3).at(-1)).toBe(0xef);
    expect(leads(4).at(-1)).toBe(0xf4);
  });

  test('begins no character that the alphabet cannot complete', () => {
    const flags = new Uint8Array(256);
    for (const byte of [0x41, 0xc3, 0xe0, 0xed, 0x85]) flags[byte] = 1;
    const guard = new Utf8Guard(new Uint8Array(), flags);
    expect([0x41, 0xc3, 0xe0, 0xed].map((b) => guard.allows(b, 9))).toEqual([
      true,
      true,
      false, // E0 needs A0..BF
      true,
    ]);
  });
});

/** A model that thinks all bytes equal, whatever it is pushed; it keeps that. */
function indifferent(pushed: number[] = []): CodeLengthModel {
  return {
    push: (bytes) => void pushed.push(...bytes),
    next: (out) => void out.fill(3),
    score: (candidates) => new Float64Array(candidates.length),
    fork: () => indifferent([...pushed]),
  };
}

async function all(model: CodeLengthModel, options: Partial<GenerateOptions>): Promise<Step[]> {
  const steps = [];
  const given = { length: 20, random: createRandom('generate'), ...options };
  for await (const step of generate(model, given)) steps.push(step);
  return steps;
}

const drawnBytes = (steps: readonly Step[]) => Uint8Array.from(steps, ({ byte }) => byte);

describe('generate', () => {
  test('pushes exactly the bytes that it yields', async () => {
    const pushed: number[] = [];
    const steps = await all(indifferent(pushed), { length: 9 });
    expect(pushed).toEqual(steps.map(({ byte }) => byte));
    expect(steps.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await all(indifferent(), { length: 0 })).toEqual([]);
  });

  test('reports the surprisal under the model and the probability of the draw', async () => {
    const alphabet = bytesOf('ab');
    const [step] = await all(indifferent(), { length: 1, alphabet });
    expect(step!.bits).toBeCloseTo(8, 12);
    expect(step!.probability).toBeCloseTo(1 / 2, 12);

    const model = decodeReading(order0Predictor());
    model.push(bytesOf('eeeee'));
    const [greedy] = await all(model, { length: 1, temperature: 0 });
    expect(greedy!.byte).toBe(0x65);
    expect(greedy!.bits).toBeCloseTo(-Math.log2(5.5 / 133), 12);
    expect(greedy!.probability).toBe(1);
  });

  test('breaks greedy ties at random, not by byte order', async () => {
    const steps = await all(indifferent(), { length: 64, temperature: 0 });
    expect(new Set(drawnBytes(steps)).size).toBeGreaterThan(40);
  });

  test('yields bits that add up to the score of the whole', async () => {
    const model = decodeReading(order0Predictor());
    const untouched = model.fork();
    const steps = await all(model, { length: 30, temperature: 0.7, topK: 50 });
    const bits = steps.reduce((sum, step) => sum + step.bits, 0);
    const [expected] = await untouched.score([drawnBytes(steps)]);
    expect(bits).toBeCloseTo(expected!, 9);
  });

  test('waits for an asynchronous model', async () => {
    const model = decodeReading(order0Predictor());
    const later: CodeLengthModel = {
      ...indifferent(),
      push: (bytes) => model.push(bytes),
      next: async (out) => {
        await null;
        await model.next(out);
      },
    };
    const expected = await all(decodeReading(order0Predictor()), {});
    expect(drawnBytes(await all(later, {}))).toEqual(drawnBytes(expected));
  });

  test('draws with binary decisions as often as the distribution says', async () => {
    const model = decodeReading(ppmPredictor({ order: 6, memoryBytes: 2 ** 20 }));
    expect(model.code).toBeDefined();
    model.push(bytesOf('a rose is a rose is a '));
    const bits = new Float64Array(256);
    await model.next(bits);
    const random = createRandom('often');
    const counts = new Float64Array(256);
    for (let i = 0; i < 4000; i++) {
      const [step] = await all(model.fork(), { length: 1, random });
      counts[step!.byte]!++;
      expect(step!.bits).toBeCloseTo(bits[step!.byte]!, 6);
      expect(step!.probability).toBeCloseTo(2 ** -step!.bits, 9);
    }
    for (const byte of bytesOf('ar ise')) {
      const p = 2 ** -bits[byte]!;
      const deviation = Math.sqrt(4000 * p * (1 - p));
      expect(Math.abs(counts[byte]! - 4000 * p)).toBeLessThan(4 * deviation);
    }
  });

  test('stays in the alphabet', async () => {
    const alphabet = alphabetOf(bytesOf('ACGT'));
    const bytes = drawnBytes(await all(indifferent(), { alphabet, length: 50 }));
    expect(alphabetOf(bytes)).toEqual(alphabet);
  });

  test('completes the character of the context and ends between characters', async () => {
    for (let length = 2; length < 40; length++) {
      for (const alphabet of [undefined, ALPHABETS.text]) {
        const context = bytesOf('😀').subarray(0, 2);
        const random = createRandom(length);
        const options = { length, utf8: true, context, alphabet, random };
        const bytes = drawnBytes(await all(indifferent(), options));
        expect(bytes.length).toBe(length);
        expect(isUtf8(Uint8Array.of(...context, ...bytes))).toBe(true);
      }
    }
  });

  test('refuses a length too short to complete the character of the context', async () => {
    const options = { utf8: true, context: Uint8Array.of(0xe2), length: 1 };
    await expect(all(indifferent(), options)).rejects.toThrow(
      'the context ends inside a UTF-8 character: "length" expected integer >= 2, got 1',
    );
    await expect(all(indifferent(), options)).rejects.toThrow(UsageError);
    expect(await all(indifferent(), { ...options, length: 0 })).toEqual([]);
  });

  test('reports that the constraints leave nothing', async () => {
    const options = { utf8: true, alphabet: [0xc3, 0xff] };
    await expect(all(indifferent(), options)).rejects.toThrow(
      'no byte is left to draw at byte 0: all 256 are excluded by the model, the alphabet and UTF-8',
    );
    await expect(all(indifferent(), options)).rejects.toThrow(UsageError);
  });

  test('ends after a stop was drawn, whatever the draw boundaries', async () => {
    const script = bytesOf('aab\n\nxyz');
    const scripted = (at = 0): CodeLengthModel => ({
      ...indifferent(),
      push: (bytes) => void (at += bytes.length),
      next: (out) => void (out.fill(Infinity)[script[at]!] = 0),
    });
    const until = async (...stop: string[]) =>
      new TextDecoder().decode(
        drawnBytes(await all(scripted(), { length: 8, stop: stop.map(bytesOf) })),
      );
    expect(await until('ab')).toBe('aab');
    expect(await until('\n\n', 'zz')).toBe('aab\n\n');
    expect(await until('yz', 'b\n')).toBe('aab\n');
    expect(await until('a')).toBe('a');
    expect(await until('no')).toBe('aab\n\nxyz');
  });

  test('refuses options out of range immediately, before the first step', () => {
    const call = (options: object) => () =>
      generate(indifferent(), { length: 1, random: createRandom(1), ...options });
    expect(call({ temperature: -1 })).toThrow('"temperature" expected number >= 0, got -1');
    expect(call({ temperature: Number.NaN })).toThrow(RangeError);
    expect(call({ temperature: '1' })).toThrow(TypeError);
    expect(call({ temperature: '1' })).toThrow('"temperature" expected number >= 0, got string');
    expect(call({ length: 1.5 })).toThrow('"length" expected integer >= 0, got 1.5');
    expect(call({ topK: 0 })).toThrow('"topK" expected integer >= 1, got 0');
    expect(call({ topP: 0 })).toThrow('"topP" expected number > 0, got 0');
    expect(call({ topP: 2 })).toThrow('"topP" expected number from 0 to 1, got 2');
    expect(call({ minP: 1.1 })).toThrow('"minP" expected number from 0 to 1, got 1.1');
    expect(call({ alphabet: [] })).toThrow('"alphabet" expected at least one byte, got none');
    expect(call({ alphabet: [256] })).toThrow('"alphabet" expected integer from 0 to 255');
    expect(call({ alphabet: 'abc' })).toThrow(TypeError);
    expect(call({ stop: [new Uint8Array()] })).toThrow('"stop" expected at least one byte');
    expect(call({ stop: ['\n'] })).toThrow('"stop" expected Uint8Array, got string');
    expect(call({ random: 7 })).toThrow('"random" expected function, got number');
  });
});

describe('Constraints', () => {
  test('make excluded bytes impossible and leave the rest unchanged', () => {
    const bits = new Float64Array(256).fill(2);
    Constraints.of({ alphabet: bytesOf('xé'), utf8: true }).restrict(bits, 1);
    expect([...bits].flatMap((b, byte) => (b === 2 ? [byte] : []))).toEqual([0x78]);
  });
});

describe('generateTokens', () => {
  const source: TokenSource = {
    draw: (random, temperature) => ({
      kind: 'match',
      bytes: new Uint8Array(1 + Math.floor(random() * 4)),
      bits: temperature,
    }),
    push: () => {},
    fork: () => source,
  };

  async function stepsOf(options: GenerateTokensOptions): Promise<TokenStep[]> {
    const steps = [];
    for await (const step of generateTokens(source, options)) steps.push(step);
    return steps;
  }

  test('draws whole tokens until the length is reached', async () => {
    const steps = await stepsOf({ length: 40, random: createRandom(3) });
    let at = 0;
    for (const { index, token } of steps) {
      expect(index).toBe(at);
      expect(index).toBeLessThan(40);
      expect(token.bits).toBe(1);
      at += token.bytes.length;
    }
    expect(at).toBeGreaterThanOrEqual(40);
    expect(await stepsOf({ length: 0, random: createRandom(3) })).toEqual([]);
  });

  test('passes the temperature on and refuses one out of range immediately', async () => {
    const random = createRandom(3);
    const [step] = await stepsOf({ length: 1, random, temperature: 0.5 });
    expect(step!.token.bits).toBe(0.5);
    expect(() => generateTokens(source, { length: 1, random, temperature: -1 })).toThrow(
      '"temperature" expected number >= 0, got -1',
    );
  });
});
