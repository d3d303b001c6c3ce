// The `decode` reading of LZMA: against an enumeration of all parses, as a distribution, as the parse
// that it commits, as tokens, as a fork, and in dictionaries smaller than the context.

import { describe, expect, it } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { FastParse } from '../src/engines/lzma/codec/fast-parse.js';
import { History } from '../src/engines/lzma/codec/history.js';
import {
  adapted,
  createModels,
  FIRST_MATCH_STATE,
  LENGTH,
  LITERAL,
  LONGEST_MATCH,
  literalModels,
  PROBABILITY_ONE,
  slotOf,
  stateAfterLiteral,
  stateAfterMatch,
  stateAfterRep,
  stateAfterShortRep,
} from '../src/engines/lzma/codec/models.js';
import {
  type Decisions,
  spellLiteral,
  spellMatch,
  spellRep,
  spellShortRep,
} from '../src/engines/lzma/codec/tokens.js';
import {
  createLzmaDecoder,
  type LzmaDecoder,
  type LzmaDecoderOptions,
} from '../src/engines/lzma/decode/decode.js';
import { fillMasses, impossibleMass } from '../src/engines/lzma/decode/masses.js';
import { DecodeWindow } from '../src/engines/lzma/decode/window.js';
import { cases, FULL } from './deep.js';

const TALE = new TextEncoder().encode(
  'The cat sat on the mat; the rat sat on the cat, and that was that. The bat saw the rat. ',
);
const USUAL = { lc: 3, lp: 0, pb: 2, dictionary: 1 << 16 } as const;
/** Nothing left out, nothing committed. */
const EVERYTHING = {
  hypotheses: Infinity,
  distances: 1000,
  pairs: Infinity,
  negligible: 0,
} as const;

/** Where a parse stands at a boundary. */
interface Boundary {
  readonly position: number;
  readonly state: number;
  readonly reps: readonly number[];
}

type Spell = (to: Decisions) => void;

/** Multiplies the odds of decisions under models that stay as they are. */
class Product implements Decisions {
  odds = 1;
  readonly #models: Uint16Array;
  constructor(models: Uint16Array) {
    this.#models = models;
  }
  decide(model: number, bit: number): void {
    const zero = this.#models[model]! / PROBABILITY_ONE;
    this.odds *= bit === 0 ? zero : 1 - zero;
  }
  decideEvenly(_value: number, count: number): void {
    this.odds /= 2 ** count;
  }
}

/** All tokens that may follow a boundary, if they agree with the bytes that are known. */
function* tokensFrom(
  { position, state, reps }: Boundary,
  bytes: Uint8Array,
  options: LzmaDecoderOptions,
): Generator<{ spell: Spell; bytes: number[]; after: Boundary; lengthOf?: 'match' | 'rep' }> {
  const positionState = position & ((1 << options.pb) - 1);
  const models = literalModels(options, position, position > 0 ? bytes[position - 1]! : 0);
  const matchByte = state < FIRST_MATCH_STATE ? 0 : bytes[position - reps[0]!]!;
  for (let byte = 0; byte < 256; byte++) {
    if (position < bytes.length && bytes[position] !== byte) continue;
    yield {
      spell: (to) => spellLiteral(to, state, positionState, models, matchByte, byte),
      bytes: [byte],
      after: { position: position + 1, state: stateAfterLiteral(state), reps },
    };
  }
  const furthest = Math.min(position, options.dictionary);
  const distances = [...reps, ...Array.from({ length: furthest }, (_, i) => i + 1)];
  for (const [i, distance] of distances.entries()) {
    if (distance > furthest) continue;
    const copied: number[] = [];
    for (let length = 1; length <= (options.maxMatch ?? LONGEST_MATCH); length++) {
      const at = position + length - 1;
      const byte = length > distance ? copied[length - 1 - distance]! : bytes[at - distance]!;
      if (at < bytes.length && bytes[at] !== byte) break;
      copied.push(byte);
      const end = position + length;
      const [a, b, c] = reps as [number, number, number];
      if (i === 0 && length === 1) {
        yield {
          spell: (to) => spellShortRep(to, state, positionState),
          bytes: copied.slice(),
          after: { position: end, state: stateAfterShortRep(state), reps },
        };
      }
      if (length < 2) continue;
      if (i < 4) {
        const others = reps.filter((_, k) => k !== i);
        yield {
          spell: (to) => spellRep(to, state, positionState, i, length),
          bytes: copied.slice(),
          after: { position: end, state: stateAfterRep(state), reps: [distance, ...others] },
          lengthOf: 'rep',
        };
      } else {
        yield {
          spell: (to) => spellMatch(to, state, positionState, distance, length),
          bytes: copied.slice(),
          after: { position: end, state: stateAfterMatch(state), reps: [distance, a, b, c] },
          lengthOf: 'match',
        };
      }
    }
  }
}

