// `node bench/sampling.mjs`: how good drawn text is, by every way to draw it, beside real text and
// n-grams without a compressor. Two judges, in bits per byte of a sample after other text of the
// same author: 7-Zip's PPMd of order 6, which is independent of this project, and `mix`. Few bits
// are not good by themselves, as copies and repeats lower them, so those stand beside them.
// `--heldout` instead asks what lookahead is worth on real text.
//
//   node bench/sampling.mjs [--texts shakespeare,alice,tale,half,boxes] [--seeds 6] [--bytes 400]
//     [--budget SECONDS] [--way 'gzip --overlap word --no-copy 24' …] [--heldout]
//
// A way is a spec, or `ngrams:N` (smoothed) or `backoff:N` (longest context only), and flags of
// `zipdream sample`. What a way has not drawn within its budget of processor time is left out; the
// last column says how much was drawn.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = new URL('..', import.meta.url).pathname;
const dist = process.env.ZIPDREAM_DIST ?? join(root, 'dist');
const zipdream = await import(join(dist, 'node/index.js'));
const { drawingSpec, openWay } = await import(join(dist, 'cli/ways.js'));
const { copyPredictor, createRandom, decodeReading, longestCopy, lookaheadPredictor } = zipdream;
const { NgramCounts, ngramPredictor, openCompressor, totalBits } = zipdream;

const { values: flags } = parseArgs({
  options: {
    texts: { type: 'string', default: 'shakespeare,alice,tale,half,boxes' },
    seeds: { type: 'string', default: '6' },
    bytes: { type: 'string', default: '400' },
    budget: { type: 'string', default: '60' },
    way: { type: 'string', multiple: true },
    heldout: { type: 'boolean', default: false },
  },
});
const [SEEDS, BYTES] = [Number(flags.seeds), Number(flags.bytes)];
const BUDGET_MICROS = 1e6 * Number(flags.budget);
/** Copies shorter than this happen to anyone. */
const LONG_COPY = 20;

const folder = join(process.env.ZIPDREAM_DATA ?? join(root, '../shared/data'), 'text');
const read = (path) => new Uint8Array(readFileSync(path));
const shakespeare = read(join(folder, 'shakespeare.txt'));
const alice = read(join(folder, 'alice29.txt'));
const tale = read(join(root, 'samples/text/tale.txt'));
const half = shakespeare.length >> 1;
const bytesOf = (text) => new TextEncoder().encode(text);

const ORDERS = [3, 4, 5, 6, 7, 8];
const COPIES = '--overlap word --no-copy 24';
const OF_GZIP = [
  ...['', '--temperature 0.7', '--temperature 0.5', '--temperature 0.5 --no-copy 24'],
  ...['--overlap 4', '--overlap 4 --no-copy 24', '--overlap word', COPIES],
  ...['--units tokens', '--units tokens --temperature 0.7', '--units tokens --temperature 0.5'],
];
const CONTROLS = ORDERS.flatMap((order) => [`ngrams:${order}`, `backoff:${order}`]);
const LONG = [...CONTROLS, 'gzip', `gzip ${COPIES}`, 'lzma', `lzma ${COPIES}`];
const MIXED = ['ppm', 'mix', 'ctw', 'lm', 'lm:size=media-3m', 'blend:gzip+ppm', 'blend:ppm+mix'];
const BLACK_BOXES = ['node-zlib', 'zstd:level=3', 'brotli:quality=5', 'xz'].flatMap((spec) => [
  spec,
  `${spec} --spans 16 --proposal order3`,
]);
const WAYS = [
  ...CONTROLS,
  ...['ngrams:3 --temperature 0.8', 'ngrams:3 --temperature 0.67'],
  ...OF_GZIP.map((way) => `gzip ${way}`.trim()),
  ...['gzip --spans 16 --proposal order3', 'gzip --spans 16 --proposal ppm'],
  ...['gzip --reading exact', 'gzip --reading exact --beam 16'],
  'gzip --reading exact --beam 16 --commit span',
  'gzip --reading exact --spans 16 --proposal order3',
  ...['lzma', 'lzma --overlap 4 --no-copy 24', `lzma ${COPIES}`, 'lzma --units tokens'],
  ...[...MIXED, 'blend:lm+mix'].flatMap((spec) => [spec, `${spec} --temperature 0.8 --no-copy 24`]),
];

