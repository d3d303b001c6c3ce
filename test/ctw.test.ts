// The bound of Willems, Shtarkov & Tjalkens 1995 at every prefix of messages from tree sources, and
// of messages from none: it is a bound for every sequence.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { type CtwCode, CtwModel, compileCtw } from '../src/engines/ctw/model.js';
import type { Random } from '../src/types.js';

const DEPTH = 3;
/** Of 32-bit weights, in bits a binary decision. */
const ROUNDING = 1e-6;

/** A tree of contexts: for each byte before that has a branch, the tree of those before that. */
interface Tree {
  readonly branches: ReadonlyMap<number, Tree>;
  /** For a leaf: P(each byte of the alphabet). */
  readonly weights?: readonly number[];
}

/** The nodes from the root to the leaf of a context. */
function pathOf(tree: Tree, message: readonly number[], at: number): string[] {
  const path = [''];
  let node = tree;
  for (let back = 1; node.branches.size > 0; back++) {
    const byte = message[at - back] ?? 0;
    path.push(`${path.at(-1)},${byte}`);
    const next = node.branches.get(byte);
    if (!next) break; // contexts that the source never makes: a leaf
    node = next;
  }
  return path;
}

/**
 * Asserts L(x₁…xₙ) ≤ Σ (empirical code length + ½ log₂ n + 1) over the leaves of each node of the bit
 * tree + 1 bit for each tree node above depth D, for all n. Returns the least slack in bits.
 */
function checkBound(message: readonly number[], tree: Tree): number {
  const model = CtwModel.create(DEPTH, 18);
  const counts = new Map<string, [number, number]>();
  const nodes = new Set<string>();
  let bound = 0;
  let actual = 0;
  let slack = Infinity;
  for (const [i, byte] of message.entries()) {
    actual += model.surprisal(byte);
    model.update(byte);
    const path = pathOf(tree, message, i);
    for (let bit = 7; bit >= 0; bit--) {
      const bitNode = (256 | byte) >> (bit + 1);
      for (const [depth, node] of path.entries()) {
        const name = `${bitNode}:${node}`;
        if (depth === DEPTH || nodes.has(name)) continue;
        nodes.add(name);
        bound += 1;
      }
      const leaf = `${bitNode}:${path.at(-1)}`;
      const count = counts.get(leaf) ?? [0, 0];
      counts.set(leaf, count);
      bound -= leafBits(count);
      count[(byte >> bit) & 1]!++;
      bound += leafBits(count);
    }
    slack = Math.min(slack, bound - actual + ROUNDING * 8 * (i + 1));
    if (slack < 0) expect.fail(`${actual} bits for ${i + 1} bytes, and the bound is ${bound}`);
  }
  return slack;
}

/** n H(counts / n) + ½ log₂ n + 1, and 0 for nothing. */
function leafBits([zeros, ones]: readonly [number, number]): number {
  const n = zeros + ones;
  if (n === 0) return 0;
  let bits = 0.5 * Math.log2(n) + 1;
  for (const count of [zeros, ones]) if (count > 0) bits -= count * Math.log2(count / n);
  return bits;
}

function draw(tree: Tree, alphabet: readonly number[], length: number, random: Random): number[] {
  const message: number[] = [];
  for (let i = 0; i < length; i++) {
    let node = tree;
    for (let back = 1; !node.weights; back++) {
      node = node.branches.get(message[i - back] ?? alphabet[0]!)!;
    }
    let left = random() * node.weights.reduce((sum, weight) => sum + weight, 0);
    let symbol = 0;
    while (symbol < alphabet.length - 1 && left >= node.weights[symbol]!) {
      left -= node.weights[symbol++]!;
    }
    message.push(alphabet[symbol]!);
  }
  return message;
}

const leaf = (...weights: number[]): Tree => ({ branches: new Map(), weights });
const fork = (alphabet: readonly number[], ...trees: Tree[]): Tree => ({
  branches: new Map(trees.map((tree, i) => [alphabet[i]!, tree])),
});

const AB = [97, 98];
const sources: Record<string, Tree> = {
  'one leaf, fair': leaf(1, 1),
  'one leaf, all but sure': leaf(0.9995, 0.0005),
  'one leaf, always the same': leaf(0, 1),
  'leaves at depths 1 and 2': fork(AB, fork(AB, leaf(0.3, 0.7), leaf(0.05, 0.95)), leaf(0.9, 0.1)),
  'a tree as deep as the model': fork(
    AB,
    fork(AB, fork(AB, leaf(0.999, 0.001), leaf(0.5, 0.5)), leaf(0.001, 0.999)),
    fork(AB, leaf(0.2, 0.8), leaf(1, 0)),
  ),
};

describe('ctw stays within the bound of Willems et al. 1995 at every prefix', () => {
  test.each(Object.entries(sources))('for a message from %s', (name, tree) => {
    const message = draw(tree, AB, 4000, createRandom(name));
    expect(checkBound(message, tree)).toBeGreaterThanOrEqual(0);
  });

  test('for messages from random trees over random bytes', () => {
    const alphabet = fc.uniqueArray(fc.nat(255), { minLength: 2, maxLength: 4 });
    const cases = fc.record({
      alphabet,
      seed: fc.string(),
      length: fc.integer({ max: 400, min: 1 }),
    });
    fc.assert(
      fc.property(cases, ({ alphabet, seed, length }) => {
        const random = createRandom(seed);
        const tree = randomTree(alphabet, 0, random);
        return checkBound(draw(tree, alphabet, length, random), tree) >= 0;
      }),
      { seed: 1995, numRuns: 60 },
    );
  });

  test('for any message, measured against any tree', () => {
    const message = fc.array(fc.constantFrom(0, 1, 128, 255), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(message, fc.string(), (bytes, seed) => {
        const tree = randomTree([0, 1, 128, 255], 0, createRandom(seed));
        return checkBound(bytes, tree) >= 0;
      }),
      { seed: 1995, numRuns: 60 },
    );
  });
});

