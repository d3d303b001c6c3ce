// `node bench/lm-tokens.mjs [FOLDER…]`: what it costs to score a text by bytes under a model of
// tokens, against a plain loop with a cache that runs the same graph one token at a time and sums up
// the bits of the tokenizer's own tokens. Processor time on one core, each the least of some turns;
// the ratios are what to look at. Real exports and texts from $ZIPDREAM_EXPORTS and
// $ZIPDREAM_DATA. The plain loop begins a new text where its window is full.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import ort from 'onnxruntime-node';
import { openCompressor } from 'zipdream/node';

const exports_ = process.env.ZIPDREAM_EXPORTS ?? '../shared/exports';
const data = process.env.ZIPDREAM_DATA ?? '../shared/data';
const TURNS = 3;
const BYTES = 2048;

/** Calls of session.run, and the texts in them, since they were last set to 0. */
const passes = { runs: 0, rows: 0 };
const { run } = ort.InferenceSession.prototype;
ort.InferenceSession.prototype.run = function (...args) {
  passes.runs++;
  passes.rows += args[0].input_ids.dims[0];
  return run.apply(this, args);
};

async function cpuOf(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, result };
}

/** The plain loop: bits of the own tokens, one token a step. */
async function plainLoop(folder) {
  const session = await ort.InferenceSession.create(join(folder, 'model.onnx'), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const json = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const tokenizer = new Tokenizer({ ...json, post_processor: null }, {});
  const context = config.max_position_embeddings ?? config.n_positions;
  const integers = (values) =>
    new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  const cacheInputs = session.inputMetadata.filter(({ name }) => name.includes('key_values'));
  // Our own graphs have two parts of a cache; the past stays empty then.
  const grown = cacheInputs.filter(({ name }) => name.startsWith('recent'));
  if (grown.length === 0) grown.push(...cacheInputs);
  return async (text) => {
    const { ids } = tokenizer.encode(text, { add_special_tokens: false });
    const cache = {};
    let bits = 0;
    let token = config.bos_token_id;
    for (const [k, id] of ids.entries()) {
      const i = k % context;
      if (i === 0) {
        for (const { name, shape } of cacheInputs) {
          const empty = [1, shape[1], 0, shape[3]];
          cache[name] = new ort.Tensor('float32', new Float32Array(0), empty);
        }
      }
      const feeds = { ...cache, input_ids: integers([token]) };
      if (session.inputNames.includes('attention_mask')) {
        feeds.attention_mask = integers(new Array(i + 1).fill(1));
      }
      if (session.inputNames.includes('position_ids')) feeds.position_ids = integers([i]);
      const outputs = await session.run(feeds);
      for (const { name } of grown) {
        cache[name] = outputs[name.replace(/^\w+/, 'present')];
      }
      const logits = outputs.logits.data;
      let most = -Infinity;
      for (let j = 0; j < logits.length; j++) if (logits[j] > most) most = logits[j];
      let sum = 0;
      for (let j = 0; j < logits.length; j++) sum += Math.exp(logits[j] - most);
      bits += (most + Math.log(sum) - logits[id]) / Math.LN2;
      token = id;
    }
    return { bits, tokens: ids.length };
  };
}

/** Prints the ratios for some folders with a model each. */
export async function tokenRatios(folders) {
  const bytes = new Uint8Array(readFileSync(join(data, 'text/wiki-test.txt'))).subarray(0, BYTES);
  const text = new TextDecoder().decode(bytes);
  const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
  row(
    `score of ${BYTES} bytes by bytes`,
    'open, ms',
    'plain loop, µs a byte',
    'here',
    'ratio',
    'runs and rows a token',
    'own and by bytes, bits a byte',
  );
  row('---', '---:', '---:', '---:', '---:', '---:', '---:');
  for (const folder of folders) {
    const opened = await cpuOf(() => openCompressor(`onnx:model=${resolve(folder)}`));
    const compressor = opened.result;
    const plain = await plainLoop(folder);
    let [least, leastPlain] = [Infinity, Infinity];
    let bits = 0;
    let tokens = 0;
    for (let turn = 0; turn < TURNS; turn++) {
      const loop = await cpuOf(() => plain(text));
      leastPlain = Math.min(leastPlain, loop.ms);
      tokens = loop.result.tokens;
      Object.assign(passes, { runs: 0, rows: 0 });
      const scored = await cpuOf(() => compressor.start().surprisals(bytes));
      least = Math.min(least, scored.ms);
      bits = scored.result.reduce((a, b) => a + b, 0);
    }
    const own = await compressor.codeLength(bytes);
    row(
      `${folder.split('/').at(-1)}, ${tokens} tokens`,
      opened.ms.toFixed(0),
      ((1000 * leastPlain) / BYTES).toFixed(0),
      ((1000 * least) / BYTES).toFixed(0),
      `${(least / leastPlain).toFixed(2)}×`,
      `${(passes.runs / tokens).toFixed(2)}, ${(passes.rows / tokens).toFixed(2)}`,
      `${(own / BYTES).toFixed(4)}, ${(bits / BYTES).toFixed(4)}`,
    );
  }
}

/** The trained ones among the exports, and our own. */
export const TRAINED = [
  ...['llama_trained-p', 'gpt2_trained-p'].map((name) => join(exports_, name)),
  new URL('../models/bpe-2k', import.meta.url).pathname,
];

if (import.meta.filename === process.argv[1] && existsSync(exports_)) {
  const folders = process.argv.slice(2);
  await tokenRatios(folders.length > 0 ? folders : TRAINED);
}
