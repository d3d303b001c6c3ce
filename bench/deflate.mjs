// `node bench/deflate.mjs`: what a step of gzip costs here against doing it by brute force, in one run.
// Times are medians; ratios are to the naive way on the same bytes: one whole compression for
// each of the 256 next bytes. Contexts are cut from the evaluation data ($ZIPDREAM_DATA).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { deflateRaw } from 'pako';
import { createRandom, openCompressor } from 'zipdream';

const folder = process.env.ZIPDREAM_DATA ?? '../shared/data';
const text = readFileSync(join(folder, 'text/wiki-test.txt'));
const random = createRandom('bench');
const noise = Uint8Array.from({ length: 200_000 }, () => random() * 256);
const sizes = [256, 2048, 16384, 32768, 100_000];
const names = ['256 B', '2 KiB', '16 KiB', '32 KiB', '100 KB'];
/** Where the contexts begin: spread over the file, so that no one page decides. */
const places = [0, 150_000, 300_000, 450_000, 600_000, 750_000];
const STEPS = 160;

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Milliseconds that `work` takes, the median of several tries that fill about `budgetMs`. */
function time(work, budgetMs) {
  work();
  const tries = [];
  const end = performance.now() + budgetMs;
  do {
    const start = performance.now();
    work();
    tries.push(performance.now() - start);
  } while (tries.length < 3 || performance.now() < end);
  return median(tries);
}

/** Milliseconds a byte of `next` for all 256 bytes and `push` of the true one, in context. */
function timeSteps(compressor, reading, data, length) {
  const model = compressor.start(reading);
  model.push(data.subarray(0, length));
  const bits = new Float64Array(256);
  const times = [];
  for (let i = 0; i < STEPS + 40; i++) {
    const start = performance.now();
    model.next(bits);
    model.push(data.subarray(length + i, length + i + 1));
    if (i >= 40) times.push(performance.now() - start);
  }
  return mean(times);
}

function row(gzip, data, length, budgetMs) {
  const context = data.subarray(0, length);
  return {
    node: 256 * time(() => deflateRawSync(context, { level: 9 }), budgetMs),
    pako: 256 * time(() => deflateRaw(context, { level: 9, legacyHash: true }), budgetMs),
    exact: timeSteps(gzip, 'exact', data, length),
    decode: timeSteps(gzip, 'decode', data, length),
  };
}

const gzip = await openCompressor('gzip');
const inputs = {
  'wiki text': places.map((place) => text.subarray(place)),
  'random bytes': [noise],
  zeros: [new Uint8Array(200_000)],
};

const columns = [
  'context',
  '256 × node:zlib',
  '256 × pako',
  'exact',
  '× node',
  '× pako',
  'decode',
  '× node',
];
const number = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const times = (value) => `${Math.round(value).toLocaleString('en')}×`;

for (const place of places) {
  for (const reading of ['exact', 'decode']) timeSteps(gzip, reading, text.subarray(place), 2048);
}
console.log(
  `gzip -9, one step: all 256 next bytes and a push; ms per byte (node ${process.version})`,
);
console.log(`wiki text: mean over ${places.length} contexts\n`);
for (const [name, datas] of Object.entries(inputs)) {
  console.log(`| ${name}: ${columns.join(' | ')} |`);
  console.log(`|${columns.map(() => ' ---: |').join('')}`);
  for (const [i, length] of sizes.entries()) {
    const rows = datas.map((data) => row(gzip, data, length, length > 10_000 ? 60 : 25));
    const [node, pako, exact, decode] = ['node', 'pako', 'exact', 'decode'].map((key) =>
      mean(rows.map((values) => values[key])),
    );
    const cells = [
      names[i],
      number(node),
      number(pako),
      number(exact),
      times(node / exact),
      times(pako / exact),
      number(decode),
      times(node / decode),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  console.log();
}

/** Peak memory of `zipdream sample` primed with a file, in MiB. */
function peakMemory(file, reading) {
  const report = 'process.on("exit", () => console.error(process.resourceUsage().maxRSS))';
  const sample = [
    'dist/cli/main.js',
    'sample',
    '--corpus',
    file,
    '--reading',
    reading,
    '-n',
    '200',
  ];
  const child = spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${report}`,
      ...sample,
      '--seed',
      '1',
      '-o',
      '/dev/null',
      '--force',
    ],
    { encoding: 'utf8' },
  );
  return Number(child.stderr.trim().split('\n').at(-1)) / 1024;
}

const book = join(folder, 'text/wiki-test.txt');
for (const reading of ['decode', 'exact']) {
  console.log(
    `sample with a corpus of 1 MB, ${reading}: ${peakMemory(book, reading).toFixed(0)} MiB`,
  );
}
