// Language models in ONNX: a bigram model in closed form as oracle, our own transformer, and files
// that are no models.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { decodeZd, encodeZd } from '../src/coding/zd.js';
import { score } from '../src/measure/score.js';
import { openCompressor } from '../src/node/open.js';
import { nodeRegistry } from '../src/node/registry.js';
import { bytesOf, nextOf } from './contract.js';
import { FULL } from './deep.js';
import { bigramModel } from './onnx-fixtures.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zipdream-lm-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function randomTable(rows: number, width: number): Float32Array {
  const random = createRandom('table');
  return Float32Array.from({ length: rows * width }, () => 6 * random() - 3);
}

const TALE = bytesOf(
  'The miller said that the mill was his, and the water too; but the river went on. ',
);

describe('a bigram model', () => {
  const table = randomTable(256, 256);
  /** −log2 of the softmax of a row. */
  const bitsAfter = (previous: number): Float64Array => {
    const row = Float64Array.from(table.subarray(256 * previous, 256 * previous + 256));
    const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
    return row.map((logit) => Math.log2(sum) - logit / Math.LN2);
  };

  test('gives the softmax of the row of the last byte, and of symbol 0 at the start', async () => {
    const it = await openCompressor(`onnx:model=${fileOf('bigram.onnx', bigramModel(table, 256))}`);
    const model = it.start();
    let previous = 0;
    for (const byte of TALE.subarray(0, 20)) {
      const bits = await nextOf(model);
      for (const [b, expected] of bitsAfter(previous).entries()) {
        expect(bits[b]).toBeCloseTo(expected, 5);
      }
      model.push(Uint8Array.of(byte));
      previous = byte;
    }
  });

  test('accepts another start symbol, except beyond the alphabet', async () => {
    const wide = randomTable(260, 256);
    const path = fileOf('start.onnx', bigramModel(wide, 256));
    await expect(openCompressor(`onnx:model=${path},start=256`)).rejects.toThrow(
      '"onnx:start" expected less than 256, got 256',
    );
    const bits = await nextOf((await openCompressor(`onnx:model=${path},start=65`)).start());
    expect(bits[0]! - bits[1]!).toBeCloseTo((wide[65 * 256 + 1]! - wide[65 * 256]!) / Math.LN2, 4);
  });

  test('continues when its window is full', async () => {
    const path = fileOf('window.onnx', bigramModel(table, 256));
    const model = (await openCompressor(`onnx:model=${path},context=8`)).start();
    const all = await model.surprisals!(TALE);
    let previous = 0;
    TALE.forEach((byte, i) => {
      // Window tokens: the start symbol and 7 bytes, later the start symbol and the last 3.
      expect(all[i]).toBeCloseTo(bitsAfter(previous)[byte]!, 4);
      previous = byte;
    });
  });
});

describe('the bundled model', () => {
  test('gives the same result at once, byte by byte and after a push, also past its window', async () => {
    const it = await openCompressor('lm');
    const data = new Uint8Array(2300).map((_, i) => TALE[i % TALE.length]!);
    const [FROM, TO] = FULL ? [2000, 2100] : [2044, 2052];
    const together = it.start();
    const bits = await together.surprisals!(data);
    const single = it.start();
    single.push(data.subarray(0, FROM));
    for (let i = FROM; i < TO; i++) {
      expect((await nextOf(single))[data[i]!]).toBeCloseTo(bits[i]!, 3);
      single.push(data.subarray(i, i + 1));
    }
    const jumped = it.start();
    jumped.push(data.subarray(0, TO));
    expect(await nextOf(jumped)).toEqual(await nextOf(single));
  });

  test('is scored in passes, and its own rate equals its surprisal', async () => {
    const result = await score(await openCompressor('lm'), TALE, { chunk: 50, from: 10 });
    expect(result.bytes).toBe(TALE.length - 20);
    expect(result.conversionLoss).toBeCloseTo(0, 4);
    expect(result.bpb).toBeLessThan(4);
  });

  test('round trips text, noise and nothing', async () => {
    const it = await openCompressor('lm');
    const random = createRandom('noise');
    const noise = Uint8Array.from({ length: 90 }, () => random() * 256);
    for (const data of [TALE, noise, new Uint8Array()]) {
      const parts = [];
      for await (const part of encodeZd(it, data, { spec: 'lm', chunkBytes: 70 })) parts.push(part);
      const file = Uint8Array.from(parts.flatMap((part) => [...part]));
      const back = [];
      for await (const { bytes } of decodeZd(file, { registry: nodeRegistry })) back.push(...bytes);
      expect(Uint8Array.from(back)).toEqual(data);
    }
  });
});

describe('an invalid language model is refused in one line', () => {
  const table = randomTable(256, 256);
  const refusals: readonly (readonly [string, () => Uint8Array, RegExp])[] = [
    ['text', () => TALE, /is not an ONNX model that can be run: .*Protobuf parsing failed/],
    ['nothing', () => new Uint8Array(), /that can be run: .*ModelProto does not have a graph/],
    ['half a model', () => bigramModel(table, 256).subarray(0, 9999), /is not an ONNX model/],
    ['other inputs', () => bigramModel(table, 256, { input: 'x' }), /has no input "input_ids"$/],
    ['other outputs', () => bigramModel(table, 256, { output: 'y' }), /has no output "logits"$/],
    ['few symbols', () => bigramModel(table, 64), /has 64 symbols; a model of bytes has 256,/],
  ];
  test.each(refusals)('%s', async (name, content, message) => {
    const path = fileOf(`${name}.onnx`, content());
    await expect(openCompressor(`onnx:model=${path}`)).rejects.toThrow(message);
  });

  test('a missing file or name', async () => {
    await expect(openCompressor('onnx:model=/no/such.onnx')).rejects.toThrow(
      'cannot read "/no/such.onnx": no such file or directory',
    );
    await expect(openCompressor('onnx')).rejects.toThrow('"onnx" expected onnx:model=MODEL');
    await expect(openCompressor('lm:size=9b')).rejects.toThrow(
      '"lm:size" expected media or media-200k or media-3m or 200k or 800k or bpe2k, got 9b',
    );
  });

  test('logits that are not numbers', async () => {
    const path = fileOf('nan.onnx', bigramModel(new Float32Array(65536).fill(Number.NaN), 256));
    await expect(openCompressor(`onnx:model=${path}`)).rejects.toThrow(
      /gives logits that are not numbers$/,
    );
  });
});
