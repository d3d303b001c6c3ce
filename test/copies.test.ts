import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { longestCopy } from '../src/measure/longest-copy.js';
import { CopyGuard } from '../src/sampling/copy-guard.js';
import { generate } from '../src/sampling/generate.js';
import { generateTokens } from '../src/sampling/tokens.js';
import type { CodeLengthModel, TokenSource } from '../src/types.js';
import { bytesOf } from './contract.js';

const letters = (...bytes: Uint8Array[]) =>
  bytes.map((part) => String.fromCharCode(...part)).join('');

const text = (maxLength: number) =>
  fc.array(fc.integer({ min: 97, max: 99 }), { maxLength }).map((bytes) => Uint8Array.from(bytes));

/** The length of the longest copy that ends with the last byte of `drawn`, by looking everywhere. */
function copyAtEnd(given: string, drawn: string): number {
  const all = given + drawn;
  for (let length = drawn.length; length > 0; length--) {
    const at = all.indexOf(all.slice(all.length - length));
    if (at < all.length - length) return length;
  }
  return 0;
}

describe('longestCopy', () => {
  test('agrees with an exhaustive search and reports the source', () => {
    fc.assert(
      fc.property(text(12), text(12), fc.array(text(12), { maxLength: 3 }), (a, b, samples) => {
        const given = letters(a, b);
        let longest = 0;
        for (const sample of samples) {
          for (let end = 1; end <= sample.length; end++) {
            longest = Math.max(longest, copyAtEnd(given, letters(sample.subarray(0, end))));
          }
        }
        const copy = longestCopy([a, b], samples);
        expect(copy.length).toBe(longest);
        if (longest === 0) return;
        const drawn = letters(samples[copy.sample]!);
        const all = given + drawn;
        expect(all.slice(copy.from, copy.from + longest)).toBe(
          drawn.slice(copy.to, copy.to + longest),
        );
        expect(copy.from).toBeLessThan(given.length + copy.to);
        expect(copy.to + longest).toBeLessThanOrEqual(drawn.length);
      }),
      { numRuns: 500 },
    );
  });

  test('does not count text that two samples share as a copy', () => {
    expect(longestCopy([], [bytesOf('xyz'), bytesOf('xyz')]).length).toBe(0);
    expect(longestCopy([bytesOf('cd')], [bytesOf('abc'), bytesOf('def')]).length).toBe(1);
  });

  test('reports a run as a copy of itself', () => {
    expect(longestCopy([], [bytesOf('zaaaa')])).toEqual({ length: 3, sample: 0, to: 2, from: 1 });
  });
});

describe('CopyGuard', () => {
  /** The letters that it excludes. */
  const excluded = (guard: CopyGuard): string => {
    const bits = new Float64Array(256);
    guard.restrict(bits);
    return String.fromCharCode(...[...bits.keys()].filter((b) => bits[b] === Infinity));
  };

  test('excludes exactly the bytes that would make a copy too long, also in a trial', () => {
    const runs = fc.property(
      text(12),
      text(12),
      text(14),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(14),
      (a, b, wish, most, trialAt) => {
        let guard = CopyGuard.of(most, [a, b]);
        let drawn = '';
        for (const [i, byte] of wish.entries()) {
          if (i === trialAt) guard = guard.trial();
          const wrong = ['a', 'b', 'c'].filter((c) => copyAtEnd(letters(a, b), drawn + c) > most);
          expect(excluded(guard)).toBe(wrong.join(''));
          if (wrong.includes(String.fromCharCode(byte))) break;
          guard.push(byte);
          drawn += String.fromCharCode(byte);
        }
      },
    );
    fc.assert(runs, { numRuns: 2000 });
  });

  test('is unchanged by a trial and independent of its forks', () => {
    const guard = CopyGuard.of(2, [bytesOf('abcabd')]);
    for (const byte of bytesOf('ab')) guard.push(byte);
    const trial = guard.trial();
    for (const byte of bytesOf('xab')) trial.push(byte);
    expect(excluded(guard)).toBe('cd');
    expect(excluded(trial)).toBe('cdx');
    const fork = guard.fork();
    for (const byte of bytesOf('zab')) fork.push(byte);
    expect(excluded(fork)).toBe('cdz');
    expect(excluded(guard)).toBe('cd');
  });

  test('refuses a limit out of range', () => {
    expect(() => CopyGuard.of(0, [])).toThrow('"maxBytes" expected integer >= 1, got 0');
  });
});

describe('drawing without copies', () => {
  const given = bytesOf('the cat sat on the mat, the rat sat on the cat');

  /** A model that knows only to recite: after each byte of what was given, the next. */
  function reciter(at = 0): CodeLengthModel {
    return {
      push: (bytes) => void (at += bytes.length),
      next: (out) => void (out.fill(20)[given[at % given.length]!] = 0),
      score: (candidates) => new Float64Array(candidates.length),
      fork: () => reciter(at),
    };
  }

  test('limits the copies of a model that recites its context', async () => {
    const draw = async (copyGuard?: CopyGuard) => {
      const bytes = [];
      const options = { length: 200, random: createRandom('recite'), copyGuard };
      for await (const { byte } of generate(reciter(), options)) bytes.push(byte);
      return longestCopy([given], [Uint8Array.from(bytes)]).length;
    };
    expect(await draw()).toBeGreaterThan(20);
    expect(await draw(CopyGuard.of(6, [given]))).toBe(6);
  });

  test('reports that every possible byte would copy too much', async () => {
    const onlyA: CodeLengthModel = {
      ...reciter(),
      next: (out) => void (out.fill(Infinity)[97] = 0),
    };
    const copyGuard = CopyGuard.of(3, []);
    const steps = generate(onlyA, { length: 9, random: createRandom(1), copyGuard });
    const drawAll = async () => {
      for await (const { byte } of steps) expect(byte).toBe(97);
    };
    await expect(drawAll()).rejects.toThrow(
      'no byte is left to draw at byte 4: all 256 are excluded by the model and the limit of 3 bytes on copies',
    );
  });

  /** Draws the words of what was given, or single letters. */
  function tokens(): TokenSource {
    const words = ['the cat ', 'sat on ', 'the ', 'mat', 'q', 'z', 'x', 'e', 'a'].map(bytesOf);
    return {
      draw(random) {
        const bytes = words[Math.floor(random() * words.length)]!;
        return { kind: bytes.length > 1 ? 'match' : 'literal', bytes, bits: 3 };
      },
      push: () => {},
      fork: () => tokens(),
    };
  }

  test('redraws tokens that copy too much', async () => {
    const draw = async (copyGuard?: CopyGuard) => {
      const steps = generateTokens(tokens(), { length: 200, random: createRandom(5), copyGuard });
      const bytes: number[] = [];
      for await (const { token } of steps) bytes.push(...token.bytes);
      return longestCopy([given], [Uint8Array.from(bytes)]).length;
    };
    expect(await draw()).toBeGreaterThan(7);
    expect(await draw(CopyGuard.of(7, [given]))).toBeLessThanOrEqual(7);
    const all = CopyGuard.of(1, [bytesOf('qzxea the cat sat on mat'), given]);
    await expect(draw(all)).rejects.toThrow(
      /^no token is left to draw at byte \d+: 256 draws in a row were excluded/,
    );
  });
});
