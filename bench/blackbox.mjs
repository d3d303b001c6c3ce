// `node bench/blackbox.mjs [row …]`: one step (256 candidates and a push) of each black box at three
// sizes of context, in this thread and over all cores: the least time of a few, and their ratio.
// A cell that one step takes longer than a minute to fill is left out.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { openCompressor, withWorkers } from '../dist/node/index.js';

const file =
  process.env.ZIPDREAM_BENCH_TEXT ?? new URL('../samples/text/tale.txt', import.meta.url);
const source = readFileSync(file);
const text = Buffer.concat(new Array(Math.ceil(2 ** 18 / source.length)).fill(source));
const ROWS = ['zstd:level=1', 'zstd', 'brotli:quality=5', 'brotli', 'lzma-js', 'pako', 'fflate'];
const rows = process.argv.length > 2 ? process.argv.slice(2) : ROWS;
const RUNS = 3;
const LONGEST_MS = 60_000;

async function stepMs(compressor, context, runs) {
  const model = compressor.start('recompress');
  model.push(context);
  const out = new Float64Array(256);
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await model.next(out);
    model.push(text.subarray(run, run + 1));
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

console.log(`${availableParallelism()} cores, node ${process.version}; ms a step`);
console.log('row                  context   1 worker   all cores   ratio');
for (const spec of rows) {
  const one = await openCompressor(spec);
  const all = withWorkers(one, spec);
  for (const bytes of [2 ** 11, 2 ** 15, 2 ** 18]) {
    const context = text.subarray(0, bytes);
    const start = performance.now();
    await one.codeLength(context);
    if ((performance.now() - start) * 256 > LONGEST_MS) continue;
    await stepMs(all, context, 1); // starts the threads
    const alone = await stepMs(one, context, RUNS);
    const spread = await stepMs(all, context, RUNS);
    console.log(
      `${spec.padEnd(18)} ${String(bytes).padStart(9)} ${alone.toFixed(1).padStart(10)} ` +
        `${spread.toFixed(1).padStart(11)} ${(alone / spread).toFixed(2).padStart(7)}`,
    );
  }
}
