// Language models as people export them: real ones where ../shared/exports has them, against what
// PyTorch says of the same tokens; and what their files say, by small ones made here.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Dtype, findModel } from '../src/node/lm/folder.js';
import { Vocabulary } from '../src/node/lm/vocabulary.js';
import { openCompressor } from '../src/node/open.js';
import { bytesOf } from './contract.js';
import { bigramModel } from './onnx-fixtures.js';

const EXPORTS = '../shared/exports';

describe.skipIf(!existsSync(EXPORTS))('a real export (../shared/exports)', () => {
  /** Bits per byte of a text in the model's own tokens, by PyTorch. */
  const rates: readonly (readonly [string, string, number, string])[] = [
    ['llama_trained-p', 'plain', 3.1062, ''],
    ['x-numlogits', 'plain', 3.1062, 'with num_logits_to_keep'],
    ['x-int32', 'plain', 3.1062, 'with inputs of 32 bits'],
    ['x-keyswapped', 'plain', 3.1062, 'with the axes of its keys swapped'],
    ['f-model_q4', 'plain', 3.1062, 'as onnx/model_q4.onnx'],
    ['f-decoder_model_merged', 'plain', 3.1062, 'as onnx/decoder_model_merged.onnx'],
    ['x-merged', 'plain', 4.67666, 'with use_cache_branch'],
    ['x-merged/onnx/decoder_model_merged.onnx', 'plain', 4.67666, 'by its graph'],
    ['gemma-p', 'plain_2sp', 4.81393, 'whose added tokens are pieces'],
    ['unigram_bf-p', 'plain_nl', 5.4847, 'that does not know a newline'],
    ['llama16-genai-fp32', 'plain', 4.60237, 'of onnxruntime-genai'],
  ];
  test.each(rates)('%s has the rate of PyTorch on %s: %f %s', async (model, text, rate) => {
    const data = readFileSync(`${EXPORTS}/texts/${text}.txt`);
    const it = await openCompressor(`onnx:model=${EXPORTS}/${model}`);
    expect((await it.codeLength(data)) / data.length).toBeCloseTo(rate, 4);
  });

  test('one character that the tokenizer does not preserve affects no others', async () => {
    const data = readFileSync(`${EXPORTS}/texts/plain_bar.txt`);
    const it = await openCompressor(`onnx:model=${EXPORTS}/llama_trained-p`);
    expect((await it.codeLength(data)) / data.length).toBeLessThan(3.18);
  });

  test.each([
    ['llama_trained-p', 's_utf8'],
    ['gpt2_trained-p', 's_utf8'],
    ['gemma-p', 'plain_2sp'],
    ['unigram_bf-p', 'plain_nl'],
    ['qwen3-p', 's_code'],
    ['neox-p', 's_code'],
  ])('%s gives the bytes of %s at most the bits of its own tokens', async (model, text) => {
    const data = readFileSync(`${EXPORTS}/texts/${text}.txt`).subarray(0, 150);
    const it = await openCompressor(`onnx:model=${EXPORTS}/${model},beam=1`);
    const surprisals = await it.start().surprisals!(new Uint8Array(data));
    const bits = surprisals.reduce((sum, one) => sum + one, 0);
    expect(bits).toBeLessThanOrEqual((await it.codeLength(data)) + 1e-3);
  });

  test.each([
    ['gpt2_trained-p', 300, 'padded texts in one pass'],
    ['bloom-p', 200, 'without position_ids'],
    ['x-keyswapped', 200, 'with the axes of its keys swapped'],
    ['mistral-p', 200, 'with a sliding window, in which padding would be counted'],
    ['llama16-genai-fp32', 200, 'that takes one token a text in a batch'],
    ['lm:size=bpe2k', 900, 'with a cache in two parts, past its window'],
  ])('%s scores %i bytes together as one by one, %s', async (model, length) => {
    const texts = ['s_en', 's_code'].map((name) => readFileSync(`${EXPORTS}/texts/${name}.txt`));
    const data = Buffer.concat(texts).subarray(0, length);
    const spec = model.startsWith('lm') ? model : `onnx:model=${EXPORTS}/${model}`;
    const it = await openCompressor(spec);
    const surprisals = await it.start().surprisals!(new Uint8Array(data));
    const stepwise = it.start();
    const bits = new Float64Array(256);
    for (const [i, byte] of data.entries()) {
      await stepwise.next(bits);
      expect(Math.abs(bits[byte]! - surprisals[i]!)).toBeLessThan(1e-4);
      stepwise.push(Uint8Array.of(byte));
    }
  });

  test('with logits only for the last token is refused for that reason', async () => {
    const it = openCompressor(`onnx:model=${EXPORTS}/x-lastonly`);
    await expect(it.then((one) => one.codeLength(bytesOf('some text')))).rejects.toThrow(
      /gives logits of 1 tokens for \d+, of the last alone: export it with all of them$/,
    );
  });

  test.each(['bytes-p', 'bytes256-p', 'big-llama3', 'c-eoslist'])(
    '%s is supported',
    async (model) => {
      const it = await openCompressor(`onnx:model=${EXPORTS}/${model}`);
      expect(await it.codeLength(bytesOf('some text'))).toBeGreaterThan(0);
    },
  );
});

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'zipdream-exports-'));
});
afterAll(() => rmSync(root, { recursive: true }));

let folders = 0;
function folderOf(files: Readonly<Record<string, unknown>>): string {
  const folder = join(root, `model-${folders++}`);
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content instanceof Uint8Array ? content : JSON.stringify(content));
  }
  return folder;
}

