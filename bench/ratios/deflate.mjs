// gzip: what a step costs beside compressing for every next byte, priming beside a short corpus,
// coding beside predicting.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { commandCpuMs, cpuMs, dist, inScratch, text } from './measure.mjs';

const { createRandom, openCompressor } = await import(join(dist, 'index.js'));
const compressor = await openCompressor('gzip');
const random = createRandom('bench');
const noise = Uint8Array.from({ length: 10_000 }, () => random() * 256);
const STEPS = 120;

/** Where contexts begin in a text: spread over it, so that no one block of the codec decides. */
const PLACES = [0, 300_000, 600_000];

/** 256 calls of node:zlib ÷ one step of `exact`, after a context of so many bytes. */
function exactRatio(data, length) {
  const places = PLACES.filter((place) => place + length + 1000 < data.length);
  const sums = places.map((place) => exactCosts(data.subarray(place), length));
  return (
    sums.reduce((sum, { whole }) => sum + whole, 0) / sums.reduce((sum, { step }) => sum + step, 0)
  );
}

function exactCosts(data, length) {
  const next = new Float64Array(256);
  const model = compressor.start('exact');
  model.push(data.subarray(0, length));
  let at = length;
  const step = () => {
    for (let i = 0; i < STEPS; i++) {
      model.next(next);
      model.push(data.subarray(at, ++at));
    }
  };
  const context = data.subarray(0, length);
  const calls = Math.ceil(2_000_000 / length ** 0.9);
  const whole = () => {
    for (let i = 0; i < calls; i++) deflateRawSync(context, { level: 9 });
  };
  return { whole: (256 * cpuMs(whole)) / calls, step: cpuMs(step, 4) / STEPS };
}

/** `sample -n 1` with a corpus of 1 MB ÷ with one of 32 KB, start-up and all. */
function primingRatio() {
  return inScratch((scratch) => {
    const [long, short] = [1_000_000, 32_768].map((length) => {
      const corpus = join(scratch, String(length));
      writeFileSync(corpus, text('shakespeare').subarray(0, length));
      const args = ['sample', 'To be', '-n', '1', '--seed', '1', '-c', 'gzip', '--corpus', corpus];
      return commandCpuMs(process.execPath, [join(dist, 'cli/main.js'), ...args], 5);
    });
    return long / short;
  });
}

/** Microseconds a byte of what `step` does with a model that has read 50 KB. */
function perByte(step) {
  const data = text('wiki-test');
  const model = compressor.start('decode');
  model.push(data.subarray(0, 50_000));
  let at = 50_000;
  return cpuMs(() => {
    for (const end = at + 20_000; at < end; ) {
      step(model, data[at]);
      model.push(data.subarray(at, ++at));
    }
  });
}

/** `surprisal` and push ÷ `next` and push. */
function surprisalRatio() {
  const next = new Float64Array(256);
  const whole = perByte((model) => void model.next(next));
  return whole / perByte((model, byte) => void model.surprisal(byte));
}

/** KB/s of coding with `decode`, to .zd and back: models and coder. */
function codingSpeed() {
  const coder = { code: (bit) => bit };
  return 20_000 / perByte((model, byte) => void model.code(coder, byte));
}

const wiki = text('wiki-test');
export const rows = [
  { name: 'gzip: sample -n 1, corpus of 1 MB ÷ of 32 KB', goal: '≤ 1.5', measure: primingRatio },
  { name: 'exact ÷ 256 × node:zlib, 2 KiB', goal: '≥ 60', measure: () => exactRatio(wiki, 2048) },
  { name: '32 KiB', goal: '≥ 800', measure: () => exactRatio(wiki, 32_768) },
  { name: '100 KB', goal: '≥ 4000', measure: () => exactRatio(wiki, 100_000) },
  { name: '2 KiB of random bytes', goal: '≥ 40', measure: () => exactRatio(noise, 2048) },
  { name: 'gzip decode: next and push ÷ surprisal and push', goal: '> 1', measure: surprisalRatio },
  { name: 'gzip decode, code and push, KB/s', goal: '≥ 300', measure: codingSpeed },
];
