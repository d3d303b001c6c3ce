// The laws that every compressor keeps, as tests to run on any of them. Inputs are small and
// seeded. Where a compressor is missing from this machine, its tests are skipped with its hint.

import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { totalBits } from '../src/bits/units.js';
import { CompressorUnavailableError } from '../src/errors.js';
import { generate } from '../src/sampling/generate.js';
import type { CodeLengthModel, Compressor, MaybePromise, Reading, Token } from '../src/types.js';
import { cases, DEEP } from './deep.js';

/** Whether all next bytes are looked at, in each context; else a few, after text. */
const isQuick = (reading: Reading): boolean =>
  reading === 'decode' || (DEEP && reading === 'exact');

/** Bytes drawn in a test; while recompressing each takes as many compressions as there are bytes. */
const drawsOf = (reading: Reading): number => cases(reading === 'recompress' ? 1 : 2, 4);

/** Bits by which two ways to the same code length may differ. */
const TOLERANCE = 1e-9;

const READINGS: readonly Reading[] = ['recompress', 'exact', 'decode'];

const VERSE = bytesOf(
  'The woods are lovely, dark and deep, but I have promises to keep, and miles to go before I ' +
    'sleep, and miles to go before I sleep. Whose woods these are I think I know. ',
);

const INPUTS: Readonly<Record<string, Uint8Array>> = {
  'no bytes': new Uint8Array(),
  'one byte': Uint8Array.of(0xff),
  text: VERSE,
  noise: noise(cases(84, 308), 'contract'),
  'a run': new Uint8Array(cases(280, 700)),
};

/** Contexts to measure in, from nothing at all; some readings are measured after the text alone. */
const CONTEXTS: Readonly<Record<string, Uint8Array>> = {
  'no bytes': new Uint8Array(),
  text: VERSE.subarray(0, 150),
  ...(DEEP && { noise: noise(60, 'context') }),
};

/** Candidates that add little to a context of text, and some that add much. */
const FEW = [1, 2, 3, 10, 40].flatMap((length) => [
  VERSE.slice(0, length),
  VERSE.slice(70, 70 + length),
  noise(length, 'candidate'),
]);

const SOME_BYTES = [...bytesOf(' ,.IWabeilostw'), 0, 1, 127, 128, 200, 254, 255];

/**
 * Declares the tests; `open` is called once, in the first of them. A message of a compressor of
 * pictures is `row` bytes or a multiple, any other's has any length.
 */