const UNIFORM = bigramModel(new Float32Array(256 * 256), 256);

describe('the files of an export', () => {
  test.each<[string | undefined, string]>([
    [undefined, 'onnx/decoder_model_merged.onnx'],
    ['fp16', 'onnx/model_fp16.onnx'],
    ['q8', 'model_quantized.onnx'],
    ['bnb4', 'model_bnb4.onnx'],
  ])('dtype %s selects %s', async (dtype, name) => {
    const folder = folderOf({
      'model_quantized.onnx': UNIFORM,
      'model_bnb4.onnx': UNIFORM,
      'onnx/model_fp16.onnx': UNIFORM,
      'onnx/decoder_model_merged.onnx': UNIFORM,
    });
    expect((await findModel(folder, dtype as Dtype)).graph).toBe(join(folder, name));
  });

  test('an unavailable dtype is reported with the graphs that exist', async () => {
    const folder = folderOf({ 'model_q4.onnx': UNIFORM, 'onnx/encoder.onnx': UNIFORM });
    await expect(openCompressor(`onnx:model=${folder},dtype=fp16`)).rejects.toThrow(
      `"${folder}" has no graph of dtype fp16; it has model_q4.onnx, onnx/encoder.onnx`,
    );
  });

  test.each(['model.onnx_data', 'model.onnx_data_1', 'model.onnx.data'])(
    'weights in %s are part of the model',
    async (name) => {
      const folder = folderOf({ 'model.onnx': UNIFORM, [name]: 'weights', 'model.onnx.txt': '' });
      const { parts } = await findModel(folder);
      expect(parts).toEqual([join(folder, 'model.onnx'), join(folder, name)]);
    },
  );

  test('config.json may contain lists of tokens and a nested text_config', async () => {
    const text_config = { vocab_size: 256, max_position_embeddings: 99, eos_token_id: [7, 8] };
    const config = { bos_token_id: null, text_config };
    const folder = folderOf({ 'model.onnx': UNIFORM, 'config.json': config });
    expect((await findModel(folder)).config).toEqual({ vocabulary: 256, context: 99, start: 7 });
  });

  test('genai_config.json names the graph and replaces config.json', async () => {
    const decoder = { filename: 'phi.onnx', head_size: 16, num_key_value_heads: 2 };
    const model = { bos_token_id: 1, context_length: 64, vocab_size: 256, decoder };
    const folder = folderOf({ 'phi.onnx': UNIFORM, 'genai_config.json': { model } });
    const { graph, config } = await findModel(folder);
    expect(graph).toBe(join(folder, 'phi.onnx'));
    const expected = { context: 64, start: 1, vocabulary: 256, heads: 2, headWidth: 16 };
    expect(config).toEqual(expected);
  });
});

describe('vocabularies', () => {
  test('of ByT5 map byte b to symbol b + 3 and give the share of other symbols to the bytes', async () => {
    const width = 384;
    const logit = (before: number, symbol: number): number => ((before * 7 + symbol * 5) % 32) / 8;
    const table = Float32Array.from({ length: width * width }, (_, i) =>
      logit(Math.floor(i / width), i % width),
    );
    const folder = folderOf({
      'model.onnx': bigramModel(table, width),
      'config.json': { vocab_size: width, eos_token_id: 1 },
      'tokenizer_config.json': { tokenizer_class: 'ByT5Tokenizer' },
    });
    const it = await openCompressor(`onnx:model=${folder}`);
    let expected = 0;
    let before = 1;
    for (const byte of bytesOf('Naïve.')) {
      let sum = 0;
      for (let b = 0; b < 256; b++) sum += Math.exp(logit(before, b + 3));
      expected -= Math.log2(Math.exp(logit(before, byte + 3)) / sum);
      before = byte + 3;
    }
    expect(await it.codeLength(bytesOf('Naïve.'))).toBeCloseTo(expected, 3);
    const stepwise = it.start();
    stepwise.push(bytesOf('Naïve.'));
    const next = new Float64Array(256);
    await stepwise.next(next);
    expect(next.reduce((sum, bits) => sum + 2 ** -bits, 0)).toBeCloseTo(1, 6);
  });

  test('split a text only at characters that do not survive', () => {
    const names = ['?', ...Array.from({ length: 256 }, (_, b) => `<0x${hex(b)}>`), 'a', 'b', 'ab'];
    const ids = new Map(names.map((name, id) => [name, id]));
    const vocabulary = new Vocabulary({
      tokens: ids,
      alphabet: 'sentencepiece',
      special: new Set([0]),
      added: new Set(),
      // Knows a and b, but would not take them together.
      encode: (text) => Array.from(text, (c) => (/[ab]/.test(c) ? ids.get(c)! : 0)),
    });
    const cuts = vocabulary.segment(bytesOf('ab!ab'));
    expect(cuts.map((rank) => names[vocabulary.ids[rank]!])).toEqual([
      'a',
      'b',
      '<0x21>',
      'a',
      'b',
    ]);
  });

  test('accept 32-bit token inputs', async () => {
    const graph = bigramModel(new Float32Array(256 * 256), 256, { tokens: 'int32' });
    const it = await openCompressor(`onnx:model=${folderOf({ 'model.onnx': graph })}`);
    expect(await it.codeLength(bytesOf('abc'))).toBeCloseTo(24, 4);
  });
});

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
