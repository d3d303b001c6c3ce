// Language models of tokens: small ones whose distribution is known in closed form, summed over all
// ways to cut a text by brute force; our own; and folders that hold no model.

import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { decodeZd, encodeZd } from '../src/coding/zd.js';
import { score } from '../src/measure/score.js';
import { ByteMarginalModel } from '../src/node/lm/byte-marginal.js';
import { findModel } from '../src/node/lm/folder.js';
import { openGraph } from '../src/node/lm/runtime.js';
import { type TokenModel, tokenBits } from '../src/node/lm/tokens.js';
import { openCompressor } from '../src/node/open.js';
import { nodeRegistry } from '../src/node/registry.js';
import { generateTokens } from '../src/sampling/tokens.js';
import type { Compressor } from '../src/types.js';
import { bytesOf, nextOf } from './contract.js';
import { bagModel, bigramModel, type Weights } from './onnx-fixtures.js';
import { runCli } from './run-cli.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'zipdream-tokens-'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** GPT-2's names of the bytes, as its encoder.py makes them. */
const BYTE_NAMES = (() => {
  const names = new Array<string>(256).fill('');
  const ranges = [
    ['!', '~'],
    ['¡', '¬'],
    ['®', 'ÿ'],
  ];
  for (const [first, last] of ranges) {
    for (let c = first!.charCodeAt(0); c <= last!.charCodeAt(0); c++) {
      names[c] = String.fromCharCode(c);
    }
  }
  let next = 256;
  return names.map((name) => name || String.fromCharCode(next++));
})();

const START = '<|start|>';
const MERGES = ['a b', 'b a', 'a a', 'ab a', 'ab ab', 'Ġ a'];
const TOKENS = [START, ...BYTE_NAMES, ...MERGES.map((merge) => merge.replace(' ', ''))];
const WIDTH = TOKENS.length;

const SPECIAL = { id: 0, content: START, special: true };
const FLAGS = { single_word: false, lstrip: false, rstrip: false, normalized: false };

/** A byte-level tokenizer.json of a few merges; token 0 is special. */
const TOKENIZER = {
  version: '1.0',
  added_tokens: [{ ...SPECIAL, ...FLAGS }],
  normalizer: { type: 'NFC' },
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
  post_processor: null,
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(TOKENS.map((token, id) => [token, id])),
    merges: MERGES,
  },
};

const CONFIG = { vocab_size: WIDTH, n_positions: 16, bos_token_id: 0 };

interface FolderParts {
  readonly graph?: Uint8Array | undefined;
  readonly graphName?: string;
  readonly config?: unknown;
  readonly tokenizer?: unknown;
}

let folders = 0;
/** A folder with those files that are not undefined; texts are written as they are. */
function folderOf({ graph, graphName = 'model.onnx', config, tokenizer }: FolderParts): string {
  const folder = join(root, `model-${folders++}`);
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  if (graph) writeFileSync(join(folder, graphName), graph);
  for (const [name, content] of Object.entries({ config, tokenizer })) {
    if (content === undefined) continue;
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(folder, `${name}.json`), text);
  }
  return folder;
}

/** Logits in steps that halves and int8 hold too; the special token is by far the likeliest. */
const TABLE = (() => {
  const random = createRandom('tokens');
  return Float32Array.from({ length: WIDTH * WIDTH }, (_, i) =>
    i % WIDTH === 0 ? 7 : Math.round(32 * random() - 16) / 8,
  );
})();

/** P of each token after another, without the special one. */
function rowAfter(sums: Float64Array): Float64Array {
  const odds = sums.map((logit, id) => (id === 0 ? 0 : Math.exp(logit)));
  const total = odds.reduce((a, b) => a + b);
  return odds.map((p) => p / total);
}

function bigramAfter(previous: number): Float64Array {
  return rowAfter(Float64Array.from(TABLE.subarray(previous * WIDTH, (previous + 1) * WIDTH)));
}

/** The bytes of each token by the fixture's own account. */
const TOKEN_BYTES = TOKENS.map((token) =>
  token === START ? [] : Array.from(token, (name) => BYTE_NAMES.indexOf(name)),
);

