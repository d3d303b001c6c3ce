// Draws held to copies: the conditioned distribution against its definition, words that hold, copies
// that are left, and what it goes along with.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DrawnPositions } from '../src/bits/drawn-positions.js';
import { createRandom } from '../src/bits/random.js';
import { totalBits } from '../src/bits/units.js';
import { distanceCode } from '../src/engines/deflate/codec/tables.js';
import { createDeflateDecoder } from '../src/engines/deflate/decode/decode.js';
import { type TokenCounter, TokenModel } from '../src/engines/deflate/decode/token-model.js';
import { longestCopy } from '../src/measure/longest-copy.js';
import { openCompressor } from '../src/open.js';
import { alphabetOf } from '../src/sampling/constraints.js';
import { CopyGuard } from '../src/sampling/copy-guard.js';
import { type GenerateOptions, generate, type Step } from '../src/sampling/generate.js';
import { bytesToCover } from '../src/sampling/overlap.js';
import { generatePieces } from '../src/sampling/pieces.js';
import type { CodeLengthModel } from '../src/types.js';
import { bytesOf } from './contract.js';
import { cases } from './deep.js';

const TALE = new Uint8Array(readFileSync('samples/text/tale.txt').subarray(0, 5000));
const PROMPT = bytesOf('Wenna said ');

async function primed(spec: string, corpus: Uint8Array = TALE): Promise<CodeLengthModel> {
  const model = (await openCompressor(spec)).start('decode');
  model.push(corpus);
  model.push(PROMPT);
  return model;
}

async function draw(
  model: CodeLengthModel,
  seed: string | number,
  options: Partial<GenerateOptions> = {},
): Promise<Step[]> {
  const steps = [];
  const all = { length: 200, context: PROMPT, random: createRandom(seed), ...options };
  for await (const step of generate(model, all)) steps.push(step);
  return steps;
}

