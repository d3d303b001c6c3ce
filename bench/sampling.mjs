// `node bench/sampling.mjs`: how good samples are, by each way to draw them, beside real text and
// controls without a compressor. Judge: `mix`, primed with other text of the same author, in bits
// per byte; low is not good by itself, as whatever lowers the entropy lowers it: a claim must beat
// the sharpened proposals. `--heldout` instead asks what lookahead is worth on real text.
// node bench/sampling.mjs [--rows NAME,…] [--seeds 3] [--bytes 400] [--budget SECONDS] [--heldout]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';

const dist = process.env.ZIPDREAM_DIST ?? new URL('../dist', import.meta.url).pathname;
const zipdream = await import(join(dist, 'node/index.js'));
const { createRandom, decodeReading, generate, generateSpans, lookaheadPredictor } = zipdream;
const { longestCopy, measureSpanNoise, modelPredictor, NgramCounts, ngramPredictor } = zipdream;
const { openCompressor, recompressReading, totalBits } = zipdream;

const folder = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'text');
const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    bytes: { type: 'string', default: '400' },
    budget: { type: 'string', default: '30' },
    heldout: { type: 'boolean', default: false },
  },
});
const [SEEDS, BYTES] = [Number(flags.seeds), Number(flags.bytes)];
const BUDGET_MS = 1000 * Number(flags.budget);
/** A sample that the budget cut shorter than this says nothing. */
const LEAST_BYTES = 32;
const SPAN = 16;
const CANDIDATES = 64;
const HORIZONS = [1, 2, 4];

// One play runs through all three: what the sampler reads, real text after it, the judge's text.
const book = new Uint8Array(readFileSync(join(folder, 'shakespeare.txt')));
const prime = book.subarray(0, 32_768);
const real = book.subarray(34_000, 90_000);
const judged = book.subarray(98_304, 262_144);

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
function standardError(values) {
  const m = mean(values);
  const variance = mean(values.map((value) => (value - m) ** 2)) / (values.length - 1);
  return Math.sqrt(variance);
}

/** A model of the row's first spec that is here, primed, and the name it has. */
async function open(specs, reading) {
  for (const spec of specs) {
    let model;
    if (typeof spec === 'function') model = recompressReading(spec);
    else {
      try {
        model = (await openCompressor(spec)).start(reading);
      } catch {
        continue;
      }
    }
    model.push(prime);
    return model;
  }
  throw new Error(`none of ${specs.join(', ')} is here`);
}

const brotli5 = (data) =>
  8 * brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }).length;

const counts = new NgramCounts([prime]);
const PROPOSALS = {
  async order3() {
    const predictor = ngramPredictor(counts, 3);
    for (const byte of prime.subarray(-4)) predictor.update(byte);
    return predictor;
  },
  ppm: async () => modelPredictor(await open(['ppm'])),
};

/** A model whose ΔL is the proposal's own bits times a power: sharpening without a compressor. */
function powerOf(predictor, power) {
  const wrap = (model) => ({
    push: (bytes) => model.push(bytes),
    fork: () => wrap(model.fork()),
    score: async (candidates) => (await model.score(candidates)).map((bits) => power * bits),
  });
  return wrap(decodeReading(predictor.fork()));
}

async function* bytewise(model, random) {
  for await (const { byte } of generate(model, { length: BYTES, random }))
    yield Uint8Array.of(byte);
}

async function* spanwise(model, proposal, beta, random, note) {
  const options = { length: BYTES, span: SPAN, candidates: CANDIDATES, proposal, beta, random };
  for await (const { bytes, ess, beta: share } of generateSpans(model, options)) {
    note?.(ess, share);
    yield bytes;
  }
}

/** Each row: a function from a random source to the pieces of one sample. */
const one = (specs, reading) => async (random) => bytewise(await open(specs, reading), random);
const beams = (beam, horizon, commit) => async (random) => {
  const model = await open(['gzip'], 'exact');
  return bytewise(decodeReading(lookaheadPredictor(model, { beam, horizon, commit })), random);
};
const spans = (specs, reading, name) => async (random, note) => {
  const [model, proposal] = [await open(specs, reading), await PROPOSALS[name]()];
  const settings = { proposal, span: SPAN, random: createRandom('noise') };
  const { deltaSd, proposalSd, isNoise } = await measureSpanNoise(model, settings);
  if (isNoise) {
    throw new Error(
      `refused: ΔL varies by ${deltaSd.toFixed(0)} bits, q by ${proposalSd.toFixed(0)}`,
    );
  }
  return spanwise(model, proposal, undefined, random, note);
};
const control = (name, power) => async (random) => {
  const proposal = await PROPOSALS[name]();
  const beta = power === 1 ? 0 : 1;
  return spanwise(powerOf(proposal, power), proposal, beta, random);
};

const BLACK_BOXES = {
  'node-zlib': ['node-zlib'],
  zstd: ['zstd:level=3', 'command:zstd -3'],
  brotli5: ['brotli:quality=5', brotli5],
  xz: ['xz', 'command:xz -9'],
  bzip2: ['bzip2', 'command:bzip2 -9'],
};
const ROWS = {
  'order3 alone': control('order3', 1),
  'order3^1.25': control('order3', 1.25),
  'order3^1.5': control('order3', 1.5),
  'ppm alone': control('ppm', 1),
  'ppm^1.25': control('ppm', 1.25),
  'ppm^1.5': control('ppm', 1.5),
  'ppm bytes': one(['ppm']),
  'mix bytes': one(['mix']),
  'gzip decode': one(['gzip'], 'decode'),
  'gzip exact': one(['gzip'], 'exact'),
  'gzip beam 16×4': beams(16, 4, 'byte'),
  'gzip beam 16×4 span': beams(16, 4, 'span'),
  'gzip spans order3': spans(['gzip'], 'exact', 'order3'),
  'gzip spans ppm': spans(['gzip'], 'exact', 'ppm'),
  'lzma decode': one(['lzma'], 'decode'),
};
for (const [name, specs] of Object.entries(BLACK_BOXES)) {
  ROWS[`${name} bytes`] = one(specs, 'recompress');
  ROWS[`${name} spans order3`] = spans(specs, 'recompress', 'order3');
}