/** P that a text begins with these bytes: over all ways to cut it, the last token whole or not. */
function prefixProbability(text: readonly number[], previous = 0): number {
  if (text.length === 0) return 1;
  const row = bigramAfter(previous);
  let sum = 0;
  for (const [id, bytes] of TOKEN_BYTES.entries()) {
    if (bytes.length === 0 || !bytes.every((b, i) => i >= text.length || b === text[i])) continue;
    sum += row[id]! * prefixProbability(text.slice(bytes.length), id);
  }
  return sum;
}

const GRAPH = bigramModel(TABLE, WIDTH);
const parts = { graph: GRAPH, config: CONFIG, tokenizer: TOKENIZER };

async function tinyModel(): Promise<TokenModel> {
  const { graph, vocabulary } = await findModel(folderOf(parts));
  return {
    graph: (await openGraph(graph, 1)).graph,
    vocabulary: vocabulary!,
    context: 4096,
    start: 0,
  };
}

/** So many ways are kept that none is dropped. */
const ALL = 2 ** 40;

describe('the next byte of a token model', () => {
  test('has the sum over all tokenizations, by brute force', async () => {
    const model = await tinyModel();
    for (const text of ['ababa', 'aaba a', ' abab', 'b aab']) {
      const bytes = [...bytesOf(text)];
      const marginal = ByteMarginalModel.start(model, ALL);
      const bits = new Float64Array(256);
      for (let i = 0; i <= bytes.length; i++) {
        const before = prefixProbability(bytes.slice(0, i));
        await marginal.predict(bits);
        expect(bits.reduce((sum, b) => sum + 2 ** -b, 0)).toBeCloseTo(1, 12);
        for (const next of bytesOf('ab !\n')) {
          const expected = prefixProbability([...bytes.slice(0, i), next]) / before;
          expect(2 ** -bits[next]!, `${text} ${i} ${next}`).toBeCloseTo(expected, 6);
        }
        if (i < bytes.length) marginal.update(bytes[i]!);
      }
    }
  });

  test('gives any text at least the probability of its tokenization', async () => {
    const model = await tinyModel();
    const texts = fc.array(fc.constantFrom(...bytesOf('ab \xe9!')), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const marginal = ByteMarginalModel.start(model, ALL);
        const bits = new Float64Array(256);
        let sum = 0;
        for (const byte of text) {
          await marginal.predict(bits);
          sum += bits[byte]!;
          marginal.update(byte);
        }
        expect(sum).toBeLessThanOrEqual((await tokenBits(model, Uint8Array.from(text))) + 1e-4);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  test('is the same after other pushes and in a fork, and a small beam keeps every byte possible', async () => {
    const it = await openCompressor(`onnx:model=${folderOf(parts)},beam=2`);
    const text = bytesOf('abab ab\xff\0aba');
    const one = it.start();
    for (const byte of text) {
      const bits = await nextOf(one);
      expect(Math.max(...bits)).toBeLessThan(400);
      one.push(Uint8Array.of(byte));
    }
    const other = it.start();
    other.push(text.subarray(0, 5));
    const fork = other.fork();
    other.push(bytesOf('zzz'));
    fork.push(text.subarray(5));
    expect(await nextOf(fork)).toEqual(await nextOf(one));
  });
});

test("keeps the model's own tokenization, which a beam alone would drop", async () => {
  const idOf = (token: string): number => TOKENS.indexOf(token);
  const table = new Float32Array(WIDTH * WIDTH);
  const likely = (before: string, token: string, logit: number): void => {
    table[idOf(before) * WIDTH + idOf(token)] = logit;
  };
  // The tokens a and b are far likelier than ab, but the text goes on as it does after ab alone.
  likely(START, 'a', 20);
  likely('a', 'b', 20);
  likely('b', '!', -20);
  likely('ab', '!', 20);
  const graph = bigramModel(table, WIDTH);
  const text = bytesOf('ab!');
  const it = await openCompressor(`onnx:model=${folderOf({ ...parts, graph })},beam=1`);
  const own = await it.codeLength(text);
  expect(own).toBeCloseTo(20 / Math.LN2, 1);
  const surprisals = await it.start().surprisals!(text);
  expect(surprisals.reduce((sum, bits) => sum + bits, 0)).toBeLessThanOrEqual(own + 1e-3);
  const stepwise = it.start();
  for (const [i, byte] of text.entries()) {
    expect((await nextOf(stepwise))[byte]).toBeCloseTo(surprisals[i]!, 4);
    stepwise.push(Uint8Array.of(byte));
  }
});

/** The bytes of what was coded and decoded again. */
async function thereAndBack(it: Compressor, spec: string, data: Uint8Array): Promise<Uint8Array> {
  const file: number[] = [];
  for await (const part of encodeZd(it, data, { spec, chunkBytes: 50 })) file.push(...part);
  const back: number[] = [];
  const decoded = decodeZd(Uint8Array.from(file), { registry: nodeRegistry, confirmed: spec });
  for await (const { bytes } of decoded) back.push(...bytes);
  return Uint8Array.from(back);
}

const noiseOf = (length: number): Uint8Array => {
  const random = createRandom('noise');
  return Uint8Array.from({ length }, () => random() * 256);
};

describe('a Hugging Face folder', () => {
  test('codes text, noise and nothing, also past its window', async () => {
    const spec = `onnx:model=${folderOf(parts)},context=8`;
    const it = await openCompressor(spec);
    for (const data of [bytesOf('a baab abab, naïve 漢 ab'), noiseOf(70), new Uint8Array()]) {
      expect(await thereAndBack(it, spec, data)).toEqual(data);
    }
  });

  test('has an own rate in the tokens of its tokenizer, and reports it', async () => {
    const it = await openCompressor(`onnx:model=${folderOf(parts)}`);
    const text = `ab abab${START} na\u00efve e\u0301`;
    const ids = new Tokenizer({ ...TOKENIZER, added_tokens: [], normalizer: null }, {}).encode(
      text,
    );
    let expected = 0;
    let previous = 0;
    for (const id of ids.ids) {
      expected -= Math.log2(bigramAfter(previous)[id]!);
      previous = id;
    }
    expect(await it.codeLength(bytesOf(text))).toBeCloseTo(expected, 3);
    const result = await score(it, bytesOf('abab ab'));
    expect(result.codeLengthIn).toBe('tokens');
    expect(result.conversionLoss).toBeLessThan(0);
  });

  test('reads its context and start symbol from config.json', async () => {
    const n_ctx = 9;
    const config = { vocab_size: WIDTH, n_ctx, bos_token_id: null, eos_token_id: 98 };
    const path = folderOf({ ...parts, config });
    await expect(openCompressor(`onnx:model=${path},context=10`)).rejects.toThrow(
      '"onnx:context" expected at most 9, got 10',
    );
    const it = await openCompressor(`onnx:model=${path}`);
    expect(await it.codeLength(bytesOf('!'))).toBeCloseTo(-Math.log2(bigramAfter(98)[34]!), 4);
    const other = await openCompressor(`onnx:model=${path},start=99`);
    expect(await other.codeLength(bytesOf('!'))).toBeCloseTo(-Math.log2(bigramAfter(99)[34]!), 4);
  });

  test.each<[string, Weights, string]>([
    ['float16', 'float16', 'onnx/model_fp16.onnx'],
    ['int8', 'int8', 'model_quantized.onnx'],
  ])('may contain a graph in %s, under the usual file name', async (_name, weights, graphName) => {
    const graph = bigramModel(TABLE, WIDTH, { weights });
    const it = await openCompressor(`onnx:model=${folderOf({ ...parts, graph, graphName })}`);
    const whole = await openCompressor(`onnx:model=${folderOf(parts)}`);
    expect(await it.codeLength(bytesOf('abba !'))).toBeCloseTo(
      await whole.codeLength(bytesOf('abba !')),
      4,
    );
  });

  test('can be given by its graph', async () => {
    const folder = folderOf({ ...parts, graphName: 'onnx/model.onnx' });
    const it = await openCompressor(`onnx:model=${join(folder, 'onnx/model.onnx')}`);
    expect(it.codeLengthIn).toBe('tokens');
  });

  test.each(['float32', 'float16'] as const)('uses a cache of %s', async (weights) => {
    const path = folderOf({ ...parts, graph: bagModel(TABLE, WIDTH, { weights }) });
    const text = 'abab! ba?aa b!ab a?b';
    const { ids } = new Tokenizer(TOKENIZER, {}).encode(text);
    expect(ids.length).toBeGreaterThan(8);
    /** Σ bits of the tokens, and P of each that may come next; a full window keeps its later half. */
    const follow = (context: number): { bits: number; next: Float64Array } => {
      let bits = 0;
      let window = [0];
      for (let i = 0; ; i++) {
        const sums = new Float64Array(WIDTH);
        for (const token of window) {
          for (let j = 0; j < WIDTH; j++) sums[j]! += TABLE[token * WIDTH + j]!;
        }
        const next = rowAfter(sums);
        if (i === ids.length) return { bits, next };
        bits -= Math.log2(next[ids[i]!]!);
        if (window.length === context) window = [0, ...window.slice(context - context / 2 + 1)];
        window.push(ids[i]!);
      }
    };
    for (const context of [16, 8]) {
      const it = await openCompressor(`onnx:model=${path},context=${context}`);
      const { bits, next } = follow(context);
      expect(await it.codeLength(bytesOf(text))).toBeCloseTo(bits, 3);
      const source = it.startTokens!();
      source.push(bytesOf(text));
      const token = await source.draw(createRandom(1), 1);
      const id = TOKEN_BYTES.findIndex((known) => known.join() === token.bytes.join());
      expect(token.bits).toBeCloseTo(-Math.log2(next[id]!), 3);
    }
  });

  test('is a byte model if it has no tokenizer and 256 symbols', async () => {
    const graph = bigramModel(new Float32Array(256 * 256), 256);
    const it = await openCompressor(`onnx:model=${folderOf({ graph })}`);
    expect(it.codeLengthIn).toBeUndefined();
    expect(await it.codeLength(bytesOf('abc'))).toBeCloseTo(24, 4);
  });
});

describe('drawn tokens', () => {
  test('are never special, and are as frequent as the model predicts', async () => {
    const it = await openCompressor(`onnx:model=${folderOf(parts)}`);
    const random = createRandom('draws');
    const counts = new Map<string, number>();
    const draws = 3000;
    const start = it.startTokens!();
    for (let i = 0; i < draws; i++) {
      const { kind, bytes, bits } = await start.fork().draw(random, 1);
      const key = bytes.join();
      const id = TOKEN_BYTES.findIndex((known) => known.join() === key);
      expect(id).toBeGreaterThan(0);
      expect(kind).toBe('token');
      expect(bits).toBeCloseTo(-Math.log2(bigramAfter(0)[id]!), 4);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    let chi = 0;
    for (const [id, p] of bigramAfter(0).entries()) {
      if (id === 0) continue;
      const seen = counts.get(TOKEN_BYTES[id]!.join()) ?? 0;
      chi += (seen - draws * p) ** 2 / (draws * p);
    }
    // Of 261 degrees of freedom: mean 261, standard deviation 23.
    expect(chi).toBeLessThan(261 + 5 * 23);
  });

  test('are the likeliest at temperature 0', async () => {
    const it = await openCompressor(`onnx:model=${folderOf(parts)}`);
    const { bits } = await it.startTokens!().draw(createRandom(1), 0);
    expect(bits).toBeCloseTo(-Math.log2(Math.max(...bigramAfter(0))), 4);
  });
});

describe('arbitrary bytes', () => {
  const SENTENCE_TOKENS = [
    '<unk>',
    ...Array.from(
      { length: 256 },
      (_, b) => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`,
    ),
    ...['▁', 'a', 'b', '▁a', 'ab', '▁ab'],
  ];
  const SENTENCEPIECE = {
    version: '1.0',
    added_tokens: [{ id: 0, content: '<unk>', special: true, ...FLAGS }],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      byte_fallback: true,
      fuse_unk: true,
      vocab: Object.fromEntries(SENTENCE_TOKENS.map((token, id) => [token, id])),
      merges: ['▁ a', 'a b', '▁a b'],
    },
  };

  test.each([
    ['byte-level', TOKENIZER],
    ['SentencePiece', SENTENCEPIECE],
  ])('round trip through the tokens of a %s tokenizer', async (_name, tokenizer) => {
    const { vocabulary } = await findModel(folderOf({ ...parts, tokenizer }));
    const points = fc.integer({ min: 0, max: 0x10ffff }).filter((x) => x < 0xd800 || x > 0xdfff);
    const texts = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.array(points, { maxLength: 20 }).map((some) => bytesOf(String.fromCodePoint(...some))),
      fc.constantFrom(`a${START}b`, '<unk> ▁a <0x41>', 'e\u0301 \ufeffa').map(bytesOf),
    );
    fc.assert(
      fc.property(texts, (data) => {
        const bytes = vocabulary!.segment(data).flatMap((rank) => [...vocabulary!.bytesAt(rank)]);
        expect(bytes).toEqual([...data]);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  test('a space is ▁, and no space is added before a text', async () => {
    const { vocabulary } = await findModel(folderOf({ ...parts, tokenizer: SENTENCEPIECE }));
    const cuts = vocabulary!.segment(bytesOf('ab ab\n'));
    expect(cuts.map((rank) => Buffer.from(vocabulary!.bytesAt(rank)).toString())).toEqual([
      'ab',
      ' ab',
      '\n',
    ]);
  });

  test('our vocabulary has the bytes that its tokenizer decodes', async () => {
    const folder = resolve('models/bpe-2k');
    const { vocabulary } = await findModel(folder);
    const { default: json } = await import(join(folder, 'tokenizer.json'));
    const tokenizer = new Tokenizer(json, {});
    for (let rank = 0; rank < vocabulary!.size; rank++) {
      const text = tokenizer.decode([vocabulary!.ids[rank]!]);
      if (text.includes('\ufffd')) continue;
      expect(Buffer.from(vocabulary!.bytesAt(rank)).toString()).toBe(text);
    }
    expect(vocabulary!.size).toBe(2047);
  });
});

describe('the bundled token model', () => {
  const VERSE = bytesOf(
    'The mill was built in the 18th century, and is one of the oldest in the [[',
  );

  test('round trips, with a small conversion loss', async () => {
    const it = await openCompressor('lm:size=bpe2k');
    expect(await thereAndBack(it, 'lm:size=bpe2k', VERSE)).toEqual(VERSE);
    const result = await score(it, VERSE);
    expect(result.bpb).toBeLessThan(3);
    expect(result.conversionLoss).toBeLessThan(0.05);
  });

  test('draws whole tokens', async () => {
    const source = (await openCompressor('lm:size=bpe2k')).startTokens!();
    source.push(VERSE);
    let drawn = 0;
    let bytes = 0;
    for await (const { token } of generateTokens(source, { length: 60, random: createRandom(2) })) {
      drawn++;
      bytes += token.bytes.length;
    }
    expect(bytes / drawn).toBeGreaterThan(1.3);
  });
});

test('the command line reports whether bits are per token or per byte, and shows tokens', async () => {
  const spec = `onnx:model=${folderOf(parts)}`;
  const drawn = await runCli([
    'sample',
    'ab',
    '-c',
    spec,
    '-n',
    '9',
    '--seed',
    '1',
    '--units',
    'tokens',
  ]);
  expect(drawn.code).toBe(0);
  expect(Buffer.from(drawn.stdout).toString('latin1')).toMatch(/^(\[[^[]+\]|\[\[\])+$/s);
  const scored = await runCli(['score', resolve('.npmrc'), '-c', spec]);
  expect(scored.text).toMatch(
    /surprisal .* bits per byte, over all ways to cut the text into tokens\n/,
  );
  expect(scored.text).toMatch(/own rate .* bits per byte in its own tokens\n/);
  const next = await runCli(['next', 'ab', '-c', spec]);
  expect(next.text).toMatch(/^onnx, decode: after 2 bytes in [\d.]+ bits of its own tokens\n/);
});

describe('an invalid token model is refused in one line', () => {
  const without = {
    ...TOKENIZER,
    model: { ...TOKENIZER.model, vocab: { a: 0, b: 1 }, merges: [] },
  };
  const words = { ...TOKENIZER, normalizer: null, pre_tokenizer: null, decoder: null };
  const refusals: readonly (readonly [string, FolderParts, RegExp])[] = [
    ['an empty folder', {}, /" has no model\.onnx, nor onnx\/model\.onnx$/],
    [
      'no tokenizer',
      { graph: bigramModel(new Float32Array(2000), 1000) },
      / has 1000 symbols; a model of bytes has 256, and one of tokens a tokenizer\.json$/,
    ],
    ['no config', { ...parts, config: undefined }, /^cannot read ".*config\.json": no such file/],
    ['half a graph', { ...parts, graph: GRAPH.subarray(0, 9999) }, /is not an ONNX model that can/],
    ['another graph', { ...parts, graph: bigramModel(TABLE, WIDTH, { input: 'x' }) }, /no input/],
    ['a broken tokenizer', { ...parts, tokenizer: '{"model": ' }, /tokenizer\.json" is not a JSON/],
    ['a broken config', { ...parts, config: '[1]' }, /config\.json" is not a JSON object$/],
    [
      'a config with a text value',
      { ...parts, config: { n_ctx: 'x' } },
      /"n_ctx" that is no whole number$/,
    ],
    ['an empty tokenizer', { ...parts, tokenizer: { decoder: '▁' } }, /not a tokenizer that can/],
    [
      'a tokenizer of whole words',
      { ...parts, tokenizer: words },
      /is neither byte-level nor with ▁ for a space/,
    ],
    [
      'a tokenizer without byte tokens',
      { ...parts, tokenizer: without },
      /has no token for byte 0: it cannot write/,
    ],
    ['a small context', { ...parts, config: { n_ctx: 1 } }, /sees 1 tokens at once; 8 are needed$/],
    [
      'a config with another vocabulary size',
      { ...parts, config: { vocab_size: 50257 } },
      /has 263 symbols, and its config\.json says 50257$/,
    ],
    [
      'a model with fewer symbols than its tokenizer',
      { ...parts, config: {}, graph: bigramModel(TABLE.subarray(0, 63 * 260), 260) },
      /has 260 symbols, and its tokenizer\.json is for 263: they do not match$/,
    ],
    [
      'a model with more symbols than its tokenizer',
      { ...parts, config: {}, graph: bigramModel(new Float32Array(2000), 1000) },
      /has 1000 symbols, and its tokenizer\.json is for 263: they do not match$/,
    ],
  ];
  test.each(refusals)('%s', async (_name, content, message) => {
    const error = await openCompressor(`onnx:model=${folderOf(content)}`).catch((it) => it);
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('\n');
  });

  test('logits that are not numbers, and writes nothing', async () => {
    const graph = bigramModel(
      TABLE.map(() => Number.NaN),
      WIDTH,
    );
    const spec = `onnx:model=${folderOf({ ...parts, graph })}`;
    await expect(openCompressor(spec)).rejects.toThrow(/gives logits that are not numbers$/);
    const infinite = bigramModel(
      TABLE.map(() => Infinity),
      WIDTH,
    );
    await expect(
      openCompressor(`onnx:model=${folderOf({ ...parts, graph: infinite })}`),
    ).rejects.toThrow(/gives logits that are not numbers$/);
    const out = join(root, 'out.zd');
    const { code, stderr } = await runCli(['compress', resolve('LICENSE'), '-c', spec, '-o', out]);
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(out)).toBe(false);
  });

  test('a file coded with another model or tokenizer', async () => {
    const folder = folderOf(parts);
    const spec = `onnx:model=${folder}`;
    const file: number[] = [];
    const coded = encodeZd(await openCompressor(spec), bytesOf('abab'), { spec });
    for await (const part of coded) file.push(...part);
    const decode = async (): Promise<void> => {
      const options = { registry: nodeRegistry, confirmed: spec };
      for await (const _ of decodeZd(Uint8Array.from(file), options));
    };
    await decode();
    const merges = TOKENIZER.model.merges.slice(1);
    const tokenizer = { ...TOKENIZER, model: { ...TOKENIZER.model, merges } };
    cpSync(
      join(folderOf({ ...parts, tokenizer }), 'tokenizer.json'),
      join(folder, 'tokenizer.json'),
    );
    await expect(decode()).rejects.toThrow(/with a different model from the one installed$/);
  });

  test('a missing package, with the command that installs it', async () => {
    vi.resetModules();
    vi.doMock('@huggingface/tokenizers', () => {
      throw new Error('not found');
    });
    const { findModel: find } = await import('../src/node/lm/folder.js');
    const error = await find(folderOf(parts)).catch((it) => it);
    vi.doUnmock('@huggingface/tokenizers');
    expect(error.message).toBe(
      'language models of tokens need the package @huggingface/tokenizers',
    );
    expect(error.hint).toBe('npm install @huggingface/tokenizers');
  });
});
