import { deflateRaw } from 'pako';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { encodeDeflate } from '../src/engines/deflate/codec/encode.js';
import { inflateRaw } from '../src/engines/deflate/codec/inflate.js';
import { EncoderTwin } from '../src/engines/deflate/twin/encoder-twin.js';
import { cases, DEEP, FULL } from './deep.js';
import { checkCase, pakoDeflate } from './deflate-checks.js';
import { inputKinds, makeInput, randomCase } from './deflate-inputs.js';

describe('the encoder twin against pako', () => {
  test('writes the same bytes and has an exact bit length for fuzzed inputs', () => {
    for (let i = 0; i < cases(80, 2400); i++)
      checkCase(randomCase(`twin ${i}`, i % 20 ? 6000 : 200_000));
  });

  test('handles long inputs at every level', () => {
    for (let level = 1; level <= 9; level += cases(4, 1)) {
      const kind = level % 2 ? 'mixed' : 'english';
      const options = { level, windowBits: 15, memLevel: level % 3 ? 8 : 9 };
      checkCase({ kind, options, data: makeInput(kind, 200_000, createRandom(level)) });
    }
  });

  test('stores at level 0 as zlib does in one call', () => {
    for (const length of DEEP ? [0, 1, 65535, 65536, 200_000] : [0, 65536]) {
      const data = makeInput('random', length, createRandom(length));
      const options = { level: 0, windowBits: 15, memLevel: 8 };
      expect(encodeDeflate(data, options)).toEqual(pakoDeflate(data, options));
    }
  });
});

describe('all 256 next bytes agree with pako', () => {
  const positions = new Map<string, number>();

  /** Compares `next` with where pako's stream of every possible message ends at the end of `data`. */
  function checkNext(data: Uint8Array, options: ReturnType<typeof randomCase>['options']): void {
    const twin = new EncoderTwin(options);
    twin.push(data);
    const before = twin.codeLength();
    const next = new Float64Array(256);
    twin.nextCodeLengths(next);
    expect(twin.codeLength()).toBe(before);
    const message = new Uint8Array(data.length + 1);
    message.set(data);
    for (let byte = 0; byte < 256; byte++) {
      message[data.length] = byte;
      const { endBit } = inflateRaw(pakoDeflate(message, options));
      if (next[byte] !== endBit) {
        expect.fail(`byte ${byte} after ${data.length}: ${next[byte]} bits, pako ${endBit}`);
      }
    }
    positions.set('checked', (positions.get('checked') ?? 0) + 1);
  }

  test('at random positions of every kind of input', () => {
    for (let i = 0; i < cases(6, 260); i++) {
      const { data, options } = randomCase(`next ${i}`, 2500);
      checkNext(data, options);
    }
  });

  test('inside long runs, where matches reach their longest', () => {
    for (const length of [256, 257, 258, 259, 260, 261, 262, 263, 520]) {
      checkNext(new Uint8Array(length), { level: 9, windowBits: 9, memLevel: 8 });
    }
  });

  test('around the end of a block', () => {
    const data = makeInput('random', 200, createRandom('blocks'));
    for (let length = cases(125, 122); length < cases(130, 132); length++) {
      checkNext(data.subarray(0, length), { level: 6, windowBits: 15, memLevel: 1 });
      checkNext(data.subarray(0, length), { level: 2, windowBits: 15, memLevel: 1 });
    }
  });

  test('where the window slides', () => {
    const random = createRandom('slides');
    const data = makeInput('random', 1100, random);
    for (let i = 760; i < 860; i++) data[i] = data[i - 250]!;
    const ends = DEEP ? [760, 761, 763, 764, 770, 1018, 1020, 1023, 1025] : [];
    for (const end of [762, 1024, ...ends]) {
      checkNext(data.subarray(0, end), { level: 6, windowBits: 9, memLevel: 8 });
      checkNext(data.subarray(0, end), { level: 3, windowBits: 9, memLevel: 8 });
    }
  });

  test('where the first match is good enough, though other candidates could be longer', () => {
    const phrase = 'the quick brown fox jumps over the lazy dog and runs';
    const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    for (const [level, length] of [
      [1, 9],
      [2, 17],
      [3, 33],
      [4, 17],
      [5, 33],
      [9, 40],
    ] as const) {
      const start = phrase.slice(0, length);
      const text = Array.from('.,;:!?', (mark) => start + mark + phrase.slice(20)).join('-');
      checkNext(bytes(text + start), { level, windowBits: 15, memLevel: 8 });
    }
  });

  test('where a three-byte match is too far away', () => {
    const random = createRandom('far');
    const far = makeInput('few', 4200, random);
    // A letter of its own before them keeps longer matches away.
    for (const [i, letter] of [119, 120, 121, 122].entries()) far[49 + i] = far[79 + i] = letter;
    const ends = FULL ? [4130, 4144, 4145, 4147, 4175, 4176, 4177] : [];
    for (const end of [4146, ...ends]) {
      const data = Uint8Array.of(...far.subarray(0, end), 120, 121);
      for (const level of DEEP ? [3, 6, 9] : [6])
        checkNext(data, { level, windowBits: 15, memLevel: 8 });
    }
  });

  test('at the expected number of positions', () => {
    expect(positions.get('checked')).toBeGreaterThanOrEqual(cases(35, 300));
  });
});

describe('incremental encoding', () => {
  test('agrees with a fresh twin for every next byte and candidate', () => {
    for (let i = 0; i < cases(15, 60); i++) {
      const { data, options } = randomCase(`fresh ${i}`, 3000);
      const random = createRandom(i);
      const twin = new EncoderTwin(options);
      twin.push(data);
      const candidates = Array.from({ length: 8 }, () =>
        makeInput(inputKinds[Math.floor(random() * 10)]!, Math.floor(random() * 600), random),
      );
      const lengths = twin.candidateCodeLengths(candidates);
      for (const [k, candidate] of candidates.entries()) {
        const fresh = new EncoderTwin(options);
        fresh.push(Uint8Array.of(...data, ...candidate));
        expect(lengths[k]).toBe(fresh.codeLength());
      }
    }
  });

  test('gives the same lengths for any split into pushes, and forks are independent', () => {
    for (let i = 0; i < cases(15, 60); i++) {
      const { data, options } = randomCase(`cuts ${i}`, 9000);
      const random = createRandom(i);
      const whole = new EncoderTwin(options);
      whole.push(data);
      let cut = new EncoderTwin(options);
      for (let at = 0; at < data.length; ) {
        const end = at + 1 + Math.floor(random() ** 4 * 2000);
        cut.push(data.subarray(at, end));
        at = end;
        const fork = cut.fork();
        if (random() < 0.5) fork.push(data.subarray(0, 300));
        else {
          cut.push(data.subarray(at, at + 10));
          fork.push(data.subarray(at, at + 10));
          at += 10;
          cut = fork;
        }
      }
      expect(cut.codeLength()).toBe(whole.codeLength());
      const a = new Float64Array(256);
      const b = new Float64Array(256);
      cut.nextCodeLengths(a);
      whole.nextCodeLengths(b);
      expect(a).toEqual(b);
    }
  });

  test('writes output that inflate can read', () => {
    const { data, options } = randomCase('read back', 100_000);
    expect(inflateRaw(encodeDeflate(data, options)).bytes).toEqual(data);
    expect(deflateRaw(data, { ...options, legacyHash: true })).toEqual(
      encodeDeflate(data, options),
    );
  });
});