/** The odds of the decisions that spell a length alone. */
class LengthProduct extends Product {
  override decide(model: number, bit: number): void {
    if (model >= LENGTH && model < LITERAL) super.decide(model, bit);
  }
  override decideEvenly(): void {}
}

/** What the lengths up to the cap have of all, for a token spelt at this position state. */
function capShare(models: Uint16Array, spell: (to: Decisions, length: number) => void, cap = 273) {
  let share = 0;
  for (let length = 2; length <= cap; length++) {
    const product = new LengthProduct(models);
    spell(product, length);
    share += product.odds;
  }
  return share;
}

/** Mass of each byte after `bytes`: of all parses from a boundary on, token by token. */
function masses(
  from: Boundary,
  bytes: Uint8Array,
  models: Uint16Array,
  options: LzmaDecoderOptions,
): Float64Array {
  const shares = Array.from({ length: 1 << options.pb }, (_, positionState) => ({
    match: capShare(models, (to, n) => spellMatch(to, 0, positionState, 1, n), options.maxMatch),
    rep: capShare(models, (to, n) => spellRep(to, 0, positionState, 0, n), options.maxMatch),
  }));
  const known = new Map<string, Float64Array>();
  const walk = (boundary: Boundary): Float64Array => {
    const key = `${boundary.position} ${boundary.state} ${boundary.reps}`;
    const before = known.get(key);
    if (before) return before;
    const next = new Float64Array(256);
    const share = shares[boundary.position & ((1 << options.pb) - 1)]!;
    for (const token of tokensFrom(boundary, bytes, options)) {
      const product = new Product(models);
      token.spell(product);
      const odds = product.odds / (token.lengthOf ? share[token.lengthOf] : 1);
      if (token.after.position > bytes.length) {
        next[token.bytes[bytes.length - boundary.position]!]! += odds;
      } else {
        walk(token.after).forEach((mass, b) => {
          next[b]! += odds * mass;
        });
      }
    }
    known.set(key, next);
    return next;
  };
  return walk(from);
}

function normalised(values: Float64Array): Float64Array {
  const total = sum(values);
  return values.map((value) => value / total);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function probabilities(decoder: LzmaDecoder): Float64Array {
  const bits = new Float64Array(256);
  decoder.predict(bits);
  return bits.map((b) => 2 ** -b);
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** A string over few letters with repeats near and far, and runs. */
function repetitive(length: number, seed: string): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed);
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; ) {
    const copy = i > 4 && random() < 0.4;
    const distance = 1 + Math.floor(random() ** 3 * Math.min(i, 3000));
    const count = copy ? 2 + Math.floor(random() ** 3 * 60) : 1;
    for (let k = 0; k < count && i < length; k++, i++) {
      bytes[i] = copy ? bytes[i - distance]! : 97 + Math.floor(random() * 6);
    }
  }
  return bytes;
}

function noise(length: number): Uint8Array {
  const random = createRandom('noise');
  return Uint8Array.from({ length }, () => random() * 256);
}

/** Equal up to a relative error of 1e-9. */
function expectSame(actual: Float64Array, expected: Float64Array): void {
  actual.forEach((p, b) => {
    expect(Math.abs(p / expected[b]! - 1), `byte ${b}`).toBeLessThan(1e-9);
  });
}

function sameModels(a: Uint16Array, b: Uint16Array): boolean {
  return a.length === b.length && a.every((probability, i) => probability === b[i]);
}

