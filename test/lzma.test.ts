// LZMA: streams of every setting come back, other programs read ours and we theirs, damaged ones
// are refused where they are damaged, and the twin counts what the range coder counts.

import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import {
  looksLikeAlone,
  readAloneHeader,
  writeAloneHeader,
} from '../src/engines/lzma/codec/alone.js';
import { decompressAlone } from '../src/engines/lzma/codec/decompress.js';
import { aloneCodeLength, encodeAlone } from '../src/engines/lzma/codec/encode.js';
import { createModels } from '../src/engines/lzma/codec/models.js';
import { LzmaRangeDecoder } from '../src/engines/lzma/codec/range-decoder.js';
import { LzmaRangeEncoder } from '../src/engines/lzma/codec/range-encoder.js';
import { Speller } from '../src/engines/lzma/codec/speller.js';
import { EncoderTwin } from '../src/engines/lzma/twin/encoder-twin.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { openCompressor } from '../src/open.js';
import { cases } from './deep.js';
import { evaluationText, inputKinds, makeInput } from './deflate-inputs.js';
import { checkNext, countedBits, PLAIN, randomSettings, sameBytes } from './lzma-checks.js';

/** Its own types are sources that do not compile in strict mode; so it is imported by a variable. */
const oracle: string = 'lzma1';
const lzma1: {
  compress(data: Uint8Array, mode: number): ArrayLike<number>;
  decompress(file: Uint8Array): ArrayLike<number>;
} = await import(oracle);

const text = evaluationText('text/wiki-valid.txt');

describe('files', () => {
  test('of every kind of input round trip, with random settings', () => {
    const random = createRandom('lzma round trips');
    for (let i = 0; i < cases(20, 120); i++) {
      const kind = inputKinds[i % inputKinds.length]!;
      const data = makeInput(kind, Math.floor(random() ** 3 * 10_000), random);
      const options = randomSettings(random);
      const file = encodeAlone(data, options);
      const about = `${kind}, ${data.length} bytes, ${JSON.stringify(options)}`;
      expect(sameBytes(decompressAlone(file), data), about).toBe(true);
      expect(Math.ceil(aloneCodeLength(data, options) / 8), about).toBe(file.length);
    }
  });

  test('have tokens that spell their contents', () => {
    const data = text.subarray(0, 5000);
    for (const parser of ['fast', 'optimal'] as const) {
      const written: number[] = [];
      let copies = 0;
      const contents = decompressAlone(
        encodeAlone(data, { ...PLAIN, parser }),
        {},
        {
          literal: () => written.push(data[written.length]!),
          match(length, distance) {
            copies++;
            for (let i = 0; i < length; i++) written.push(written[written.length - distance]!);
          },
        },
      );
      expect(sameBytes(contents, data)).toBe(true);
      expect(sameBytes(Uint8Array.from(written), data)).toBe(true);
      expect(copies).toBeGreaterThan(100);
    }
  });

  test('round trip with all properties of the format, including those that xz refuses', () => {
    const data = text.subarray(0, 700);
    for (let pb = 0; pb <= 4; pb++) {
      for (let lp = 0; lp <= 4; lp++) {
        for (let lc = 0; lc <= 8; lc += cases(4, 1)) {
          const file = encodeAlone(data, { ...PLAIN, lc, lp, pb });
          expect(readAloneHeader(file)).toMatchObject({ lc, lp, pb, length: 700 });
          expect(sameBytes(decompressAlone(file), data)).toBe(true);
        }
      }
    }
  });

  test('have no match beyond the dictionary', () => {
    const once = makeInput('random', 5000, createRandom('far'));
    const data = Uint8Array.of(...once, ...once);
    for (const parser of ['fast', 'optimal'] as const) {
      const near = encodeAlone(data, { ...PLAIN, parser, dictionary: 4096 });
      const far = encodeAlone(data, { ...PLAIN, parser, dictionary: 8192 });
      expect(near.length).toBeGreaterThan(10_000);
      expect(far.length).toBeLessThan(5200);
      expect(sameBytes(decompressAlone(near), data)).toBe(true);
    }
  });

  test('can be read by lzma1, and those of lzma1 by us', () => {
    const random = createRandom('lzma1');
    for (const kind of inputKinds) {
      const data = makeInput(kind, cases(1000, 3000), random);
      for (const parser of ['fast', 'optimal'] as const) {
        const ours = encodeAlone(data, { ...PLAIN, parser });
        expect(sameBytes(Uint8Array.from(lzma1.decompress(ours)), data), kind).toBe(true);
      }
      const theirs = Uint8Array.from(lzma1.compress(data, 1));
      expect(sameBytes(decompressAlone(theirs), data), kind).toBe(true);
    }
  });

  test('are smaller with the optimal parse than with the fast one, on text', () => {
    const data = text.subarray(0, 60_000);
    const fast = encodeAlone(data, PLAIN).length;
    const optimal = encodeAlone(data, { ...PLAIN, parser: 'optimal', depth: 512 }).length;
    expect(optimal).toBeLessThan(0.97 * fast);
  });

  test('round trip many decisions through the range coder, likely and unlikely', () => {
    const random = createRandom('decisions');
    const ones = Float64Array.from({ length: 64 }, () => random() ** 3);
    const encoder = new LzmaRangeEncoder(createModels(PLAIN));
    const told: number[] = [];
    for (let i = 0; i < cases(100_000, 1_000_000); i++) {
      const model = Math.floor(random() * 80);
      const bit = random() < (ones[model] ?? 0.5) ? 1 : 0;
      if (model < 64) encoder.decide(model, bit);
      else encoder.decideEvenly(bit << 25, 26);
      told.push(model, bit);
    }
    const decoder = new LzmaRangeDecoder(createModels(PLAIN), encoder.finish(), 0);
    for (let i = 0; i < told.length; i += 2) {
      const model = told[i]!;
      const bit = model < 64 ? decoder.decide(model) : decoder.decideEvenly(26) >> 25;
      if (bit !== told[i + 1]) expect.fail(`decision ${i / 2} came back otherwise`);
    }
    expect(decoder.mayEnd).toBe(true);
  });

  test('are recognised by their first bytes', async () => {
    const { compress } = await openCompressor('gzip');
    expect(looksLikeAlone(encodeAlone(text.subarray(0, 500), PLAIN))).toBe(true);
    expect(looksLikeAlone(encodeAlone(new Uint8Array(), PLAIN))).toBe(true);
    expect(looksLikeAlone(endMarked(text.subarray(0, 5)))).toBe(true);
    expect(looksLikeAlone(text)).toBe(false);
    expect(looksLikeAlone(new Uint8Array(100))).toBe(false);
    expect(looksLikeAlone(await compress!(text))).toBe(false);
  });
});

