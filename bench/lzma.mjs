// `node bench/lzma.mjs`: the lzma row beside xz in one run: sizes and MB/s of both parsers and of
// reading, and what a step of `exact` costs as the context grows. Without xz on the path its columns
// are empty; its times hold the start of a process. Data from $ZIPDREAM_DATA.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = process.env.ZIPDREAM_DIST ?? new URL('../dist', import.meta.url).pathname;
const { openCompressor } = await import(join(dist, 'index.js'));
const folder = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'text');
const STEPS = 400;

/** Milliseconds and the result of the fastest of three tries. */
function fastest(work) {
  let best = { ms: Infinity };
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    const result = work();
    const ms = performance.now() - start;
    if (ms < best.ms) best = { ms, result };
  }
  return best;
}

/** What xz writes, or nothing where it is missing. */
function xz(args, input) {
  const run = fastest(() => spawnSync('xz', args, { input, maxBuffer: 2 ** 28 }));
  return run.result.status === 0 ? { ms: run.ms, result: run.result.stdout } : undefined;
}

const ways = [
  { level: 3, preset: '-3' },
  { level: 9, preset: '-9e' },
];
console.log(`LZMA, node ${process.version}; MB/s are 1,000,000 bytes of contents\n`);
console.log('| file | level | bytes | xz bytes | ratio | MB/s | xz MB/s | read MB/s | xz MB/s |');
console.log(`|${' --- |'.repeat(2)}${' ---: |'.repeat(7)}`);
for (const name of ['wiki-test', 'alice29', 'shakespeare']) {
  const data = new Uint8Array(readFileSync(join(folder, `${name}.txt`)));
  const speed = (run) => (run ? (data.length / run.ms / 1000).toFixed(2) : '');
  for (const { level, preset } of ways) {
    const row = await openCompressor(`lzma:level=${level}`);
    const ours = fastest(() => row.compress(data));
    const theirs = xz(['--format=lzma', '-T1', preset, '-c'], data);
    const read = fastest(() => row.decompress(ours.result));
    if (Buffer.compare(read.result, data) !== 0) throw new Error(`${name} came back otherwise`);
    const unpacked = xz(['--format=lzma', '-dc'], ours.result);
    if (unpacked && Buffer.compare(unpacked.result, data) !== 0) {
      throw new Error(`xz reads ${name} otherwise`);
    }
    const cells = [
      name,
      `${level} (xz ${preset})`,
      ours.result.length,
      theirs?.result.length ?? '',
      theirs ? (ours.result.length / theirs.result.length).toFixed(4) : '',
      speed(ours),
      speed(theirs),
      speed(read),
      speed(unpacked),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** Microseconds of `next` for all 256 bytes and `push` of the true one, and of a fork. */
function exactSteps(row, data, length) {
  const model = row.start('exact');
  model.push(data.subarray(0, length));
  const bits = new Float64Array(256);
  const step = (at) => {
    model.next(bits);
    model.push(data.subarray(at, at + 1));
  };
  for (let at = length; at < length + STEPS; at++) step(at); // warms up
  const from = length + STEPS;
  const start = performance.now();
  for (let at = from; at < from + STEPS; at++) step(at);
  const stepped = performance.now();
  for (let i = 0; i < STEPS; i++) model.fork();
  const forked = performance.now();
  return [stepped - start, forked - stepped].map((ms) => ((1000 * ms) / STEPS).toFixed(1));
}

const text = new Uint8Array(readFileSync(join(folder, 'wiki-test.txt')));
const row = await openCompressor('lzma');
console.log('\n| exact, context | µs a step | µs a fork |\n| --- | ---: | ---: |');
exactSteps(row, text, 2048);
for (const length of [2048, 65_536, 1_000_000]) {
  console.log(`| ${[length, ...exactSteps(row, text, length)].join(' | ')} |`);
}