describe('the decode reading of LZMA', () => {
  it.each([
    ['abcabca', { ...USUAL, maxMatch: 9 }],
    ['aaaaa', USUAL],
    ['abababb', { ...USUAL, lc: 1, lp: 2, pb: 0, maxMatch: 7 }],
    ['abcabcab', { ...USUAL, dictionary: 2, maxMatch: 19 }],
    ['', USUAL],
    ['q', USUAL],
  ])('is the sum over all parses of "%s", byte by byte', (text, options) => {
    const bytes = new TextEncoder().encode(text);
    const limits = { ...EVERYTHING, behind: Infinity };
    const decoder = createLzmaDecoder({ ...options, limits });
    decoder.push(bytes);
    const from = { position: 0, state: 0, reps: [1, 1, 1, 1] };
    const expected = normalised(masses(from, bytes, createModels(options), options));
    expectSame(probabilities(decoder), expected);
  });

  it.each([
    ['the whole context', { ...USUAL, maxMatch: 5 }],
    ['a dictionary that ends in a far slot', { ...USUAL, maxMatch: 4, dictionary: 250 }],
    ['a dictionary without far slots', { ...USUAL, maxMatch: 6, pb: 4, lc: 0, dictionary: 100 }],
  ])('is the sum from the last committed boundary, in %s', (_, options) => {
    // Copies in noise: few other parses, or enumerating them takes too long.
    const prefix = noise(300);
    const copies = [
      [10, 17],
      [230, 234],
      [30, 33],
      [10, 15],
      [280, 284],
    ] as const;
    const bytes = concat(prefix, ...copies.map(([from, to]) => prefix.subarray(from, to)));
    const decoder = createLzmaDecoder({ ...options, limits: { ...EVERYTHING, behind: 2 } });
    let commits = 0;
    for (let i = 0; i < bytes.length; i++) {
      const before = decoder.pass.start;
      decoder.update(bytes[i]!);
      const { level, levels, odds, start } = decoder.pass;
      if (i < prefix.length) continue;
      if (start !== before) commits++;
      if (!FULL && i % 5 !== 0) continue;
      const { state, reps } = levels[0]!.hypotheses[0]!;
      const from = { position: start, state, reps };
      const known = bytes.subarray(0, i + 1);
      expectSame(probabilities(decoder), normalised(masses(from, known, odds.models, options)));
      expect(sum(level.hypotheses.map((h) => h.weight))).toBeCloseTo(1, 12);
    }
    expect(commits).toBeGreaterThan(0);
  });

  it.each([9000, 3000, 1500, 1000])(
    'counts distant bytes and pairs like an exhaustive walk, %i bytes back',
    (dictionary) => {
      const bytes = repetitive(7000, 'far');
      let window = new DecodeWindow(dictionary);
      for (let i = 0; i < bytes.length; i++) {
        if (i === 2500) window.append(bytes.subarray(i, (i += 2000) + 1));
        else window.append(bytes.subarray(i, i + 1));
        if (i % 97 === 0) window = window.fork();
        if (i % 500 !== 499) continue;
        const slots = window.far.slotsWithin(window.reach(i + 1));
        const weights = Float64Array.from({ length: slots }, (_, at) => 1 + at / 7);
        const singles = new Float64Array(256);
        const pairs = new Float64Array(256);
        for (let d = 1025; d <= Math.min(i + 1, dictionary); d++) {
          const p = i + 1 - d;
          const weight = weights[slotOf(d) - 20]!;
          singles[bytes[p]!]! += weight;
          if (p > 0 && bytes[p - 1] === 97) pairs[bytes[p]!]! += weight;
        }
        const counted = new Float64Array(256);
        window.far.addBytes(weights, slots, counted);
        for (let b = 0; b < 256; b++) expect(counted[b]).toBeCloseTo(singles[b]!, 6);
        window.far.addPairs(window, 97, weights, slots, counted.fill(0));
        for (let b = 0; b < 256; b++) expect(counted[b]).toBeCloseTo(pairs[b]!, 6);
      }
    },
  );

  it('walks along chains like one link at a time, whatever was removed and appended', () => {
    const history = new History();
    const bytes = repetitive(6000, 'chains');
    const out = new Int32Array(150);
    const follow = (previous: Int32Array, position: number): number[] => {
      const found = [];
      let p = previous[position]! - 1;
      for (; p >= 0 && found.length < out.length; p = previous[p]! - 1) found.push(p);
      return found;
    };
    const random = createRandom('removed');
    for (let steps = 0; history.end < bytes.length; steps++) {
      history.append(bytes.subarray(history.end, history.end + 1 + Math.floor(9 * random())));
      if (steps > 600 && steps % 9 === 0) {
        history.truncate(Math.max(2000, history.end - Math.floor(30 * random())));
        history.append(Uint8Array.of(97 + (steps % 6), 97, 98 + (steps % 4)));
      }
      const position = history.end - 3 - (steps % 20);
      if (position < 0) continue;
      const two = out.slice(0, history.walk2(position, out));
      expect([...two]).toEqual(follow(history.previous2, position));
      const three = out.slice(0, history.walk3(position, out));
      expect([...three]).toEqual(follow(history.previous3, position));
    }
  });

  it('has surprisals that are numbers of its predictions', () => {
    const decoder = createLzmaDecoder(USUAL);
    const bits = new Float64Array(256);
    for (const [i, byte] of repetitive(3000, 'one').entries()) {
      if (i % 3 === 0) decoder.predict(bits);
      const bit = decoder.surprisal(byte);
      if (i % 3 === 1) decoder.predict(bits);
      if (i % 3 < 2) expect(bit).toBe(bits[byte]);
      if (i % 7 === 0) decoder.predictOverlapping(bits, 3);
      if (i % 3 === 2) expect(decoder.fork().surprisal(byte)).toBe(bit);
      decoder.update(byte);
    }
  });

  it('loses no mass: the continuations of a byte sum to its probability', () => {
    const bytes = repetitive(500, 'mass');
    for (const limits of [{}, { hypotheses: 4, distances: 2, negligible: 1e-2 }]) {
      const decoder = createLzmaDecoder({
        ...USUAL,
        limits: { ...limits, pairs: Infinity, behind: 20 },
      });
      let checked = 0;
      for (const byte of bytes) {
        const { pass } = decoder;
        const before = new Float64Array(256);
        fillMasses(pass, before);
        const { start } = pass;
        decoder.update(byte);
        if (pass.start !== start) continue;
        const after = new Float64Array(256);
        fillMasses(pass, after);
        const total = sum(after) + impossibleMass(pass);
        expect(Math.abs((total * pass.scale) / before[byte]! - 1)).toBeLessThan(1e-12);
        checked++;
      }
      expect(checked).toBeGreaterThan(300);
    }
  });

  it.each([
    ['text', concat(TALE, TALE)],
    ['random bytes', noise(400)],
    ['runs', concat(new Uint8Array(300), noise(3), new Uint8Array(300))],
  ])('sums to 1 with every byte possible, in %s', (_, bytes) => {
    const decoder = createLzmaDecoder(USUAL);
    for (let i = 0; i < bytes.length; i += 7) {
      const p = probabilities(decoder);
      expect(Math.abs(sum(p) - 1)).toBeLessThan(1e-9);
      expect(Math.min(...p)).toBeGreaterThan(0);
      decoder.push(bytes.subarray(i, i + 7));
    }
  });

  it('expects a run to continue and a known passage to be copied', () => {
    const zeros = createLzmaDecoder(USUAL);
    zeros.push(new Uint8Array(1000));
    expect(probabilities(zeros)[0]).toBeGreaterThan(0.95);
    const copy = createLzmaDecoder(USUAL);
    copy.push(concat(TALE, repetitive(500, 'between'), TALE.subarray(0, 20)));
    expect(probabilities(copy)[TALE[20]!]).toBeGreaterThan(0.8);
  });

  it('limits matches to the maximum length, and still sums to 1', () => {
    const capped = createLzmaDecoder({ ...USUAL, maxMatch: 5 });
    const bytes = concat(TALE, TALE, new Uint8Array(40));
    for (const byte of bytes) {
      capped.update(byte);
      expect(Math.abs(sum(probabilities(capped)) - 1)).toBeLessThan(1e-9);
      for (const { step } of capped.pass.level.hypotheses) {
        if (step) expect(step.length).toBeLessThan(6);
      }
    }
  });

  it('learns exactly the tokens of the fast parse', () => {
    const bytes = repetitive(1200, 'parse');
    const decoder = createLzmaDecoder(USUAL);
    const models = createModels(USUAL);
    const tokens: [end: number, models: Uint16Array][] = [[0, models.slice()]];
    const history = new History();
    history.append(bytes);
    const learner: Decisions = {
      decide(model, bit) {
        models[model] = adapted(models[model]!, bit);
      },
      decideEvenly() {},
    };
    const parse = new FastParse({ ...USUAL, nice: 273, depth: 48 }, models, learner);
    for (let limit = 1; limit < bytes.length; limit++) {
      parse.advance(history, limit);
      if (parse.position > tokens.at(-1)![0]) tokens.push([parse.position, models.slice()]);
    }
    const starts = new Set<number>();
    for (const byte of bytes) {
      decoder.update(byte);
      const { start, odds, position } = decoder.pass;
      expect(position - start).toBeGreaterThanOrEqual(Math.min(position, 8));
      if (starts.has(start)) continue;
      starts.add(start);
      const learnt = tokens.find(([end]) => end === start);
      expect(sameModels(odds.models, learnt![1])).toBe(true);
    }
    expect(starts.size).toBeGreaterThan(20);
  });

  it.each([
    ['text', concat(repetitive(4000, 'bulk'), TALE, TALE)],
    ['runs', concat(new Uint8Array(1000), noise(30), new Uint8Array(700), TALE)],
    ['noise', concat(noise(2000), noise(1500))],
  ])('learns many bytes at once exactly as one by one, in %s', (_, bytes) => {
    const options = { ...USUAL, dictionary: 2500 };
    const single = createLzmaDecoder(options);
    const pieces = createLzmaDecoder(options);
    let at = 0;
    for (const end of [1, 40, 1500, 1531, bytes.length - 33, bytes.length]) {
      pieces.learn(bytes.subarray(at, end));
      for (; at < end; at++) single.update(bytes[at]!);
      const whole = createLzmaDecoder(options);
      whole.learn(bytes.subarray(0, end));
      for (const other of [pieces, whole]) {
        expect(probabilities(other)).toEqual(probabilities(single));
        expect(sameModels(other.pass.odds.models, single.pass.odds.models)).toBe(true);
      }
    }
  });

  it('does not depend on how the context is split into pushes', () => {
    const context = repetitive(1500, 'pieces');
    const whole = createLzmaDecoder(USUAL);
    const pieces = createLzmaDecoder(USUAL);
    whole.push(context);
    for (let i = 0; i < 1500; i += 37) {
      pieces.push(context.subarray(i, i + 37));
      probabilities(pieces);
    }
    expect(probabilities(pieces)).toEqual(probabilities(whole));
  });

  it('forks into two independent models', () => {
    const context = concat(repetitive(2500, 'trunk'), TALE);
    const tails = [concat(TALE, TALE), repetitive(300, 'branch')] as const;
    const options = { ...USUAL, dictionary: 2000 };
    const trunk = createLzmaDecoder(options);
    trunk.push(context);
    const branch = trunk.fork();
    for (let i = 0; i < 150; i += 10) {
      trunk.push(tails[0].subarray(i, i + 10));
      branch.push(tails[1].subarray(i, i + 10));
    }
    const late = trunk.fork();
    late.push(TALE);
    for (const [fork, tail] of [
      [trunk, tails[0]],
      [branch, tails[1]],
    ] as const) {
      const straight = createLzmaDecoder(options);
      straight.push(context);
      straight.push(tail.subarray(0, 150));
      expect(probabilities(fork)).toEqual(probabilities(straight));
    }
  });

  it('refuses parameters that the format does not have', () => {
    for (const wrong of [
      { lc: 5 },
      { lc: 3, lp: 2 },
      { pb: 5 },
      { maxMatch: 1 },
      { dictionary: 0 },
    ]) {
      expect(() => createLzmaDecoder({ ...USUAL, ...wrong })).toThrow(RangeError);
    }
  });
});

