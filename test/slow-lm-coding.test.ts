// Files of language models: chunks that step together come back to the bit, and what was written
// with another model, runtime or batch is refused before anything is given out.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { decodeZd } from '../src/coding/zd.js';
import { readHeader, writeHeader, type ZdHeader } from '../src/coding/zd-format.js';
import { CompressorUnavailableError } from '../src/errors.js';
import { score } from '../src/measure/score.js';
import { nodeRegistry } from '../src/node/registry.js';
import { openCompressor as openFrom, type Registry } from '../src/registry.js';
import type { Compressor } from '../src/types.js';
import { failure, fromZd, toZd } from './coding-inputs.js';
import { bytesOf, nextOf } from './contract.js';
import { bigramModel } from './onnx-fixtures.js';

/** Rows that open each compressor once: a session of a model takes long to make. */
const registry: Registry = Object.fromEntries(
  Object.entries(nodeRegistry).map(([name, entry]) => {
    const opened = new Map<string, ReturnType<typeof entry.open>>();
    const open: typeof entry.open = (format, options) => {
      const key = JSON.stringify([format, options]);
      const found = opened.get(key) ?? entry.open(format, options);
      opened.set(key, found);
      return found;
    };
    return [name, { ...entry, open }];
  }),
);
const TALE = bytesOf(
  'The miller said that the mill was his, and the water too; but the river went on. '.repeat(4),
);
const random = createRandom('noise');
const NOISE = Uint8Array.from({ length: 200 }, () => 256 * random());
const SHORT = TALE.subarray(0, 162);

const openCompressor = (spec: string): Promise<Compressor> => openFrom(spec, registry);

let folder: string;
let bigram: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zipdream-lm-coding-'));
  const table = Float32Array.from({ length: 65_536 }, () => 6 * random() - 3);
  const path = join(folder, 'bigram.onnx');
  writeFileSync(path, bigramModel(table, 256));
  bigram = `onnx:model=${path},context=16`;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Steps some texts together, and gives what was said of each. */
async function stepTogether(texts: readonly Uint8Array[], steps: number): Promise<Float64Array[]> {
  const { lockstep } = await openCompressor('lm');
  const model = lockstep!.start(texts.length);
  const out = new Float64Array(256 * texts.length);
  for (let i = 0; i < steps; i++) {
    await model.predict(out);
    model.update(Uint8Array.from(texts, (text) => text[i]!));
  }
  await model.predict(out);
  return texts.map((_, row) => out.slice(256 * row, 256 * row + 256));
}

describe('texts in lockstep', () => {
  const other = TALE.subarray(81);

  test('get the same predictions as alone, also past whole blocks', async () => {
    const together = await stepTogether([TALE, other, NOISE], 150);
    for (const [i, text] of [TALE, other, NOISE].entries()) {
      const model = (await openCompressor('lm')).start();
      model.push(text.subarray(0, 150));
      const alone = await nextOf(model);
      for (let b = 0; b < 256; b++) expect(together[i]![b]).toBeCloseTo(alone[b]!, 3);
    }
  });

  test('do not depend on the other rows, to the last bit', async () => {
    const one = await stepTogether([NOISE, TALE, other, NOISE], 70);
    const two = await stepTogether([TALE, TALE, new Uint8Array(70), other], 70);
    expect(two[1]).toEqual(one[1]);
    expect(two[0]).not.toEqual(one[0]);
  });
});

describe('a .zd file of a language model', () => {
  test.each([1, 2, 64])('round trips with up to %i chunks in lockstep', async (batch) => {
    for (const spec of [`lm:batch=${batch}`, `${bigram},batch=${batch}`]) {
      for (const data of [SHORT, NOISE.subarray(0, 80), new Uint8Array()]) {
        const file = await toZd(spec, data, { chunkBytes: 47 }, registry);
        expect(await fromZd(file, { registry, confirmed: spec })).toEqual(data);
      }
    }
  });

  test('round trips with the larger model', async () => {
    const file = await toZd('lm:size=800k', SHORT, { chunkBytes: 110 }, registry);
    expect(await fromZd(file, { registry })).toEqual(SHORT);
    const small = await toZd('lm:size=200k', SHORT, { chunkBytes: 110 }, registry);
    expect(readHeader(small).header.modelSha256).not.toEqual(readHeader(file).header.modelSha256);
  });

  test('takes the bits that the model predicts', async () => {
    const it = await openCompressor('lm');
    const file = await toZd('lm', SHORT, { chunkBytes: 81 }, registry);
    const { bits, ownBits } = await score(it, SHORT, { chunk: 81 });
    expect(ownBits).toBe(bits);
    const payload = file.length - readHeader(file).end - 2 * 26;
    expect(payload).toBeLessThan((bits / 8) * 1.001 + 4);
    expect(payload).toBeGreaterThan(bits / 8 - 4);
  });

  test('records the runtime, threads, batch, numeric check and model that wrote it', async () => {
    const { header } = readHeader(await toZd('lm:threads=2,batch=8', SHORT, {}, registry));
    expect(header.version).toMatch(
      /^zipdream \S+, onnxruntime \d+\.\d+\.\d+, cpu, 2 threads, batch 8, digits [0-9a-f]{8}$/,
    );
    expect(header.modelSha256).toEqual((await openCompressor('lm')).modelSha256);
  });

  const changes: readonly (readonly [string, (header: ZdHeader) => Partial<ZdHeader>, RegExp])[] = [
    [
      'another model',
      ({ modelSha256 }) => ({ modelSha256: modelSha256!.with(0, modelSha256![0]! ^ 1) }),
      /^this file was written by lm with a different model from the one installed$/,
    ],
    [
      'another runtime',
      ({ version }) => ({ version: version.replace('onnxruntime 1', 'onnxruntime 0') }),
      /^this file was written by lm version ".*onnxruntime 0.*", but the one installed is ".*onnxruntime 1.*"$/,
    ],
    [
      'other last digits',
      ({ version }) => ({ version: version.replace(/digits .*/, 'digits 00000000') }),
      /^this file was written by lm version ".*digits 00000000", but the one installed is /,
    ],
    [
      'more threads',
      () => ({ spec: 'lm:threads=2' }),
      /1 threads.*, but the one installed is ".*2 threads/,
    ],
    [
      'another batch',
      () => ({ spec: 'lm:batch=3' }),
      /batch 64.*, but the one installed is ".*batch 3/,
    ],
  ];
  test.each(changes)('is refused before any output: %s', async (_what, change, say) => {
    const file = await toZd('lm', SHORT, { chunkBytes: 81 }, registry);
    const { header, end } = readHeader(file);
    const changed = writeHeader({ ...header, ...change(header) });
    const other = new Uint8Array(Buffer.concat([changed, file.subarray(end)]));
    for (const salvage of [false, true]) {
      const error = await failure(other, { registry, salvage });
      expect(error).toBeInstanceOf(CompressorUnavailableError);
      expect(error?.message).toMatch(say);
    }
  });

  test('loses only the damaged chunk', async () => {
    const file = await toZd('lm', SHORT, { chunkBytes: 81 }, registry);
    file[readHeader(file).end + 30]! ^= 1;
    const starts: number[] = [];
    for await (const { start, end, bytes, lost } of decodeZd(file, { registry, salvage: true })) {
      if (lost) starts.push(start);
      else expect(bytes).toEqual(SHORT.subarray(start, end));
    }
    expect(starts).toEqual([0]);
  });
});
