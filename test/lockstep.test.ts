// Chunks that step together, by a made-up model whose numbers depend on how many step and where: a
// chunk that is decoded in another place than it was encoded in comes out wrong.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeZd, defaultChunkBytes } from '../src/coding/zd.js';
import { readHeader } from '../src/coding/zd-format.js';
import { coreRegistry } from '../src/compressors/index.js';
import { order0Predictor } from '../src/compressors/order0.js';
import { CorruptDataError } from '../src/errors.js';
import { type CompressorEntry, openCompressor, type Registry } from '../src/registry.js';
import type { LockstepModel } from '../src/types.js';
import { failure, fromZd, toZd } from './coding-inputs.js';

const TALE = new Uint8Array(readFileSync(new URL('../samples/text/tale.txt', import.meta.url)));

/** order0, and for each row another byte that is much likelier than it should be. */
function lockstepOf(rows: number, later: boolean): LockstepModel {
  const models = Array.from({ length: rows }, () => order0Predictor());
  return {
    predict(out) {
      models.forEach((model, row) => {
        const bits = out.subarray(256 * row, 256 * row + 256);
        void model.predict(bits);
        bits[(7 * row + rows) % 256]! -= 5;
      });
      return later ? Promise.resolve() : undefined;
    },
    update(bytes) {
      expect(bytes).toHaveLength(rows);
      models.forEach((model, row) => void model.update(bytes[row]!));
    },
  };
}

function registryOf(rows: number, started: number[] = [], later = false): Registry {
  const order0 = coreRegistry.order0!;
  const together: CompressorEntry = {
    ...order0,
    open: async (format, options) => ({
      ...(await order0.open(format, options)),
      lockstep: {
        rows,
        start: (count: number) => {
          started.push(count);
          return lockstepOf(count, later);
        },
      },
    }),
  };
  return { together };
}

describe('chunks in lockstep', () => {
  test.each([1, 2, 3, 7, 8, 64])('round trip, at most %i at a time', async (rows) => {
    for (const length of [0, 1, 49, 50, 51, 399, 400]) {
      const data = TALE.subarray(0, length);
      for (const later of [false, true]) {
        const registry = registryOf(rows, [], later);
        const file = await toZd('together', data, { chunkBytes: 50 }, registry);
        expect(await fromZd(file, { registry }), `${length} bytes`).toEqual(data);
      }
    }
  });

  test('form as few groups as possible, of even size', async () => {
    const started: number[] = [];
    const registry = registryOf(4, started);
    await toZd('together', TALE.subarray(0, 50 * 9), { chunkBytes: 50 }, registry);
    expect(started).toEqual([3, 3, 3]);
    started.length = 0;
    await toZd('together', TALE.subarray(0, 50 * 4), { chunkBytes: 50 }, registry);
    await toZd('together', TALE.subarray(0, 50 * 3 - 1), { chunkBytes: 50 }, registry);
    expect(started).toEqual([4, 3]);
  });

  test('cannot be decoded in other groups', async () => {
    const file = await toZd('together', TALE.subarray(0, 500), { chunkBytes: 50 }, registryOf(5));
    const error = await failure(file, { registry: registryOf(10) });
    expect(error).toBeInstanceOf(CorruptDataError);
    expect(error?.message).toMatch(
      /^chunk 0 of 10 .* is intact, but order0 decodes it to other data/,
    );
  });

  test('are recovered in place when others of their group are lost', async () => {
    const registry = registryOf(4);
    const data = TALE.subarray(0, 50 * 9 + 20);
    const file = await toZd('together', data, { chunkBytes: 50 }, registry);
    const { end } = readHeader(file);
    for (let at = end; at < file.length; at += 37) {
      const damaged = file.slice();
      damaged[at]! ^= 64;
      expect(await failure(damaged, { registry })).toBeInstanceOf(CorruptDataError);
      let lost = 0;
      for await (const part of decodeZd(damaged, { registry, salvage: true })) {
        const { start, end } = part;
        if (part.lost) lost++;
        expect(part.bytes).toEqual(
          part.lost ? new Uint8Array(end - start) : data.subarray(start, end),
        );
      }
      expect(lost, `byte ${at}`).toBe(1);
    }
  });

  test('of a group are returned only after all of them are found', async () => {
    const registry = registryOf(4);
    const file = await toZd('together', TALE.subarray(0, 400), { chunkBytes: 50 }, registry);
    const parts = decodeZd(file.subarray(0, -1), { registry });
    const places: number[] = [];
    const read = async (): Promise<void> => {
      for await (const { start } of parts) places.push(start);
    };
    await expect(read()).rejects.toThrow(/^chunk 7 of 8 .* is cut short/);
    expect(places).toEqual([0, 50, 100, 150]);
  });

  test('have even sizes and a minimum length by default', async () => {
    const together = await openCompressor('together', registryOf(64));
    expect([0, 2 ** 18, 2 ** 20, 2 ** 30].map((n) => defaultChunkBytes(together, n))).toEqual([
      4096, 4096, 16_384, 65_536,
    ]);
    const order0 = await openCompressor('order0', coreRegistry);
    expect(defaultChunkBytes(order0, 1000)).toBe(2 ** 22);
  });

  test('report progress', async () => {
    const registry = registryOf(4);
    const heard: number[] = [];
    const onProgress = (done: number, total: number): void => {
      expect(total).toBe(4100);
      heard.push(done);
    };
    await toZd('together', TALE.subarray(0, 4100), { chunkBytes: 500, onProgress }, registry);
    expect(heard.length).toBeGreaterThan(10);
    expect(heard).toEqual(heard.toSorted((a, b) => a - b));
    expect(heard.at(-1)).toBeLessThanOrEqual(4100);
  });
});
