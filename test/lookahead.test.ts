import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { order0Predictor } from '../src/compressors/order0.js';
import { decodeReading } from '../src/readings/decode.js';
import { generate } from '../src/sampling/generate.js';
import { type LookaheadOptions, lookaheadPredictor } from '../src/sampling/lookahead.js';
import type { CodeLengthModel } from '../src/types.js';
import { bytesOf } from './contract.js';
import { FULL } from './deep.js';
import { Toy, WORD_BYTES } from './toy.js';

/** Words whose letters lean on each other, so that the first says little of the last. */
const toy = new Toy('abcd', (word) => {
  const [a, b, c, d] = bytesOf(word) as unknown as [number, number, number, number];
  return 1 / (1 + ((a * d * 7 + b * 5 + c) % 23)) ** 2;
});

/** The distribution over words that bytes drawn one by one would have. */
async function wordChances(options: LookaheadOptions): Promise<Map<string, number>> {
  const chances = new Map<string, number>();
  const walk = async (
    word: string,
    predictor: ReturnType<typeof lookaheadPredictor>,
    chance: number,
  ) => {
    if (word.length === WORD_BYTES) return void chances.set(word, chance);
    const bits = new Float64Array(256);
    await predictor.predict(bits);
    for (const letter of 'abcd') {
      const fork = predictor.fork();
      fork.update(letter.charCodeAt(0));
      await walk(word + letter, fork, chance * 2 ** -bits[letter.charCodeAt(0)]!);
    }
  };
  await walk('', lookaheadPredictor(toy.start(), options), 1);
  return chances;
}

describe('lookahead', () => {
  test('converges to the distribution over whole words as the beam grows', async () => {
    const distances = [];
    for (const beam of FULL ? [16, 32, 64] : [16, 64]) {
      const chances = await wordChances({ beam, horizon: WORD_BYTES, commit: 'span' });
      distances.push(toy.totalVariation((word) => chances.get(word)!));
    }
    const nothingAhead = await wordChances({ beam: 64, horizon: 1 });
    expect(toy.totalVariation((word) => nothingAhead.get(word)!)).toBeGreaterThan(0.4);
    for (let i = 1; i < distances.length; i++) expect(distances[i]).toBeLessThan(distances[i - 1]!);
    expect(distances.at(-1)).toBeLessThan(1e-9); // 4 + 16 + 64 prefixes are all there are
  });

  test('searches after each byte or only after the span, as configured', async () => {
    const searches = async (commit: 'byte' | 'span') => {
      let asked = 0;
      const counted = (model: CodeLengthModel): CodeLengthModel => ({
        ...model,
        fork: () => counted(model.fork()),
        next: (out) => {
          asked++;
          return model.next(out);
        },
      });
      const ahead = lookaheadPredictor(counted(toy.start()), { beam: 64, horizon: 4, commit });
      const options = { length: 4, random: createRandom('commit') };
      for await (const { bits } of generate(decodeReading(ahead), options)) {
        expect(bits).toBeLessThan(8);
      }
      return asked;
    };
    // A search asks the empty continuation, and 64 of each length up to three bytes.
    expect(await searches('span')).toBe(1 + 3 * 64);
    expect(await searches('byte')).toBe(4 * (1 + 3 * 64));
  });

  test('leaves a normalised distribution unchanged, for any beam and horizon', async () => {
    const model = decodeReading(order0Predictor());
    model.push(bytesOf('abracadabra'));
    const expected = new Float64Array(256);
    await model.next(expected);
    for (const [beam, horizon] of [
      [1, 1],
      [1, 5],
      [7, 3],
      [300, 2],
    ] as const) {
      const bits = new Float64Array(256);
      await lookaheadPredictor(model.fork(), { beam, horizon }).predict(bits);
      for (let b = 0; b < 256; b++) expect(bits[b]).toBeCloseTo(expected[b]!, 9);
    }
  });

  test('has probabilities that sum to 1, and independent forks', async () => {
    const predictor = lookaheadPredictor(toy.start(), { beam: 3, horizon: 3 });
    const before = new Float64Array(256);
    await predictor.predict(before);
    expect(before.reduce((sum, bits) => sum + 2 ** -bits, 0)).toBeCloseTo(1, 12);
    const fork = predictor.fork();
    fork.update(0x61);
    const after = new Float64Array(256);
    await fork.predict(after);
    expect(after).not.toEqual(before);
    const again = new Float64Array(256);
    await predictor.predict(again);
    expect(again).toEqual(before);
  });

  test('refuses options out of range', () => {
    expect(() => lookaheadPredictor(toy.start(), { beam: 0, horizon: 1 })).toThrow(
      '"beam" expected integer >= 1, got 0',
    );
    expect(() => lookaheadPredictor(toy.start(), { beam: 1, horizon: 0 })).toThrow(RangeError);
  });
});