/** The shortest text: black boxes compress all of it for each candidate. */
const TALE = {
  judged: [alice, tale.subarray(0, 6000)],
  corpus: tale.subarray(7600),
  prompt: 'Wenna ',
  real: tale.subarray(6000, 7600),
};
/** What the judges have read, what is drawn after, and held-out text of both, none overlapping. */
const TEXTS = {
  shakespeare: {
    judged: [shakespeare.subarray(0, 900_000)],
    corpus: shakespeare.subarray(-30_000),
    prompt: 'PROSPERO:\n',
    real: shakespeare.subarray(902_000, 1_080_000),
  },
  alice: {
    judged: [alice.subarray(0, 110_000)],
    corpus: alice.subarray(-30_000),
    prompt: 'Alice ',
    real: alice.subarray(110_000, 122_000),
  },
  tale: TALE,
  boxes: { ...TALE, ways: BLACK_BOXES },
  half: {
    judged: [shakespeare.subarray(0, half - 100_000)],
    corpus: shakespeare.subarray(half),
    prompt: 'PROSPERO:\n',
    real: shakespeare.subarray(half - 100_000, half),
    ways: LONG,
  },
};

const work = mkdtempSync(join(tmpdir(), 'judged-'));
process.on('exit', () => rmSync(work, { recursive: true }));

/** Bytes of an archive of all parts as one file. */
function archivedSize(parts) {
  const [file, archive] = [join(work, 'text'), join(work, 'text.7z')];
  rmSync(archive, { force: true });
  writeFileSync(file, Buffer.concat(parts));
  const method = ['-m0=PPMd:o=6:mem=64m', '-mtm=off', '-mtc=off', '-mhc=off', '-mmt=1'];
  execFileSync('7z', ['a', '-bso0', '-bsp0', ...method, archive, file]);
  return readFileSync(archive).length;
}

/** What each judge says of a sample after what it has read: bits per byte. */
async function openJudges(before) {
  const size = archivedSize(before);
  const model = (await openCompressor('mix')).start();
  for (const part of before) model.push(part);
  return [
    (sample) => (8 * (archivedSize([...before, sample]) - size)) / sample.length,
    (sample) => {
      const reader = model.fork();
      let bits = 0;
      for (const byte of sample) {
        bits += reader.surprisal(byte);
        reader.push(Uint8Array.of(byte));
      }
      return bits / sample.length;
    },
  ];
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
function standardError(values) {
  const m = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - m) ** 2)) / (values.length - 1));
}
const shown = (values) =>
  `${mean(values).toFixed(2)} ± ${values.length > 1 ? standardError(values).toFixed(2) : '?'}`;
const wordsOf = (bytes) =>
  new TextDecoder()
    .decode(bytes)
    .toLowerCase()
    .match(/[\p{L}'’]+/gu) ?? [];

/** Share of the bytes that stand in a copy of `LONG_COPY` bytes or more. */
function shareInCopies(given, sample) {
  const [source, text] = [given, sample].map((bytes) => Buffer.from(bytes).toString('latin1'));
  const inside = new Uint8Array(text.length);
  for (let i = 0; i + LONG_COPY <= text.length; i++) {
    if (source.includes(text.slice(i, i + LONG_COPY))) inside.fill(1, i, i + LONG_COPY);
  }
  return mean([...inside]);
}

/** A spec opened, or n-grams in the place of a compressor. */
async function openSubject(spec, reading, given) {
  const [, kind, order] = /^(ngrams|backoff):(\d)$/.exec(spec) ?? [];
  if (kind === undefined) {
    const compressor = await openCompressor(drawingSpec(spec));
    return { compressor, reading: reading ?? compressor.readings[0] };
  }
  const counts = new NgramCounts(given);
  const predictor = kind === 'ngrams' ? ngramPredictor : copyPredictor;
  const start = () => decodeReading(predictor(counts, Number(order)));
  return { compressor: { name: spec, readings: ['decode'], start }, reading: 'decode' };
}

const NUMBERS = ['temperature', 'noCopy', 'beam', 'horizon', 'spans', 'candidates', 'beta'];

/** The flags of a way, as the command reads them. */
function flagsOf(words) {
  const way = { units: 'bytes', temperature: 1 };
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i].slice(2).replace(/-(.)/, (_, letter) => letter.toUpperCase());
    const isNumber = NUMBERS.includes(name) || /^\d+$/.test(words[i + 1]);
    way[name] = isNumber ? Number(words[i + 1]) : words[i + 1];
  }
  return way;
}