/** A tree no deeper than the model, its parameters often near 0 and 1. */
function randomTree(alphabet: readonly number[], depth: number, random: Random): Tree {
  if (depth === DEPTH || random() < 0.4) return leaf(...alphabet.map(() => random() ** 8));
  return fork(alphabet, ...alphabet.map(() => randomTree(alphabet, depth + 1, random)));
}

test('earlier queries do not change what is learnt, even when contexts collide', () => {
  const random = createRandom('collisions');
  const asked = CtwModel.create(5, 10);
  const silent = CtwModel.create(5, 10);
  const [one, other] = [new Float64Array(256), new Float64Array(256)];
  for (let i = 0; i < 400; i++) {
    const byte = Math.floor(8 * random());
    if (i % 3 === 0) asked.predict(one);
    asked.surprisal(byte);
    asked.update(byte);
    silent.update(byte);
    if (i % 10 > 0) continue;
    asked.predict(one);
    silent.predict(other);
    expect(one).toEqual(other);
  }
});

const TEXT = new Uint8Array(readFileSync(new URL('../LICENSE', import.meta.url)));

/** log2 of the Krichevsky–Trofimov probability of a sequence with these counts. */
function ktLog([zeros, ones]: readonly [number, number]): number {
  let log = 0;
  for (let i = 0; i < zeros; i++) log += Math.log2((i + 0.5) / (i + 1));
  for (let i = 0; i < ones; i++) log += Math.log2((i + 0.5) / (zeros + i + 1));
  return log;
}

test('a model that gets the memory of a released one starts afresh', () => {
  const code = compileCtw();
  const learns = (size: number, from?: CtwCode): number => {
    const model = CtwModel.create(5, 14, from);
    const bits = model.learn(TEXT.subarray(0, size));
    model.release();
    model.release();
    return bits;
  };
  for (const size of [1000, 50, 1400]) expect(learns(size, code)).toBe(learns(size));
  const forked = CtwModel.create(5, 14, code);
  forked.learn(TEXT.subarray(0, 500));
  const fork = forked.fork();
  forked.release();
  learns(900, code);
  const rest = TEXT.subarray(500, 900);
  expect(fork.learn(rest)).toBe(forked.learn(rest));
});

test('the code length is that of the weighted probability of the whole message', () => {
  // P_w = ½ P_KT + ½ Π P_w of the children, from the counts of all contexts, for each bit node.
  const depth = 3;
  const counts = new Map<string, [number, number]>();
  const children = new Map<string, Set<string>>();
  // Long messages cost less than that, because β is kept between 1e-30 and 1e30.
  const message = TEXT.subarray(0, 1000);
  for (const [i, byte] of message.entries()) {
    for (let bit = 7; bit >= 0; bit--) {
      let name = `${(256 | byte) >> (bit + 1)}:`;
      for (let d = 0; d <= depth; d++) {
        const count = counts.get(name) ?? [0, 0];
        count[((byte >> bit) & 1) as 0 | 1]++;
        counts.set(name, count);
        const child = `${name},${message[i - 1 - d] ?? 0}`;
        if (d < depth) children.set(name, (children.get(name) ?? new Set()).add(child));
        name = child;
      }
    }
  }
  const weightedLog = (name: string): number => {
    const own = ktLog(counts.get(name)!);
    const below = children.get(name);
    if (!below) return own;
    let split = 0;
    for (const child of below) split += weightedLog(child);
    return Math.max(own, split) + Math.log2(1 + 2 ** -Math.abs(own - split)) - 1;
  };
  let bits = 0;
  for (const name of counts.keys()) if (name.endsWith(':')) bits -= weightedLog(name);
  const learnt = CtwModel.create(depth, 21).learn(message);
  expect(Math.abs(learnt - bits)).toBeLessThan(8 * ROUNDING * message.length);
});

test.each([10, 12, 21])('forks agree with models of their own, memory %i', (memory) => {
  const random = createRandom('forks');
  const all = [{ model: CtwModel.create(5, memory), past: TEXT.subarray(0, 1500) }];
  all[0]!.model.learn(all[0]!.past);
  for (let i = 0; i < 500; i++) {
    const one = all[Math.floor(random() * all.length)]!;
    if (random() < 0.1 && all.length < 12) {
      all.push({ model: one.model.fork(), past: one.past });
    }
    const from = Math.floor(random() * (TEXT.length - 40));
    const bytes = TEXT.subarray(from, from + 1 + Math.floor(40 * random()));
    if (i % 2 === 0) one.model.learn(bytes);
    else for (const byte of bytes) one.model.update(byte);
    one.past = Uint8Array.of(...one.past, ...bytes);
  }
  expect(all).toHaveLength(12);
  const [one, other] = [new Float64Array(256), new Float64Array(256)];
  for (const { model, past } of all) {
    const own = CtwModel.create(5, memory);
    let bits = 0;
    for (const byte of past) {
      bits += own.surprisal(byte);
      own.update(byte);
    }
    expect(CtwModel.create(5, memory).learn(past)).toBe(bits);
    own.predict(one);
    model.predict(other);
    expect(other).toEqual(one);
    for (const byte of TEXT.subarray(0, 20))
      expect(model.surprisal(byte)).toBe(own.surprisal(byte));
  }
});
