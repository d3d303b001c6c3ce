import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { longestCopy } from '../src/measure/longest-copy.js';
import { alphabetOf } from '../src/sampling/constraints.js';
import { CopyGuard } from '../src/sampling/copy-guard.js';
import { copyPredictor, NgramCounts, ngramPredictor } from '../src/sampling/ngram.js';
import { measureSpanNoise } from '../src/sampling/span-noise.js';
import { generateSpans, type SpanOptions, type SpanStep } from '../src/sampling/spans.js';
import type { CodeLengthModel, Predictor } from '../src/types.js';
import { bytesOf } from './contract.js';
import { cases } from './deep.js';
import { Toy, WORD_BYTES } from './toy.js';

/** Sixteen words, the last sixteen times as likely as the first. */
const toy = new Toy(
  'ab',
  (word) => 1 + Number.parseInt(word.replaceAll('a', '0').replaceAll('b', '1'), 2),
);

/** Gives each byte of `letters` the same chance, always. */
function among(letters: string): Predictor {
  const bytes = bytesOf(letters);
  return {
    alphabetSize: 256,
    predict: (out) => {
      out.fill(Infinity);
      for (const byte of bytes) out[byte] = Math.log2(bytes.length);
    },
    update: () => {},
    fork: () => among(letters),
  };
}

async function spans(model: CodeLengthModel, options: Partial<SpanOptions>): Promise<SpanStep[]> {
  const settings = {
    length: 40,
    span: 4,
    candidates: 16,
    proposal: among('ab'),
    random: createRandom('spans'),
    ...options,
  };
  const steps = [];
  for await (const step of generateSpans(model, settings)) steps.push(step);
  return steps;
}

const drawnBytes = (steps: readonly SpanStep[]) =>
  Uint8Array.from(steps.flatMap(({ bytes }) => [...bytes]));

/** ΔL of a text whose every byte costs what `bits` says. */
function bytewise(bits: (byte: number) => number): CodeLengthModel {
  const model: CodeLengthModel = {
    push: () => {},
    fork: () => model,
    next: (out) => void out.set(Float64Array.from({ length: 256 }, (_, b) => bits(b))),
    score: (candidates) =>
      Float64Array.from(candidates, (c) => c.reduce((sum, byte) => sum + bits(byte), 0)),
  };
  return model;
}

test('models and proposals are told which bytes were drawn', async () => {
  const told: string[] = [];
  const teller = (name: string): Predictor => ({
    ...among('ab'),
    update: () => told.push(`${name} given`),
    updateDrawn: () => told.push(`${name} drawn`),
    fork: () => teller(name),
  });
  const model = { ...bytewise(() => 1), pushDrawn: () => told.push('model drawn') };
  await spans(model, { length: 4, candidates: 2, span: 4, proposal: teller('proposal') });
  expect(new Set(told)).toEqual(new Set(['model drawn', 'proposal drawn']));
});

