// `node bench/lm.mjs [bytes]`: what the language models cost here, in one run on one core: steps
// against the bare graph and against a cache in one piece, chunks in lockstep against one at a time,
// passes against steps. Processor time, so that others on the machine disturb less; the ratios are
// what to look at. Text from $ZIPDREAM_DATA.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { createRandom, generate } from 'zipdream';
import { openCompressor } from 'zipdream/node';
import { TRAINED, tokenRatios } from './lm-tokens.mjs';

const dist = process.env.ZIPDREAM_DIST ?? new URL('../dist', import.meta.url).pathname;
const { encodeZd } = await import(join(dist, 'coding/zd.js'));
const { score } = await import(join(dist, 'measure/score.js'));
const folder = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'text');
const text = new Uint8Array(readFileSync(join(folder, 'wiki-test.txt')));
/** Bytes of a step measurement. */
const STEPS = Number(process.argv[2] ?? 1024);
const PASSED_CHUNKS = 16;

/** Time in session.run for single tokens, since it was last set to 0. */
let bare = 0;
const { InferenceSession } = ort;
const { run } = InferenceSession.prototype;
const timed = async function (...args) {
  const start = performance.now();
  const outputs = await run.apply(this, args);
  if (args[0].input_ids.dims[1] === 1) bare += performance.now() - start;
  return outputs;
};

/** Processor time and time in all, ms. */
async function measure(work) {
  const wall = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000, wall: performance.now() - wall };
}

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const perByte = ({ cpu }, bytes) => ((1000 * cpu) / bytes).toFixed(0);
const times = (a, aBytes, b, bBytes) => `${(a.cpu / aBytes / (b.cpu / bBytes)).toFixed(1)}×`;

/** Steps with all of the cache copied in each, as graphs that keep it in one piece do. */
async function stepInOnePiece(size, count) {
  const path = new URL(`../models/lm-${size}.onnx`, import.meta.url).pathname;
  const session = await ort.InferenceSession.create(path, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const integer = (value) => new ort.Tensor('int64', BigInt64Array.of(BigInt(value)), [1, 1]);
  const cache = Object.fromEntries(
    session.inputMetadata
      .filter(({ name }) => name.includes('key_values'))
      .map(({ name, shape }) => {
        const empty = new ort.Tensor('float32', new Float32Array(), [1, shape[1], 0, shape[3]]);
        return [name, empty];
      }),
  );
  for (let i = 0; i < count; i++) {
    const feeds = { ...cache, input_ids: integer(text[i]), position_ids: integer(i) };
    const outputs = await session.run(feeds);
    for (const name of Object.keys(cache)) {
      const present = outputs[name.replace('recent_key_values', 'present')];
      if (present) cache[name] = present;
    }
  }
}

async function step(model, count) {
  const bits = new Float64Array(256);
  for (let i = 0; i < count; i++) {
    await model.next(bits);
    model.push(text.subarray(i, i + 1));
  }
}

async function compress(spec, chunks, chunkBytes) {
  const compressor = await openCompressor(spec);
  const data = text.subarray(0, chunks * chunkBytes);
  return measure(async () => {
    for await (const _ of encodeZd(compressor, data, { spec, chunkBytes }));
  });
}

console.log(`node ${process.version}, µs a byte of processor time on one core\n`);
const specs = { '200k': 'lm:size=200k', '800k': 'lm:size=800k' };
const stepped = {};
row('steps, context 0 to', 'µs', 'over bare session.run', 'cache in one piece, µs', 'which is');
row('---', '---:', '---:', '---:', '---:');
for (const [size, spec] of Object.entries(specs)) {
  const compressor = await openCompressor(spec);
  await step(compressor.start(), 100);
  InferenceSession.prototype.run = timed;
  bare = 0;
  const steps = await measure(() => step(compressor.start(), STEPS));
  InferenceSession.prototype.run = run;
  const over = `+${((100 * (steps.wall - bare)) / bare).toFixed(0)} %`;
  const onePiece = await measure(() => stepInOnePiece(size, STEPS));
  stepped[size] = { steps, onePiece };
  row(
    `${STEPS} bytes, ${size}`,
    perByte(steps, STEPS),
    over,
    perByte(onePiece, STEPS),
    times(onePiece, STEPS, steps, STEPS),
  );
}

console.log();
row('drawing after 1000 bytes', 'bytes a second', 'of processor time');
row('---', '---:', '---:');
for (const [size, spec] of Object.entries(specs)) {
  const model = (await openCompressor(spec)).start();
  model.push(text.subarray(0, 1000));
  const random = createRandom('bench');
  const length = STEPS / 2;
  const drawn = await measure(async () => {
    for await (const _ of generate(model, { length, random }));
  });
  const rate = (ms) => ((1000 * length) / ms).toFixed(0);
  row(size, rate(drawn.wall), rate(drawn.cpu));
}

console.log();
row('score in passes, 2048-byte chunks', 'µs', 'steps: slower by', 'steps, cache in one piece');
row('---', '---:', '---:', '---:');
for (const [size, spec] of Object.entries(specs)) {
  const compressor = await openCompressor(spec);
  const bytes = 2048 * PASSED_CHUNKS;
  const passed = await measure(() => score(compressor, text.subarray(0, bytes), { chunk: 2048 }));
  const { steps, onePiece } = stepped[size];
  row(
    size,
    perByte(passed, bytes),
    times(steps, STEPS, passed, bytes),
    times(onePiece, STEPS, passed, bytes),
  );
}

console.log();
row('compress', '64 in lockstep, µs', 'one at a time: slower by', 'cache in one piece: by');
row('---', '---:', '---:', '---:');
for (const [size, spec] of Object.entries(specs)) {
  for (const chunkBytes of [STEPS / 8, STEPS]) {
    const together = await compress(spec, 64, chunkBytes);
    const few = STEPS / chunkBytes;
    const single = await compress(`${spec},batch=1`, few, chunkBytes);
    const onePiece = await measure(() => stepInOnePiece(size, chunkBytes));
    row(
      `${size}, chunks of ${chunkBytes}`,
      perByte(together, 64 * chunkBytes),
      times(single, STEPS, together, 64 * chunkBytes),
      times(onePiece, chunkBytes, together, 64 * chunkBytes),
    );
  }
}

console.log();
if (TRAINED.every((folder) => existsSync(folder))) await tokenRatios(TRAINED);