/** Pieces until the sample is whole or its share of the row's time is over. */
async function collect(pieces) {
  const bytes = [];
  const start = performance.now();
  for await (const piece of pieces) {
    bytes.push(...piece);
    if (performance.now() - start > BUDGET_MS / SEEDS) break;
  }
  return { sample: Uint8Array.from(bytes), ms: performance.now() - start };
}

function measure(judge, sample) {
  const reader = judge.fork();
  reader.push(prime.subarray(-256));
  let bits = 0;
  for (let i = 0; i < sample.length; i++) {
    bits += reader.surprisal(sample[i]);
    reader.push(sample.subarray(i, i + 1));
  }
  const grams = new Set();
  for (let i = 0; i + 4 <= sample.length; i++) grams.add(String(sample.subarray(i, i + 4)));
  return {
    bits: bits / sample.length,
    copy: longestCopy([prime], [sample]).length,
    grams: grams.size / Math.max(1, sample.length - 3),
  };
}

function print(name, samples, ms, extra = '') {
  const results = samples.map((sample) => measure(judge, sample));
  const bits = results.map((result) => result.bits);
  const cells = [
    name,
    `${mean(bits).toFixed(2)} ± ${samples.length > 1 ? standardError(bits).toFixed(2) : '?'}`,
    mean(results.map(({ copy }) => copy)).toFixed(0),
    Math.max(...results.map(({ copy }) => copy)),
    `${(100 * mean(results.map(({ grams }) => grams))).toFixed(0)} %`,
    ms === undefined ? '' : ms.toPrecision(2),
    `${samples.length} × ${Math.round(mean(samples.map(({ length }) => length)))}`,
    extra,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

/** Bits of the next byte of real text, at every 16th place, by horizon. */
async function heldOut() {
  const text = new Uint8Array(readFileSync(join(folder, 'wiki-test.txt')));
  const gzip = await openCompressor('gzip');
  const readers = {
    decode: (x) => primed('decode', x),
    'exact, horizon 1': (x) => primed('exact', x),
  };
  const primed = (reading, context) => {
    const model = gzip.start(reading);
    model.push(context);
    return model;
  };
  for (const beam of [16, 64]) {
    for (const horizon of HORIZONS.slice(1)) {
      readers[`exact, beam ${beam}, horizon ${horizon}`] = (x) =>
        decodeReading(lookaheadPredictor(primed('exact', x), { beam, horizon }));
    }
  }
  console.log(
    'gzip on wiki-test, bytes 1024–2047 of 2 KB chunks, every 16th; −log2 P of the true byte\n',
  );
  console.log('| reading | bits per byte | ms |\n| --- | ---: | ---: |');
  for (const [name, reader] of Object.entries(readers)) {
    const bits = [];
    const start = performance.now();
    for (let chunk = 0; chunk < 8; chunk++) {
      const data = text.subarray(chunk * 100_000, chunk * 100_000 + 2048);
      for (let i = 1024; i < 2048; i += 16) {
        const next = new Float64Array(256);
        await reader(data.subarray(0, i)).next(next);
        bits.push(next[data[i]] - totalBits(next));
      }
    }
    const ms = (performance.now() - start) / bits.length;
    console.log(
      `| ${name} | ${mean(bits).toFixed(3)} ± ${standardError(bits).toFixed(2)} | ${ms.toPrecision(2)} |`,
    );
  }
}

if (flags.heldout) {
  await heldOut();
  process.exit();
}
const judge = (await openCompressor('mix')).start();
judge.push(judged);
console.log(
  `${SEEDS} samples of ${BYTES} bytes after 32 KB of shakespeare.txt; judge: mix after ${judged.length} other bytes; ± is one standard error\n`,
);
console.log(
  '| way | judge bpb | copy mean | max | distinct 4-grams | ms/byte | samples | ESS, β |',
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |');
const places = Array.from({ length: SEEDS }, (_, i) =>
  Math.floor((i * (real.length - BYTES)) / SEEDS),
);
print(
  'real text',
  places.map((place) => real.subarray(place, place + BYTES)),
);
const names = flags.rows?.split(',') ?? Object.keys(ROWS);
for (const name of names) {
  const matching = Object.keys(ROWS).filter((row) => row === name || row.startsWith(`${name} `));
  if (matching.length === 0) console.log(`| ${name} | no such row |`);
  for (const row of matching) {
    const steps = [];
    try {
      const samples = [];
      let ms = 0;
      for (let seed = 0; seed < SEEDS; seed++) {
        const pieces = await ROWS[row](createRandom(`${row} ${seed}`), (...step) =>
          steps.push(step),
        );
        const done = await collect(pieces);
        samples.push(done.sample);
        ms += done.ms;
      }
      const bytes = samples.reduce((sum, { length }) => sum + length, 0);
      const [ess, beta] = [0, 1].map((i) => mean(steps.map((step) => step[i])));
      const weights = steps.length > 0 ? `${ess.toFixed(1)}, ${beta.toFixed(2)}` : '';
      const extra = bytes < SEEDS * LEAST_BYTES ? `${weights} too short to judge` : weights;
      print(row, samples, ms / bytes, extra);
    } catch (error) {
      console.log(`| ${row} | ${error.message.split('\n')[0]} |`);
    }
  }
}