export function compressorContract(
  name: string,
  open: () => MaybePromise<Compressor>,
  row?: number,
): void {
  const messages = Object.entries(INPUTS).filter(
    ([, { length }]) => row === undefined || (length > 0 && length % row === 0),
  );

  let opened: Promise<Compressor> | undefined;
  const openOnce = (): Promise<Compressor> => {
    opened ??= Promise.resolve().then(open);
    return opened;
  };

  /** A test of the compressor, skipped where it cannot be opened or lacks what is tested. */
  const law = (
    title: string,
    check: (compressor: Compressor) => Promise<void>,
    lacks?: (compressor: Compressor) => string | false,
  ): void => {
    test(title, async ({ skip }) => {
      let compressor: Compressor;
      try {
        compressor = await openOnce();
      } catch (error) {
        if (error instanceof CompressorUnavailableError) {
          return skip(`${error.message}: ${error.hint}`);
        }
        throw error;
      }
      const lack = lacks?.(compressor);
      if (lack) return skip(lack);
      await check(compressor);
    });
  };

  /** A law of models, checked for each reading in each context. */
  const modelLaw = (
    title: string,
    check: (start: () => CodeLengthModel, where: string, reading: Reading) => Promise<void>,
    only: readonly Reading[] = READINGS,
  ): void => {
    const readingsOf = (it: Compressor) => it.readings.filter((reading) => only.includes(reading));
    const checkAll = async (compressor: Compressor): Promise<void> => {
      for (const reading of readingsOf(compressor)) {
        for (const [what, context] of Object.entries(CONTEXTS)) {
          if (!isQuick(reading) && what !== 'text') continue;
          const start = (): CodeLengthModel => {
            const model = compressor.start(reading);
            model.push(context);
            return model;
          };
          await check(start, `${reading} after ${what}`, reading);
        }
      }
    };
    law(title, checkAll, (it) => readingsOf(it).length === 0 && `no ${only.join(' or ')}`);
  };

  describe(`${name} keeps the contract`, () => {
    law('it has a name, a version and a reading, and refuses the readings it lacks', async (it) => {
      expect(it.name).not.toBe('');
      expect(it.version).not.toBe('');
      expect(it.readings.length).toBeGreaterThan(0);
      for (const reading of READINGS) {
        if (!it.readings.includes(reading)) expect(() => it.start(reading)).toThrow(RangeError);
      }
    });

    law(
      'decompress gives back what compress was given',
      async ({ compress, decompress }) => {
        for (const [what, input] of messages) {
          expect(await decompress!(await compress!(input)), what).toEqual(input);
        }
      },
      ({ compress, decompress }) => !(compress && decompress) && 'it only measures',
    );

    law('codeLength is the length of what compress writes, up to padding', async (it) => {
      for (const [what, input] of messages) {
        const bits = await it.codeLength(input);
        expect(bits, what).toBeGreaterThanOrEqual(0);
        if (it.compress) {
          expect(Math.ceil(bits / 8), what).toBe((await it.compress(input)).length);
        }
      }
    });

    law('what it is given is not changed', async (it) => {
      const input = VERSE.slice();
      await it.codeLength(input);
      await it.compress?.(input);
      const model = it.start();
      model.push(input);
      await model.score([input.subarray(0, 2)]);
      expect(input).toEqual(VERSE);
    });

    modelLaw('pushing in pieces is pushing at once', async (start, where, reading) => {
      const whole = start();
      whole.push(VERSE.subarray(0, 90));
      const pieces = start();
      for (const [from, to] of [
        [0, 1],
        [1, 1],
        [1, 40],
        [40, 90],
      ] as const) {
        await peek(reading, pieces); // a measure in between must not matter either
        pieces.push(VERSE.slice(from, to));
      }
      expectSame(await peek(reading, pieces), await peek(reading, whole), where);
    });

    modelLaw('a model keeps none of the bytes it was pushed', async (start, where, reading) => {
      const untouched = start();
      untouched.push(VERSE);
      const model = start();
      const pushed = VERSE.slice();
      model.push(pushed);
      pushed.fill(0);
      expectSame(await peek(reading, model), await peek(reading, untouched), where);
    });

    modelLaw(
      'the score of each byte is what next says, of nothing 0, and neither changes the context',
      async (start, where, reading) => {
        const model = start();
        const before = await peek(reading, model);
        const next = await nextOf(model);
        expect(next.some(Number.isNaN), where).toBe(false);
        const bytes = isQuick(reading) ? [...next.keys()] : SOME_BYTES;
        const scores = await model.score([...bytes.map((b) => Uint8Array.of(b)), new Uint8Array()]);
        expectSame(scores, Float64Array.of(...bytes.map((b) => next[b]!), 0), where);
        expectSame(await peek(reading, model), before, where);
      },
    );

    modelLaw('the score of several bytes is the sum along them', async (start, where) => {
      const model = start();
      const candidate = VERSE.subarray(3, 7);
      const [score] = await model.score([candidate]);
      let sum = 0;
      for (const byte of candidate) {
        sum += (await model.score([Uint8Array.of(byte)]))[0]!;
        model.push(Uint8Array.of(byte));
      }
      expectSame(Float64Array.of(score!), Float64Array.of(sum), where);
    });

    modelLaw('forks go their own ways, in both directions', async (start, where, reading) => {
      const parent = start();
      const atStart = await peek(reading, parent);
      const child = parent.fork();
      child.push(VERSE.subarray(20, 60));
      expectSame(await peek(reading, parent), atStart, `${where}: parent after the child's push`);
      parent.push(VERSE.subarray(60, 80));

      const childAlone = start();
      childAlone.push(VERSE.subarray(20, 60));
      expectSame(await peek(reading, child), await peek(reading, childAlone), `${where}: child`);
      const parentAlone = start();
      parentAlone.push(VERSE.subarray(60, 80));
      expectSame(await peek(reading, parent), await peek(reading, parentAlone), `${where}: parent`);
    });

    modelLaw(
      'probabilities of the decode reading sum to 1',
      async (start, where) => {
        const model = start();
        for (let i = 0; i < 30; i++) {
          expect(Math.abs(2 ** -totalBits(await nextOf(model)) - 1), where).toBeLessThan(1e-9);
          model.push(VERSE.subarray(i, i + 1));
        }
      },
      ['decode'],
    );

    modelLaw('the same seed gives the same continuation', async (start, where, reading) => {
      const length = drawsOf(reading);
      const first = await draw(start(), length);
      expect(await draw(start(), length), where).toEqual(first);
      expect(first.length, where).toBe(length);
    });

    law(
      'tokens drawn with the same seed are the same, and there are bytes in each',
      async ({ startTokens }) => {
        const drawn: Token[][] = [[], []];
        for (const tokens of drawn) {
          const source = startTokens!();
          source.push(VERSE);
          const random = createRandom('tokens');
          for (let i = 0; i < 20; i++) tokens.push(await source.draw(random, 1));
        }
        expect(drawn[1]).toEqual(drawn[0]);
        for (const token of drawn[0]!) expect(token.bytes.length).toBeGreaterThan(0);
      },
      ({ startTokens }) => !startTokens && 'it has no tokens',
    );
  });
}

/** Δ bits to tell models apart by: of all bytes, or of a few where each is slow. */
async function peek(reading: Reading, model: CodeLengthModel): Promise<Float64Array> {
  if (isQuick(reading)) return nextOf(model);
  return model.score(reading === 'exact' ? FEW.slice(0, 9) : FEW);
}

/** Δ bits of the 256 next bytes. */
export async function nextOf(model: CodeLengthModel): Promise<Float64Array> {
  const out = new Float64Array(256).fill(Number.NaN);
  await model.next(out);
  return out;
}

/** Equal up to rounding, infinities included. */
export function expectSame(actual: Float64Array, expected: Float64Array, where = ''): void {
  expect(actual.length, where).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    if (actual[i] === expected[i]) continue;
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (difference <= TOLERANCE * Math.max(1, Math.abs(expected[i]!))) continue;
    expect.fail(`${where}, entry ${i}: ${actual[i]} bits, expected ${expected[i]}`);
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function noise(length: number, seed: string): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}

async function draw(model: CodeLengthModel, length: number): Promise<number[]> {
  const bytes = [];
  for await (const step of generate(model, { length, random: createRandom('seed') })) {
    bytes.push(step.byte);
  }
  return bytes;
}