describe('spans', () => {
  test('converge to the compressor with more candidates: total variation goes to 0', async () => {
    const WORDS = cases(2500, 20_000);
    const distances = [];
    for (const candidates of [1, 4, 64]) {
      const random = createRandom(`toy ${candidates}`);
      const length = WORDS * WORD_BYTES;
      const steps = await spans(toy.start(), { length, candidates, random, beta: 1 });
      const counts = new Map<string, number>();
      for (const { bytes } of steps) {
        const word = String.fromCharCode(...bytes);
        counts.set(word, (counts.get(word) ?? 0) + 1);
      }
      distances.push(toy.totalVariation((word) => (counts.get(word) ?? 0) / WORDS));
    }
    expect(distances[0]).toBeGreaterThan(0.2); // one candidate: the proposal, uniform
    expect(distances[1]).toBeLessThan(distances[0]! - 0.05);
    expect(distances[2]).toBeLessThanOrEqual(cases(0.04, 0.02));
  });

  test('report what was drawn: its index, ΔL, the bits of the proposal', async () => {
    const pushed: number[] = [];
    const model = bytewise((byte) => byte - 0x60);
    model.push = (bytes) => void pushed.push(...bytes);
    const steps = await spans(model, { length: 10, span: 4 });
    expect(steps.map(({ index, bytes }) => [index, bytes.length])).toEqual([
      [0, 4],
      [4, 4],
      [8, 2],
    ]);
    expect(pushed).toEqual([...drawnBytes(steps)]);
    for (const { bytes, bits, proposalBits, distinct } of steps) {
      expect(bits).toBe(bytes.reduce((sum, byte) => sum + byte - 0x60, 0));
      // A half for each letter, but for the little that is uniform over all bytes.
      expect(proposalBits).toBeCloseTo(-bytes.length * Math.log2((1 - 2 ** -10) / 2 + 2 ** -18), 9);
      expect(distinct).toBeLessThanOrEqual(16);
    }
  });

  test('use the largest β up to 1 that keeps an eighth of the candidates effective', async () => {
    const options = { length: 400, candidates: 64, proposal: among('abcdefghijklmnop') };
    const steep = bytewise((byte) => 40 * (byte - 0x60));
    for (const { beta, ess } of await spans(steep, options)) {
      expect(beta).toBeLessThan(0.5);
      expect(ess).toBeCloseTo(8, 3);
    }
    const agreeing = bytewise(() => 4);
    // A byte that only the uniform share proposes has little weight under q, and much of it here.
    const usual = (await spans(agreeing, options)).filter(({ proposalBits }) => proposalBits < 17);
    expect(usual.filter(({ beta, ess }) => beta === 1 && ess > 60).length).toBeGreaterThan(50);
    const [fixed] = await spans(steep, { ...options, beta: 1 });
    expect(fixed!.beta).toBe(1);
    expect(fixed!.ess).toBeLessThan(8);
  });

  test('ignore the compressor at β = 0', async () => {
    const without = await spans(
      bytewise(() => 1),
      { beta: 0, length: 200 },
    );
    const against = await spans(
      bytewise((byte) => 50 * (byte & 1)),
      { beta: 0, length: 200 },
    );
    expect(drawnBytes(against)).toEqual(drawnBytes(without));
  });

  test('never contain what the compressor finds impossible', async () => {
    const steps = await spans(
      bytewise((byte) => (byte === 0x62 ? Infinity : 1)),
      { candidates: 64 },
    );
    expect(alphabetOf(drawnBytes(steps))).toEqual([0x61]);
    await expect(
      spans(
        bytewise(() => Infinity),
        {},
      ),
    ).rejects.toThrow('no byte is left to draw');
  });

  test('respect the alphabet, UTF-8, the limit on copies and stops', async () => {
    const model = bytewise(() => 3);
    const alphabet = bytesOf('xy');
    const letters = drawnBytes(
      await spans(model, { alphabet, proposal: among('abxy'), length: 60 }),
    );
    expect(alphabetOf(letters)).toEqual([...alphabet]);

    const proposal = among('aé€😀');
    const text = drawnBytes(await spans(model, { utf8: true, proposal, length: 50 }));
    expect(text.length).toBe(50);
    new TextDecoder('utf-8', { fatal: true }).decode(text);

    const given = bytesOf('abbaabab');
    const copyGuard = CopyGuard.of(6, [given]);
    const free = drawnBytes(await spans(model, { length: 60 }));
    expect(longestCopy([given], [free]).length).toBeGreaterThan(6);
    const held = drawnBytes(await spans(model, { length: 60, copyGuard }));
    expect(longestCopy([given], [held]).length).toBeLessThanOrEqual(6);

    const stop = [bytesOf('bb')];
    const stopped = drawnBytes(await spans(model, { stop, length: 400 }));
    expect(String.fromCharCode(...stopped).indexOf('bb')).toBe(stopped.length - 2);
  });

  test('refuse options out of range immediately', () => {
    const call = (options: object) => () =>
      generateSpans(toy.start(), {
        length: 1,
        span: 1,
        candidates: 1,
        proposal: among('a'),
        random: createRandom(1),
        ...options,
      });
    expect(call({ span: 0 })).toThrow('"span" expected integer >= 1, got 0');
    expect(call({ candidates: 0 })).toThrow('"candidates" expected integer >= 1, got 0');
    expect(call({ beta: 2 })).toThrow('"beta" expected number from 0 to 1, got 2');
  });
});