/** Samples of a way by the seeds from 1, how many ms a byte took, and what its spans say. */
async function drawAll(way, given) {
  const [spec, ...words] = way.split(' ');
  const wayFlags = flagsOf(words);
  const subject = await openSubject(spec, wayFlags.reading, given);
  const { start } = await openWay(subject, { bytes: new Uint8Array(), from: 0 }, wayFlags, given);
  const drawer = start();
  for (const part of given) drawer.push(part);
  const [samples, spans] = [[], []];
  const before = process.cpuUsage();
  const spent = () => {
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const bytes = [];
    const end = spent() + BUDGET_MICROS / SEEDS;
    for await (const drawn of drawer.fork().draw(BYTES, createRandom(`${seed}:0`))) {
      bytes.push(...drawn.bytes);
      if (drawn.kind === 'span') spans.push(drawn.span);
      if (spent() > end) break;
    }
    samples.push(Uint8Array.from(bytes).subarray(0, BYTES));
  }
  const ms = spent() / 1000;
  const count = samples.reduce((sum, { length }) => sum + length, 0);
  const weights = spans.length
    ? `, ESS ${mean(spans.map(({ ess }) => ess)).toFixed(0)}, β ${mean(spans.map(({ beta }) => beta)).toFixed(2)}`
    : '';
  return { samples, ms: ms / count, weights };
}

async function measureText(name) {
  const { judged, corpus, prompt, real, ways = WAYS } = TEXTS[name];
  const given = [corpus, bytesOf(prompt)];
  const judges = await openJudges([...judged, bytesOf(prompt)]);
  const known = new Set([...judged, corpus].flatMap((part) => wordsOf(part)));

  const row = (way, { samples, ms, weights = '' }) => {
    const words = samples.flatMap((sample) => wordsOf(sample));
    const cells = [
      way,
      ...judges.map((judge) => shown(samples.map((sample) => judge(sample)))),
      Math.max(...samples.map((sample) => longestCopy(given, [sample]).length)),
      `${(100 * mean(samples.map((s) => shareInCopies(Buffer.concat(given), s)))).toFixed(0)} %`,
      Math.max(...samples.map((sample) => longestCopy([], [sample]).length)),
      `${((100 * words.filter((word) => known.has(word)).length) / words.length).toFixed(1)} %`,
      ms === undefined ? '' : ms.toPrecision(2),
      `${samples.length} × ${Math.round(mean(samples.map(({ length }) => length)))}${weights}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  };

  console.log(`\n${name}: ${corpus.length} bytes read, ${SEEDS} × ${BYTES} drawn\n`);
  console.log(
    '| way | PPMd, bits per byte | mix | longest copy | in copies ≥ 20 | longest repeat | real words | ms a byte | drawn |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |');
  const count = Math.min(SEEDS, Math.floor(real.length / BYTES));
  const step = Math.floor((real.length - BYTES) / Math.max(1, count - 1));
  const places = Array.from({ length: count }, (_, i) => i * step);
  row('real text', { samples: places.map((place) => real.subarray(place, place + BYTES)) });
  for (const way of flags.way ?? ways) {
    try {
      row(way, await drawAll(way, given));
    } catch (error) {
      console.log(`| ${way} | ${error.message.split('\n')[0]} |`);
    }
  }
}

/** Bits of the next byte of real text, at every 16th place, by horizon. */
async function heldOut() {
  const text = read(join(folder, 'wiki-test.txt'));
  const gzip = await openCompressor('gzip');
  const primed = (reading, context) => {
    const model = gzip.start(reading);
    model.push(context);
    return model;
  };
  const readers = {
    decode: (x) => primed('decode', x),
    'exact, horizon 1': (x) => primed('exact', x),
  };
  for (const beam of [16, 64]) {
    for (const horizon of [2, 4]) {
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
    console.log(`| ${name} | ${shown(bits)} | ${ms.toPrecision(2)} |`);
  }
}

if (flags.heldout) {
  await heldOut();
} else {
  for (const name of flags.texts.split(',')) await measureText(name);
}
