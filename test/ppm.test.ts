import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { Memory } from '../src/engines/ppm/memory.js';
import { type PpmPredictor, ppmPredictor } from '../src/engines/ppm/predictor.js';
import { bytesOf } from './contract.js';
import { cases, FULL } from './deep.js';

const random = createRandom('ppm');
const WORDS = ['the ', 'woods ', 'are ', 'lovely ', 'dark ', 'and ', 'deep ', 'promises '];
const TEXT = bytesOf(
  Array.from({ length: 4000 }, () => WORDS[Math.floor(random() * WORDS.length)]).join(''),
);
const NOISE = Uint8Array.from({ length: 20_000 }, () => random() * 256);

function predictionOf(model: PpmPredictor): Float64Array {
  const out = new Float64Array(256);
  model.predict(out);
  return out;
}

/** What a byte costs by the binary decisions that it is coded in. */
function codedBits(model: PpmPredictor, symbol: number): number {
  let bits = 0;
  const coder = {
    code(bit: number, p1: number) {
      bits -= Math.log2(bit ? p1 : 1 - p1);
      return bit;
    },
  };
  expect(model.code(coder, symbol)).toBe(symbol);
  return bits;
}

/** The surprisal of a byte, which the model learns. */
function learnt(model: PpmPredictor, symbol: number): number {
  const bits = model.surprisal(symbol);
  model.update(symbol);
  return bits;
}

function learn(model: PpmPredictor, bytes: Uint8Array): PpmPredictor {
  for (const byte of bytes) model.update(byte);
  return model;
}

/** Checks the logits of all bits against the prediction of bytes. */
function expectLogitsToPredict(model: PpmPredictor): void {
  const tree = model.logits().slice();
  const bits = predictionOf(model);
  for (let b = 0; b < 256; b++) {
    let cost = 0;
    for (let bit = 0; bit < 8; bit++) {
      const logit = tree[(256 | b) >> (8 - bit)]!;
      cost += Math.log2(1 + Math.exp((b >> (7 - bit)) & 1 ? -logit : logit));
    }
    // Logits are limited to ±11, or 16 bits.
    if (bits[b]! < 14) expect(cost).toBeCloseTo(bits[b]!, 2);
  }
}