const bytesIn = (steps: readonly Step[]) => Uint8Array.from(steps, ({ byte }) => byte);
const wordsOf = (text: Uint8Array) =>
  new TextDecoder()
    .decode(text)
    .toLowerCase()
    .match(/[\p{L}'’]+/gu) ?? [];

/** Counts that never change. */
const FIXED: TokenCounter = {
  push() {},
  fork: () => FIXED,
  addTokenCounts(literals, distances) {
    for (const letter of ' abcdehnrst') literals[letter.charCodeAt(0)]! += 3;
    for (let code = 257; code < 270; code++) literals[code]! += 270 - code;
    for (let code = 0; code < 14; code++) distances[code]! += 1 + code;
  },
};

/** Every match of its own: what those say next that began `overlap` bytes ago or earlier. */
function byDefinition(context: Uint8Array, overlap: number, isDrawn: (at: number) => boolean) {
  const model = new TokenModel();
  model.learn(FIXED);
  let boundary = 1;
  let live: { distance: number; matched: number; mass: number }[] = [];
  for (let i = 0; i < context.length; i++) {
    let reach = 0;
    for (let d = 1; d <= i; d++) reach += model.distance[distanceCode[d]!]!;
    for (let d = 1; d <= i; d++) {
      const mass = (boundary * model.distance[distanceCode[d]!]!) / reach;
      live.push({ distance: d, matched: 0, mass });
    }
    live = live.filter((m) => context[i - m.distance] === context[i]);
    boundary *= model.literal[context[i]!]!;
    for (const m of live) boundary += m.mass * model.length[++m.matched]!;
  }
  const next = new Float64Array(256);
  for (const { distance, matched, mass } of live) {
    const at = context.length - distance;
    if (matched >= overlap && !isDrawn(at))
      next[context[at]!]! += mass * model.atLeast[matched + 1]!;
  }
  const total = next.reduce((sum, mass) => sum + mass);
  return total === 0 ? undefined : next.map((mass) => mass / total);
}

describe('the overlap of DEFLATE', () => {
  test('matches its definition: the distribution over parses with a long enough copy', () => {
    const text = bytesOf(
      'the cat sat on the rat; the bat sat on the cat; a rat and a bat sat on the ',
    );
    const random = createRandom('definition');
    for (let length = 12; length <= text.length; length += cases(3, 1)) {
      const drawnFrom = Math.floor(random() * length);
      const drawnTo = drawnFrom + Math.floor(random() * (length - drawnFrom));
      const isDrawn = (at: number) => at >= drawnFrom && at < drawnTo;
      const decoder = createDeflateDecoder(FIXED);
      for (let i = 0; i < length; i++) {
        if (isDrawn(i)) decoder.updateDrawn(text[i]!);
        else decoder.update(text[i]!);
      }
      const out = new Float64Array(256);
      for (const wanted of [2, 3, 5, 9]) {
        const covered = decoder.predictOverlapping(out, wanted);
        expect(covered).toBeLessThanOrEqual(wanted);
        const context = text.subarray(0, length);
        if (covered < wanted) {
          expect(byDefinition(context, Math.max(2, covered + 1), isDrawn)).toBeUndefined();
        }
        if (covered === 0) continue;
        const expected = byDefinition(context, covered, isDrawn)!;
        for (let b = 0; b < 256; b++) expect(2 ** -out[b]!).toBeCloseTo(expected[b]!, 9);
      }
    }
  });
});

describe.each(['gzip', 'lzma:maxMatch=16'])('draws with an overlap of %s', (spec) => {
  test('come from given sources that match the preceding bytes', async () => {
    const model = await primed(spec);
    const steps = await draw(model, 'sources', { overlap: 'word' });
    const all = Uint8Array.from([...TALE, ...PROMPT, ...bytesIn(steps)]);
    const given = TALE.length + PROMPT.length;
    for (const { index, sources } of steps) {
      const at = given + index;
      for (const distance of sources!) {
        expect(at - distance).toBeLessThan(given);
        for (let back = 0; back <= 2; back++) {
          expect(all[at - distance - back]).toBe(all[at - back]);
        }
      }
    }
    expect(steps.filter(({ sources }) => sources!.length > 0).length).toBeGreaterThan(180);
  });

  test('keep words whole, never copy more than allowed, and depend only on the seed', async () => {
    const model = await primed(spec);
    const known = new Set(wordsOf(TALE));
    let [real, count] = [0, 0];
    for (let seed = 0; seed < cases(2, 4); seed++) {
      const options = { overlap: 'word' as const, temperature: 0.9 };
      const guarded = () => ({ ...options, copyGuard: CopyGuard.of(24, [TALE, PROMPT]) });
      const drawn = bytesIn(await draw(model.fork(), seed, guarded()));
      expect(bytesIn(await draw(model.fork(), seed, guarded()))).toEqual(drawn);
      expect(longestCopy([TALE, PROMPT], [drawn]).length).toBeLessThanOrEqual(24);
      const words = wordsOf(drawn).slice(0, -1);
      real += words.filter((word) => known.has(word)).length;
      count += words.length;
    }
    expect(real / count).toBeGreaterThan(0.95);
  });

  test('report the surprisal of the unconditioned model', async () => {
    const model = await primed(spec);
    const plain = model.fork();
    const bits = new Float64Array(256);
    for (const step of await draw(model, 3, { overlap: 5, length: 40 })) {
      await plain.next(bits);
      expect(step.bits).toBeCloseTo(bits[step.byte]! - totalBits(bits), 9);
      plain.push(Uint8Array.of(step.byte));
    }
  });

  test('work with an alphabet, a stop and top-k', async () => {
    const model = await primed(spec);
    const alphabet = alphabetOf(bytesOf('abcdefghilmnorstuwy '));
    const stop = [bytesOf('he ')];
    const drawn = bytesIn(await draw(model, 1, { overlap: 'word', alphabet, stop, topK: 3 }));
    expect(drawn.every((byte) => alphabet.includes(byte))).toBe(true);
    expect(new TextDecoder().decode(drawn)).toMatch(/^((?!he ).)*he $/s);
  });

  test('can be grouped into pieces of one source each, with the same bytes', async () => {
    const model = await primed(spec);
    const options = { overlap: 'word', length: 150, context: PROMPT } as const;
    const bytes = bytesIn(await draw(model.fork(), 8, options));
    const pieces = [];
    const random = createRandom(8);
    for await (const step of generatePieces(model, { ...options, random })) pieces.push(step);
    expect(Uint8Array.from(pieces.flatMap(({ token }) => [...token.bytes]))).toEqual(bytes);
    const all = Uint8Array.from([...TALE, ...PROMPT, ...bytes]);
    for (const { index, token } of pieces) {
      if (token.kind === 'literal') continue;
      const from = TALE.length + PROMPT.length + index - token.distance!;
      expect(all.subarray(from, from + token.bytes.length)).toEqual(token.bytes);
    }
    expect(pieces.length).toBeLessThan(bytes.length / 2);
  });
});

describe('an overlap', () => {
  test('never copies more than 24 bytes', async () => {
    const model = await primed('gzip');
    const guard = CopyGuard.of(24, [TALE, PROMPT]);
    const drawn = [];
    for (let seed = 0; seed < cases(25, 200); seed++) {
      const options = { overlap: 'word', length: 80, copyGuard: guard.fork() } as const;
      drawn.push(bytesIn(await draw(model.fork(), seed, options)));
    }
    expect(longestCopy([TALE, PROMPT], drawn).length).toBeLessThanOrEqual(24);
  });

  test('keeps UTF-8 characters and words of other scripts whole', async () => {
    const sentence = 'Мельник сказал, что река вернётся; река сказала мельнику, что вернётся. ';
    const corpus = bytesOf(sentence + sentence.replace('Мельник', 'Паромщик').repeat(3));
    const model = await primed('gzip', corpus);
    const drawn = bytesIn(await draw(model, 2, { overlap: 'word', utf8: true }));
    const known = new Set(wordsOf(corpus));
    const words = wordsOf(drawn).slice(1, -1);
    expect(words.filter((word) => known.has(word)).length / words.length).toBeGreaterThan(0.7); // ten bytes are five letters here
    new TextDecoder('utf-8', { fatal: true }).decode(drawn);
  });

  test('is refused for models without copies, and out of range', async () => {
    const model = (await openCompressor('ppm')).start();
    const options = { length: 3, random: createRandom(1) };
    expect(() => generate(model, { ...options, overlap: 'word' })).toThrow(
      '"overlap" needs a model that knows of copies: decode of gzip or lzma',
    );
    const gzip = (await openCompressor('gzip')).start();
    expect(() => generate(gzip, { ...options, overlap: 1 })).toThrow(
      '"overlap" expected integer >= 2, got 1',
    );
  });

  test.each([
    ['I went home', 6, 5],
    ['so it is a', 6, 2],
    ['nevertheless', 10, 10],
    ['Wenna’s', 9, 9],
    ['да, река', 10, 9],
    ['a \xff\xfe', 6, 1],
  ])('after "%s" covers %i bytes, or %i in a long copy', (text, wanted, least) => {
    const bytes = text.includes('\xff')
      ? Uint8Array.from([97, 32, 255, 254, 32, 255])
      : bytesOf(text);
    expect(bytesToCover('word', bytes)).toEqual({ wanted, least });
  });

  test('distinguishes drawn from given bytes, in several ranges', () => {
    const drawn = new DrawnPositions();
    for (const position of [3, 4, 5, 9, 20, 21]) drawn.add(position);
    const fork = drawn.fork();
    fork.add(30);
    const found = Array.from({ length: 40 }, (_, at) => at).filter((at) => drawn.has(at));
    expect(found).toEqual([3, 4, 5, 9, 20, 21]);
    expect(fork.has(30)).toBe(true);
  });
});

describe('a copy guard', () => {
  test('leaves a copy at half the limit, only for a continuation from another source', () => {
    // "abcdefgh" may be copied up to 8; after "abcd" it is left, if "d" is followed by X elsewhere.
    const hopped = (text: string, drawn: string, least = 2): string => {
      const guard = CopyGuard.of(8, [bytesOf(text)]);
      for (const byte of bytesOf(drawn)) guard.push(byte);
      const bits = new Float64Array(256);
      return guard.hop(bits, least)
        ? String.fromCharCode(...[...bits.keys()].filter((b) => bits[b]! < Infinity))
        : '';
    };
    expect(hopped('abcdefgh, qcdX', 'abcd')).toBe('X');
    expect(hopped('abcdefgh, qcdX', 'abc')).toBe('');
    expect(hopped('abcdefgh, qdX', 'abcd')).toBe('');
    expect(hopped('abcdefgh, qcdX', 'abcd', 3)).toBe('');
    expect(hopped('abcdefgh, abcdX', 'abcd')).toBe('');
  });
});
