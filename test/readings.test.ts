import { readFileSync } from 'node:fs';
import { gzip } from 'pako';
import { describe, expect, test } from 'vitest';
import { order0Predictor } from '../src/compressors/order0.js';
import { openCompressor } from '../src/open.js';
import { decodeReading } from '../src/readings/decode.js';
import { exactReading, type IncrementalEncoder } from '../src/readings/exact.js';
import { recompressReading } from '../src/readings/recompress.js';
import type { Predictor } from '../src/types.js';
import { bytesOf, expectSame, nextOf } from './contract.js';
import { TALE } from './run-cli.js';

const gzipBits = (data: Uint8Array) => gzip(data).length * 8;
const CONTEXT = bytesOf('she sells sea shells by the sea shore; the shells she sells are sea sh');

describe('recompressReading', () => {
  test('subtracts the length of the context from that of the context with each candidate', () => {
    const model = recompressReading(gzipBits);
    model.push(CONTEXT);
    const candidates = [bytesOf('ells'), bytesOf('#'), new Uint8Array(), new Uint8Array(3000)];
    const expected = candidates.map(
      (candidate) => gzipBits(Uint8Array.of(...CONTEXT, ...candidate)) - gzipBits(CONTEXT),
    );
    expect(model.score(candidates)).toEqual(Float64Array.from(expected));
  });

  test('stays synchronous with a synchronous compressor', () => {
    const model = recompressReading((data) => data.length);
    expect(model.next(new Float64Array(256))).toBeUndefined();
    expect(model.score([new Uint8Array(3)])).toEqual(Float64Array.of(3));
  });

  test('measures the context once until it changes', () => {
    const measured: number[] = [];
    const model = recompressReading((data) => {
      measured.push(data.length);
      return data.length * 8;
    });
    const ofContext = () => measured.filter((length) => length === 5).length;
    model.push(new Uint8Array(5));
    model.score([new Uint8Array(1)]);
    model.next(new Float64Array(256));
    model.fork().score([new Uint8Array(1)]);
    expect(ofContext()).toBe(1);
    model.push(new Uint8Array(1));
    model.score([new Uint8Array(1)]);
    expect(measured.filter((length) => length === 6).length).toBe(1 + 256 + 1 + 1);
  });

  test('issues all candidates before the first is done, each with its own bytes', async () => {
    const issued: { data: Uint8Array; finish: (bits: number) => void }[] = [];
    const model = recompressReading(
      (data) => new Promise((finish) => issued.push({ data, finish })),
    );
    model.push(CONTEXT);
    const out = new Float64Array(256);
    const pending = model.next(out);
    model.push(bytesOf('pushed while waiting'));
    expect(issued.length).toBe(257);
    expect(issued[0]!.data).toEqual(CONTEXT);
    for (let b = 0; b < 256; b++) {
      expect(issued[b + 1]!.data).toEqual(Uint8Array.of(...CONTEXT, b));
    }
    issued.reverse().forEach(({ finish }, i) => {
      finish(1000 + i);
    });
    await pending;
    expect(out[255]).toBe(1000 - 1256);
    expect(out[0]).toBe(1255 - 1256);
  });

  test('measures the context again after a failure', async () => {
    let failing = true;
    const model = recompressReading(async (data) => {
      if (failing) throw new Error('busy');
      return data.length;
    });
    model.push(CONTEXT);
    await expect(model.score([new Uint8Array(2)])).rejects.toThrow('busy');
    failing = false;
    expect(await model.score([new Uint8Array(2)])).toEqual(Float64Array.of(2));
  });
});