describe('measureSpanNoise', () => {
  test('distinguishes noise from code lengths that follow the bytes, and changes nothing', async () => {
    const text = bytesOf('the rain in spain stays mainly in the plain, and the train to spain');
    const counts = new NgramCounts([text]);
    const options = { proposal: ngramPredictor(counts, 2), span: 8, random: createRandom('noise') };
    const calm = await measureSpanNoise(
      bytewise((byte) => (byte % 5) + 1),
      options,
    );
    expect(calm.isNoise).toBe(false);
    const wild = createRandom('wild');
    const noise: CodeLengthModel = {
      ...bytewise(() => 1),
      score: (candidates) => Float64Array.from(candidates, () => 900 * wild()),
    };
    noise.fork = () => ({ ...noise });
    const found = await measureSpanNoise(noise, { ...options, random: createRandom('noise') });
    expect(found.isNoise).toBe(true);
    // Uniform over 900 bits: a standard deviation of 900 / √12, known to a tenth from 64.
    expect(Math.abs(found.deltaSd / (900 / Math.sqrt(12)) - 1)).toBeLessThan(0.25);
    expect(found.proposalSd).toBeCloseTo(calm.proposalSd, 9);
  });
});

describe('n-gram predictors', () => {
  const data = 'abracadabra, abracadabra';
  const counts = new NgramCounts([bytesOf(data.slice(0, 7)), bytesOf(data.slice(7))]);
  const after = (predictor: Predictor, context: string): Float64Array => {
    for (const byte of bytesOf(context)) predictor.update(byte);
    const bits = new Float64Array(256);
    predictor.predict(bits);
    return bits.map((b) => 2 ** -b);
  };
  /** How often each byte follows `context` in the data. */
  const followers = (context: string): Map<number, number> => {
    const counts = new Map<number, number>();
    for (let at = 0; at + context.length < data.length; at++) {
      const next = data.charCodeAt(at + context.length);
      if (data.startsWith(context, at)) counts.set(next, (counts.get(next) ?? 0) + 1);
    }
    return counts;
  };

  test('smooth by Witten–Bell, from the counts of each order', () => {
    for (const [order, context] of [
      [0, ''],
      [1, 'a'],
      [2, 'ra'],
      [3, 'abr'],
      [3, 'xa'],
      [3, 'zz'],
    ] as const) {
      const suffixes = Array.from({ length: context.length + 1 }, (_, i) =>
        context.slice(i),
      ).reverse();
      let expected = new Float64Array(256).fill(1 / 256);
      for (const suffix of suffixes) {
        const seen = followers(suffix);
        const total = [...seen.values()].reduce((a, b) => a + b, 0);
        if (total === 0) break;
        expected = expected.map(
          (p, byte) => (p * seen.size + (seen.get(byte) ?? 0)) / (total + seen.size),
        );
      }
      const chances = after(ngramPredictor(counts, order), `...${context}`.slice(-order));
      for (const [byte, p] of chances.entries()) expect(p).toBeCloseTo(expected[byte]!, 12);
      expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
  });

  test('copy what followed the longest known context, and learn nothing from drawn bytes', () => {
    const copy = copyPredictor(counts, 4);
    const chances = after(copy.fork(), 'dab');
    expect(chances[0x72]).toBe(1); // dab → r
    const second = after(copy.fork(), 'zzzab');
    expect([...second.keys()].filter((b) => second[b]! > 0)).toEqual([0x72]);
    const learning = copy.fork();
    for (let i = 0; i < 20; i++) after(learning, 'abz');
    expect(after(learning, 'ab')[0x72]).toBe(1);
    const nothing = after(copyPredictor(new NgramCounts([]), 4), 'x');
    expect(nothing.every((p) => Math.abs(p - 1 / 256) < 1e-15)).toBe(true);
  });
});