describe('tokens of the decode reading', () => {
  // A count of n draws at probability p has a standard deviation of √(np(1−p)). Outcomes expected
  // less than 10 times are counted together; then no count may be 5 deviations off. Seeds are
  // fixed, so this fails always or never; were they not, about once in 20,000 runs.
  function expectFrequencies(outcomes: Iterable<[count: number, p: number]>, draws: number): void {
    const rare = { count: draws, p: 1 };
    for (const [count, p] of outcomes) {
      if (p * draws < 10) continue;
      expectFrequency(count, draws, p);
      rare.count -= count;
      rare.p -= p;
    }
    if (rare.p * draws >= 10) expectFrequency(rare.count, draws, rare.p);
  }

  function expectFrequency(count: number, draws: number, p: number): void {
    expect(Math.abs(count - p * draws)).toBeLessThan(5 * Math.sqrt(draws * p * (1 - p)));
  }

  it.each([
    ['after new text', TALE.subarray(0, 31), {}],
    ['inside a match', concat(TALE, TALE.subarray(0, 9)), {}],
    ['inside a match, far away', concat(TALE, repetitive(600, 'x'), TALE.subarray(0, 9)), {}],
    ['with a cap', concat(TALE, TALE.subarray(0, 9)), { maxMatch: 6 }],
    ['at a boundary', concat(repetitive(400, 'y'), TALE), { drawn: true }],
  ])(
    'give the same byte distribution as predict, %s',
    (where, context, { drawn, ...options }: { drawn?: boolean; maxMatch?: number }) => {
      const start = createLzmaDecoder({ ...USUAL, ...options, dictionary: 600 });
      start.push(context);
      const random = createRandom(`tokens ${where}`);
      if (drawn) start.draw(random, 1);
      const p = probabilities(start);
      const counts = new Float64Array(256);
      const draws = cases(300, 1000);
      for (let i = 0; i < draws; i++) counts[start.fork().draw(random, 1).bytes[0]!]!++;
      expectFrequencies(
        Array.from(counts, (count, b) => [count, p[b]!]),
        draws,
      );
    },
  );

  it.each([
    ['under way', concat(TALE, TALE.subarray(0, 7)), false],
    ['begun', concat(repetitive(700, 'z'), TALE), true],
  ])('report as bits the probability with which they are drawn, %s', (_, context, drawn) => {
    const start = createLzmaDecoder({ ...USUAL, maxMatch: 16 });
    start.push(context);
    const random = createRandom('bits');
    if (drawn) start.draw(random, 1);
    const counts = new Map<string, { bits: number; count: number }>();
    const draws = cases(300, 1000);
    for (let i = 0; i < draws; i++) {
      const { kind, bytes, distance, bits } = start.fork().draw(random, 1);
      const entry = counts.get(`${kind} ${bytes} ${distance} ${bits}`) ?? { bits, count: 0 };
      counts.set(`${kind} ${bytes} ${distance} ${bits}`, { bits, count: entry.count + 1 });
    }
    const outcomes = [...counts.values()].map(({ bits, count }): [number, number] => [
      count,
      2 ** -bits,
    ]);
    expect(sum(outcomes.map(([, p]) => p))).toBeLessThan(1 + 1e-9);
    expectFrequencies(outcomes, draws);
  });

  it('append their bytes, copy from the stated source, and leave a distribution', () => {
    const options = { ...USUAL, dictionary: 300, maxMatch: 16 };
    const source = createLzmaDecoder(options);
    source.push(TALE);
    const random = createRandom('append');
    const overlapping = new Float64Array(256);
    let bytes = concat(TALE);
    let matches = 0;
    while (bytes.length < 1500) {
      const token = source.draw(random, 0.9);
      if (token.kind === 'match') {
        matches++;
        expect(token.distance).toBeLessThan(301);
        expect(token.bytes.length).toBeLessThan(17);
        token.bytes.forEach((byte, i) => {
          const at = bytes.length + i - token.distance!;
          expect(byte).toBe(at < bytes.length ? bytes[at] : token.bytes[at - bytes.length]);
        });
      } else expect(token.bytes.length).toBe(1);
      bytes = concat(bytes, token.bytes);
      source.predictOverlapping(overlapping, 3);
      expect(Math.abs(sum(overlapping.map((bit) => 2 ** -bit)) - 1)).toBeLessThan(1e-9);
    }
    expect(matches).toBeGreaterThan(50);
    expect(Math.abs(sum(probabilities(source)) - 1)).toBeLessThan(1e-9);
    source.push(TALE);
    expect(Math.abs(sum(probabilities(source)) - 1)).toBeLessThan(1e-9);
  });

  it('are the most probable at temperature 0, and a negative temperature is refused', () => {
    const start = createLzmaDecoder(USUAL);
    start.push(concat(TALE, TALE.subarray(0, 30)));
    const random = createRandom('greedy');
    const drawn = Array.from({ length: 20 }, () => start.fork().draw(random, 0).kind);
    expect(new Set(drawn)).toEqual(new Set(['match']));
    expect(() => start.draw(random, -1)).toThrow(RangeError);
    expect(() => start.draw(random, Number.NaN)).toThrow(RangeError);
  });
});
