// lzma: priming beside compressing, and what a step costs.
import { join } from 'node:path';
import { cpuMs, dist, text } from './measure.mjs';

const { openCompressor } = await import(join(dist, 'index.js'));
const compressor = await openCompressor('lzma');
const STEPS = 2000;

/** Pushing 1 MB and predicting once ÷ compressing it. */
function primingRatio() {
  const data = text('shakespeare').subarray(0, 1_000_000);
  const next = new Float64Array(256);
  const priming = cpuMs(() => {
    const model = compressor.start('decode');
    model.push(data);
    model.next(next);
  });
  return priming / cpuMs(() => compressor.compress(data));
}

/** Microseconds of `next` and a push, after so many bytes. */
function stepCost(data, length) {
  const next = new Float64Array(256);
  const model = compressor.start('decode');
  model.push(data.subarray(0, length));
  let at = length;
  const ms = cpuMs(() => {
    for (let i = 0; i < STEPS; i++) {
      model.next(next);
      model.push(data.subarray(at, ++at));
    }
  });
  return (1000 * ms) / STEPS;
}

const wiki = text('wiki-test');
const repeated = new Uint8Array(200_000);
for (let i = 0; i < repeated.length; i++) repeated[i] = wiki[i % 5000];
const run = new Uint8Array(60_000).fill(120);

export const rows = [
  { name: 'lzma: priming ÷ compress, 1 MB', goal: '≤ 2', measure: primingRatio },
  {
    name: 'lzma: next and push, µs, at 64 KB',
    goal: '≤ 60',
    measure: () => stepCost(wiki, 65_536),
  },
  { name: 'at 1 MB', goal: '≤ 150', measure: () => stepCost(text('shakespeare'), 1_000_000) },
  { name: '5 KB repeated', goal: '≤ 150', measure: () => stepCost(repeated, 100_000) },
  { name: 'one byte repeated', goal: '≤ 150', measure: () => stepCost(run, 20_000) },
];