describe('ppm', () => {
  test('every byte costs 8 bits at first', () => {
    for (const bits of predictionOf(ppmPredictor())) expect(bits).toBeCloseTo(8, 12);
  });

  test.each([1, 2, 6, 16])('order %i: sums to 1, and all ways to compute a cost agree', (order) => {
    const model = ppmPredictor({ order });
    const data = [...TEXT.subarray(0, cases(1500, 3000)), ...NOISE.subarray(0, cases(300, 1000))];
    data.push(...new Array<number>(600).fill(7), ...TEXT.subarray(0, 1000));
    for (const [i, byte] of data.entries()) {
      if (i % 17 !== 0) {
        model.update(byte);
        continue;
      }
      const bits = predictionOf(model);
      let sum = 0;
      for (let b = 0; b < 256; b++) {
        sum += 2 ** -bits[b]!;
        if (i % 289 === 0) expect(model.surprisal(b)).toBeCloseTo(bits[b]!, 9);
      }
      expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
      expect(model.surprisal(byte)).toBeCloseTo(bits[byte]!, 9);
      expect(codedBits(model, byte)).toBeCloseTo(bits[byte]!, 9);
      model.update(byte);
    }
  });

  test('logits of bits: of one byte, of all and in bulk the same, and they give the prediction', () => {
    const model = ppmPredictor({ order: 5 });
    const bulk = ppmPredictor({ order: 5 });
    const data = Uint8Array.of(...TEXT.subarray(0, 2000), ...NOISE.subarray(0, 300));
    for (let at = 0; at < data.length; at += 100) {
      const piece = data.subarray(at, at + 100);
      const expected: number[] = [];
      for (const [i, byte] of piece.entries()) {
        const path = [...model.logitsOf(byte)];
        expected.push(...path);
        if (i === 50) {
          const tree = model.logits().slice();
          expect(path).toEqual(path.map((_, bit) => tree[(256 | byte) >> (8 - bit)]));
          expectLogitsToPredict(model);
        }
        model.update(byte);
      }
      expect([...bulk.learnBits(piece)]).toEqual(expected);
    }
  });

  test('logits of forks that learn by turns', () => {
    // Of order 1, whose root often changes.
    const models = Array.from({ length: 3 }, () => ppmPredictor({ order: 1 }));
    models[1] = models[0]!.fork();
    for (let i = 0; i < 600; i++) {
      const model = models[i % 3]!;
      model.logits();
      model.update(i % 2 ? TEXT[i]! : NOISE[i]!);
      if (i % 3 === 0) expectLogitsToPredict(model);
      if (i % 7 === 0) models[(i + 1) % 3] = model.fork();
      if (i % 11 === 0) {
        model.surprisals(NOISE.subarray(i, i + 9));
        models[(i + 2) % 3] = model.fork();
      }
      if (i % 5 === 0) for (const each of models) expectLogitsToPredict(each);
    }
  });

  test('forks of forks are independent', () => {
    const parent = learn(ppmPredictor(), TEXT.subarray(0, 5000));
    const child = parent.fork();
    learn(child, NOISE.subarray(0, 300));
    const grandchild = child.fork();
    learn(parent, TEXT.subarray(9000, 9300));
    learn(grandchild, TEXT.subarray(7000, 7400));
    learn(child, NOISE.subarray(300, 600));
    const alone = (...parts: Uint8Array[]) => {
      const model = learn(ppmPredictor(), TEXT.subarray(0, 5000));
      for (const part of parts) learn(model, part);
      return predictionOf(model);
    };
    expect(predictionOf(parent)).toEqual(alone(TEXT.subarray(9000, 9300)));
    expect(predictionOf(child)).toEqual(alone(NOISE.subarray(0, 600)));
    expect(predictionOf(grandchild)).toEqual(
      alone(NOISE.subarray(0, 300), TEXT.subarray(7000, 7400)),
    );
  });

  test('forks that outgrow the memory they share continue unchanged', () => {
    const base = learn(ppmPredictor(), TEXT);
    const members = [base.fork(), base.fork(), base.fork()];
    // Each fork leaves its parent behind: the memory is left at least once.
    for (let i = 0; i < 8000; i++) {
      for (const [m, member] of members.entries()) {
        members[m] = member.fork();
        members[m]!.update(NOISE[(2000 * m + i) % NOISE.length]!);
      }
    }
    for (const [m, member] of members.entries()) {
      const alone = learn(ppmPredictor(), TEXT);
      for (let i = 0; i < 8000; i++) alone.update(NOISE[(2000 * m + i) % NOISE.length]!);
      expect(predictionOf(member)).toEqual(predictionOf(alone));
      expect(member.usedBytes).toBe(alone.usedBytes);
    }
    expect(predictionOf(base)).toEqual(predictionOf(learn(ppmPredictor(), TEXT)));
  });

  test('learn returns the sum of the surprisals, also across restarts', () => {
    const options = { memoryBytes: 2 ** 18 };
    const data = Uint8Array.of(...TEXT.subarray(0, 3000), ...NOISE.subarray(0, 4000));
    const one = ppmPredictor(options);
    let bits = 0;
    for (const byte of data) bits += learnt(one, byte);
    const other = ppmPredictor(options);
    expect(other.learn(data.subarray(0, 1500)) + other.learn(data.subarray(1500))).toBeCloseTo(
      bits,
      6,
    );
    expect(predictionOf(other)).toEqual(predictionOf(one));
    expect(other.learn(new Uint8Array())).toBe(0);
  });

  test('surprisals are those of a fork that learns, and leave the model unchanged', () => {
    const model = learn(ppmPredictor({ memoryBytes: 2 ** 18 }), TEXT.subarray(0, 5000));
    const before = predictionOf(model);
    for (const data of [new Uint8Array(), TEXT.subarray(7000, 7008), NOISE.subarray(0, 4000)]) {
      const fork = model.fork();
      expect([...model.surprisals(data)]).toEqual([...data].map((byte) => learnt(fork, byte)));
      expect(predictionOf(model)).toEqual(before);
    }
    const other = learn(ppmPredictor({ memoryBytes: 2 ** 18 }), TEXT.subarray(0, 5000));
    model.surprisals(NOISE.subarray(0, 2000));
    for (const one of [model, other]) learn(one, TEXT.subarray(8000, 9000));
    expect(predictionOf(model)).toEqual(predictionOf(other));
  });

  test('never exceeds its memory limit, separately in each fork, over several refills', () => {
    const memoryBytes = 2 ** 18;
    let model = ppmPredictor({ memoryBytes });
    let restarts = 0;
    let before = 0;
    let most = 0;
    for (const [i, byte] of (FULL ? [...NOISE, ...NOISE] : NOISE).entries()) {
      model.update(byte);
      if (i % 500 === 0) model = model.fork();
      most = Math.max(most, model.usedBytes);
      if (model.usedBytes < before) restarts++;
      before = model.usedBytes;
    }
    expect(most).toBeLessThanOrEqual(memoryBytes);
    expect(restarts).toBeGreaterThan(cases(1, 3));
    learn(model, TEXT.subarray(0, 3000));
    const fork = learn(model.fork(), NOISE.subarray(0, cases(5000, 20_000)));
    expect(fork.usedBytes).toBeLessThanOrEqual(memoryBytes);
    let bits = 0;
    for (const byte of TEXT.subarray(3000, 4000)) bits += learnt(model, byte);
    expect(bits / 1000).toBeLessThan(1.5);
  });

  test('memory that linear memory cannot hold is refused in one line', () => {
    expect(() => new Memory().run.allocate(2 ** 32 - 1)).toThrow(
      'the system refuses memory for this model; close other programs or raise the limit',
    );
  });

  test('a full memory restarts the model, and it continues to learn', () => {
    const model = ppmPredictor({ memoryBytes: cases(1 << 18, 1 << 20) });
    for (let i = 0; i < cases(1, 16); i++) learn(model, NOISE);
    learn(model, TEXT.subarray(0, 20_000));
    let bits = 0;
    for (const byte of TEXT.subarray(20_000, 21_000)) bits += learnt(model, byte);
    expect(bits / 1000).toBeLessThan(1.2);
    expect(2 ** -predictionOf(model).reduce((least, b) => Math.min(least, b))).toBeGreaterThan(0.1);
  });

  test('text of words in random order costs little more than the words', () => {
    const model = ppmPredictor();
    let bits = 0;
    for (const byte of TEXT) bits += learnt(model, byte);
    expect(bits / 4000).toBeLessThan(3.5); // 3 bits a word, and learning them
  });
});
