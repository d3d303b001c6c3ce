// `node bench/judged-text.mjs`: how good drawn text is, by an independent judge, beside real text and
// n-gram controls. Judge: 7-Zip's PPMd, order 6, in bits per byte of a sample after other text of the
// same author; low is not good by itself, as copies and repeats lower it, so those stand beside it.
// node bench/judged-text.mjs [--texts shakespeare,alice,tale,half] [--seeds 6] [--bytes 400]
//   [--spec gzip --spec ppm …] [--ways '[{"overlap":"word","noCopy":24}]']
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const root = new URL('..', import.meta.url).pathname;
const zipdream = await import(
  join(process.env.ZIPDREAM_DIST ?? join(root, 'dist'), 'node/index.js')
);
const { CopyGuard, createRandom, decodeReading, generate, longestCopy } = zipdream;
const { NgramCounts, ngramPredictor, openCompressor } = zipdream;

const { values: flags } = parseArgs({
  options: {
    texts: { type: 'string', default: 'shakespeare,alice,tale' },
    seeds: { type: 'string', default: '6' },
    bytes: { type: 'string', default: '400' },
    spec: { type: 'string', multiple: true, default: ['gzip'] },
    ways: { type: 'string' },
  },
});
const [SEEDS, BYTES] = [Number(flags.seeds), Number(flags.bytes)];
/** Copies shorter than this happen to anyone. */
const LONG_COPY = 20;

const folder = join(process.env.ZIPDREAM_DATA ?? join(root, '../shared/data'), 'text');
const read = (path) => (existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined);
const shakespeare = read(join(folder, 'shakespeare.txt'));
const alice = read(join(folder, 'alice29.txt'));
const tale = read(join(root, 'samples/text/tale.txt'));
const bytesOf = (text) => new TextEncoder().encode(text);

/** What the judge has read, what the sampler has, and held-out text of both, none overlapping. */
const TEXTS = {
  shakespeare: () => ({
    judged: [shakespeare.subarray(0, 900_000)],
    corpus: shakespeare.subarray(-30_000),
    prompt: 'PROSPERO:\n',
    real: shakespeare.subarray(902_000, 1_080_000),
  }),
  half: () => ({
    judged: [shakespeare.subarray(0, shakespeare.length >> 1)],
    corpus: shakespeare.subarray(shakespeare.length >> 1),
    prompt: 'PROSPERO:\n',
  }),
  alice: () => ({
    judged: [alice.subarray(0, 110_000)],
    corpus: alice.subarray(-30_000),
    prompt: 'Alice ',
    real: alice.subarray(110_000, 122_000),
  }),
  tale: () => ({
    judged: [alice, tale.subarray(0, 7000)],
    corpus: tale.subarray(7600),
    prompt: 'Wenna ',
  }),
};
const WAYS = flags.ways
  ? JSON.parse(flags.ways)
  : [
      { overlap: 'word', noCopy: 24 },
      { overlap: 5, noCopy: 24 },
      { overlap: 'word' },
      {},
      { temperature: 0.7 },
      { temperature: 0.5 },
      { temperature: 0.5, noCopy: 24 },
    ];
const ORDERS = [5, 6, 7, 8];

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

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
function standardError(values) {
  const m = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - m) ** 2)) / (values.length - 1));
}
const wordsOf = (bytes) =>
  new TextDecoder()
    .decode(bytes)
    .toLowerCase()
    .match(/[\p{L}'’]+/gu) ?? [];

/** Share of the bytes that stand in a copy of `LONG_COPY` bytes or more. */
function shareInCopies(given, sample) {
  const [source, text] = [given, Buffer.from(sample)].map((b) => Buffer.from(b).toString('latin1'));
  const inside = new Uint8Array(text.length);
  for (let i = 0; i + LONG_COPY <= text.length; i++) {
    if (source.includes(text.slice(i, i + LONG_COPY))) inside.fill(1, i, i + LONG_COPY);
  }
  return mean([...inside]);
}

async function draw(model, given, seed, { noCopy, ...options }) {
  const random = createRandom(`${seed}:0`);
  const copyGuard = noCopy && CopyGuard.of(noCopy, given);
  const context = given.at(-1);
  const bytes = [];
  for await (const { byte } of generate(model, {
    length: BYTES,
    random,
    copyGuard,
    context,
    ...options,
  })) {
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

async function measureText(name) {
  const { judged, corpus, prompt, real } = TEXTS[name]();
  const given = [corpus, bytesOf(prompt)];
  const before = [...judged, bytesOf(prompt)];
  const sizeBefore = archivedSize(before);
  const known = new Set([...judged, corpus].flatMap((part) => wordsOf(part)));

  const row = (way, samples, ms) => {
    const bits = samples.map((s) => (8 * (archivedSize([...before, s]) - sizeBefore)) / s.length);
    const words = samples.flatMap((sample) => wordsOf(sample));
    const cells = [
      way,
      `${mean(bits).toFixed(2)} ± ${standardError(bits).toFixed(2)}`,
      Math.max(...samples.map((sample) => longestCopy(given, [sample]).length)),
      Math.max(...samples.map((sample) => longestCopy([], [sample]).length)),
      `${(100 * mean(samples.map((s) => shareInCopies(Buffer.concat(given), s)))).toFixed(0)} %`,
      `${((100 * words.filter((word) => known.has(word)).length) / words.length).toFixed(1)} %`,
      ms === undefined ? '' : ms.toFixed(3),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  };
  const rowOf = async (way, model, options) => {
    const samples = [];
    const start = process.cpuUsage();
    for (let seed = 1; seed <= SEEDS; seed++) {
      samples.push(await draw(model.fork(), given, seed, options));
    }
    const { user, system } = process.cpuUsage(start);
    row(way, samples, (user + system) / 1000 / SEEDS / BYTES);
  };

  console.log(`\n${name}: ${corpus.length} bytes read, ${SEEDS} × ${BYTES} drawn\n`);
  console.log(
    '| way | judged, bits per byte | longest copy | longest repeat | in copies ≥ 20 | real words | ms a byte |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  if (real) {
    const step = Math.floor((real.length - BYTES) / (SEEDS - 1));
    row(
      'real text',
      Array.from({ length: SEEDS }, (_, i) => real.subarray(i * step, i * step + BYTES)),
    );
  }
  const counts = new NgramCounts(given);
  for (const order of ORDERS) {
    const predictor = ngramPredictor(counts, order);
    for (const part of given) for (const b of part.subarray(-order - 1)) predictor.update(b);
    await rowOf(`n-grams of order ${order}`, decodeReading(predictor), {});
  }
  for (const spec of flags.spec) {
    const model = (await openCompressor(spec)).start('decode');
    for (const part of given) model.push(part);
    for (const way of WAYS) await rowOf(`${spec} ${JSON.stringify(way)}`, model, way);
  }
}

try {
  execFileSync('7z', [], { stdio: 'ignore' });
} catch {
  console.log('skipped: the judge, 7z, is not here');
  process.exit();
}
for (const name of flags.texts.split(',')) {
  if (name !== 'tale' && !shakespeare) console.log(`skipped: no ${name} in ${folder}`);
  else await measureText(name);
}
