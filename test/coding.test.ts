import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { decodeWithPredictor, encodeWithPredictor } from '../src/coding/symbols.js';
import { decodeZd } from '../src/coding/zd.js';
import { readHeader, writeHeader } from '../src/coding/zd-format.js';
import { coreRegistry } from '../src/compressors/index.js';
import { order0Predictor } from '../src/compressors/order0.js';
import { CompressorUnavailableError, CorruptDataError, UsageError } from '../src/errors.js';
import { score } from '../src/measure/score.js';
import { decodeReading } from '../src/readings/decode.js';
import { type CompressorEntry, openCompressor } from '../src/registry.js';
import type { Predictor } from '../src/types.js';
import { failure, fromZd, toZd } from './coding-inputs.js';
import { bytesOf } from './contract.js';
import { cases } from './deep.js';

const TALE = new Uint8Array(readFileSync(new URL('../samples/text/tale.txt', import.meta.url)));
const random = createRandom('coding');
const NOISE = Uint8Array.from({ length: 1000 }, () => 256 * random());
const SENTENCE = bytesOf('the rain in Spain stays mainly in the plain, '.repeat(3));

/** Words of a large alphabet, each likelier the oftener it came; answers later if asked to. */
class Words implements Predictor {
  readonly alphabetSize = 50_000;
  readonly #weights = new Float64Array(50_000).fill(1);
  #total = 50_000;
  readonly #later: boolean;
  constructor(later: boolean) {
    this.#later = later;
  }
  predict(out: Float64Array): void | Promise<void> {
    for (let s = 0; s < out.length; s++) out[s] = Math.log2(this.#total / this.#weights[s]!);
    return this.#later ? Promise.resolve() : undefined;
  }
  update(symbol: number): void {
    this.#weights[symbol]! += 1000;
    this.#total += 1000;
  }
  fork(): Predictor {
    throw new Error('the coder needs no forks');
  }
}

/** A made-up row: order0 as if it had weights of that hash. */
function withModel(modelSha256: Uint8Array | undefined): CompressorEntry {
  const order0 = coreRegistry.order0!;
  return {
    ...order0,
    open: async (format, options) => ({
      ...(await order0.open(format, options)),
      ...(modelSha256 && { modelSha256 }),
    }),
  };
}

describe('the coder with a predictor', () => {
  test('round trips text, noise, one byte and nothing', async () => {
    for (const data of [TALE, NOISE, Uint8Array.of(7), new Uint8Array()]) {
      const bytes = await encodeWithPredictor(order0Predictor, data);
      const back = await decodeWithPredictor(order0Predictor, bytes, data.length);
      expect(Uint8Array.from(back)).toEqual(data);
    }
  });

  test('takes at most a byte more than the surprisal', async () => {
    const order0 = await openCompressor('order0', coreRegistry);
    const bytes = await encodeWithPredictor(order0Predictor, TALE);
    const { bits } = await score(order0, TALE);
    expect(bytes.length).toBeLessThan((bits / 8) * 1.0002 + 1);
    expect(bytes.length).toBeGreaterThan(bits / 8 - 1);
  });

  test('codes alphabets larger than bytes, also with asynchronous predictors', async () => {
    const message = [49_999, 0, 7, 7, 7, 30_000, 7, 7, 49_999];
    for (const later of [false, true]) {
      const bytes = await encodeWithPredictor(() => new Words(later), message);
      expect([...(await decodeWithPredictor(() => new Words(later), bytes, 9))]).toEqual(message);
    }
  });

  test('asks for the surprisal of one symbol only, if the predictor supports it', async () => {
    const asked = { predict: 0, surprisal: 0 };
    const counting = (inner: Predictor): Predictor => ({
      alphabetSize: 256,
      predict: (out) => {
        asked.predict++;
        return inner.predict(out);
      },
      surprisal: (symbol) => {
        asked.surprisal++;
        const out = new Float64Array(256);
        inner.predict(out);
        return out[symbol]!;
      },
      update: (symbol) => inner.update(symbol),
      fork: () => counting(inner.fork()),
    });
    const plain = await openCompressor('order0', coreRegistry);
    const quick = { ...plain, start: () => decodeReading(counting(order0Predictor())) };
    const expected = await score(plain, SENTENCE);
    expect((await score(quick, SENTENCE)).bits).toBeCloseTo(expected.bits, 9);
    expect(asked).toEqual({ predict: 0, surprisal: SENTENCE.length });

    const candidates = [SENTENCE.subarray(0, 5), SENTENCE.subarray(3, 4), new Uint8Array()];
    expect([...(await quick.start().score(candidates))]).toEqual([
      ...(await plain.start().score(candidates)),
    ]);
    expect(asked.predict).toBe(0);
  });
});

describe('a .zd file', () => {
  test.each(['gzip', 'ppm', 'mix:memory=18', 'ctw:memory=16', 'order0'])(
    'round trips text, noise, one byte and nothing with %s, at the code length',
    async (spec) => {
      const { codeLength } = await openCompressor(spec, coreRegistry);
      for (const data of [TALE.subarray(0, 3000), NOISE, Uint8Array.of(255), new Uint8Array()]) {
        const file = await toZd(spec, data, { reading: 'decode' });
        expect(await fromZd(file)).toEqual(data);
        if (spec === 'gzip') continue; // its code length is that of the stream it writes
        const payload = file.length - readHeader(file).end - (data.length > 0 ? 26 : 0);
        const bytes = (await codeLength(data)) / 8;
        expect(payload).toBeLessThan(bytes * 1.0002 + 1);
        expect(payload).toBeGreaterThanOrEqual(bytes - 1);
      }
    },
  );

  test('round trips with every row and reading of the core', async () => {
    for (const [name, { accepts }] of Object.entries(coreRegistry)) {
      if (!accepts.includes('bytes')) continue;
      const spec = name === 'blend' ? 'blend:gzip+ppm' : name;
      const { readings } = await openCompressor(spec, coreRegistry);
      for (const reading of readings) {
        // Elsewhere each byte may take 256 compressions.
        const length = reading === 'decode' ? SENTENCE.length : cases(1, 12);
        for (const data of [SENTENCE.subarray(0, length), new Uint8Array()]) {
          const file = await toZd(spec, data, { reading });
          expect(await fromZd(file), `${spec} ${reading}`).toEqual(data);
        }
      }
    }
  });

  test('is smaller than a .gz when gzip is used by decoding', async () => {
    const gzip = await openCompressor('gzip', coreRegistry);
    const gz = await gzip.compress!(TALE);
    const file = await toZd('gzip', TALE, { reading: 'decode' });
    expect(file.length).toBeLessThan(0.92 * gz.length);
    expect(await fromZd(file)).toEqual(TALE);
  });

  test('records what wrote it', async () => {
    const file = await toZd('gzip:level=6', SENTENCE, { chunkBytes: 50 });
    const { header } = readHeader(file);
    expect(header).toMatchObject({ spec: 'gzip:level=6', reading: 'decode', chunkBytes: 50 });
    expect(header.modelSha256).toBeUndefined();
    expect(header.length).toBe(SENTENCE.length);
    const odd = { ...header, spec: 'command:naïve "50 %" 𝄞' };
    expect(readHeader(writeHeader(odd)).header).toEqual(odd);
    expect(await fromZd(file)).toEqual(SENTENCE);
  });

  test('refuses invalid options', async () => {
    await expect(toZd('order0', SENTENCE, { reading: 'exact' })).rejects.toThrow(RangeError);
    await expect(toZd('order0', SENTENCE, { chunkBytes: 0 })).rejects.toThrow(RangeError);
    const registry = { learned: withModel(new Uint8Array(31)) };
    await expect(toZd('learned', SENTENCE, {}, registry)).rejects.toThrow(RangeError);
  });

  test('reports progress', async () => {
    const heard: number[] = [];
    const onProgress = (done: number, total: number): void => {
      expect(total).toBe(TALE.length);
      heard.push(done);
    };
    await fromZd(await toZd('order0', TALE, { chunkBytes: 5000, onProgress }), { onProgress });
    expect(heard.length).toBeGreaterThan(100);
    expect(Math.max(...heard)).toBeLessThanOrEqual(TALE.length);
  });
});

describe('a changed .zd file', () => {
  test('is refused for every flipped bit, with the chunk that contains it', async () => {
    const file = await toZd('order0', SENTENCE, { chunkBytes: 50 });
    const { end } = readHeader(file);
    for (let bit = 0; bit < 8 * file.length; bit++) {
      file[bit >> 3]! ^= 1 << (bit & 7);
      const error = await failure(file);
      expect(error, `bit ${bit}`).toBeInstanceOf(CorruptDataError);
      if (bit >= 8 * end) expect(error!.message).toMatch(/^chunk [012] of 3 \(bytes \d+ to \d+\)/);
      else
        expect(error!.message).toMatch(/^(damaged \.zd header|not a \.zd file|\.zd header ends)/);
      file[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  test('is refused wherever it is cut', async () => {
    const file = await toZd('order0', SENTENCE, { chunkBytes: 50 });
    for (let length = 0; length < file.length; length++) {
      const error = await failure(file.subarray(0, length));
      expect(error, `${length} bytes`).toBeInstanceOf(CorruptDataError);
    }
  });

  test('is refused if other data follow it', async () => {
    const file = await toZd('order0', SENTENCE);
    const error = await failure(Uint8Array.from([...file, 0]));
    expect(error?.message).toBe(`.zd file is followed by other data at byte ${file.length}`);
  });

  test('is refused if its compressor is missing or has another version', async () => {
    const file = await toZd('order0', SENTENCE);
    const { gzip } = coreRegistry;
    const missing = await failure(file, { registry: { gzip: gzip! } });
    expect(missing).toBeInstanceOf(CompressorUnavailableError);
    expect(missing?.message).toBe('the compressor of this file, "order0", is not available');

    const { header, end } = readHeader(file);
    const older = Buffer.concat([
      writeHeader({ ...header, version: 'zipdream 0.0.1' }),
      file.subarray(end),
    ]);
    const other = await failure(new Uint8Array(older));
    expect(other).toBeInstanceOf(CompressorUnavailableError);
    expect(other?.message).toMatch(
      /^this file was written by order0 version "zipdream 0.0.1", but the one/,
    );
  });

  test('is refused if it was written with another model than the installed one', async () => {
    const hash = Uint8Array.from({ length: 32 }, (_, i) => i);
    const registry = { learned: withModel(hash) };
    const file = await toZd('learned', SENTENCE, {}, registry);
    expect(readHeader(file).header.modelSha256).toEqual(hash);
    expect(await fromZd(file, { registry })).toEqual(SENTENCE);
    for (const other of [hash.with(31, 0), undefined]) {
      const error = await failure(file, { registry: { learned: withModel(other) } });
      expect(error).toBeInstanceOf(CompressorUnavailableError);
      expect(error?.message).toBe(
        'this file was written by learned with a different model from the one installed',
      );
    }
    const plain = await toZd('learned', SENTENCE, {}, { learned: withModel(undefined) });
    expect(await failure(plain, { registry })).toBeInstanceOf(CompressorUnavailableError);
  });

  test('does not allocate its declared length before that is allowed', async () => {
    const file = await toZd('order0', SENTENCE);
    expect(await failure(file, { maxBytes: 10 })).toBeInstanceOf(UsageError);
    const { header, end } = readHeader(file);
    const huge = writeHeader({ ...header, length: 2 ** 50, chunkBytes: 2 ** 30 });
    const bomb = new Uint8Array(Buffer.concat([huge, file.subarray(end)]));
    expect(await failure(bomb)).toBeInstanceOf(UsageError);
    expect(await failure(bomb, { maxBytes: Infinity })).toBeInstanceOf(CorruptDataError);
  });

  test('is distinguished from a compressor that decodes to something else', async () => {
    const file = await toZd('order0', SENTENCE);
    const { order0, gzip } = coreRegistry;
    const registry = {
      order0: {
        ...gzip!,
        options: order0!.options,
        open: () => gzip!.open({ kind: 'bytes' }, { level: 9, memLevel: 8, windowBits: 15 }),
      },
    };
    expect((await failure(file, { registry }))?.message).toMatch(/is intact, but gzip decodes it/);
  });
});

describe('salvage', () => {
  const parts = async (file: Uint8Array) => {
    const found = [];
    for await (const part of decodeZd(file, { registry: coreRegistry, salvage: true })) {
      found.push(part);
    }
    return found;
  };

  test('recovers every chunk except the one with a flipped bit', async () => {
    const file = await toZd('order0', SENTENCE, { chunkBytes: 30 });
    const { end } = readHeader(file);
    for (let bit = 8 * end; bit < 8 * file.length; bit += 3) {
      file[bit >> 3]! ^= 1 << (bit & 7);
      const found = await parts(file);
      expect(found.filter(({ lost }) => lost)).toHaveLength(1);
      for (const { start, end, bytes, lost } of found) {
        expect(bytes).toEqual(lost ? new Uint8Array(end - start) : SENTENCE.subarray(start, end));
      }
      file[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  test('finds chunks displaced by lost or added bytes', async () => {
    const file = await toZd('order0', SENTENCE, { chunkBytes: 30 });
    const { end } = readHeader(file);
    const at = end + 40; // in the payload of the first
    const shorter = Uint8Array.from([...file.subarray(0, at), ...file.subarray(at + 5)]);
    const longer = Uint8Array.from([...file.subarray(0, at), 1, 2, 3, ...file.subarray(at)]);
    for (const moved of [shorter, longer]) {
      expect((await parts(moved)).map(({ lost }) => lost !== undefined)).toEqual([
        true,
        false,
        false,
        false,
        false,
      ]);
    }
    const cut = await parts(file.subarray(0, -1));
    expect(cut.at(-1)?.lost?.message).toMatch(/^chunk 4 of 5 .* is cut short/);
  });
});