/** A file of literals that ends in a marker, and says how long it is or does not. */
function endMarked(data: Uint8Array, length?: number): Uint8Array {
  const encoder = new LzmaRangeEncoder(createModels(PLAIN));
  const speller = new Speller(PLAIN);
  for (let i = 0; i < data.length; i++) speller.literal(encoder, data, i);
  speller.match(encoder, data.length, 2 ** 32, 2);
  return Uint8Array.of(...writeAloneHeader({ ...PLAIN, length }), ...encoder.finish());
}

describe('damaged files', () => {
  const data = text.subarray(0, 400);
  const file = encodeAlone(data, PLAIN);
  const change = (at: number, byte: number): Uint8Array => file.with(at, byte);

  test('an end marker ends the contents, whether or not their length is known', () => {
    expect(sameBytes(decompressAlone(endMarked(data)), data)).toBe(true);
    expect(sameBytes(decompressAlone(endMarked(data, 400)), data)).toBe(true);
    expect(() => decompressAlone(endMarked(data, 401))).toThrow('ends after 400 of 401 bytes');
    expect(() => decompressAlone(endMarked(data, 399))).toThrow('more than the 399 bytes');
  });

  test.each([
    ['an empty file', new Uint8Array(), 'header ends too soon', 0],
    ['a header alone', file.slice(0, 13), 'stream ends too soon', 13],
    ['impossible properties', change(0, 225), 'impossible .lzma properties', 0],
    ['an impossible length', change(12, 1), 'impossible .lzma length', 5],
    ['a stream with another first byte', change(13, 1), 'must start with a zero byte', 13],
    ['an impossible stream', file.slice(0, 18).fill(255, 14), 'impossible LZMA stream', 14],
    ['an extra byte', Uint8Array.of(...file, 0), 'followed by other data', file.length],
    ['a longer length', change(7, 1), 'stream ends too soon', file.length],
    ['another last byte', change(file.length - 1, file.at(-1)! ^ 1), '', undefined],
  ])('%s is refused with an offset', (_, damaged, message, offset) => {
    try {
      decompressAlone(damaged);
    } catch (error) {
      expect(error).toBeInstanceOf(CorruptDataError);
      expect((error as Error).message).toContain(message);
      if (offset !== undefined) expect((error as CorruptDataError).offset).toBe(offset);
      return;
    }
    expect.fail('it was accepted');
  });

  test('a file cut short anywhere is refused at its end', () => {
    for (let length = 0; length < file.length; length++) {
      expect(() => decompressAlone(file.subarray(0, length))).toThrow(`too soon at byte ${length}`);
    }
  });

  test('a distance beyond the contents or the dictionary is refused', () => {
    const encoder = (distance: number, before: Uint8Array, dictionary: number): Uint8Array => {
      const coder = new LzmaRangeEncoder(createModels(PLAIN));
      const speller = new Speller(PLAIN);
      for (let i = 0; i < before.length; i++) speller.literal(coder, before, i);
      speller.match(coder, before.length, distance, 2);
      const header = { ...PLAIN, dictionary, length: before.length + 2 };
      return Uint8Array.of(...writeAloneHeader(header), ...coder.finish());
    };
    const before = makeInput('random', 5000, createRandom('distance'));
    expect(decompressAlone(encoder(5000, before, 8192)).length).toBe(5002);
    expect(() => decompressAlone(encoder(5001, before, 8192))).toThrow('5001 is beyond 5000 bytes');
    expect(decompressAlone(encoder(4096, before, 1)).length).toBe(5002);
    expect(() => decompressAlone(encoder(4097, before, 1))).toThrow('4097 is beyond 4096 bytes');
  });

  test('a header that declares terabytes allocates nothing', () => {
    const liar = file.slice();
    liar.fill(255, 1, 5);
    new DataView(liar.buffer).setBigUint64(5, 2n ** 45n, true);
    expect(() => decompressAlone(liar)).toThrow(CorruptDataError);
  });

  test('at most maxBytes are written', () => {
    const bomb = encodeAlone(new Uint8Array(1_000_000), PLAIN);
    expect(bomb.length).toBeLessThan(400);
    expect(() => decompressAlone(bomb, { maxBytes: 999_999 })).toThrow(UsageError);
    expect(decompressAlone(bomb, { maxBytes: 1_000_000 }).length).toBe(1_000_000);
  });
});