describe('decodeReading', () => {
  test('sums surprisal along a candidate without changing the context', () => {
    const model = decodeReading(order0Predictor());
    model.push(bytesOf('aab'));
    // Krichevsky–Trofimov by hand: 'a' is (2 + 1/2)/131, then 'c' (0 + 1/2)/132.
    const expected = -Math.log2(2.5 / 131) - Math.log2(0.5 / 132);
    expect((model.score([bytesOf('ac')]) as Float64Array)[0]).toBeCloseTo(expected, 12);
    expect((model.score([bytesOf('ac')]) as Float64Array)[0]).toBeCloseTo(expected, 12);
  });

  test('waits for an asynchronous predictor and gives the same result', async () => {
    const now = decodeReading(order0Predictor());
    const later = decodeReading(answeringLater(order0Predictor()));
    for (const model of [now, later]) model.push(CONTEXT);
    const candidates = [bytesOf('ells'), bytesOf('s'), new Uint8Array(), bytesOf('zzz')];
    const scores = later.score(candidates);
    expect(scores).toBeInstanceOf(Promise);
    expectSame(await scores, now.score(candidates) as Float64Array);
    expectSame(await nextOf(later), await nextOf(now));
  });

  test('stops after an impossible byte', () => {
    let updates = 0;
    const impossible: Predictor = {
      alphabetSize: 256,
      predict: (out) => void out.fill(0).fill(Infinity, 1),
      update: () => void updates++,
      fork: () => impossible,
    };
    const model = decodeReading(impossible);
    expect(model.score([bytesOf('abc'), new Uint8Array(3)])).toEqual(Float64Array.of(Infinity, 0));
    expect(updates).toBe(2);
  });

  test('learns many bytes at once if the predictor supports it', () => {
    const heard: string[] = [];
    const predictor: Predictor = {
      alphabetSize: 256,
      predict: (out) => void out.fill(8),
      update: (byte) => void heard.push(`update ${byte}`),
      learn: (bytes) => void heard.push(`learn ${bytes}`),
      fork: () => predictor,
    };
    const model = decodeReading(predictor);
    for (const text of ['abc', '', 'd']) model.push(bytesOf(text));
    model.fork().push(bytesOf('ef'));
    expect(heard).toEqual(['learn 97,98,99', 'update 100', 'learn 101,102']);
  });

  test('accepts only predictors of bytes', () => {
    const words = { ...order0Predictor(), alphabetSize: 50_000 } as Predictor;
    expect(() => decodeReading(words)).toThrow('"alphabetSize" expected 256, got 50000');
  });
});

describe('exactReading', () => {
  test('subtracts the current length, and asks for it only if no step reported it', () => {
    const twin = new CountingTwin();
    const model = exactReading(twin);
    model.push(bytesOf('xx'));
    const out = new Float64Array(256);
    model.next(out);
    expect([...out]).toEqual(Array.from({ length: 256 }, (_, b) => b));
    expect(model.score([bytesOf('\x01\x02'), new Uint8Array()])).toEqual(Float64Array.of(3, 0));
    expect(twin.asked).toBe(1);
    model.push(bytesOf('y'));
    model.push(new Uint8Array());
    expect(model.score([bytesOf('\x05')])).toEqual(Float64Array.of(5));
    expect(twin.asked).toBe(1);
    model.push(bytesOf('y'));
    expect(model.score([bytesOf('\x05')])).toEqual(Float64Array.of(5));
    expect(twin.asked).toBe(2);
  });

  test('forks the encoder', () => {
    const model = exactReading(new CountingTwin());
    const fork = model.fork();
    fork.push(bytesOf('x'));
    expect(model.score([bytesOf('\x02')])).toEqual(Float64Array.of(2));
    expect(fork.score([bytesOf('\x02')])).toEqual(Float64Array.of(2));
  });
});

test("gzip recompresses through its twin, with the exact length of pako's output for each candidate", async () => {
  const compressor = await openCompressor('gzip');
  const tale = new Uint8Array(readFileSync(TALE));
  for (const length of [0, 1, 70, 1300, 5000]) {
    const twin = compressor.start('recompress');
    const again = recompressReading(
      (data) => 8 * gzip(data, { level: 9, legacyHash: true } as object).length,
    );
    for (const model of [twin, again]) model.push(tale.subarray(0, length));
    expectSame(await nextOf(twin.fork()), await nextOf(again));
    const candidates = [tale.slice(length, length + 40), bytesOf('the'), new Uint8Array()];
    expectSame(await twin.score(candidates), await again.score(candidates));
  }
});

function answeringLater(predictor: Predictor): Predictor {
  return {
    alphabetSize: predictor.alphabetSize,
    predict: async (out) => {
      await null;
      await predictor.predict(out);
    },
    update: (symbol) => predictor.update(symbol),
    fork: () => answeringLater(predictor.fork()),
  };
}

/** A header of 100 bits, then byte b costs b bits. */
class CountingTwin implements IncrementalEncoder {
  asked = 0;
  #bits = 100;

  push(bytes: Uint8Array): void {
    this.#bits += sum(bytes);
  }

  fork(): CountingTwin {
    const copy = new CountingTwin();
    copy.#bits = this.#bits;
    return copy;
  }

  codeLength(): number {
    this.asked++;
    return this.#bits;
  }

  nextCodeLengths(out: Float64Array): void {
    for (let b = 0; b < 256; b++) out[b] = this.#bits + b;
  }

  candidateCodeLengths(candidates: readonly Uint8Array[]): Float64Array {
    return Float64Array.from(candidates, (candidate) => this.#bits + sum(candidate));
  }
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0);
}