describe('the twin', () => {
  test('matches the code length of the range coder', () => {
    const random = createRandom('lzma twin');
    for (const kind of inputKinds) {
      for (let round = 0; round < cases(1, 5); round++) {
        const data = makeInput(kind, 300 + Math.floor(random() * 1000), random);
        const options = round === 0 ? PLAIN : randomSettings(random);
        const twin = new EncoderTwin(options);
        let end = 0;
        for (let i = 0; i < cases(10, 30); i++) {
          const before = end;
          end += 1 + Math.floor(random() * (data.length / 31));
          twin.push(data.subarray(before, end));
          const bytes = [data[end - 1]!, data[end]!, Math.floor(random() * 256)];
          checkNext(twin, data.subarray(0, end), options, bytes);
        }
      }
    }
  });

  test('predicts the cost of all next bytes', () => {
    for (const kind of ['english', 'copies', 'runs', 'few'] as const) {
      const [from, to] = [cases(400, 860), cases(401, 880)];
      const data = makeInput(kind, to + 20, createRandom(`all of ${kind}`));
      const twin = new EncoderTwin(PLAIN);
      twin.push(data.subarray(0, from));
      for (let end = from; end < to; end += 13) {
        checkNext(twin, data.subarray(0, end), PLAIN);
        twin.push(data.subarray(end, end + 13));
      }
    }
  });

  test('predicts the cost of longer candidates, and is unchanged by that', () => {
    const random = createRandom('lzma candidates');
    const context = text.subarray(0, 2000);
    const twin = new EncoderTwin(PLAIN);
    twin.push(context);
    const candidates = [0, 1, 5, 40, 600].flatMap((length) => [
      text.subarray(2000, 2000 + length),
      text.subarray(300, 300 + length),
      makeInput('random', length, random),
    ]);
    const before = twin.codeLength();
    const lengths = twin.candidateCodeLengths(candidates);
    for (const [i, candidate] of candidates.entries()) {
      const message = Uint8Array.of(...context, ...candidate);
      expect(lengths[i]).toBeCloseTo(countedBits(message, PLAIN), 6);
    }
    expect(twin.codeLength()).toBe(before);
  });

  test('has forks that share a history and stay independent', () => {
    const random = createRandom('lzma forks');
    const below = (limit: number): number => Math.floor(random() * limit);
    const branches = [{ twin: new EncoderTwin(PLAIN), seen: new Uint8Array() }];
    for (let i = 0; i < cases(150, 300); i++) {
      const branch = branches[below(branches.length)]!;
      const kind = random();
      if (kind < 0.15 && branches.length < 8) {
        branches.push({ twin: branch.twin.fork(), seen: branch.seen });
      } else {
        // Now and then more than branches exchange.
        const length = kind > cases(0.93, 0.97) ? 3000 : below(60);
        const piece = text.subarray(below(5000)).subarray(0, length);
        branch.twin.push(piece);
        branch.seen = Uint8Array.of(...branch.seen, ...piece);
      }
      const { twin, seen } = branches[below(branches.length)]!;
      const alone = new EncoderTwin(PLAIN);
      alone.push(seen);
      expect(twin.codeLength()).toBeCloseTo(alone.codeLength(), 6);
    }
    expect(Math.max(...branches.map(({ seen }) => seen.length))).toBeGreaterThan(8192);
  });
});

describe('the row', () => {
  test('measures with exact what compress writes, at a level with the fast parse', async () => {
    const row = await openCompressor('lzma:level=2,dictionary=16,lc=1,lp=2,pb=0');
    const model = row.start('exact');
    const data = text.subarray(0, 9000);
    const [bits] = await model.score([data]);
    // But for the header, the flush and what rounding the range costs.
    expect(Math.abs((await row.codeLength(data)) - 136 - bits!)).toBeLessThan(0.5);
  });

  test('refuses properties that xz cannot read', async () => {
    await expect(openCompressor('lzma:lc=4,lp=1')).rejects.toThrow('lc + lp <= 4, got 5');
  });
});
